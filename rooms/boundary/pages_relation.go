package boundary

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// relation shows the boundary with one neighbour: its segments, part under whole, and what does not fit.
func (r *Room) relation(c *web.Call, v *store.View) (web.Reply, error) {
	l, err := ReadLine(v, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Relations.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Relations.Kind, l.Relation)
	if err != nil {
		return nil, err
	}
	head.Number = l.Relation.Number
	// The segments are shown as a tree, not as bare links.
	body.Sections = slices.DeleteFunc(body.Sections, func(s kit.Section) bool { return strings.HasPrefix(s.ID, Segments.Name+"-relation") })
	longer := slices.ContainsFunc(l.Wrong, func(x Comparison) bool { return x.Fit == Longer })
	if longer {
		body.Notice = append(body.Notice, kit.Flash{Kind: "bad", Text: c.Say("boundary.page.wrong.notice")})
	}
	first := []kit.Section{treePanel(c, &l, Segments.Edit(c.Who, l.Relation.Path[:]) && c.At.KnownOn == 0)}
	if len(l.Wrong) > 0 {
		s, err := wrongPanel(c, v, l.Wrong)
		if err != nil {
			return nil, err
		}
		first = append(first, s)
	}
	body.Sections = append(first, body.Sections...)
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

// treePanel shows the segments, each under the one it is a part of.
func treePanel(c *web.Call, l *Line, may bool) kit.Section {
	k := Segments.Kind
	s := kit.Section{ID: "segments", Title: c.Say(k.Phrase("plural")), Count: strconv.Itoa(len(l.Nodes)), Foot: c.Say("boundary.page.tree.foot"), Table: &kit.Table{Title: c.Say(k.Phrase("plural")),
		Empty: c.Say("boundary.page.tree.none"), Columns: []kit.Column{{Title: c.Say(k.Phrase("field", "name"))}, {Title: c.Say(k.Phrase("field", "scope"))},
			{Title: c.Say(k.Phrase("field", "length_km")), Number: true}, {Title: c.Say("boundary.page.also")}, {Title: c.Say(k.Phrase("field", "markers")), Number: true}, {Title: c.Say("boundary.page.check")}}}}
	for _, n := range l.Nodes {
		x := n.Segment
		title, lang := c.Shown(x.Name)
		shown := title
		if n.Depth > 0 {
			shown = strings.Repeat("\u2003", n.Depth-1) + "└ " + title
		}
		var also []string
		for i, v := range x.Says() {
			if i > 0 {
				also = append(also, km(v))
			}
		}
		check := kit.Cell{}
		if n.Against != nil {
			st := fitStatus(c, n.Against.Fit)
			check = kit.Cell{Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}
		}
		length := kit.Cell{Kind: kit.CellNumber, Text: lengthOf(x)}
		if x.Qualifier != "" && x.Qualifier != "exact" && x.Length.Set {
			length.Sub = c.Choice(k, "qualifier", x.Qualifier)
		}
		markers := kit.Cell{Kind: kit.CellNumber}
		if x.Markers.Set {
			markers.Text = x.Markers.String()
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: x.ID, Label: title, Href: k.URL() + "/" + x.ID, Urgent: n.Against != nil && n.Against.Fit == Longer, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: shown, Lang: lang, Sample: x.Sample}, {Text: c.Choice(k, "scope", x.Scope)}, length, {Text: strings.Join(also, " / ")}, markers, check}})
	}
	if may {
		s.Actions = []kit.Action{{Title: c.Say("boundary.page.tree.add"), Href: web.Address(k.URL()+"/new", "relation", l.Relation.ID, "neighbour", l.Relation.Neighbour)}}
	}
	return s
}

// wrongPanel shows each part that is longer than its whole, with what every source says of either.
func wrongPanel(c *web.Call, v *store.View, wrong []Comparison) (kit.Section, error) {
	s := kit.Section{ID: "wrong", Title: c.Say("boundary.page.wrong"), Count: strconv.Itoa(len(wrong)), Empty: c.Say("boundary.page.wrong.none")}
	names := c.Site.NewNames(v)
	for _, w := range wrong {
		for _, x := range []*Segment{w.Part, w.Whole} {
			for _, id := range x.Sources {
				names.Want("source", id)
			}
			for _, cl := range x.Claims {
				names.Want("source", cl.Source)
			}
		}
	}
	if err := names.Load(); err != nil {
		return s, err
	}
	for _, w := range wrong {
		for i, x := range []*Segment{w.Part, w.Whole} {
			title, _ := c.Shown(x.Name)
			f := kit.Fact{Title: title, Href: Segments.URL() + "/" + x.ID, Value: c.Say("boundary.page.km", "length", lengthOf(x)), Sub: c.Choice(Segments.Kind, "scope", x.Scope), Wide: true,
				Claims: lengthClaims(c, x, names), Disputed: true}
			if i == 0 {
				st := fitStatus(c, w.Fit)
				f.Sub += " · " + st.Word
				if w.Over > 0 {
					f.Sub += " · " + c.Say("boundary.page.over", "length", km(w.Over))
				}
			}
			s.Facts = append(s.Facts, f)
		}
	}
	return s, nil
}

// lengthClaims lists what sources say of a segment's length; one that is not in dispute says it by its own sources.
func lengthClaims(c *web.Call, s *Segment, names *web.Names) (out []kit.Claim) {
	for _, cl := range s.ClaimsOn("length_km") {
		x := kit.Claim{Value: cl.Value, Day: string(cl.Day), Preferred: cl.Preferred, Reason: cl.Reason.Show(c.Lang)}
		if cl.Quality != "" {
			x.Quality = c.Say(record.Sources.Phrase("quality", cl.Quality))
		}
		if t, href, ok := names.Of("source", cl.Source); ok {
			x.Source, x.SourceHref = t.Show(c.Lang), href
		}
		out = append(out, x)
	}
	if len(out) > 0 {
		return out
	}
	for _, id := range s.Sources {
		x := kit.Claim{Value: lengthOf(s), Preferred: true}
		if t, href, ok := names.Of("source", id); ok {
			x.Source, x.SourceHref = t.Show(c.Lang), href
		}
		out = append(out, x)
	}
	return out
}

// totalPanel sets each total beside the sum of its parts.
func totalPanel(c *web.Call, totals []Adding) kit.Section {
	s := kit.Section{ID: "totals", Title: c.Say("boundary.page.totals"), Empty: c.Say("boundary.page.totals.none")}
	for _, t := range totals {
		title, _ := c.Shown(t.Total.Name)
		var parts, says []string
		for _, p := range t.Parts {
			parts = append(parts, lengthOf(p))
		}
		for _, v := range t.Total.Says() {
			d := v - t.Sum
			switch {
			case d == 0:
				says = append(says, c.Say("boundary.page.totals.same", "length", km(v)))
			default:
				says = append(says, c.Say("boundary.page.totals.differs", "length", km(v), "by", km(d)))
			}
		}
		s.Facts = append(s.Facts, kit.Fact{Title: title, Href: Segments.URL() + "/" + t.Total.ID, Wide: true, Value: strings.Join(parts, " + ") + " = " + km(t.Sum), Sub: strings.Join(says, " · ")})
	}
	return s
}
