// Package stories holds one sample view of every component of the kit, invented throughout, for the storybook and for
// the tests that read what the components write.
package stories

import (
	"github.com/a-h/templ"

	"yunqiao/kernel/translate"
	"yunqiao/kernel/web/kit"
)

// Story is one page of the storybook.
type Story struct {
	Name string
	Page func(c *kit.Call) templ.Component
}

// Call gives a call as a signed-in officer would make it.
func Call(book *translate.Book, l translate.Lang) *kit.Call {
	w := words(l)
	c := &kit.Call{
		Lang: l, Say: func(k string, pairs ...any) string { return book.Say(l, k, pairs...) },
		Path: "/ties", Query: "state=in_force&sort=signed", CSRF: "sample-token",
		User:       &kit.User{Name: w("周敏", "Zhou Min"), Unit: w("友城处", "Partnerships division"), Initial: w("周", "Z")},
		OfficeName: w("澜江外办", "Lanjiang FAO"), Today: "2026-11-22", Version: "0.1",
	}
	c.Nav = []kit.NavGroup{
		{Items: []kit.NavItem{
			{Icon: "home", Title: w("我的工作", "My work"), Href: "/", Count: "3", Hot: true},
		}},
		{Title: w("伙伴", "Partners"), Icon: "globe", Href: "/network", Open: true, Items: []kit.NavItem{
			{Icon: "globe", Title: w("网络图", "Network"), Href: "/network"},
			{Icon: "grid", Title: w("覆盖", "Coverage"), Href: "/coverage"},
			{Icon: "link", Title: w("友好关系", "Ties"), Href: "/ties", Count: "61", Current: true},
			{Icon: "pin", Title: w("地方", "Places"), Href: "/places"},
			{Icon: "people", Title: w("人员与职务", "People and posts"), Href: "/people"},
			{Icon: "shield", Title: w("领事机构", "Consulates"), Href: "/consulates"},
		}},
		{Title: w("数据", "Figures"), Icon: "chart", Href: "/figures"},
		{Title: w("管理", "Manage"), Icon: "gear", Href: "/import"},
	}
	return c
}

func words(l translate.Lang) func(zh, en string) string {
	return func(zh, en string) string {
		if l == "zh" {
			return zh
		}
		return en
	}
}

func page(c *kit.Call, title string, body templ.Component) templ.Component {
	w := words(c.Lang)
	return kit.Page(c, kit.Head{Title: title, Crumbs: []kit.Link{{Title: w("我的工作", "My work"), Href: "/"}, {Title: title}}}, body)
}

func both(parts ...templ.Component) templ.Component { return templ.Join(parts...) }

// Statuses are all kinds of status with a word each.
func statuses(w func(zh, en string) string) []kit.Status {
	return []kit.Status{{Kind: "ok", Word: w("有效", "In force")}, {Kind: "run", Word: w("办理中", "Under way")}, {Kind: "wait", Word: w("待核", "To be checked")},
		{Kind: "bad", Word: w("已逾期", "Overdue")}, {Kind: "draft", Word: w("拟议", "Proposed")}, {Kind: "end", Word: w("已结束", "Ended")}, {Kind: "unknown", Word: w("情况不明", "Unknown")}}
}

// Rows gives the sample rows of a list.
func Rows(l translate.Lang, n int) []kit.Row {
	w := words(l)
	names := [][4]string{
		{"澜江市 — 湄城", "Lanjiang – Meicheng", "ນະຄອນເມ", "lo"}, {"青溪州 — 瓦迪省", "Qingxi – Wadi Province", "ဝါဒီ ပြည်နယ်", "my"},
		{"松山县 — 科塔", "Songshan – Kota", "Kota", "id"}, {"南浦市 — 巴塞", "Nanpu – Basse", "Bát Xê", "vi"}, {"石桥村 — 班达", "Shiqiao – Banda", "บันดา", "th"},
	}
	st := statuses(w)
	rows := make([]kit.Row, n)
	for i := range rows {
		m := names[i%len(names)]
		id := "t-" + string(rune('a'+i%26)) + string(rune('0'+i%10))
		s := st[i%len(st)]
		rows[i] = kit.Row{ID: id, Label: w(m[0], m[1]), Href: "/ties/" + id, Urgent: s.Kind == "bad", Cells: []kit.Cell{
			{Kind: kit.CellCode, Text: "T-1998-00" + string(rune('0'+i%10))},
			{Kind: kit.CellLink, Text: w(m[0], m[1]), Sub: m[2], SubLang: translate.Lang(m[3]), Sample: i%4 == 0},
			{Kind: kit.CellFlag, Code: [...]string{"QA", "QB", "QC"}[i%3], Text: w("甲国", "Country A")},
			{Kind: kit.CellText, Text: w("地级", "prefecture")},
			{Kind: kit.CellDay, Text: "1998-05-12"},
			{Kind: kit.CellNumber, Text: "14"},
			{Kind: kit.CellStatus, Status: s.Kind, Text: s.Word},
		}}
	}
	return rows
}

func columns(w func(zh, en string) string) []kit.Column {
	return []kit.Column{{Key: "number", Title: w("编号", "Number")}, {Key: "name", Title: w("双方", "Between"), SortHref: "/ties?sort=name"}, {Key: "country", Title: w("国家", "Country")},
		{Key: "level", Title: w("级别", "Level")}, {Key: "signed", Title: w("签署", "Signed"), SortHref: "/ties?sort=-signed", Sorted: 1}, {Key: "exchanges", Title: w("往来", "Exchanges"), Number: true}, {Key: "state", Title: w("状态", "State")}}
}

// List is the sample list.
func List(c *kit.Call, n int) kit.List {
	w := words(c.Lang)
	return kit.List{
		Title: w("友好关系", "Ties"), Count: "61", Total: "132",
		Views:    []kit.Tab{{Title: w("全部", "All"), Href: "/ties", Count: "132", Current: true}, {Title: w("有效", "In force"), Href: "/ties?state=in_force", Count: "61"}, {Title: w("休眠", "Dormant"), Href: "/ties?state=dormant", Count: "9"}},
		SaveView: "/ties/views", Chips: []kit.Chip{{Field: w("国家", "Country"), Value: w("甲国、乙国", "A, B"), RemoveHref: "/ties"}, {Field: w("签署", "Signed"), Value: w("1990 年以后", "since 1990"), RemoveHref: "/ties"}},
		Filters: []kit.Filter{
			{Name: "kind", Title: w("种类", "Kind"), Kind: "choice", Options: []kit.Option{{Value: "a", Title: w("友好城市", "Sister city"), Count: "40", Selected: true}, {Value: "b", Title: w("友好村寨", "Friendly village"), Count: "12"}}},
			{Name: "signed", Title: w("签署", "Signed"), Kind: "day"}, {Name: "number", Title: w("编号", "Number"), Kind: "text"}, {Name: "own", Title: w("本辖区", "Own territory"), Kind: "bool"}},
		Columns: columns(w), AllColumns: []kit.Option{{Value: "number", Title: w("编号", "Number"), Selected: true}, {Value: "name", Title: w("双方", "Between"), Selected: true}, {Value: "note", Title: w("备注", "Note")}},
		Rows: Rows(c.Lang, n), Select: true, BulkAction: "/ties/bulk", Bulk: []kit.Bulk{{Name: "carry", Title: w("转处室", "Move to a unit")}, {Name: "withdraw", Title: w("撤下", "Withdraw"), Confirm: w("撤下所勾选的记录？", "Withdraw the marked records?"), Danger: true}},
		Pager:   kit.Pager{Range: "1–50", Next: "/ties?after=x", First: "/ties"},
		Exports: []kit.Link{{Title: "XLSX", Href: "/ties.xlsx"}, {Title: "CSV", Href: "/ties.csv"}, {Title: "JSON Lines", Href: "/ties.jsonl"}},
		Empty:   empty(w),
	}
}

func empty(w func(zh, en string) string) kit.Empty {
	return kit.Empty{Title: w("还没有符合条件的记录", "No record fits yet"), Text: w("放宽筛选，或从表格导入。", "Widen the filter, or import a table."), Actions: []kit.Action{{Title: w("新建", "New"), Href: "/ties/new", Icon: "plus", Primary: true}, {Title: w("导入", "Import"), Href: "/import", Icon: "up"}}}
}

// All are the stories, one per component or state of it.
func All() []Story {
	return []Story{
		{"work", work}, {"list", func(c *kit.Call) templ.Component { return listPage(c, List(c, 16)) }},
		{"list-empty", func(c *kit.Call) templ.Component { l := List(c, 0); l.Pager = kit.Pager{}; return listPage(c, l) }},
		{"record", recordPage}, {"record-past", past}, {"form", formPage}, {"form-errors", formErrors}, {"conflict", conflict}, {"history", historyPage}, {"diff", diff},
		{"import-upload", importStep(1)}, {"import-columns", importStep(2)}, {"import-dry", importStep(3)}, {"import-run", importStep(4)}, {"import-done", importStep(5)},
		{"jobs", jobs}, {"problem", problem}, {"signin", signIn}, {"code", code}, {"sessions", sessions}, {"tokens", tokens}, {"search", search}, {"search-none", searchNone},
		{"figure", figure}, {"matrix", matrix}, {"map", network}, {"world", world}, {"charts", charts}, {"badges", badges}, {"public", public},
	}
}

func listPage(c *kit.Call, l kit.List) templ.Component {
	w := words(c.Lang)
	return kit.Page(c, kit.Head{Title: w("友好关系", "Ties"), Actions: []kit.Action{{Title: w("新建", "New tie"), Href: "/ties/new", Icon: "plus", Primary: true, Key: "n"}}}, kit.Lists(c, l))
}

func work(c *kit.Call) templ.Component {
	w := words(c.Lang)
	sp := []float64{3, 5, 4, 8, 7, 11, 9, 14}
	v := kit.Work{
		Alert: &kit.Flash{Kind: "wait", Text: w("有 4 条关系的签署日期各来源不一致。", "Sources differ on the signing date of 4 ties."), Action: &kit.Action{Title: w("去核对", "Check them"), Href: "/conflicts"}},
		Tiles: []kit.Tile{{Title: w("友城对数", "Sister-city pairs"), Value: "26", Note: w("公布 103", "103 declared"), Href: "/figures/x", Spark: sp}, {Title: w("国家", "Countries"), Value: "28", Note: w("公布 36", "36 declared"), Href: "/f"},
			{Title: w("待核来源", "Sources to check"), Value: "42", Note: w("6 条本周到期", "6 due this week"), Hot: true, Href: "/w"}, {Title: w("领事机构", "Consulates"), Value: "8", Note: w("与公布一致", "as declared"), Href: "/c", Spark: []float64{1, 1, 2, 4, 5, 7, 8}}},
		Sections: []kit.Section{{Title: w("等我处理", "Waiting for me"), Count: "3", Table: &kit.Table{Title: w("等我处理", "Waiting for me"), Columns: columns(w), Rows: Rows(c.Lang, 5)}}},
		Side: []kit.Section{{Title: w("最近改动", "Latest changes"), Log: []kit.LogLine{{Who: w("李工", "Li"), When: "10:12", What: w("更正了签署日期", "corrected the signing date"), Href: "/r", Done: true}, {Who: w("系统", "System"), When: "09:30", What: w("导入 128 行", "imported 128 rows"), Done: true}}},
			{Title: w("周年", "Anniversaries"), Links: []kit.LinkLine{{Title: w("澜江市 — 湄城", "Lanjiang – Meicheng"), Href: "/t", Sub: w("结好 30 周年", "30 years"), End: "12-09", Sample: true}}}},
	}
	return kit.Page(c, kit.Head{Title: w("上午好，周敏", "Good morning, Zhou Min"), Sub: w("2026年11月22日 星期日", "Sunday, 22 November 2026")}, kit.Works(c, v))
}

func record(c *kit.Call) kit.Record {
	w := words(c.Lang)
	return kit.Record{
		Steps: []kit.Step{{Title: w("拟议", "Proposed"), Note: "1995", State: "done"}, {Title: w("意向", "Intent"), Note: "1996-03", State: "done"}, {Title: w("签署", "Signed"), Note: "1998-05-12", State: "done"}, {Title: w("有效", "In force"), Note: "1998-05-12", State: "cur"}, {Title: w("结束", "Ended"), State: "todo"}},
		Moves: []kit.Action{{Title: w("标为中止", "Suspend"), Href: "/ties/1/suspend", Post: true}, {Title: w("终止", "End"), Href: "/ties/1/end", Post: true, Danger: true, Confirm: w("终止这段关系？", "End this tie?")}},
		Tabs:  []kit.Tab{{Title: w("概况", "Overview"), Href: "/ties/1", Current: true}, {Title: w("往来", "Exchanges"), Href: "/ties/1/exchanges", Count: "14"}, {Title: w("历史", "History"), Href: "/ties/1/history", Count: "6"}},
		Sections: []kit.Section{
			{Title: w("一生", "Its life"), Body: both(kit.Life(timeline(w)))},
			{ID: "facts", Title: w("基本情况", "Facts"), Actions: []kit.Action{{Title: w("编辑", "Edit"), Href: "/ties/1/edit", Key: "e"}}, Facts: []kit.Fact{
				{Title: w("种类", "Kind"), Value: w("友好城市", "Sister city")}, {Title: w("对方", "Partner"), Value: w("湄城", "Meicheng"), Href: "/places/2", Sub: "ນະຄອນເມ"}, {Title: w("级别", "Level"), Value: w("地级", "prefecture")},
				{Title: w("签署日期", "Signed"), Value: "1998-05-12", Disputed: true, Claims: []kit.Claim{
					{Value: "1998-05-12", Source: w("协议扫描件", "Scan of the agreement"), SourceHref: "/s/1", Day: "1998-05-12", Quality: w("官方", "official"), Preferred: true, Reason: w("有双方签字", "carries both signatures")},
					{Value: "1998", Source: w("年鉴", "Yearbook"), Day: "1999", Quality: w("出版物", "press")}, {Value: "1999-01-08", Source: w("百科条目", "Encyclopaedia"), SourceHref: "/s/3", Quality: w("百科", "encyclopaedia")}}},
				{Title: w("名称", "Names"), Wide: true, Texts: []kit.LangText{{Lang: "zh", Title: "中文", Value: "澜江市与湄城友好城市关系"}, {Lang: "en", Title: "English", Value: "Lanjiang and Meicheng"}, {Lang: "lo", Title: "ລາວ", Value: "ນະຄອນເມ"}, {Lang: "ur", Title: "اردو", Value: "دوستی"}}},
				{Title: w("终止日期", "Ended"), Value: ""}, {Title: w("状态", "State"), Status: &kit.Status{Kind: "ok", Word: w("有效", "In force")}},
			}},
			{Title: w("往来", "Exchanges"), Count: "14", Actions: []kit.Action{{Title: w("添加", "Add"), Href: "/x"}}, Table: &kit.Table{Title: w("往来", "Exchanges"), Columns: columns(w), Rows: Rows(c.Lang, 4)}},
			{Title: w("协议", "Agreements"), Empty: w("还没有协议文本。", "No agreement text yet.")},
		},
		Side: []kit.Section{{Title: w("历史", "History"), Actions: []kit.Action{{Title: w("全部", "All"), Href: "/ties/1/history"}}, Log: []kit.LogLine{{Who: w("李工", "Li"), When: "2026-11-20", What: w("更正", "corrected"), Text: w("签署日期以协议扫描件为准。", "The signing date follows the scan."), Done: true}, {Who: w("周敏", "Zhou Min"), When: "2026-10-02", What: w("创建", "created")}}},
			{Title: w("来源", "Sources"), Links: []kit.LinkLine{{Title: w("协议扫描件", "Scan of the agreement"), Href: "/s/1", Sub: w("官方 · 1998-05-12", "official · 1998-05-12")}, {Title: w("年鉴", "Yearbook"), Href: "/s/2", Sub: w("出版物 · 1999", "press · 1999")}}}},
	}
}

func timeline(w func(zh, en string) string) kit.Timeline {
	return kit.Timeline{Title: w("这段关系的一生", "The life of this tie"), Say: w("1995 年提出，1998 年签署，2011 至 2017 年没有往来。", "Proposed in 1995, signed in 1998, no exchange from 2011 to 2017."), From: 1994, To: 2027, Now: 2026.9,
		Spans: []kit.Span{{Title: w("拟议", "Proposed"), From: 1995, To: 1998.35, Kind: "draft"}, {Title: w("有效", "In force"), From: 1998.35, To: 2011, Kind: "ok"}, {Title: w("休眠", "Dormant"), From: 2011, To: 2017, Kind: "wait"}, {Title: w("有效", "In force"), From: 2017, Kind: "ok"}},
		Marks: []kit.Mark{{Title: w("签署协议", "Agreement signed"), Href: "/a", At: 1998.35, Kind: "ok"}, {Title: w("互访", "Visit"), At: 2004.5}, {Title: w("来函", "Letter"), Href: "/b", At: 2017.2}, {Title: w("项目", "Project"), At: 2023.8}}}
}

func head(c *kit.Call) kit.Head {
	w := words(c.Lang)
	return kit.Head{Title: w("澜江市 — 湄城", "Lanjiang – Meicheng"), Sub: "ນະຄອນເມ", SubLang: "lo", Number: "T-1998-004", Sample: true, Status: &kit.Status{Kind: "ok", Word: w("有效", "In force")},
		Crumbs: []kit.Link{{Title: w("友好关系", "Ties"), Href: "/ties"}, {Title: "T-1998-004"}}, Print: w("澜江外办 · T-1998-004 · 打印：周敏 2026-11-22", "Lanjiang FAO · T-1998-004 · printed by Zhou Min 2026-11-22"),
		Actions: []kit.Action{{Title: w("历史", "History"), Href: "/ties/1/history", Icon: "history"}, {Title: w("编辑", "Edit"), Href: "/ties/1/edit", Icon: "edit", Primary: true, Key: "e"}}}
}

func recordPage(c *kit.Call) templ.Component { return kit.Page(c, head(c), kit.Records(c, record(c))) }

func past(c *kit.Call) templ.Component {
	w := words(c.Lang)
	c.AsOf = kit.AsOf{ValidOn: "2022-08-15", KnownOn: "2024-01-01", Past: true}
	c.Query = "valid_on=2022-08-15&known_on=2024-01-01"
	c.Flash = []kit.Flash{{Kind: "ok", Text: w("已保存。", "Saved."), Action: &kit.Action{Title: w("撤销", "Undo"), Href: "/undo", Post: true}}}
	return recordPage(c)
}

func form(c *kit.Call) kit.Form {
	w := words(c.Lang)
	opt := func(v, zh, en string, on bool) kit.Option {
		return kit.Option{Value: v, Title: w(zh, en), Selected: on}
	}
	many := make([]kit.Option, 0, 9)
	for _, s := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		many = append(many, opt(s, "级别 "+s, "Level "+s, s == "3"))
	}
	return kit.Form{Action: "/ties/1", Autosave: "/drafts/tie/1", KeptAt: "10:14", DropDraft: "/drafts/tie/1/drop", Cancel: "/ties/1", Hidden: []kit.Pair{{Name: "rev", Value: "6"}}, File: true,
		Save: &kit.Save{Dated: true, Mode: "change", From: "2026-11-22", WhyMust: true},
		Groups: []kit.FieldGroup{{Title: w("基本情况", "Facts"), Fields: []kit.Field{
			{Kind: kit.FieldText, Name: "number", Title: w("编号", "Number"), Value: "T-1998-004", ReadOnly: true},
			{Kind: kit.FieldChoice, Name: "kind", Title: w("种类", "Kind"), Required: true, Options: []kit.Option{opt("a", "友好城市", "Sister city", true), opt("b", "友好村寨", "Friendly village", false), opt("c", "友好组织", "Friendly organisation", false)}},
			{Kind: kit.FieldChoice, Name: "level", Title: w("级别", "Level"), Options: many},
			{Kind: kit.FieldRef, Name: "partner", Title: w("对方", "Partner"), Value: "p-meicheng", Shown: w("湄城", "Meicheng"), Suggest: "/places/suggest", Required: true, Help: w("名称、代码或别名均可。", "Name, code or another name.")},
			{Kind: kit.FieldWhen, Name: "signed", Title: w("签署日期", "Signed"), Value: "1998-05"},
			{Kind: kit.FieldDay, Name: "due", Title: w("复核日期", "Check again on")},
			{Kind: kit.FieldNumber, Name: "people", Title: w("人数", "People"), Value: "14", Unit: w("人", "persons")},
			{Kind: kit.FieldMoney, Name: "cost", Title: w("经费", "Cost"), Value: "86400", Currencies: []kit.Option{{Value: "CNY", Title: "CNY", Selected: true}, {Value: "USD", Title: "USD"}}},
			{Kind: kit.FieldBool, Name: "own", Title: w("在本辖区内", "In own territory"), Value: "1"},
			{Kind: kit.FieldI18n, Name: "note", Title: w("备注", "Note"), Wide: true, Texts: []kit.LangText{{Lang: "zh", Title: "中文", Value: "每两年互访一次", Long: true}, {Lang: "en", Title: "English", Value: "Visits every two years"}, {Lang: "ur", Title: "اردو", Value: "دوستی"}}, AddLangs: []kit.Option{{Value: "my", Title: "မြန်မာ"}, {Value: "vi", Title: "Tiếng Việt"}}},
		}}, {Title: w("更多", "More"), Help: w("不确定的可以留空，以后再补。", "Leave empty what is not known."), Fields: []kit.Field{
			{Kind: kit.FieldRefs, Name: "sources", Title: w("来源", "Sources"), Refs: []kit.Option{opt("s1", "协议扫描件", "Scan", true)}, Suggest: "/sources/suggest", Wide: true},
			{Kind: kit.FieldPlace, Name: "at", Title: w("位置", "Position"), Lon: "101.5", Lat: "22.1", Crs: []kit.Option{{Value: "wgs84", Title: "WGS 84", Selected: true}, {Value: "cgcs2000", Title: "CGCS2000"}}},
			{Kind: kit.FieldFile, Name: "scan", Title: w("扫描件", "Scan"), Accept: ".pdf,.jpg"},
			{Kind: kit.FieldLong, Name: "text", Title: w("说明", "Text"), Value: w("双方每年交换文件。", "Papers are exchanged every year.")},
			{Kind: kit.FieldParts, Name: "parties", Title: w("各方", "Parties"), Parts: &kit.Parts{Columns: []kit.PartColumn{{Name: "place", Title: w("地方", "Place"), Kind: kit.FieldRef}, {Name: "role", Title: w("角色", "Role"), Kind: kit.FieldChoice, Options: []kit.Option{opt("host", "主办", "Host", false), opt("guest", "参与", "Guest", false)}}, {Name: "day", Title: w("日期", "Day"), Kind: kit.FieldDay}}, Rows: [][]string{{w("湄城", "Meicheng"), "host", "1998-05-12"}, {"", "", ""}}}},
		}}}}
}

func formPage(c *kit.Call) templ.Component {
	return page(c, words(c.Lang)("编辑：澜江市 — 湄城", "Edit: Lanjiang – Meicheng"), kit.Forms(c, form(c)))
}

func formErrors(c *kit.Call) templ.Component {
	w := words(c.Lang)
	f := form(c)
	f.KeptAt = ""
	say := w("对方不能是我方自己的地方。", "The partner may not be one of our own places.")
	f.Groups[0].Fields[3].Error = say
	f.Groups[0].Fields[1].Error = w("请选择种类。", "Choose a kind.")
	f.Save.Error = w("请写明理由。", "Give a reason.")
	f.Errors = []kit.FieldError{{Field: "kind", Text: w("请选择种类。", "Choose a kind.")}, {Field: "partner", Text: say}, {Field: "save", Text: f.Save.Error}}
	return page(c, w("编辑", "Edit"), kit.Forms(c, f))
}

func conflict(c *kit.Call) templ.Component {
	w := words(c.Lang)
	return page(c, w("两个人同时编辑了这条记录", "Two people edited this record"), kit.Conflicts(c, kit.Conflict{Action: "/ties/1", Who: w("李工", "Li"), At: "10:12", Why: w("以扫描件为准", "follows the scan"), Cancel: "/ties/1", Hidden: []kit.Pair{{Name: "rev", Value: "7"}}, Fields: []kit.ConflictField{
		{Name: "signed", Title: w("签署日期", "Signed"), Was: "1998", Mine: "1998-05", Theirs: "1998-05-12", Both: true},
		{Name: "note", Title: w("备注", "Note"), Was: w("每年互访", "Visits every year"), Mine: w("每两年互访一次", "Visits every two years"), Theirs: w("每年互访", "Visits every year"), Take: "mine"}}}))
}

func historyPage(c *kit.Call) templ.Component {
	w := words(c.Lang)
	return page(c, w("历史：澜江市 — 湄城", "History: Lanjiang – Meicheng"), kit.Histories(c, kit.History{Compare: "/ties/1/compare", More: "/ties/1/history?before=3", Versions: []kit.Version{
		{Rev: "6", Who: w("李工", "Li"), When: "2026-11-20 16:42", Why: w("签署日期以协议扫描件为准。", "The signing date follows the scan."), Act: w("更正", "corrected"), ActKind: "wait", Valid: w("1998-05-12 起", "from 1998-05-12"), Href: "/ties/1?known_on=2026-11-20", Current: true, Changes: []kit.Change{{Field: w("签署日期", "Signed"), Pieces: kit.Differ("1998", "1998-05-12")}, {Field: w("备注", "Note"), Pieces: kit.Differ(w("双方每年互访", "Both sides visit every year"), w("双方每两年互访一次", "Both sides visit every two years"))}}},
		{Rev: "5", Who: w("周敏", "Zhou Min"), When: "2026-10-02 09:15", Act: w("变更", "changed"), ActKind: "run", Valid: w("1998 起", "from 1998"), Href: "/ties/1?known_on=2026-10-02"},
		{Rev: "1", Who: w("导入", "Import"), When: "2026-09-01 08:00", Act: w("创建", "created"), ActKind: "ok", Valid: w("1998 起", "from 1998"), Href: "/ties/1?known_on=2026-09-01"}}}))
}

func diff(c *kit.Call) templ.Component {
	w := words(c.Lang)
	return page(c, w("第 1 版与第 6 版", "Versions 1 and 6"), kit.Diffs(c, kit.Diff{Left: kit.Link{Title: w("第 1 版", "version 1"), Href: "/a"}, Right: kit.Link{Title: w("第 6 版", "version 6"), Href: "/b"}, LeftWho: w("导入 · 2026-09-01", "Import · 2026-09-01"), RightWho: w("李工 · 2026-11-20", "Li · 2026-11-20"), Same: 11, Changes: []kit.DiffField{{Field: w("签署日期", "Signed"), Old: "1998", New: "1998-05-12"}, {Field: w("备注", "Note"), Old: w("双方每年互访", "Both sides visit every year"), New: w("双方每两年互访一次", "Both sides visit every two years")}}}))
}

func importStep(n int) func(c *kit.Call) templ.Component {
	return func(c *kit.Call) templ.Component {
		w := words(c.Lang)
		return page(c, w("导入", "Import"), kit.Imports(c, kit.Import{Step: n, Action: "/import/7", Back: "/import", File: "ties-2026.xlsx", Types: []kit.Option{{Value: "tie", Title: w("友好关系", "Ties")}}, Accept: ".xlsx,.csv", Template: []kit.Link{{Title: "ties.xlsx", Href: "/import/ties.xlsx"}},
			Columns:  []kit.MapColumn{{Title: w("对方城市", "Partner city"), Samples: []string{"Meicheng", "Wadi"}, Guessed: true, Options: []kit.Option{{Value: "partner", Title: w("对方", "Partner"), Selected: true}}}, {Title: w("年份", "Year"), Samples: []string{"1998", "2004"}, Options: []kit.Option{{Value: "signed", Title: w("签署日期", "Signed")}}}},
			Counts:   []kit.Count{{Kind: "ok", Word: w("新建", "new"), Value: "118"}, {Kind: "run", Word: w("更新", "changed"), Value: "7"}, {Kind: "bad", Word: w("退回", "refused"), Value: "3"}},
			Verdicts: []kit.RowVerdict{{Row: "14", Label: w("松山县 — ？", "Songshan – ?"), Verdict: kit.Status{Kind: "bad", Word: w("退回", "refused")}, Messages: []string{w("找不到对方“科塔”。", "No place named “Kota”."), w("年份 20004 不是年份。", "20004 is no year.")}}, {Row: "15", Label: w("南浦市 — 巴塞", "Nanpu – Basse"), Href: "/t", Verdict: kit.Status{Kind: "ok", Word: w("新建", "new")}}}, More: "/import/7/rows",
			Done: 640, Total: 1000, Doing: w("已检查 640 / 1,000 行", "Checked 640 of 1,000 rows"), Refresh: "/import/7", Open: "/ties?batch=7", Undo: &kit.Action{Title: w("撤销这批导入", "Undo this import"), Href: "/import/7/undo", Post: true, Danger: true, Confirm: w("撤销 125 条记录？", "Take back 125 records?")}}))
	}
}

func jobs(c *kit.Call) templ.Component {
	w := words(c.Lang)
	return page(c, w("后台任务", "Background work"), kit.JobList(c, kit.Jobs{Counts: []kit.Count{{Kind: "run", Word: w("进行中", "running"), Value: "1"}, {Kind: "wait", Word: w("等待", "waiting"), Value: "4"}, {Kind: "bad", Word: w("失败", "failed"), Value: "1"}}, Rows: []kit.Job{
		{Title: w("导入 ties-2026.xlsx", "Import ties-2026.xlsx"), Queue: "import", Since: "10:12", Tries: "1", Status: kit.Status{Kind: "run", Word: w("进行中", "running")}, Done: 640, Total: 1000},
		{Title: w("发送提醒", "Send a reminder"), Queue: "mail", Since: "09:58", Next: "10:30", Tries: "3", Error: w("邮件服务器没有应答。", "The mail server did not answer."), Status: kit.Status{Kind: "bad", Word: w("失败", "failed")}, Actions: []kit.Action{{Title: w("立即重试", "Try now"), Href: "/jobs/2/retry", Post: true}}}}}))
}

func problem(c *kit.Call) templ.Component {
	w := words(c.Lang)
	return page(c, w("这里没有这一页", "There is no such page"), kit.Problems(c, kit.Problem{Code: "404", Text: w("地址有误，或者您无权查看。", "The address is wrong, or it is not for you to see."), Do: w("请从列表查找，或问问给您链接的人。", "Look in the list, or ask who gave you the link."), Incident: "8F3K-22QD", Actions: []kit.Action{{Title: w("我的工作", "My work"), Href: "/", Primary: true}}, Reasons: []kit.Reason{{Text: w("需要两方签字。", "Both sides must sign."), Cite: w("办法第七条", "Rule, art. 7"), Href: "/rules/1"}}}))
}

func signIn(c *kit.Call) templ.Component {
	w := words(c.Lang)
	c.User, c.Nav = nil, nil
	return kit.Bare(c, w("登录", "Sign in"), kit.SignIns(c, kit.SignIn{Action: "/sign-in", Next: "/", Error: w("用户名或密码不对。", "Name or password is wrong."), Hint: w("演示账户：zhou / demo", "Demo account: zhou / demo")}))
}

func code(c *kit.Call) templ.Component {
	w := words(c.Lang)
	c.User, c.Nav = nil, nil
	return kit.Bare(c, w("再确认一步", "One more step"), kit.Codes(c, kit.Code{Action: "/sign-in/code", Recovery: "/sign-in/recovery"}))
}

func sessions(c *kit.Call) templ.Component {
	w := words(c.Lang)
	end := kit.Action{Title: w("退出", "End"), Href: "/me/sessions/1/end", Post: true}
	return page(c, w("登录中的设备", "Open sessions"), kit.SessionList(c, kit.Sessions{Rows: []kit.Session{{Device: "Firefox · Linux", Where: "10.0.0.7", Since: "2026-11-20", Seen: "10:14", This: true, End: end}, {Device: "Chromium · Android", Where: "10.0.0.9", Since: "2026-11-01", Seen: "2026-11-12", End: end}}, EndAll: &kit.Action{Title: w("退出其他全部设备", "End all others"), Href: "/me/sessions/end", Post: true, Danger: true, Confirm: w("退出其他全部设备？", "End all other sessions?")}}))
}

func tokens(c *kit.Call) templ.Component {
	w := words(c.Lang)
	return page(c, w("程序密钥", "Keys for programs"), kit.TokenList(c, kit.Tokens{Create: "/me/tokens", New: "yq_3kf9w2m1p8x7", Until: "2027-05-22", Scopes: []kit.Option{{Value: "read", Title: w("读取", "Read"), Selected: true}, {Value: "write", Title: w("写入", "Write")}}, Rows: []kit.Token{{Purpose: w("月报程序", "Monthly report"), Start: "yq_8d2k", Made: "2026-06-01", Until: "2027-06-01", Scopes: w("读取", "Read"), Status: kit.Status{Kind: "ok", Word: w("可用", "valid")}, End: &kit.Action{Title: w("停用", "End"), Href: "/me/tokens/1/end", Post: true}}}}))
}

func search(c *kit.Call) templ.Component {
	w := words(c.Lang)
	return page(c, w("搜索", "Search"), kit.Results(c, kit.Search{Q: w("湄城", "Meicheng"), Count: "24", Kinds: []kit.Tab{{Title: w("全部", "All"), Href: "/search?q=a", Count: "24", Current: true}, {Title: w("关系", "Ties"), Href: "/search?q=a&type=tie", Count: "8"}}, Pager: kit.Pager{Range: w("本页 10 条", "10 on this page"), Next: "/search?q=a&after=x"},
		Hits: []kit.Hit{{Type: w("关系", "Tie"), Title: w("澜江市 — 湄城", "Lanjiang – Meicheng"), Href: "/ties/1", Number: "T-1998-004", Status: &kit.Status{Kind: "ok", Word: w("有效", "In force")}, Sample: true, Text: []kit.Piece{{Text: w("与", "The tie with ")}, {Kind: kit.Came, Text: w("湄城", "Meicheng")}, {Text: w("的友好关系始于 1998 年。", " began in 1998.")}}, Meta: w("友城处 · 2026-11-20", "Partnerships · 2026-11-20")}, {Type: w("地方", "Place"), Title: w("湄城", "Meicheng"), Href: "/places/2", Text: []kit.Piece{{Kind: kit.Came, Text: "ນະຄອນເມ"}}}}}))
}

func searchNone(c *kit.Call) templ.Component {
	w := words(c.Lang)
	return page(c, w("搜索", "Search"), kit.Results(c, kit.Search{Q: "xyz", Empty: kit.Empty{Title: w("没有找到", "Nothing found"), Text: w("换个写法，或用两个汉字试试。", "Try another spelling, or a shorter word.")}}))
}

func figure(c *kit.Call) templ.Component {
	w := words(c.Lang)
	near := []kit.NearMiss{{Title: w("青溪州 — 瓦迪省", "Qingxi – Wadi"), Href: "/t/2", Reasons: []string{w("没有签署日期", "no signing date")}}, {Title: w("松山县 — 科塔", "Songshan – Kota"), Href: "/t/3", Sample: true, Reasons: []string{w("只有单方公布", "declared by one side only"), w("不是协议，是备忘录", "a memorandum, not an agreement")}}}
	ev := kit.Table{Title: w("依据", "Evidence"), Columns: columns(w), Rows: Rows(c.Lang, 4)}
	v := kit.Figure{Title: w("友好城市对数", "Sister-city pairs"), Value: "26", Unit: w("对", "pairs"), Qualifier: "", Note: w("2022-08-15 有效，以今天所知为准", "valid on 2022-08-15, as known today"), Verdict: &kit.Status{Kind: "wait", Word: w("少于公布数", "below the declaration")},
		Say: w("公布 103 对：26 对有据可查，35 对无日期，42 对没有记录。", "103 declared: 26 supported, a further 35 without a date, 42 without any record."), Rule: kit.Link{Title: "sister.pairs · 2", Href: "/rules/sister.pairs"}, RuleText: w("按地方对计，有签署协议", "distinct pairs with a signed agreement"), RuleCite: kit.Link{Title: w("办法第三条", "Rule, art. 3"), Href: "/s/9"},
		Classes:  []kit.Count{{Kind: "ok", Word: w("有据", "supported"), Value: "26"}, {Kind: "wait", Word: w("无日期", "undated"), Value: "35"}, {Kind: "unknown", Word: w("无记录", "no record"), Value: "42"}},
		Declared: []kit.Declared{{Day: "2022-08-15", Value: w("103", "103"), OnRecord: "26", Gap: "−77", Source: kit.Link{Title: w("发布会", "Press briefing"), Href: "/s/1"}, Verdict: kit.Status{Kind: "wait", Word: w("少 77", "77 short")}}, {Day: "2019-12-31", Value: "20", OnRecord: "20", Gap: "0", Source: kit.Link{Title: w("年鉴", "Yearbook")}, Verdict: kit.Status{Kind: "ok", Word: w("一致", "agrees")}}},
		Near:     near, NearMore: "/figures/x/near", Evidence: &ev, EvidenceAll: "/figures/x/evidence", Exports: []kit.Link{{Title: "CSV", Href: "/x.csv"}},
		Bridge: &kit.Bridge{From: "2019-12-31", To: "2022-08-15", Opening: "20", Closing: "26", Remainder: "0", RemainderStatus: &kit.Status{Kind: "ok", Word: w("平", "closes")}, Lines: []kit.BridgeLine{{Title: w("新签署", "Newly signed"), Href: "/x", Delta: "+8"}, {Title: w("终止", "Ended"), Delta: "−1", Down: true}, {Title: w("更正", "Corrected"), Note: w("两条合并", "two merged"), Delta: "−1", Down: true}}},
		Rules:  []kit.RuleSide{{Name: w("主口径", "Main rule"), Href: "/r/1", Value: "26", Main: true, Conditions: []kit.RuleCondition{{Text: w("已签署协议", "an agreement is signed"), Cite: w("第三条", "art. 3")}, {Text: w("日期最早不晚于当日", "its earliest day is not after the day asked for"), Differs: true}}}, {Name: w("确定", "Certain"), Href: "/r/2", Value: "24", Conditions: []kit.RuleCondition{{Text: w("已签署协议", "an agreement is signed")}, {Text: w("日期最晚不晚于当日", "its latest day is not after the day asked for"), Differs: true}}}, {Name: w("宽", "Broad"), Href: "/r/3", Value: "61", Conditions: []kit.RuleCondition{{Text: w("协议或列名", "agreement or listing"), Differs: true}}}},
		Series: kit.Lines(series(w))}
	return page(c, v.Title, kit.Figures(c, v))
}

func series(w func(zh, en string) string) kit.Chart {
	ch := kit.Chart{Title: w("历年对数", "Pairs by year"), Say: w("从 1981 年的 1 对到 2022 年的 26 对。", "From 1 pair in 1981 to 26 in 2022."), Step: true, Series: []kit.Series{{Title: w("在案", "On record")}}}
	n := 1.0
	for y := 1981; y <= 2022; y++ {
		if y%3 == 0 || y%7 == 0 {
			n++
		}
		ch.Labels = append(ch.Labels, "'"+string(rune('0'+y/10%10))+string(rune('0'+y%10)))
		ch.Series[0].Values = append(ch.Series[0].Values, n)
	}
	return ch
}

func matrix(c *kit.Call) templ.Component {
	w := words(c.Lang)
	cell := func(k, zh, en, n string) kit.MatrixCell {
		return kit.MatrixCell{Status: kit.Status{Kind: k, Word: w(zh, en)}, Count: n, Href: "/ties?c=1"}
	}
	yes, no, weak := cell("ok", "有", "yes", "3"), cell("unknown", "缺", "gap", ""), cell("wait", "未定日期", "undated", "1")
	no.Href = ""
	return page(c, w("覆盖", "Coverage"), kit.Coverage(c, kit.Matrix{Title: w("邻国 × 关系种类", "Neighbours × kinds"), Corner: w("地方", "Place"), Columns: []string{w("友好城市", "Sister city"), w("友好村寨", "Village"), w("领事机构", "Consulate"), w("来访", "Visits")}, Totals: []string{"4", "3", "3", "2"},
		Rows: []kit.MatrixRow{{Title: w("甲国", "Country A"), Code: "QA", Href: "/p/1", Cells: []kit.MatrixCell{yes, yes, yes, weak}}, {Title: w("乙国", "Country B"), Code: "QB", Cells: []kit.MatrixCell{weak, no, yes, no}, Gap: true}, {Title: w("丙国", "Country C"), Code: "QC", Cells: []kit.MatrixCell{no, yes, yes, no}, Gap: true}}, Legend: []kit.Status{{Kind: "ok", Word: w("有", "yes")}, {Kind: "wait", Word: w("未定日期", "undated")}, {Kind: "unknown", Word: w("缺", "gap")}}}))
}

func points(w func(zh, en string) string) []kit.Point {
	return []kit.Point{{Lon: 102.7, Lat: 25, Label: w("本市", "Home"), Home: true}, {Lon: 102.6, Lat: 18, Label: w("湄城", "Meicheng"), Count: 9, Href: "/p/2"}, {Lon: 96.1, Lat: 16.8, Label: w("瓦迪", "Wadi"), Count: 6, Href: "/p/3"}, {Lon: 105.8, Lat: 21, Label: w("巴塞", "Basse"), Count: 7, Href: "/p/4"}, {Lon: 100.5, Lat: 13.7, Label: w("班达", "Banda"), Count: 5, Href: "/p/5", Kind: "wait"}, {Lon: 79.9, Lat: 6.9, Label: w("科塔", "Kota"), Count: 1, Href: "/p/6"}, {Lon: 90.4, Lat: 23.7, Label: w("达里", "Dari"), Href: "/p/7", Kind: "unknown"}}
}

func network(c *kit.Call) templ.Component {
	w := words(c.Lang)
	ps := points(w)
	arcs := [][2]int{{0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}, {0, 6}}
	m := kit.Panel(c, kit.Section{Title: w("网络", "Network"), Body: kit.SvgMap(c, kit.Map{Title: w("伙伴网络", "Partner network"), Say: w("7 个地方", "7 places"), Points: ps, Arcs: arcs, Width: 760})})
	l := kit.Panel(c, kit.Section{Title: w("列表", "List"), Table: &kit.Table{Title: w("列表", "List"), Columns: columns(w)[1:3], Rows: short(Rows(c.Lang, 6))}})
	return page(c, w("网络图", "Network"), both(kit.TimeSlider(c, kit.Slider{Min: 1981, Max: 2026, Now: 2022, Steps: []int{1981, 1990, 2000, 2010, 2020}, Target: "net"}), kit.Beside(c, kit.Split{ID: "net", Left: m, Right: l})))
}

func short(rows []kit.Row) []kit.Row {
	for i := range rows {
		rows[i].Cells = rows[i].Cells[1:3]
	}
	return rows
}

func world(c *kit.Call) templ.Component {
	w := words(c.Lang)
	ps := append(points(w), kit.Point{Lon: -0.1, Lat: 51.5, Label: "L", Href: "/x"}, kit.Point{Lon: -74, Lat: 40.7, Label: "N", Href: "/x"}, kit.Point{Lon: 151, Lat: -33.9, Label: "S", Href: "/x"}, kit.Point{Lon: 172.6, Lat: -43.5, Label: "C", Href: "/x"})
	return page(c, w("世界", "World"), kit.Panel(c, kit.Section{Title: w("世界", "World"), Body: kit.SvgMap(c, kit.Map{Title: w("世界", "World"), Box: kit.Box{West: -30, South: -56, East: 330, North: 78}, Points: ps, Width: 1100})}))
}

func public(c *kit.Call) templ.Component {
	w := words(c.Lang)
	return kit.PublicPage(c, w("我省的友好城市", "Our sister cities"), []kit.PublicLang{{Lang: "zh", Name: "中文", Href: "?lang=zh"}, {Lang: "en", Name: "English", Href: "?lang=en"}, {Lang: "my", Name: "မြန်မာ", Href: "?lang=my"}, {Lang: "ur", Name: "اردو", Href: "?lang=ur"}},
		kit.Panel(c, kit.Section{Title: w("网络", "Network"), Body: kit.SvgMap(c, kit.Map{Title: w("伙伴网络", "Partner network"), Points: points(w), Width: 900})}))
}
