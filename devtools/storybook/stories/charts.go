package stories

import (
	"strconv"

	"github.com/a-h/templ"

	"yunqiao/kernel/chart"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/web/kit"
)

// Charts are one sample of every form of chart, among them what is empty, single, negative and long.
func Charts(w func(zh, en string) string) []chart.Spec {
	none := chart.None()
	months := []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}
	in := chart.Series{Title: w("来访", "In"), Values: []float64{9, 7, 16, 21, 24, 19, 17, 15, 26, 28, 22, 14}}
	out := chart.Series{Title: w("出访", "Out"), Values: []float64{5, 4, 9, 12, 11, 13, 10, 7, 12, 14, 9, 8}}
	through := chart.Series{Title: w("过境", "In transit"), Values: []float64{1, 0, 2, 2, 1, 3, 2, 0, 1, 2, 1, 1}}
	batches := w("批", "visits")
	day := func(y, m, d int) clock.Day { return clock.DayFrom(y, m, d) }
	declared := []clock.Day{day(2012, 12, 31), day(2015, 12, 31), day(2019, 12, 31), day(2021, 6, 30), day(2022, 8, 15), day(2024, 3, 1)}
	var labels []string
	for _, d := range declared {
		labels = append(labels, d.String())
	}
	var days []clock.Day
	var names []string
	var visits, many []float64
	for d := day(2025, 12, 1); d <= day(2026, 11, 22); d++ {
		days, names = append(days, d), append(names, d.String())
		n := int(d)*2654435761>>7&15 - 9
		visits = append(visits, float64(max(0, n)))
	}
	var long []clock.Day
	var longNames []string
	for y := 2018; y <= 2026; y++ {
		for m := 1; m <= 12; m++ {
			long, longNames = append(long, day(y, m, 15)), append(longNames, day(y, m, 15).String())
			n := (y*7 + m*5) % 19
			if y == 2020 || y == 2021 {
				n /= 8
			}
			many = append(many, float64(n))
		}
	}
	verdicts := chart.Spec{Form: chart.Stacked, Title: w("声明的数字按结论", "Declared numbers by verdict"), Unit: w("个", "numbers"), Labels: []string{w("2022-08-15 发布会", "Briefing of 2022-08-15"), w("2024 年总结", "Review of 2024")}}
	for _, k := range []struct {
		kind, zh, en string
		n            []float64
	}{{"ok", "有据可查", "On record", []float64{11, 4}}, {"wait", "少于公布数", "Short", []float64{7, 3}}, {"bad", "与记录矛盾", "Contradicted", []float64{3, 0}}, {"run", "他方数据", "Another's fact", []float64{6, 1}}, {"unknown", "无法复核", "Not reproducible", []float64{8, 2}}} {
		verdicts.Series = append(verdicts.Series, chart.Series{Title: w(k.zh, k.en), Kind: k.kind, Values: k.n})
	}
	return []chart.Spec{
		{Form: chart.Stacked, Title: w("逐月来访出访", "Visits by month"), Unit: batches, Labels: months, Series: []chart.Series{in, out, through}},
		{Form: chart.Bar, Title: w("逐月比较", "Side by side"), Unit: batches, Labels: months, Series: []chart.Series{in, out}},
		{Form: chart.Bar, Title: w("增减", "Gains and losses"), Labels: []string{"2018", "2019", "2020", "2021", "2022", "2023"}, Series: []chart.Series{{Title: w("净增", "Net"), Values: []float64{12, 7, -9, -14, 3, 21}}}},
		{Form: chart.Bar, Title: w("名称很长的条目", "Long names"), Unit: w("项", "items"), Labels: []string{w("澜沧江—湄公河流域农业与生态环境保护联合工作组机制", "Joint working group on agriculture and the protection of the river basin environment"), w("边境地区友好村寨", "Friendly villages along the border"), w("短名", "Short")}, Series: []chart.Series{{Values: []float64{34, 128000, 2}}}},
		verdicts,
		{Form: chart.Line, Title: w("公布数与在案数", "Declared and on record"), Unit: w("对", "pairs"), Jumps: true, Labels: labels, Days: declared,
			Series: []chart.Series{{Title: w("公布", "Declared"), Values: []float64{48, 59, 84, 97, 103, 111}}, {Title: w("在案", "On record"), Values: []float64{31, 33, none, 26, 26, 61}}}},
		{Form: chart.Area, Title: w("历年友好关系", "Ties by year"), Labels: []string{"2016", "2017", "2018", "2019", "2020", "2021", "2022"}, Series: []chart.Series{{Title: w("东南亚", "South-East Asia"), Values: []float64{20, 24, 27, 30, 31, 31, 36}}, {Title: w("南亚", "South Asia"), Values: []float64{8, 9, 9, 12, 12, 14, 15}}, {Title: w("其他", "Others"), Values: []float64{14, 15, 19, 22, 22, 23, 25}}}},
		{Form: chart.Dots, Title: w("各种口径下的数", "By each reading"), Unit: w("批次", "batches"), Labels: []string{w("医疗队", "Medical teams"), w("防疫物资批次（含转交）", "Lots of supplies, those handed on included"), w("培训班", "Courses")},
			Series: []chart.Series{{Title: w("公布", "Declared"), Values: []float64{25, 250, 40}}, {Title: w("在案", "On record"), Values: []float64{19, 214, none}, Low: []float64{14, 180, 22}, High: []float64{25, 262, 47}}}},
		{Form: chart.Times, Title: w("机制与届次", "Mechanisms and sessions"), Now: day(2026, 11, 22), Spans: []chart.Span{{Row: w("联合工作组", "Joint group"), Title: w("运行", "Active"), Kind: "ok", From: day(2008, 5, 1), To: day(2019, 12, 31)}, {Row: w("联合工作组", "Joint group"), Title: w("停摆", "Dormant"), Kind: "wait", From: day(2020, 1, 1)}, {Row: w("省长论坛", "Governors' forum"), Title: w("运行", "Active"), Kind: "run", From: day(2015, 3, 1)}},
			Marks: []chart.Mark{{Row: w("联合工作组", "Joint group"), Title: w("第 8 次会议", "8th session"), At: day(2018, 6, 1), Href: "/s/8"}, {Row: w("省长论坛", "Governors' forum"), Title: w("首届", "First"), At: day(2016, 9, 9), Kind: "run"}, {Row: w("特别磋商", "Special talks"), Title: w("一次", "Once"), At: day(2023, 2, 2), Kind: "bad"}}},
		{Form: chart.Flow, Title: w("从 2019 年到 2022 年", "From 2019 to 2022"), Unit: w("对", "pairs"), Steps: []chart.Step{{Title: w("2019-12-31 公布", "Declared 2019-12-31"), Value: 84, Total: true}, {Title: w("期间公布新增", "Declared as new between the days"), Value: 15, Href: "/d/1"}, {Title: w("签署日期在两天之间，未公布", "Dated between, not declared"), Value: 6}, {Title: w("终止", "Ended"), Value: -4}, {Title: w("没有说明", "Not explained"), Value: 2, Rest: true}, {Title: w("2022-08-15 公布", "Declared 2022-08-15"), Value: 103, Total: true}}},
		{Form: chart.Calendar, Title: w("一年中的来访", "Visits over a year"), Unit: batches, Days: days, Labels: names, Series: []chart.Series{{Values: visits}}},
		{Form: chart.Calendar, Title: w("逐月来访", "Visits month by month"), Unit: batches, Days: long, Labels: longNames, Series: []chart.Series{{Values: many}}},
		{Form: chart.Bar, Title: w("只有一个值", "One value"), Labels: []string{"2022"}, Series: []chart.Series{{Values: []float64{7}}}},
		{Form: chart.Line, Title: w("一个点", "One point"), Labels: []string{"2022"}, Series: []chart.Series{{Values: []float64{7}}}},
		{Form: chart.Line, Title: w("没有数据", "Nothing"), Series: []chart.Series{{}}},
	}
}

func charts(c *kit.Call) templ.Component {
	w := words(c.Lang)
	var parts []templ.Component
	for i, v := range Charts(w) {
		parts = append(parts, kit.Panel(c, kit.Section{ID: "c" + strconv.Itoa(i), Title: v.Title, Body: kit.Body(kit.Charts(c, v))}))
	}
	return page(c, w("图表", "Charts"), kit.Stack(parts...))
}

func badges(c *kit.Call) templ.Component {
	w := words(c.Lang)
	var parts []templ.Component
	for _, s := range statuses(w) {
		parts = append(parts, kit.Badge(c, s))
	}
	b := kit.Chart{Title: w("逐月来访", "Visits by month"), Say: w("十月最多，42 批。", "October has most, 42."), Labels: []string{"1", "2", "3", "4"}, Series: []kit.Series{{Title: w("来访", "In"), Values: []float64{9, 7, 16, 21}}, {Title: w("出访", "Out"), Values: []float64{5, 4, 9, 12}}}}
	return page(c, w("状态", "Statuses"), both(both(parts...), kit.Panel(c, kit.Section{Title: b.Title, Body: kit.Bars(b)}), kit.Panel(c, kit.Section{Title: w("历年", "By year"), Body: kit.Lines(series(w))}), kit.Panel(c, kit.Section{Title: w("一生", "Life"), Body: kit.Life(timeline(w))}), kit.Spark([]float64{1, 4, 2, 5})))
}
