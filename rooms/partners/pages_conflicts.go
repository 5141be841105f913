package partners

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// shownConflicts is how many records with conflicts one page shows.
const shownConflicts = 100

// conflicts is the work list of records whose sources say different things.
func (r *Room) conflicts(c *web.Call, v *store.View) (web.Reply, error) {
	all, err := ReadConflicts(v)
	if err != nil {
		return nil, err
	}
	k := c.Kit()
	h := head(c, "conflicts", v.ValidOn)
	if len(all) == 0 {
		return c.Show(h, kit.Panel(k, kit.Section{Title: h.Title, Body: kit.Nothing(k, kit.Empty{Title: c.Say("partners.conflict.none"),
			Text: c.Say("partners.conflict.none.text"), Actions: []kit.Action{{Title: c.Say("partners.page.network"), Href: "/partners"}}})})), nil
	}
	var parts []templ.Component
	if len(all) > shownConflicts {
		parts = append(parts, notice(k, "wait", c.Say("partners.page.more", "shown", shownConflicts, "ties", len(all)), nil))
	}
	for i := range all[:min(len(all), shownConflicts)] {
		x := &all[i]
		title, _ := c.Shown(x.Head.Label)
		s := kit.Section{ID: x.Kind.Name + "-" + x.Head.ID, Title: title, Count: c.TypeName(x.Kind)}
		s.Actions = append(s.Actions, kit.Action{Title: c.Say("partners.conflict.open", "title", title), Href: x.Kind.URL() + "/" + x.Head.ID})
		for _, f := range x.Contests {
			s.Facts = append(s.Facts, contestFact(c, x.Kind, x.Head, f))
			if x.Kind.Edit(c.Who, x.Head.Path[:]) && c.At == (store.AsOf{}) {
				s.Actions = append(s.Actions, decide(c, x.Kind, x.Head, f.Field))
			}
		}
		parts = append(parts, kit.Panel(k, s))
	}
	h.Number = strconv.Itoa(len(all))
	return c.Show(h, stack(parts)), nil
}

// FewConflicts are lines for the first page of the office, each with the fields and what is said of them, and how many
// records have conflicts in all.
func FewConflicts(c *web.Call, v *store.View, n int) (lines []kit.LinkLine, all int, err error) {
	few, all, err := SomeConflicts(v, n)
	for _, x := range few {
		var fields []string
		for _, f := range x.Contests {
			var said []string
			for _, s := range f.Claims {
				if w := saidValue(c, x.Kind, f.Field, s); !slices.Contains(said, w) {
					said = append(said, w)
				}
			}
			fields = append(fields, c.Say("partners.conflict.line", "field", c.FieldName(x.Kind, f.Field), "values", strings.Join(said, " / ")))
		}
		title, lang := c.Shown(x.Head.Label)
		lines = append(lines, kit.LinkLine{Title: title, Lang: lang, Href: x.Kind.URL() + "/" + x.Head.ID, Sub: strings.Join(fields, " · ")})
	}
	return lines, all, err
}

func decide(c *web.Call, k *record.Kind, h *record.Head, field string) kit.Action {
	return kit.Action{Title: c.Say("partners.conflict.decide", "field", c.FieldName(k, field)), Href: web.Address(k.URL()+"/"+h.ID+"/prefer", "field", field, "vid", h.VID)}
}

// contestFact shows one field with its claims side by side.
func contestFact(c *web.Call, k *record.Kind, h *record.Head, x Contest) kit.Fact {
	f := kit.Fact{Title: c.FieldName(k, x.Field), Disputed: true, Wide: true, Value: c.Say("partners.conflict.undecided")}
	for _, s := range x.Claims {
		claim := kit.Claim{Value: saidValue(c, k, x.Field, s), Source: sourceName(c, s), Day: string(s.Day), Quality: quality(c, s), Preferred: s.Preferred, Reason: s.Reason.Show(c.Lang)}
		if s.Title != nil {
			claim.SourceHref = record.Sources.URL() + "/" + s.Source
		}
		if s.Preferred {
			f.Value = claim.Value
		}
		f.Claims = append(f.Claims, claim)
	}
	return f
}

func sourceName(c *web.Call, s Said) string {
	if s.Title != nil {
		return s.Title.Show(c.Lang)
	}
	return s.Source
}

func quality(c *web.Call, s Said) string {
	if s.Quality == "" {
		return ""
	}
	return c.Say(record.Sources.Phrase("quality", s.Quality))
}

// contestOf finds the version and the field a decision is about.
func contestOf(v *store.View, k *record.Kind, id, vid, field string) (*record.Head, Contest, error) {
	rec, err := k.Version(v, vid)
	if err != nil {
		return nil, Contest{}, err
	}
	h := k.Head(rec)
	all, err := contests(v, k, h)
	if err != nil {
		return nil, Contest{}, err
	}
	for _, x := range all {
		if x.Field == field && h.ID == id {
			return h, x, nil
		}
	}
	return nil, Contest{}, fault.New(fault.Missing, "store.missing", nil)
}

// askPreference asks which claim is to be preferred, and why.
func (r *Room) askPreference(k *record.Kind) web.Reader {
	return func(c *web.Call, v *store.View) (web.Reply, error) {
		return r.preference(c, v, k, nil)
	}
}

func (r *Room) preference(c *web.Call, v *store.View, k *record.Kind, found []*fault.Error) (web.Reply, error) {
	h, x, err := contestOf(v, k, c.Path("id"), c.Form("vid"), c.Form("field"))
	if err != nil {
		return nil, err
	}
	title, lang := c.Shown(h.Label)
	field := c.FieldName(k, x.Field)
	pick := kit.Field{Kind: kit.FieldChoice, Name: "claim", Title: field, Required: true, Wide: true}
	for i, s := range x.Claims {
		word := saidValue(c, k, x.Field, s) + " — " + sourceName(c, s)
		if q := quality(c, s); q != "" {
			word += " (" + q + ")"
		}
		picked := s.Preferred
		if given := c.Form("claim"); given != "" {
			picked = given == strconv.Itoa(i)
		}
		pick.Options = append(pick.Options, kit.Option{Value: strconv.Itoa(i), Title: word, Selected: picked})
	}
	why := kit.Field{Kind: kit.FieldLong, Name: "why", Title: c.Say("partners.conflict.why"), Help: c.Say("partners.conflict.why.help"), Required: true, Wide: true, Value: c.Form("why"), MaxLength: 500}
	form := kit.Form{Action: k.URL() + "/" + h.ID + "/prefer", Submit: c.Say("partners.conflict.save"), Cancel: k.URL() + "/" + h.ID,
		Hidden: []kit.Pair{{Name: "vid", Value: h.VID}, {Name: "field", Value: x.Field}}}
	status := http.StatusOK
	for _, e := range found {
		status = web.Status(e.Kind)
		said := c.SayFault(e)
		form.Errors = append(form.Errors, kit.FieldError{Field: e.Field, Text: said})
		switch e.Field {
		case "why":
			why.Error = said
		case "claim":
			pick.Error = said
		}
	}
	form.Groups = []kit.FieldGroup{{Title: c.Say("partners.conflict.which"), Help: c.Say("partners.conflict.help"), Fields: []kit.Field{pick, why}}}
	return c.ShowWith(status, kit.Head{Title: title, Lang: lang, Sub: c.Say("partners.conflict.decide", "field", field),
		Crumbs: []kit.Link{{Title: c.Say("partners.page.conflicts"), Href: "/partners/conflicts"}, {Title: title, Href: k.URL() + "/" + h.ID}, {Title: field}}},
		kit.Forms(c.Kit(), form)), nil
}

// prefer makes another claim the preferred one.
func (r *Room) prefer(k *record.Kind) web.Writer {
	return func(c *web.Call, tx *store.Tx) (web.Reply, error) {
		c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return r.preference(c, v, k, found) })
		h, x, err := contestOf(&tx.View, k, c.Path("id"), c.Form("vid"), c.Form("field"))
		if err != nil {
			return nil, err
		}
		n, err := strconv.Atoi(c.Form("claim"))
		if err != nil || n < 0 || n >= len(x.Claims) {
			return nil, fault.At("claim", "partners.conflict.no_claim", nil)
		}
		said := x.Claims[n]
		err = Prefer(tx, k, Preference{ID: h.ID, VID: h.VID, Field: x.Field, Value: said.Value, Source: said.Source, Reason: c.Form("why"), Lang: translate.Lang(c.Lang)})
		if err != nil {
			return nil, err
		}
		c.Flash("partners.conflict.saved")
		return web.Goto(k.URL() + "/" + h.ID), nil
	}
}
