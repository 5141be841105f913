package notices

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/access"
	"yunqiao/kernel/alert"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// takeForm is where a message of a partner is brought or pasted.
func (rm *Room) takeForm(c *web.Call, v *store.View) (web.Reply, error) {
	return rm.takeWith(c, v, nil)
}

func (rm *Room) takeWith(c *web.Call, v *store.View, wrong []*fault.Error) (web.Reply, error) {
	all, err := record.Select(v, Partners, "WHERE x.state = 'current' ORDER BY x.party, x.id")
	if err != nil {
		return nil, err
	}
	from := kit.Field{Kind: kit.FieldChoice, Name: "partner", Title: c.Say("notices.noticepartner.name"), Value: c.Form("partner"), Wide: true,
		Options: []kit.Option{{Value: "", Title: c.Say("notices.page.take.by_sender"), Selected: c.Form("partner") == ""}}}
	for _, p := range all {
		from.Options = append(from.Options, kit.Option{Value: p.ID, Title: p.Name.Show(c.Lang), Selected: c.Form("partner") == p.ID})
	}
	form := kit.Form{Action: "/notices/take", Cancel: "/notices", File: true, Submit: c.Say("notices.page.take.do"), Groups: []kit.FieldGroup{
		{Title: c.Say("notices.page.take.message"), Help: c.Say("notices.page.take.help", "kb", mostMessage/1000), Fields: []kit.Field{
			{Kind: kit.FieldFile, Name: "message", Title: c.Say("notices.page.take.file"), Accept: ".xml,.cap", Wide: true},
			{Kind: kit.FieldLong, Name: "text", Title: c.Say("notices.page.take.text"), Value: c.Form("text"), Lines: 8, Wide: true}}},
		{Title: c.Say("notices.page.take.from"), Help: c.Say("notices.page.take.from_help"), Fields: []kit.Field{from,
			{Kind: kit.FieldNumber, Name: "number", Title: c.Say("notices.channelmessage.field.number"), Value: c.Form("number")},
			{Kind: kit.FieldText, Name: "signature", Title: c.Say("notices.channelmessage.field.signature"), Value: c.Form("signature")}}}}}
	form.Errors = c.FieldErrors(wrong)
	status := 200
	if len(wrong) > 0 {
		status = unprocessable
	}
	h := rm.head(c, c.Say("notices.page.take"))
	h.Sub = c.Say("notices.page.take.sub")
	return c.ShowWith(status, h, kit.Forms(c.Kit(), form)), nil
}

// take takes the message.
func (rm *Room) take(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.takeWith(c, v, found) })
	in := Arrival{Partner: c.Form("partner"), Signature: c.Form("signature"), Raw: []byte(c.R.PostFormValue("text")), Name: "message.xml"}
	if n := c.Form("number"); n != "" {
		var err error
		if in.Number, err = strconv.Atoi(n); err != nil || in.Number < 1 {
			return nil, fault.At("number", "record.field.not_number", fault.Args{"value": n})
		}
	}
	f, head, err := c.File("message.file")
	switch {
	case err == nil:
		defer f.Close() //nolint:errcheck // read only
		if in.Raw, err = io.ReadAll(io.LimitReader(f, mostMessage+1)); err != nil {
			return nil, err
		}
		in.Name = head.Filename
	case len(strings.TrimSpace(string(in.Raw))) == 0:
		return nil, fault.At("message", "notices.page.take.nothing", nil)
	}
	x, err := rm.Desk.Take(tx, in)
	if err != nil {
		return nil, err
	}
	if x.RecordedFrom != tx.Now {
		c.Flash("notices.page.take.known")
	}
	return web.Goto(x.URL()), nil
}

// URL is the address of the message's page.
func (x *ChannelMessage) URL() string { return ChannelMessages.URL() + "/" + x.ID }

var verdictKinds = map[string]string{Taken: "ok", Asking: "wait", Noted: "end", Differs: "bad", Refused: "bad", SentAway: "run"}

func verdictOf(c *web.Call, x *ChannelMessage) kit.Status {
	return kit.Status{Kind: verdictKinds[x.Verdict], Word: c.Choice(ChannelMessages.Kind, "verdict", x.Verdict)}
}

// channelMessage shows one message of the channel: what was found in it, what it says, what became of it and who answered.
func (rm *Room) channelMessage(c *web.Call, v *store.View) (web.Reply, error) {
	return rm.messageWith(c, v, nil)
}

func (rm *Room) messageWith(c *web.Call, v *store.View, wrong []*fault.Error) (web.Reply, error) {
	x, err := record.Load(v, ChannelMessages, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, ChannelMessages.Kind, err)
	}
	m, err := rm.Desk.Reread(v, x)
	if err != nil {
		return nil, err
	}
	title, lang := c.Shown(x.Title)
	st := verdictOf(c, x)
	h := kit.Head{Title: title, Lang: lang, Sub: c.Choice(ChannelMessages.Kind, "kind", x.Kind) + " · " + c.Choice(ChannelMessages.Kind, "way", x.Way), Status: &st, Sample: x.Sample, Number: x.Number.String(),
		Crumbs:  []kit.Link{{Title: c.Say("notices.page.room"), Href: "/notices"}, {Title: c.Say("notices.channelmessage.plural"), Href: ChannelMessages.URL()}, {Title: title}},
		Actions: []kit.Action{{Title: c.Say("notices.page.message"), Href: x.URL() + "/message.xml", Icon: "down"}, {Title: c.Say("web.history"), Href: x.URL() + "/history", Icon: "history"}}}
	var parts []templ.Component
	if x.Verdict == Refused || x.Verdict == Differs {
		parts = append(parts, banner(c.Kit(), "bad", c.Say("notices.page.channel."+x.Verdict)))
	}
	status := 200
	if x.Verdict == Asking && mayWrite(c.Who) {
		form, err := rm.settleForm(c, v, x, wrong)
		if err != nil {
			return nil, err
		}
		if len(wrong) > 0 {
			status = unprocessable
		}
		parts = append(parts, banner(c.Kit(), "", c.Say("notices.page.channel.asking")), kit.Forms(c.Kit(), form))
	}
	names := c.Site.NewNames(v)
	names.Want(Partners.Name, x.Partner)
	names.Want(Notices.Name, x.Notice)
	names.Want(Drills.Name, x.Drill)
	names.Want(ChannelMessages.Name, x.Answers)
	if err := names.Load(); err != nil {
		return nil, err
	}
	sec := kit.Section{ID: "facts", Title: c.Say("notices.page.channel.facts")}
	fact := func(field, value string) {
		if value != "" {
			sec.Facts = append(sec.Facts, kit.Fact{Title: c.Say("notices.channelmessage.field." + field), Value: value})
		}
	}
	link := func(field, kind, id string) {
		if t, href, ok := names.Of(kind, id); ok && id != "" {
			text, lang := c.Shown(t)
			sec.Facts = append(sec.Facts, kit.Fact{Title: c.Say("notices.channelmessage.field." + field), Value: text, Lang: lang, Href: href})
		}
	}
	link("partner", Partners.Name, x.Partner)
	link("notice", Notices.Name, x.Notice)
	link("drill", Drills.Name, x.Drill)
	link("answers", ChannelMessages.Name, x.Answers)
	fact("at", c.Instant(int64(x.At.Value)))
	fact("sent", x.Sent)
	fact("number", x.Number.String())
	said := func(field, value string, known []string) {
		if slices.Contains(known, value) {
			value = c.Say("notices.page.channel." + field + "." + strings.ToLower(value))
		}
		fact(field, value)
	}
	said("status", x.Status, alert.Statuses)
	said("scope", x.Scope, alert.Scopes)
	fact("sender", x.Sender)
	fact("identifier", x.Identifier)
	if x.Way == WayIn {
		word := c.Say("notices.page.channel.unsigned")
		if x.Signed {
			word = c.Say("notices.page.channel.signed")
		}
		fact("signed", word)
	}
	fact("digest", x.Digest)
	fact("signature", x.Signature)
	secs := []kit.Section{sec}
	if x.Way == WayIn {
		secs = append(secs, findings(c, m, x.Found))
	}
	answers, err := RepliesTo(v, x.ID)
	if err != nil {
		return nil, err
	}
	if len(answers) > 0 {
		a := kit.Section{ID: "replies", Title: c.Say("notices.page.channel.replies"), Count: strconv.Itoa(len(answers))}
		for _, o := range answers {
			text, lang := c.Shown(o.Title)
			st := verdictOf(c, o)
			a.Links = append(a.Links, kit.LinkLine{Title: text, Lang: lang, Href: o.URL(), Sub: c.Choice(ChannelMessages.Kind, "kind", o.Kind), End: c.Instant(int64(o.At.Value)), Status: &st, Sample: o.Sample})
		}
		secs = append(secs, a)
	}
	parts = append(parts, kit.Sections(c.Kit(), secs))
	if views := spokenIn(c, m); len(views) > 0 {
		parts = append(parts, &preview{c: c, title: c.Say("notices.page.channel.says"), views: views})
	}
	return c.ShowWith(status, h, kit.Stack(parts...)), nil
}

// settleForm asks which situation a message means.
func (rm *Room) settleForm(c *web.Call, v *store.View, x *ChannelMessage, wrong []*fault.Error) (kit.Form, error) {
	all, err := Beginnings(v)
	f := kit.Field{Kind: kit.FieldChoice, Name: "situation", Title: c.Say("notices.situation.name"), Required: true, Wide: true}
	if len(all) > 6 { // then it is a list, which begins with nothing chosen
		f.Options = append(f.Options, kit.Option{Title: c.Say("notices.page.channel.choose")})
	}
	for _, s := range all {
		f.Options = append(f.Options, kit.Option{Value: s.ID, Title: s.Name.Show(c.Lang)})
	}
	form := kit.Form{Action: x.URL() + "/settle", Submit: c.Say("notices.page.channel.settle"), Groups: []kit.FieldGroup{{Fields: []kit.Field{f}}}}
	form.Errors = c.FieldErrors(wrong)
	return form, err
}

// settle makes the draft of a message, in the situation that was chosen.
func (rm *Room) settle(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.messageWith(c, v, found) })
	x, err := rm.Desk.Settle(tx, c.Path("id"), c.Form("situation"))
	if err != nil {
		return nil, err
	}
	c.Flash("notices.page.kept")
	if x.Drill != "" {
		return web.Goto(Drills.URL() + "/" + x.Drill), nil
	}
	return web.Goto(Notices.URL() + "/" + x.Notice), nil
}

// channelFile gives a message as it came or went, byte for byte.
func (rm *Room) channelFile(c *web.Call, v *store.View) (web.Reply, error) {
	x, err := record.Load(v, ChannelMessages, c.Path("id"))
	if err != nil {
		return nil, err
	}
	raw, err := rm.Desk.Text(v, x)
	if err != nil {
		return nil, err
	}
	return web.Bytes{Type: "application/cap+xml", Name: x.ID + ".xml", Body: raw}, nil
}

// findings are what the checker found, each at its place.
func findings(c *web.Call, m *alert.Message, list []Found) kit.Section {
	t := kit.Table{Title: c.Say("notices.page.channel.found"), Columns: []kit.Column{{Title: c.Say("notices.page.channel.place")}, {Title: c.Say("notices.page.channel.finding")}, {Title: c.Say("notices.channelmessage.field.found.severity")}}}
	sec := kit.Section{ID: "found", Title: t.Title, Count: strconv.Itoa(len(list)), Empty: c.Say("notices.page.channel.found_none")}
	kinds := map[string]string{"note": "end", "doubt": "wait", "wrong": "bad"}
	for i, f := range list {
		t.Rows = append(t.Rows, kit.Row{ID: strconv.Itoa(i), Label: f.Key, Cells: []kit.Cell{{Text: placeIn(c, m, f.Place)}, {Text: c.Site.Book.SayMap(c.Lang, f.Key, f.args())},
			{Kind: kit.CellStatus, Status: kinds[f.Severity], Text: c.Say("notices.channelmessage.found.severity." + f.Severity)}}})
	}
	if len(list) > 0 {
		sec.Table, sec.Empty = &t, ""
	}
	return sec
}

// placeIn says in words where in a message something stands.
func placeIn(c *web.Call, m *alert.Message, at string) string {
	if at == "" {
		return c.Say("notices.page.channel.whole")
	}
	var out []string
	for part := range strings.SplitSeq(at, "/") {
		name, n, numbered := strings.Cut(strings.TrimSuffix(part, "]"), "[")
		i, err := strconv.Atoi(n)
		switch {
		case name == "info" && numbered && err == nil && i >= 1 && i <= len(m.Blocks):
			tag := m.Blocks[i-1].Language
			if l := langOf(tag); l != "" {
				tag = script.Name(l)
			}
			out = append(out, c.Say("notices.page.channel.block", "n", i, "language", tag))
		case numbered && (name == "area" || name == "resource"):
			out = append(out, c.Say("notices.page.channel."+name, "n", n))
		default:
			out = append(out, part)
		}
	}
	return strings.Join(out, " · ")
}

// spokenIn shows what a message says in each of its languages.
func spokenIn(c *web.Call, m *alert.Message) []spokenView {
	var out []spokenView
	for _, b := range m.Blocks {
		l := langOf(b.Language)
		name := b.Language
		if l != "" {
			name = script.Name(l)
		}
		if l == "" {
			l = translate.Lang(b.Language)
		}
		words := func(s string) []script.Piece {
			if s == "" {
				return nil
			}
			return []script.Piece{{Text: s, Lang: l}}
		}
		headline := b.Headline
		if headline == "" {
			headline = b.Event
		}
		out = append(out, spokenView{Lang: l, Name: name, Status: kit.Status{Kind: "end", Word: c.Say("notices.page.channel.as_is")}, Headline: words(headline), Text: words(b.Description), Advice: words(b.Instruction)})
	}
	return out
}

// Names of what a program sends beside a message.
const (
	NumberHeader    = "Channel-Number"
	SignatureHeader = "Channel-Signature"
)

// programTake takes a message that a partner's program sends with a token, and answers with what the partner is told.
func (rm *Room) programTake(s *web.Site) http.HandlerFunc {
	problem := func(w http.ResponseWriter, r *http.Request, err error) {
		kind, text := fault.KindOf(err), []string{}
		l := translate.Staff[len(translate.Staff)-1]
		if strings.HasPrefix(r.Header.Get("Accept-Language"), string(Source)) {
			l = Source
		}
		for _, e := range fault.All(err) {
			if e.Key != "" {
				text = append(text, s.Book.SayMap(l, e.Key, e.Args))
			}
		}
		status := web.Status(kind)
		if kind == fault.Defect {
			s.Log.Error("taking a message of a program", "err", err)
		}
		raw, bad := json.Marshal(map[string]any{"title": kind.String(), "status": status, "detail": strings.Join(text, " ")})
		if bad != nil {
			status = http.StatusInternalServerError
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		_, _ = w.Write(raw) // the asker has gone
	}
	return func(w http.ResponseWriter, r *http.Request) {
		visit, err := rm.Program(r)
		if err == nil && (visit.Scope != "write" || !visit.Who.Allows(access.Do("edit", Notices.Name))) {
			err = fault.New(fault.Denied, "notices.channel.token", nil)
		}
		if err != nil {
			problem(w, r, err)
			return
		}
		raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostMessage+1))
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			err = fault.At("message", "notices.channel.large", fault.Args{"kb": mostMessage / 1000})
		}
		if err != nil {
			problem(w, r, err)
			return
		}
		in := Arrival{Raw: raw, Name: "message.xml", Signature: r.Header.Get(SignatureHeader)}
		in.Number, _ = strconv.Atoi(r.Header.Get(NumberHeader)) // what is no number is none
		var x *ChannelMessage
		var answers []*ChannelMessage
		err = s.Store.Update(r.Context(), visit.Who, func(tx *store.Tx) (err error) {
			if x, err = rm.Desk.Take(tx, in); err == nil {
				answers, err = RepliesTo(&tx.View, x.ID)
			}
			return err
		})
		if err != nil {
			problem(w, r, err)
			return
		}
		s.After()
		h := w.Header()
		h.Set("Location", x.URL())
		status := http.StatusCreated
		if x.Verdict == Refused || x.Verdict == Differs {
			status = unprocessable
		}
		for _, o := range answers {
			if o.Way != WayOut {
				continue
			}
			h.Set("Content-Type", "application/cap+xml")
			h.Set(NumberHeader, o.Number.String())
			h.Set(SignatureHeader, o.Signature)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(o.Body)) // the asker has gone
			return
		}
		w.WriteHeader(status)
	}
}
