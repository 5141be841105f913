package releases

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/paper"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// figureView is a figure of a sealed release with its evidence.
type figureView struct {
	ID, Title, Text, Cite, More string
	Rows                        []kit.LinkLine
}

// mostRows bounds what a page lists behind one figure; the files hold all.
const mostRows = 50

// sealedFigures are the figures of a sealed release for a page. The public reads only the names of public records; one
// who has signed in follows each to the version that was counted.
func (rm *Room) sealedFigures(c *web.Call, b ledger.Release, url func(e ledger.ReleaseEntry) string) []figureView {
	var out []figureView
	for i, f := range b.Figures {
		said := ""
		for _, s := range b.Said[string(c.Lang)] {
			if s.Figure == i {
				said = s.Text
				break
			}
		}
		x := figureView{ID: strings.TrimPrefix(Anchor(c.Lang, i), "#"), Title: figureTitle(b, f, said, c.Lang), Cite: inText(f.Rule.Cites, c.Lang),
			Text: c.Say("releases.doc.counted", "value", f.Value, "valid", f.ValidOn, "records", len(f.Counted), "rule", inText(f.Rule.Title, c.Lang), "version", f.Rule.Version)}
		hidden := 0
		for _, e := range f.Counted {
			href := url(e)
			if href == "" && (e.Level > 0 || len(e.Label) == 0) {
				hidden++
				continue
			}
			if len(x.Rows) < mostRows {
				x.Rows = append(x.Rows, kit.LinkLine{Title: entryName(e, c.Lang, e.VID), Href: href, Sub: e.Type + " " + e.VID + " " + e.Digest})
			}
		}
		if hidden > 0 {
			x.More = c.Say("releases.doc.hidden", "n", masked(hidden))
		} else if len(f.Counted) > len(x.Rows) {
			x.More = c.Say("releases.page.more", "n", len(f.Counted)-len(x.Rows))
		}
		out = append(out, x)
	}
	return out
}

func (rm *Room) factsOf(c *web.Call, b ledger.Release, digest string) []kit.Pair {
	return []kit.Pair{{Name: c.Say(Releases.Phrase("field", "code")), Value: b.Code}, {Name: c.Say("releases.page.digest"), Value: digest},
		{Name: c.Say(Releases.Phrase("field", "valid_on")), Value: b.ValidOn}, {Name: c.Say("releases.page.known"), Value: c.Instant(b.KnownOn)},
		{Name: c.Say("releases.page.sealed_at"), Value: c.Instant(b.SealedAt)}}
}

// fate is the banner of a release that is no longer in force.
func (rm *Room) fate(c *web.Call, r, next *Release, href func(*Release) string) []templ.Component {
	switch {
	case r == nil:
		return []templ.Component{banner(c.Kit(), "bad", c.Say("releases.page.is_gone"), kit.Link{})}
	case r.State == Withdrawn:
		return []templ.Component{banner(c.Kit(), "bad", c.Say("releases.page.is_withdrawn", "reason", r.Reason.Show(c.Lang)), kit.Link{})}
	case r.State == Corrected && next != nil:
		return []templ.Component{banner(c.Kit(), "bad", c.Say("releases.page.is_corrected", "reason", r.Reason.Show(c.Lang)),
			kit.Link{Title: c.Say("releases.page.newer", "code", next.Code), Href: href(next)})}
	}
	return nil
}

// sealedPaper is the text of a sealed release, as it was sealed.
func (rm *Room) sealedPaper(c *web.Call, b ledger.Release) templ.Component {
	look := rm.Desk.sealedLook(b, c.Lang)
	look.Depth = 1
	return papers([]sheetView{{Lang: string(c.Lang), Title: inText(b.Title, c.Lang), Body: templ.Raw(paper.HTML(paper.Parse(b.Text[string(c.Lang)]), look))}})
}

func (rm *Room) showSealed(c *web.Call, v *store.View, r *Release) (web.Reply, error) {
	_, b, digest, err := rm.opened(v, r.ID)
	if err != nil {
		return nil, err
	}
	head := rm.head(c, r)
	for _, a := range []struct{ key, file, icon string }{{"as_page", "page.html", "file"}, {"as_word", "text.docx?lang=" + string(c.Lang), "file"}, {"as_sheet", "evidence.xlsx?lang=" + string(c.Lang), "grid"}, {"as_proof", "proof.json", "key"}} {
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("releases.page." + a.key), Href: r.url() + "/" + a.file, Icon: a.icon})
	}
	_, next, err := current(v, r.ID)
	if err != nil {
		return nil, err
	}
	parts := rm.fate(c, r, next, (*Release).url)
	drifts := []Drift{}
	if r.State == Sealed {
		if drifts, err = rm.Desk.Drifts(v, r); err != nil {
			return nil, err
		}
	}
	if len(drifts) > 0 {
		parts = append(parts, banner(c.Kit(), "", c.Say("releases.page.drifted", "n", len(drifts)), kit.Link{Title: c.Say("releases.page.drift"), Href: "/releases/drift"}))
	}
	parts = append(parts, rm.sealedPaper(c, b))
	facts := rm.factsOf(c, b, digest)
	sections := []kit.Section{{ID: "seal", Title: c.Say("releases.page.seal"), Body: templ.Join(inBody(factList(facts))),
		Actions: []kit.Action{{Title: c.Say("releases.page.public"), Href: "/r/" + r.Code, Icon: "globe"}}}}
	if Releases.Edit(c.Who, r.Path[:]) && r.State == Sealed {
		reason := []stepField{}
		for _, l := range translate.Staff {
			reason = append(reason, stepField{Name: "reason." + string(l), Title: c.Say(Releases.Phrase("field", "reason")) + " · " + c.Say("releases.page.lang."+string(l)), Lang: string(l)})
		}
		sections = append(sections, kit.Section{ID: "correct", Title: c.Say("releases.release.move.correct"), Body: stepForm(c.Kit(), stepView{ID: "correct", Action: r.url() + "/correct", Fields: reason,
			Help: c.Say("releases.page.correct_help"), Buttons: []kit.Option{{Value: "correct", Title: c.Say("releases.page.correct")}}})})
		if c.Who.Has(access.Head) {
			sections = append(sections, kit.Section{ID: "take-back", Title: c.Say("releases.release.move.withdraw"), Body: stepForm(c.Kit(), stepView{ID: "back", Action: r.url() + "/take-back", Fields: reason,
				Help: c.Say("releases.page.withdraw_help"), Buttons: []kit.Option{{Value: "withdraw", Title: c.Say("releases.release.move.withdraw")}}})})
		}
	}
	steps, err := rm.stepSections(c, v, r)
	if err != nil {
		return nil, err
	}
	parts = append(parts, evidence(rm.sealedFigures(c, b, func(e ledger.ReleaseEntry) string {
		if k := c.Site.Types.Kind(e.Type); k != nil {
			return k.URL() + "/" + e.ID + "/version/" + e.VID
		}
		return ""
	})), kit.Sections(c.Kit(), append(sections, steps...)))
	return c.Show(head, kit.Stack(parts...)), nil
}

func inBody(part templ.Component) templ.Component {
	return templ.Join(templ.Raw(`<div class="body">`), part, templ.Raw(`</div>`))
}

// opened reads the sealed copy of a release.
func (rm *Room) opened(v *store.View, id string) (*SealedCopy, ledger.Release, string, error) {
	c, err := CopyOf(v, id)
	if err != nil {
		return nil, ledger.Release{}, "", err
	}
	b, err := ledger.ReadRelease([]byte(c.Body))
	return c, b, c.Digest, err
}

func (rm *Room) page(c *web.Call, v *store.View) (web.Reply, error) {
	copied, b, _, err := rm.opened(v, c.Path("id"))
	if err != nil {
		return nil, err
	}
	return web.Bytes{Type: "text/html; charset=utf-8", Name: b.Code + ".html", Body: []byte(copied.Page)}, nil
}

func (rm *Room) word(c *web.Call, v *store.View) (web.Reply, error) {
	_, b, digest, err := rm.opened(v, c.Path("id"))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := rm.Desk.Word(&out, b, digest, c.Lang); err != nil {
		return nil, err
	}
	return web.Bytes{Type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Name: b.Code + "-" + string(c.Lang) + ".docx", Body: out.Bytes()}, nil
}

func (rm *Room) sheet(c *web.Call, v *store.View) (web.Reply, error) {
	_, b, digest, err := rm.opened(v, c.Path("id"))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := rm.Desk.Sheet(&out, b, digest, c.Lang); err != nil {
		return nil, err
	}
	return web.Bytes{Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Name: b.Code + ".xlsx", Body: out.Bytes()}, nil
}

func (rm *Room) proof(c *web.Call, v *store.View) (web.Reply, error) {
	copied, b, _, err := rm.opened(v, c.Path("id"))
	if err != nil {
		return nil, err
	}
	if rm.Prove == nil {
		return nil, fault.New(fault.Missing, "releases.not_sealed", nil)
	}
	raw, err := rm.Prove(v, copied)
	if err != nil {
		return nil, err
	}
	return web.Bytes{Type: "application/json", Name: b.Code + "-proof.json", Body: raw}, nil
}

// used lists every place where figures were said in public.
func (rm *Room) used(c *web.Call, v *store.View) (web.Reply, error) {
	key := c.Form("key")
	all, err := Used(v, key)
	if err != nil {
		return nil, err
	}
	t := kit.Table{Title: c.Say("releases.page.used"), Empty: c.Say("releases.page.never_used"), Columns: []kit.Column{{Key: "figure", Title: c.Say("releases.page.column.figure")}, {Key: "said", Title: c.Say("releases.page.column.said")},
		{Key: "where", Title: c.Say("releases.page.column.where")}, {Key: "release", Title: c.Say("releases.release.name")}, {Key: "state", Title: c.Say("releases.page.column.state")}}}
	names := map[string]*Release{}
	for _, u := range all {
		r := names[u.Release]
		if r == nil {
			if r, err = record.Load(v, Releases, u.Release); err != nil {
				if fault.KindOf(err) == fault.Missing {
					continue
				}
				return nil, err
			}
			names[u.Release] = r
		}
		st := c.StateOf(Releases.Kind, r.State)
		t.Rows = append(t.Rows, kit.Row{ID: u.ID, Label: u.Indicator, Cells: []kit.Cell{{Kind: kit.CellLink, Text: u.Indicator, Sub: u.ValidOn.String(), Href: "/releases/used?key=" + url.QueryEscape(u.Indicator)},
			{Text: u.Said.Show(c.Lang)}, {Text: u.Under.Show(c.Lang)}, {Kind: kit.CellLink, Text: r.Title.Show(c.Lang), Sub: u.Code, Href: r.url()}, {Kind: kit.CellStatus, Text: st.Word, Status: st.Kind}}})
	}
	title := c.Say("releases.page.used")
	return c.Show(kit.Head{Title: title, Number: key, Crumbs: []kit.Link{{Title: c.Say("releases.release.plural"), Href: Releases.URL()}, {Title: title}}},
		kit.Sections(c.Kit(), []kit.Section{{ID: "used", Title: title, Count: strconv.Itoa(len(t.Rows)), Table: &t}})), nil
}

// drift is the work list of figures that were said and would be counted otherwise today.
func (rm *Room) drift(c *web.Call, v *store.View) (web.Reply, error) {
	all, err := rm.Desk.AllDrifts(v)
	if err != nil {
		return nil, err
	}
	t := kit.Table{Title: c.Say("releases.page.drift"), Empty: c.Say("releases.page.no_drift"), Columns: []kit.Column{{Key: "figure", Title: c.Say("releases.page.column.figure")}, {Key: "release", Title: c.Say("releases.release.name")},
		{Key: "then", Title: c.Say("releases.page.column.then"), Number: true}, {Key: "now", Title: c.Say("releases.page.column.now"), Number: true},
		{Key: "why", Title: c.Say("releases.page.column.changed")}, {Key: "still", Title: c.Say("releases.page.column.still")}}}
	for i, x := range all {
		st := kit.Status{Kind: "ok", Word: c.Say("releases.page.still_true")}
		if !x.Still() || x.Gone {
			st = kit.Status{Kind: "bad", Word: c.Say("releases.page.not_true")}
		}
		why := []string{}
		if len(x.Came) > 0 {
			why = append(why, c.Say("releases.page.came", "n", len(x.Came)))
		}
		if len(x.Went) > 0 {
			why = append(why, c.Say("releases.page.went", "n", len(x.Went)))
		}
		if x.RuleOther {
			why = append(why, c.Say("releases.page.rule_other"))
		}
		if x.Gone {
			why = append(why, c.Say("releases.page.rule_gone"))
		}
		t.Rows = append(t.Rows, kit.Row{ID: strconv.Itoa(i), Label: x.Figure.Key, Cells: []kit.Cell{{Kind: kit.CellLink, Text: inText(x.Figure.Title, c.Lang), Sub: x.Figure.Key + " · " + x.Figure.ValidOn, Href: "/figures/" + x.Figure.Key + "?valid_on=" + x.Figure.ValidOn},
			{Kind: kit.CellLink, Text: x.Release.Title.Show(c.Lang), Sub: x.Release.Code, Href: x.Release.url() + Anchor(c.Lang, x.Place)}, {Kind: kit.CellNumber, Text: x.Figure.Value, Sub: x.Said[string(c.Lang)]},
			{Kind: kit.CellNumber, Text: decimal(x.Now)}, {Text: strings.Join(why, " ")}, {Kind: kit.CellStatus, Text: st.Word, Status: st.Kind}}})
	}
	title := c.Say("releases.page.drift")
	return c.Show(kit.Head{Title: title, Crumbs: []kit.Link{{Title: c.Say("releases.release.plural"), Href: Releases.URL()}, {Title: title}}},
		kit.Sections(c.Kit(), []kit.Section{{ID: "drift", Title: title, Count: strconv.Itoa(len(t.Rows)), Table: &t, Foot: c.Say("releases.page.drift_help")}})), nil
}
