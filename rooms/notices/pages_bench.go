package notices

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// benches lists what is to be translated into a language, and how far it is: the texts of the library, and the own words of
// drafts.
func (rm *Room) benches(c *web.Call, v *store.View) (web.Reply, error) {
	l := translate.Lang(c.Form("into"))
	if !slices.Contains(others(), string(l)) {
		l = translate.Lang(others()[1])
	}
	all, err := record.Select(v, Situations, "WHERE x.state = 'current' ORDER BY x.key")
	if err != nil {
		return nil, err
	}
	drafts, err := record.Select(v, Notices, "WHERE x.state = 'draft' AND x.more <> '' ORDER BY x.id DESC")
	if err != nil {
		return nil, err
	}
	var works []*Work
	for _, n := range drafts {
		if n.More[Source] != "" {
			works = append(works, &Work{Notice: n})
		}
	}
	for _, s := range all {
		works = append(works, &Work{Situation: s})
	}
	var tabs []kit.Tab
	for _, o := range others() {
		x, done := translate.Lang(o), 0
		for _, w := range works {
			if w.Standing(x) == Approved {
				done++
			}
		}
		tabs = append(tabs, kit.Tab{Title: script.Name(x), Href: "/notices/bench?into=" + o, Count: strconv.Itoa(done) + "/" + strconv.Itoa(len(works)), Current: x == l})
	}
	sec := kit.Section{ID: "works", Title: c.Say("notices.page.benches"), Count: strconv.Itoa(len(works))}
	order := []string{Stale, NeedsReview, Untranslated, Draft, Approved}
	slices.SortStableFunc(works, func(a, b *Work) int {
		return slices.Index(order, a.Standing(l)) - slices.Index(order, b.Standing(l))
	})
	for _, w := range works {
		name, in := c.Shown(w.Name())
		st := standing(c, w.Standing(l))
		line := kit.LinkLine{Title: name, Lang: in, Href: "/notices/bench/" + w.ID() + "/" + string(l), Status: &st, Sample: w.head().Sample}
		if w.Notice != nil {
			line.Sub = c.Say("notices.page.more")
		}
		if one := w.One(l); one != nil {
			line.End = strings.TrimSpace(one.Translator + " " + one.Reader)
			if line.End == byMachine {
				line.End = c.Say("notices.page.by_machine")
			}
		}
		sec.Links = append(sec.Links, line)
	}
	if len(works) == 0 {
		sec.Empty = c.Say("notices.page.no_situations")
	}
	h := rm.head(c, c.Say("notices.page.benches"))
	h.Actions = []kit.Action{{Title: c.Say("notices.page.memory"), Href: "/notices/memory"}, {Title: c.Say("notices.term.plural"), Href: Terms.URL()}}
	return c.Show(h, kit.Stack(kit.Tabs(c.Kit(), c.Say("notices.page.language"), tabs), kit.Sections(c.Kit(), []kit.Section{sec}))), nil
}

// bench shows the source of a work beside its text in one language, part by part.
func (rm *Room) bench(c *web.Call, v *store.View) (web.Reply, error) {
	w, err := LoadWork(v, c.Path("id"))
	if err != nil {
		return nil, err
	}
	return rm.benchOf(c, v, w, translate.Lang(c.Path("lang")), nil)
}

// table lays a work on the bench, as it stands; inside tells whether somebody of the office works on it.
func (rm *Room) table(c *web.Call, v *store.View, w *Work, l translate.Lang, inside bool) (benchView, error) {
	out := benchView{VID: w.VID(), Lang: l, Help: c.Say("notices.page.bench.help"), Keep: c.Say("notices.page.bench.keep"), Changed: c.Say("notices.page.bench.changed"),
		Before: c.Say("notices.page.bench.before"), Take: c.Say("notices.page.bench.take"), State: c.Say("notices.situation.field.standings.state"), Locked: w.Open() != nil}
	terms, err := GlossaryOf(v, l)
	if err != nil {
		return out, err
	}
	changes, err := w.Changes(v, l)
	if err != nil {
		return out, err
	}
	memory, err := Recall(v, w, l)
	if err != nil {
		return out, err
	}
	for _, g := range w.Segments() {
		t := w.Text(g)
		if t[Source] == "" {
			continue
		}
		title := c.Say("notices.situation.field." + g)
		if g == own {
			title = c.Say("notices.page.more")
		}
		p := partView{ID: g, Title: title, Source: t[Source], Text: t[l], Status: standing(c, w.SegmentStanding(g, l)), Changes: changes[g]}
		for _, f := range w.Findings(terms, g, l) {
			p.Found = append(p.Found, rm.found(c, f))
		}
		for _, x := range terms { // the words to use are there before anything is written
			if t[l] == "" && strings.Contains(script.Fold(t[Source]), script.Fold(x.Word)) {
				p.Found = append(p.Found, foundView{Text: c.Say("notices.term.missing", "word", x.Word, "use", x.Use), Status: kit.Status{Kind: "run", Word: c.Say("notices.term.name")}})
			}
		}
		for _, o := range Offer(memory, t[Source]) {
			if w.SegmentStanding(g, l) == Approved || o.Text == t[l] {
				continue
			}
			x := offeredView{Text: o.Text, From: o.From.Show(c.Lang), Like: strconv.Itoa(o.Percent) + "%"}
			if inside {
				x.Href = o.Href
			}
			p.Offered = append(p.Offered, x)
		}
		out.Parts = append(out.Parts, p)
	}
	return out, nil
}

// found is a finding as it is shown.
func (rm *Room) found(c *web.Call, f script.Finding) foundView {
	st := kit.Status{Kind: "wait", Word: c.Say("notices.page.found." + string(f.Severity))}
	if f.Severity == script.Stop {
		st.Kind = "bad"
	}
	return foundView{Text: c.Site.Book.SayMap(c.Lang, f.Key, f.Args), Status: st}
}

// takeOf names the button that takes what was translated before into a part.
func takeOf(part string, n int) string { return "take:" + part + ":" + strconv.Itoa(n) }

// rowsOf is how high the box of a part is: as its text needs it.
func rowsOf(p partView) string {
	return strconv.Itoa(min(12, 3+max(len([]rune(p.Source))/30, len([]rune(p.Text))/50)))
}

// taken puts a text that was translated before where it was asked for; the form is shown again with it, and nothing is kept.
func (v *benchView) taken(do string) bool {
	f := strings.Split(do, ":")
	if len(f) != 3 || f[0] != "take" {
		return false
	}
	n, err := strconv.Atoi(f[2])
	for i := range v.Parts {
		if p := &v.Parts[i]; p.ID == f[1] && err == nil && n >= 0 && n < len(p.Offered) {
			p.Text = p.Offered[n].Text
		}
	}
	return true
}

// typedOver puts what was typed over what is kept.
func (v *benchView) typedOver(texts map[string]string) {
	for i := range v.Parts {
		v.Parts[i].Text = texts[v.Parts[i].ID]
	}
}

func typedTexts(c *web.Call, w *Work) map[string]string {
	out := map[string]string{}
	for _, g := range w.Segments() {
		out[g] = c.Form(g)
	}
	return out
}

func (rm *Room) benchOf(c *web.Call, v *store.View, w *Work, l translate.Lang, wrong []*fault.Error) (web.Reply, error) {
	if !slices.Contains(others(), string(l)) {
		return nil, fault.New(fault.Missing, "notices.no_language", fault.Args{"lang": string(l)})
	}
	at := "/notices/bench/" + w.ID() + "/" + string(l)
	form, err := rm.table(c, v, w, l, true)
	if err != nil {
		return nil, err
	}
	may := w.kind().Edit(c.Who, w.head().Path[:]) && c.At.KnownOn == 0
	form.Action, form.Locked = at, form.Locked || !may
	who := Standing{State: Draft}
	if one := w.One(l); one != nil {
		who = *one
	}
	if w.Standing(l) == Stale { // nobody has read it against the source of today
		who.State = NeedsReview
	}
	if c.R.Method == "POST" && c.R.PostForm.Has("vid") {
		form.typedOver(typedTexts(c, w))
		form.taken(c.Form("do"))
		who.State, who.Translator, who.Reader = c.Form("state"), c.Form("translator"), c.Form("reader")
	}
	for _, x := range TextStates {
		form.States = append(form.States, kit.Option{Value: x, Title: c.Say("notices.text." + x), Selected: x == who.State})
	}
	form.Roles = []roleView{{"translator", c.Say("notices.situation.field.standings.translator"), who.Translator}, {"reader", c.Say("notices.situation.field.standings.reader"), who.Reader}}
	for _, e := range wrong {
		form.Wrong = append(form.Wrong, c.SayFault(e))
	}
	name, lang := c.Shown(w.Name())
	h := rm.head(c, name)
	st := standing(c, w.Standing(l))
	h.Lang, h.Sub, h.SubLang, h.Status = lang, script.Name(l), l, &st
	h.Crumbs = []kit.Link{{Title: c.Say("notices.page.room"), Href: "/notices"}, {Title: c.Say("notices.page.benches"), Href: "/notices/bench?into=" + string(l)}, {Title: name}}
	h.Actions = []kit.Action{{Title: "XLIFF 2.1", Href: at + "/file.xlf?version=2.1", Icon: "down"}, {Title: "XLIFF 1.2", Href: at + "/file.xlf?version=1.2", Icon: "down"}, {Title: c.Say("notices.page.memory"), Href: "/notices/memory"},
		{Title: c.Say("notices.term.plural"), Href: Terms.URL() + "?tongue=" + string(l)}, {Title: c.Say("notices.page.bench.text"), Href: w.URL()}}
	if w.Notice != nil && w.Notice.of == nil {
		h.Actions = append(h.Actions, kit.Action{Title: c.Say("notices.recording.plural"), Href: w.Notice.URL() + "/recordings", Icon: "play"})
	}
	parts := []kit.Section{}
	if may {
		lent, err := rm.lentPart(c, v, w, l, at)
		if err != nil {
			return nil, err
		}
		parts = append(parts, lent)
	}
	back := kit.Form{Action: at + "/file", File: true, Submit: c.Say("notices.page.bench.back"), Groups: []kit.FieldGroup{{Title: c.Say("notices.page.bench.back"), Help: c.Say("notices.page.bench.back_help"),
		Fields: []kit.Field{{Kind: kit.FieldFile, Name: "back", Title: "XLIFF", Accept: ".xlf,.xliff"}}}}}
	status := 200
	if len(wrong) > 0 {
		status = unprocessable
	}
	if may && !form.Locked && rm.Desk.Machine != nil && len(w.missingIn(l)) > 0 {
		parts = append(parts, kit.Section{ID: "machine", Title: c.Say("notices.page.machine"), Body: steps(c.Kit(), []stepView{{ID: "machine", Action: at + "/machine", Do: "ask", Button: c.Say("notices.page.machine.ask"), Help: c.Say("notices.page.machine.help")}})})
	}
	body := kit.Stack(benchForm(c.Kit(), form), kit.Sections(c.Kit(), parts))
	if !form.Locked {
		body = kit.Stack(body, kit.Forms(c.Kit(), back))
	}
	return c.ShowWith(status, h, body), nil
}

// lentPart lists the links that were given to people outside, and asks for another.
func (rm *Room) lentPart(c *web.Call, v *store.View, w *Work, l translate.Lang, at string) (kit.Section, error) {
	sec := kit.Section{ID: "lent", Title: c.Say("notices.textlink.plural")}
	all, err := LinksOf(v, w, l)
	if err != nil {
		return sec, err
	}
	sec.Count = strconv.Itoa(len(all))
	var next []stepView
	for _, x := range all {
		st := kit.Status{Kind: "run", Word: c.Say("notices.textlink.open")}
		switch {
		case x.Closed.Set:
			st = kit.Status{Kind: "draft", Word: c.Say("notices.textlink.closed")}
		case x.Until < v.ValidOn:
			st = kit.Status{Kind: "draft", Word: c.Say("notices.textlink.over")}
		default:
			next = append(next, stepView{ID: "l-" + x.ID, Action: at + "/link", Do: x.ID, Button: c.Say("notices.textlink.take_back", "name", x.Person), Danger: true})
		}
		line := kit.LinkLine{Title: x.Person, Href: TextLinks.URL() + "/" + x.ID, End: c.Say("notices.textlink.until", "day", x.Until.String()), Status: &st, Sample: x.Sample}
		if x.Saves.Set {
			line.Sub = c.Say("notices.textlink.saved", "n", int(x.Saves.Value), "time", c.Instant(int64(x.Saved.Value)))
		}
		sec.Links = append(sec.Links, line)
	}
	var body []templ.Component
	if len(next) > 0 {
		body = append(body, steps(c.Kit(), next))
	}
	if w.Open() == nil {
		body = append(body, lendForm(c.Kit(), at+"/link", c.Say("notices.textlink.field.person"), c.Say("notices.textlink.field.last_day"), (v.ValidOn+7).String(), c.Say("notices.textlink.help"), c.Say("notices.textlink.lend")))
	}
	sec.Body = inPanel(body...)
	return sec, nil
}

// link gives a link to somebody outside, and shows it once; or takes one back.
func (rm *Room) link(c *web.Call, tx *store.Tx) (web.Reply, error) {
	w, err := LoadWork(&tx.View, c.Path("id"))
	if err != nil {
		return nil, err
	}
	l := translate.Lang(c.Path("lang"))
	at := "/notices/bench/" + w.ID() + "/" + string(l)
	if do := c.Form("do"); do != "lend" {
		if err := TakeLinkBack(tx, do); err != nil {
			return nil, err
		}
		c.Flash("notices.page.done")
		return web.Goto(at), nil
	}
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.benchOf(c, v, w, l, found) })
	until, err := clock.ParseDay(c.Form("last_day"))
	if err != nil {
		return nil, fault.At("last_day", "notices.textlink.day", fault.Args{"days": longest})
	}
	address, err := rm.Desk.Lend(tx, w, l, c.Form("person"), until)
	if err != nil {
		return nil, err
	}
	sec := kit.Section{ID: "link", Title: c.Say("notices.textlink.name"), Foot: c.Say("notices.textlink.once"), Facts: []kit.Fact{{Title: c.Form("person"), Value: address, Wide: true}},
		Actions: []kit.Action{{Title: c.Say("notices.page.bench.again"), Href: at}}}
	name, lang := c.Shown(w.Name())
	h := rm.head(c, c.Say("notices.textlink.name"))
	h.Sub, h.SubLang = name+" · "+script.Name(l), lang
	return c.Show(h, kit.Sections(c.Kit(), []kit.Section{sec})), nil
}

// benchSave keeps a text with its state and who answers for it.
func (rm *Room) benchSave(c *web.Call, tx *store.Tx) (web.Reply, error) {
	w, err := LoadWork(&tx.View, c.Path("id"))
	if err != nil {
		return nil, err
	}
	l := translate.Lang(c.Path("lang"))
	if strings.HasPrefix(c.Form("do"), "take:") {
		return rm.benchOf(c, &tx.View, w, l, nil)
	}
	if w.VID() != c.Form("vid") {
		return nil, fault.New(fault.Stale, "record.stale", fault.Args{"id": w.ID()})
	}
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) {
		w, err := LoadWork(v, c.Path("id"))
		if err != nil {
			return nil, err
		}
		return rm.benchOf(c, v, w, l, found)
	})
	if err := w.Translate(l, typedTexts(c, w), c.Form("state"), c.Form("translator"), c.Form("reader"), tx.ValidOn); err != nil {
		return nil, err
	}
	if c.Form("state") == Approved {
		terms, err := GlossaryOf(&tx.View, l)
		if err != nil {
			return nil, err
		}
		if err := w.Forbidden(terms, l); err != nil {
			return nil, err
		}
	}
	return rm.benchDone(c, tx, w, l)
}

// machine asks for drafts of what is missing; they come when the job is done.
func (rm *Room) machine(c *web.Call, tx *store.Tx) (web.Reply, error) {
	w, err := LoadWork(&tx.View, c.Path("id"))
	if err != nil {
		return nil, err
	}
	l := translate.Lang(c.Path("lang"))
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.benchOf(c, v, w, l, found) })
	if err := rm.Desk.AskMachine(tx, w, l); err != nil {
		return nil, err
	}
	c.Flash("notices.page.machine.asked")
	return web.Goto("/notices/bench/" + w.ID() + "/" + string(l)), nil
}

func (rm *Room) benchDone(c *web.Call, tx *store.Tx, w *Work, l translate.Lang) (web.Reply, error) {
	if err := w.Save(tx, record.How{Act: record.ActCorrect, Why: script.Name(l)}); err != nil {
		return nil, err
	}
	c.Flash("notices.page.done")
	return web.Goto("/notices/bench/" + w.ID() + "/" + string(l)), nil
}

// benchFile gives one language of a work as a file for a translator's tool.
func (rm *Room) benchFile(c *web.Call, v *store.View) (web.Reply, error) {
	w, err := LoadWork(v, c.Path("id"))
	if err != nil {
		return nil, err
	}
	l, version := translate.Lang(c.Path("lang")), script.XLIFF21
	if c.Form("version") == string(script.XLIFF12) {
		version = script.XLIFF12
	}
	var b bytes.Buffer
	if err := script.WriteXLIFF(&b, version, w.Bundle(l)); err != nil {
		return nil, err
	}
	return web.Bytes{Type: "application/xliff+xml", Name: w.Key() + "." + string(l) + ".xlf", Body: b.Bytes()}, nil
}

// upload reads a file that was sent, up to the size such files have.
func upload(c *web.Call, name string) (raw []byte, file string, err error) {
	f, head, err := c.File(name)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	raw, err = io.ReadAll(io.LimitReader(f, 8<<20))
	return raw, head.Filename, err
}

// benchBack takes a file that came back.
func (rm *Room) benchBack(c *web.Call, tx *store.Tx) (web.Reply, error) {
	w, err := LoadWork(&tx.View, c.Path("id"))
	if err != nil {
		return nil, err
	}
	raw, file, err := upload(c, "back.file")
	if err != nil {
		return nil, err
	}
	l := translate.Lang(c.Path("lang"))
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) {
		w, err := LoadWork(v, c.Path("id"))
		if err != nil {
			return nil, err
		}
		return rm.benchOf(c, v, w, l, found)
	})
	b, err := script.ReadXLIFF(raw)
	if err != nil {
		return nil, err
	}
	if b.To != l {
		return nil, fault.At("back", "notices.bench.other", fault.Args{"name": string(b.To)})
	}
	if err := w.TakeBack(b, file); err != nil {
		return nil, err
	}
	return rm.benchDone(c, tx, w, l)
}

// memoryFile gives everything that is approved as a translation memory.
func (rm *Room) memoryFile(_ *web.Call, v *store.View) (web.Reply, error) {
	b, err := Memory(v)
	if err != nil {
		return nil, err
	}
	return web.Bytes{Type: "application/x-tmx+xml", Name: "notices.tmx", Body: b}, nil
}

// memory is where what was translated before is taken in and given out.
func (rm *Room) memory(c *web.Call, v *store.View) (web.Reply, error) {
	return rm.memoryOf(c, v, nil, nil)
}

// mostVerdicts is how many verdicts a page shows; the counts are of all.
const mostVerdicts = 200

func (rm *Room) memoryOf(c *web.Call, v *store.View, said []Verdict, wrong []*fault.Error) (web.Reply, error) {
	var n int64
	if err := v.One("SELECT count(*) FROM {earliertext} x", nil, &n); err != nil {
		return nil, err
	}
	h := rm.head(c, c.Say("notices.page.memory"))
	h.Crumbs = []kit.Link{{Title: c.Say("notices.page.room"), Href: "/notices"}, {Title: c.Say("notices.page.benches"), Href: "/notices/bench"}, {Title: h.Title}}
	h.Sub = c.Say("notices.page.memory.count", "n", int(n))
	h.Actions = []kit.Action{{Title: c.Say("notices.page.memory.out"), Href: "/notices/memory.tmx", Icon: "down"}, {Title: c.Say("notices.earliertext.plural"), Href: EarlierTexts.URL()}}
	form := kit.Form{Action: "/notices/memory", File: true, Submit: c.Say("notices.page.memory.in"), Groups: []kit.FieldGroup{{Title: c.Say("notices.page.memory.in"), Help: c.Say("notices.page.memory.help"),
		Fields: []kit.Field{{Kind: kit.FieldFile, Name: "tmx", Title: "TMX", Accept: ".tmx"}}}}}
	status := 200
	for _, e := range wrong {
		status = unprocessable
		form.Errors = append(form.Errors, kit.FieldError{Field: "tmx", Text: c.SayFault(e)})
	}
	body := kit.Forms(c.Kit(), form)
	if len(said) > 0 {
		t := kit.Table{Title: c.Say("notices.page.memory.verdicts"), Columns: []kit.Column{{Title: c.Say("notices.earliertext.field.was")}, {Title: c.Say("notices.earliertext.field.text")}, {Title: c.Say("notices.page.language")}, {Title: c.Say("notices.page.memory.verdict")}}}
		kinds, count := map[string]string{Remembered: "ok", Same: "draft", Disagrees: "wait", NoSource: "wait", Skipped: "bad", Wrong: "bad"}, map[string]int{}
		for i, d := range said {
			count[d.Word]++
			if i >= mostVerdicts {
				continue
			}
			word := c.Say("notices.page.memory." + d.Word)
			if d.Why != nil {
				word += " " + c.SayFault(d.Why)
			}
			lang := ""
			if d.Lang != "" {
				lang = script.Name(d.Lang)
			}
			t.Rows = append(t.Rows, kit.Row{Label: d.Was, Cells: []kit.Cell{{Text: d.Was, Lang: Source}, {Text: d.Text, Lang: d.Lang}, {Text: lang}, {Kind: kit.CellStatus, Status: kinds[d.Word], Text: word}}})
		}
		sec := kit.Section{ID: "verdicts", Title: t.Title, Count: strconv.Itoa(len(said)), Table: &t}
		for _, w := range []string{Remembered, Same, Disagrees, NoSource, Wrong, Skipped} {
			if count[w] > 0 {
				sec.Foot += c.Say("notices.page.memory."+w) + " " + strconv.Itoa(count[w]) + ". "
			}
		}
		body = kit.Stack(kit.Sections(c.Kit(), []kit.Section{sec}), body)
	}
	return c.ShowWith(status, h, body), nil
}

// memoryIn takes a translator's memory in, and says of each text what became of it.
func (rm *Room) memoryIn(c *web.Call, tx *store.Tx) (web.Reply, error) {
	raw, file, err := upload(c, "tmx.file")
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.memoryOf(c, v, nil, found) })
	if err != nil {
		return nil, err
	}
	said, err := TakeMemory(tx, raw, file)
	if err != nil {
		return nil, err
	}
	return rm.memoryOf(c, &tx.View, said, nil)
}

// outside is the bench of somebody without an account: one language of one text, as long as the link holds.
func (rm *Room) outside(c *web.Call) (web.Reply, error) {
	var reply web.Reply
	err := c.Site.Store.Look(c.Context(), access.Program(room), store.AsOf{}, func(v *store.View) (err error) {
		reply, err = rm.outsideOf(c, v, nil)
		return err
	})
	return reply, err
}

func (rm *Room) outsideOf(c *web.Call, v *store.View, wrong []*fault.Error) (web.Reply, error) {
	x, w, err := Lent(v, c.Path("token"))
	if err != nil {
		return nil, err
	}
	l := translate.Lang(x.Lang)
	form, err := rm.table(c, v, w, l, false)
	if err != nil {
		return nil, err
	}
	form.Action, form.Help = "/t/"+c.Path("token"), c.Say("notices.textlink.drafts")
	form.Locked = form.Locked || w.Standing(l) == Approved
	if c.R.Method == "POST" {
		form.typedOver(typedTexts(c, w))
		form.taken(c.Form("do"))
	}
	status := 200
	for _, e := range wrong {
		status = unprocessable
		form.Wrong = append(form.Wrong, c.SayFault(e))
	}
	name, _ := c.Shown(w.Name())
	var langs []kit.PublicLang
	for _, s := range translate.Staff {
		langs = append(langs, kit.PublicLang{Lang: s, Name: script.Name(s), Href: c.R.URL.Path + "?lang=" + string(s)})
	}
	notes := []kit.Section{{ID: "who", Title: script.Name(l), Facts: []kit.Fact{{Title: c.Say("notices.textlink.field.person"), Value: x.Person}, {Title: c.Say("notices.textlink.field.last_day"), Value: x.Until.String()}}}}
	if form.Locked {
		notes[0].Foot = c.Say("notices.textlink.approved")
	} else if x.Saves.Set {
		notes[0].Facts = append(notes[0].Facts, kit.Fact{Title: c.Say("notices.textlink.last"), Value: c.Instant(int64(x.Saved.Value))})
	}
	return web.PageWith(status, kit.PublicPage(c.Kit(), name, langs, kit.Stack(kit.Sections(c.Kit(), notes), benchForm(c.Kit(), form)))), nil
}

// outsideSave keeps a draft that somebody outside sent.
func (rm *Room) outsideSave(c *web.Call, tx *store.Tx) (web.Reply, error) {
	token := c.Path("token")
	again := func(v *store.View, found []*fault.Error) (reply web.Reply, err error) {
		err = c.Site.Store.Look(c.Context(), access.Program(room), store.AsOf{}, func(v *store.View) (err error) {
			reply, err = rm.outsideOf(c, v, found)
			return err
		})
		return reply, err
	}
	if strings.HasPrefix(c.Form("do"), "take:") {
		return again(&tx.View, nil)
	}
	c.Again(again)
	texts := map[string]string{}
	for _, g := range append(slices.Clone(Segments), own) {
		texts[g] = c.Form(g)
	}
	_, err := TakeLent(tx, token, c.Form("vid"), texts, func(x *TextLink) string {
		why := translate.Text{}
		for _, s := range translate.Staff {
			why[s] = c.Site.Book.Say(s, "notices.textlink.why", "name", x.Person, "lang", script.Name(translate.Lang(x.Lang)))
		}
		return why.JSON()
	})
	if err != nil {
		return nil, err
	}
	c.Flash("notices.page.done")
	return web.Goto("/t/" + token), nil
}
