package app

import (
	"context"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/history"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/paper"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web/kit"
	"yunqiao/rooms/figures"
	"yunqiao/rooms/partners"
	"yunqiao/rooms/releases"
)

// releasesDesk makes the desk of releases over the desk that counts.
func (a *App) releasesDesk(d *figures.Desk) (*releases.Desk, error) {
	return releasesOver(d, a.Pack, a.Book, a.Store.Clock)
}

// OpenReleases makes the desk of releases for a pack and its rules.
func OpenReleases(p *Pack, pack *rules.Pack, book *translate.Book, c *clock.Clock) (*releases.Desk, error) {
	indicators, err := Indicators(p.Files)
	if err != nil {
		return nil, err
	}
	d, err := figures.NewDesk(Types, pack, indicators)
	if err != nil {
		return nil, err
	}
	d.World = World(p.Files)
	return releasesOver(d, p, book, c)
}

// releasesOver binds the room of releases to the room of figures.
func releasesOver(d *figures.Desk, p *Pack, book *translate.Book, c *clock.Clock) (*releases.Desk, error) {
	units, err := Units(p)
	if err != nil {
		return nil, err
	}
	return &releases.Desk{Count: countForRelease(d), Recount: recountForRelease(d), Places: placesForRelease(d.Types), Sources: sourcesForRelease, Draw: drawForRelease(book), Speaker: paper.Speaker{Book: book, Units: units}, Office: p.Name, Clock: c,
		Keys: func(v *store.View) []releases.Known {
			var out []releases.Known
			listed, err := d.Listed(v)
			if err != nil {
				return nil // the list is a help for who writes; the count itself will say what is wrong
			}
			for _, i := range listed {
				if unit, ok := d.CountedIn(i, v.ValidOn); ok {
					out = append(out, releases.Known{Key: i.Key, Title: i.Title, Unit: unit})
				}
			}
			return out
		}}, nil
}

// Units reads the pack's own words for units, each with the days for which it holds; a pack needs none.
func Units(p *Pack) ([]paper.UnitWords, error) {
	var in struct {
		Unit []struct {
			Key   string         `toml:"key"`
			From  string         `toml:"from"`
			To    string         `toml:"to"`
			Words translate.Text `toml:"words"`
		} `toml:"unit"`
	}
	file, err := p.Files.Open("units.toml")
	if err != nil {
		return nil, nil // a pack need not have words of its own
	}
	_ = file.Close() // read only
	broken := func(err error) error {
		return fault.Because(err, fault.Invalid, "app.pack.broken", fault.Args{"file": "units.toml"})
	}
	if _, err := toml.DecodeFS(p.Files, "units.toml", &in); err != nil {
		return nil, broken(err)
	}
	var out []paper.UnitWords
	for _, u := range in.Unit {
		w := paper.UnitWords{Key: u.Key, Words: u.Words}
		for _, x := range []struct {
			text string
			day  *clock.Day
		}{{u.From, &w.From}, {u.To, &w.To}} {
			if x.text == "" {
				continue
			}
			if *x.day, err = clock.ParseDay(x.text); err != nil {
				return nil, broken(err)
			}
		}
		out = append(out, w)
	}
	return out, nil
}

// countForRelease counts a figure with all that a release keeps of it: its rule, and each version with its name, level,
// sources and digest.
func countForRelease(d *figures.Desk) func(v *store.View, key, variant string, p releases.Point) (releases.Count, error) {
	return func(v *store.View, key, variant string, p releases.Point) (releases.Count, error) {
		at := figures.Point{ValidOn: p.ValidOn, KnownOn: p.KnownOn, From: p.From, To: p.To}
		f, err := d.Proved(v, key, variant, at)
		if err != nil {
			return releases.Count{}, err
		}
		c, err := countOf(v, d, key, f)
		if err != nil {
			return c, err
		}
		c.Signed, err = d.Signed(v, f.Rule, p.ValidOn)
		return c, err
	}
}

// recountForRelease counts a figure again by the rule that was sealed with it.
func recountForRelease(d *figures.Desk) func(v *store.View, r ledger.ReleaseRule, p releases.Point) (releases.Count, error) {
	return func(v *store.View, r ledger.ReleaseRule, p releases.Point) (releases.Count, error) {
		kept := []string{r.Text}
		for _, part := range r.Parts {
			kept = append(kept, part.Text)
		}
		f, err := d.Recount(v, kept, figures.Point{ValidOn: p.ValidOn, KnownOn: p.KnownOn, From: p.From, To: p.To})
		if err != nil {
			return releases.Count{}, err
		}
		return countOf(v, d, f.Key, f)
	}
}

// countOf is a figure as a release keeps it.
func countOf(v *store.View, d *figures.Desk, key string, f figures.Figure) (releases.Count, error) {
	r := f.Rule
	ind, known := d.Indicator(key)
	if !known {
		ind.Title = r.Title
	}
	c := releases.Count{Title: ind.Title, Variant: r.Variant, Unit: r.Unit, Value: float64(f.Value), Whole: float64(f.Size), Erred: f.Erred, Parent: r.Parent, Digest: f.Digest, Rule: ruleOf(r)}
	if f.Undivided {
		return c, fault.New(fault.Invalid, "app.release.undivided", fault.Args{"key": key})
	}
	gather(&c, f)
	for _, part := range []*figures.Figure{f.Of, f.To} { // of a quotient, what stands behind both of its figures
		if part != nil {
			gather(&c, *part)
			c.Rule.Parts = append(c.Rule.Parts, partsOf(part)...)
		}
	}
	return c, fillEntries(v, d.Types, c.Counted, c.Near)
}

// partsOf are the rules that a part of a quotient was counted by; it may be a quotient itself.
func partsOf(f *figures.Figure) []ledger.ReleaseRule {
	out := []ledger.ReleaseRule{ruleOf(f.Rule)}
	for _, part := range []*figures.Figure{f.Of, f.To} {
		if part != nil {
			out = append(out, partsOf(part)...)
		}
	}
	return out
}

func ruleOf(r *rules.Rule) ledger.ReleaseRule {
	out := ledger.ReleaseRule{Version: r.Version, Title: texts(r.Title), Digest: r.Digest, Pack: r.Pack, Cites: texts(r.Citation.Text), Source: r.Citation.Source, Text: r.Text}
	for _, k := range r.Conditions {
		out.Conditions = append(out.Conditions, ledger.ReleaseCondition{Name: k.Name, Expr: k.Expr, Says: texts(k.Says)})
	}
	return out
}

// gather takes over what a figure counted and what it did not; a version that stands behind both figures of a quotient
// is named once.
func gather(c *releases.Count, f figures.Figure) {
	has := func(es []releases.Entry, vid string) bool {
		return slices.ContainsFunc(es, func(e releases.Entry) bool { return e.VID == vid })
	}
	quotient := len(c.Counted) > 0
	for _, proof := range f.Counted {
		if !quotient || !has(c.Counted, proof.VID) {
			c.Counted = append(c.Counted, entryOf(proof))
		}
	}
	for _, m := range f.Missed {
		e := entryOf(m.Proof)
		for _, why := range m.Reasons {
			e.Because = append(e.Because, texts(why.Says))
		}
		c.Near = append(c.Near, e)
	}
}

func texts(t translate.Text) map[string]string {
	out := map[string]string{}
	for l, s := range t {
		if s != "" {
			out[string(l)] = s
		}
	}
	return out
}

func entryOf(p figures.Proof) releases.Entry {
	return releases.Entry{ReleaseEntry: ledger.ReleaseEntry{Type: p.Type, ID: p.ID, VID: p.VID, Thing: strings.Join(p.Key, " ")}}
}

// fillEntries puts to entries what the register says of each version, and its digest in the log.
func fillEntries(v *store.View, types *record.Registry, lists ...[]releases.Entry) (err error) {
	defer fault.Wrap(&err, "reading what a figure counts")
	of := map[string][]*releases.Entry{}
	byType := map[string][]string{}
	var vids []string
	for _, es := range lists {
		for i := range es {
			e := &es[i]
			if len(of[e.VID]) == 0 {
				byType[e.Type] = append(byType[e.Type], e.VID)
				vids = append(vids, e.VID)
			}
			of[e.VID] = append(of[e.VID], e)
		}
	}
	digests, err := history.DigestsOf(v, vids)
	if err != nil {
		return err
	}
	for typ, all := range byType {
		k := types.Kind(typ)
		for part := range slices.Chunk(all, 200) {
			if err := fillPart(v, k, part, of, digests); err != nil {
				return err
			}
		}
	}
	return nil
}

func fillPart(v *store.View, k *record.Kind, vids []string, of map[string][]*releases.Entry, digests map[string]string) error {
	args := make([]any, len(vids))
	for i, vid := range vids {
		args[i] = vid
	}
	rows, err := v.Query("SELECT x.vid, x.label, x.state, x.level, x.sample, x.sources FROM {"+k.Name+":history} x WHERE x.vid IN (?"+strings.Repeat(", ?", len(vids)-1)+")", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var vid, label, state, sources string
		var level, sample int64
		if err := rows.Scan(&vid, &label, &state, &level, &sample, &sources); err != nil {
			return err
		}
		t, err := translate.ParseText(label)
		if err != nil {
			return err
		}
		for _, e := range of[vid] {
			e.Label, e.State, e.Level, e.Sample, e.Digest, e.Shy = texts(t), state, int(level), sample != 0, digests[vid], shy(k)
			e.Sources = strings.Fields(strings.NewReplacer("[", " ", "]", " ", `"`, " ", ",", " ").Replace(sources))
		}
	}
	return rows.Err()
}

// shy tells whether a type does not give the names of its records to the public: it keeps something sealed, or its name
// is not for all.
func shy(k *record.Kind) bool {
	return slices.ContainsFunc(k.Fields, func(f *record.Field) bool {
		return f.Kind == record.KindSealed || f.IsLabel() && f.Secret > 0
	})
}

// drawForRelease draws the map of a document: land only, with the places of a figure.
func drawForRelease(book *translate.Book) func(l translate.Lang, title, say string, places []ledger.ReleasePlace) string {
	return func(l translate.Lang, title, say string, places []ledger.ReleasePlace) string {
		m := kit.Map{Title: title, Say: say, Width: 720}
		for _, p := range places {
			lon, _ := strconv.ParseFloat(p.Lon, 64) // written by this program
			lat, _ := strconv.ParseFloat(p.Lat, 64)
			name := translate.Text{}
			for k, s := range p.Name {
				name[translate.Lang(k)] = s
			}
			m.Points = append(m.Points, kit.Point{Lon: lon, Lat: lat, Label: name.Show(l), Count: p.N, Home: p.Home})
		}
		var b strings.Builder
		call := &kit.Call{Lang: l, Say: func(key string, pairs ...any) string { return book.Say(l, key, pairs...) }}
		if err := kit.SvgMap(call, m).Render(context.Background(), &b); err != nil {
			return "" // a builder takes everything
		}
		return b.String()
	}
}

// placesForRelease finds where records lie: by the places that their type refers to, of which one called own is the
// office's side. A place that lies above the level of the release, and one whose records have names that are not given
// out, is not shown.
func placesForRelease(types *record.Registry) func(v *store.View, es []releases.Entry, level int) ([]ledger.ReleasePlace, int, error) {
	return func(v *store.View, es []releases.Entry, level int) (out []ledger.ReleasePlace, unplaced int, err error) {
		defer fault.Wrap(&err, "finding the places of a figure")
		byType := map[string][]string{}
		for _, e := range es {
			if e.Shy && level == 0 {
				unplaced++
				continue
			}
			byType[e.Type] = append(byType[e.Type], e.VID)
		}
		type pair struct{ own, there string }
		var pairs []pair
		var ids []string
		for _, typ := range slices.Sorted(maps.Keys(byType)) {
			k := types.Kind(typ)
			own, there := "''", ""
			for _, f := range k.Fields {
				switch {
				case f.Kind != record.KindRef || f.To != partners.Places.Name || f.Secret > level:
				case f.Name == "own":
					own = "x.own"
				case there == "":
					there = "x." + f.Name
				}
			}
			if there == "" {
				unplaced += len(byType[typ])
				continue
			}
			for part := range slices.Chunk(byType[typ], 200) {
				args := make([]any, len(part))
				for i, vid := range part {
					args[i] = vid
				}
				rows, err := v.Query("SELECT coalesce("+own+", ''), coalesce("+there+", '') FROM {"+typ+":history} x WHERE x.vid IN (?"+strings.Repeat(", ?", len(part)-1)+") ORDER BY x.id, x.vid", args...)
				if err != nil {
					return nil, 0, err
				}
				for rows.Next() {
					var p pair
					if err := rows.Scan(&p.own, &p.there); err != nil {
						rows.Close()
						return nil, 0, err
					}
					pairs, ids = append(pairs, p), append(ids, p.own, p.there)
				}
				if err := rows.Close(); err != nil {
					return nil, 0, err
				}
			}
		}
		sites, err := partners.Sites(v, ids)
		if err != nil {
			return nil, 0, err
		}
		degrees := func(f float64) string { return strconv.FormatFloat(math.Round(f*1e4)/1e4, 'f', -1, 64) }
		put := func(id string, home bool) bool {
			s, ok := sites[id]
			if !ok || s.Level > level || !s.At.Known() {
				return false
			}
			name := s.Name
			if s.At.Of != nil {
				name = s.At.Of
			}
			p := ledger.ReleasePlace{Name: texts(name), Lon: degrees(s.At.Lon), Lat: degrees(s.At.Lat), Home: home}
			i := slices.IndexFunc(out, func(o ledger.ReleasePlace) bool { return o.Lon == p.Lon && o.Lat == p.Lat })
			if i < 0 {
				i = len(out)
				out = append(out, p)
			}
			if !home {
				out[i].N++
			}
			return true
		}
		for _, p := range pairs {
			put(p.own, true)
			if !put(p.there, false) {
				unplaced++
			}
		}
		return out, unplaced, nil
	}
}

// sourcesForRelease gives the titles of sources that a release of a level may name.
func sourcesForRelease(v *store.View, ids []string, level int) (out map[string]map[string]string, err error) {
	out = map[string]map[string]string{}
	for part := range slices.Chunk(ids, 200) {
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		all, err := record.Sources.SelectKnown(v, "WHERE x.id IN (?"+strings.Repeat(", ?", len(part)-1)+")", args...)
		if err != nil {
			return nil, err
		}
		for _, rec := range all {
			if s := rec.(*record.Source); s.Level <= level {
				out[s.ID] = texts(s.Title)
			}
		}
	}
	return out, nil
}
