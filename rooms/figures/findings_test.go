package figures_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/packs"
	"yunqiao/rooms/figures"
)

// office is a store with a pack in it, and the desk that counts there.
type office struct {
	*store.Store
	desk *figures.Desk
}

// engines gives a test both databases: SQLite by "", PostgreSQL by its address.
func engines(t *testing.T, run func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, t.TempDir()+"/office.db")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		run(t, kerneltest.Database(t))
	})
}

func open(t testing.TB, address, pack string, c *clock.Clock) office {
	t.Helper()
	files, err := packs.Open(pack)
	if err != nil {
		t.Fatal(err)
	}
	p, err := app.OpenPack(files)
	if err != nil {
		t.Fatal(err)
	}
	if c == nil {
		zone, err := p.Zone()
		if err != nil {
			t.Fatal(err)
		}
		c = clock.System(zone)
	}
	st, err := store.Open(context.Background(), address, c, app.Types.Tables(), app.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	loaded, err := app.LoadRules(files)
	if err != nil {
		t.Fatal(err)
	}
	indicators, err := app.Indicators(files)
	if err != nil {
		t.Fatal(err)
	}
	desk, err := figures.NewDesk(app.Types, loaded, indicators)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Load(context.Background(), st, app.Types); err != nil {
		t.Fatal(err)
	}
	return office{st, desk}
}

func (o office) look(t testing.TB, who access.Who, at store.AsOf, fn func(v *store.View) error) {
	t.Helper()
	if err := o.Look(context.Background(), who, at, fn); err != nil {
		t.Fatal(err)
	}
}

var program = access.Program("test")

func day(t testing.TB, s string) clock.Day {
	t.Helper()
	d, err := clock.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// finder asks the product for findings about one View.
type finder struct {
	t    testing.TB
	desk *figures.Desk
	v    *store.View
	all  []*figures.Declaration
}

func (f finder) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f finder) said(key, asOf string) *figures.Declaration {
	f.t.Helper()
	for _, s := range f.all {
		if s.Indicator == key && string(s.AsOf) == asOf {
			return s
		}
	}
	f.t.Fatalf("nothing was declared of %s on %q", key, asOf)
	return nil
}

func (f finder) reconcile(key, asOf string) figures.Reconciliation {
	f.t.Helper()
	r, err := f.desk.Reconcile(f.v, f.said(key, asOf), f.all)
	f.must(err)
	return r
}

func (f finder) value(key, variant, on string) rules.Amount {
	f.t.Helper()
	v, err := f.desk.Value(f.v, key, variant, figures.Point{ValidOn: day(f.t, on)})
	f.must(err)
	return v.Value
}

func (f finder) declared(key, from, to string) string {
	f.t.Helper()
	b, err := f.desk.Declared(f.v, f.said(key, from), f.said(key, to))
	f.must(err)
	s := b.Opening.Value.String()
	for _, n := range b.New {
		s += fmt.Sprintf(" + %s declared new (%v on record)", n.Said.Value, n.Things)
	}
	if len(b.Dated) > 0 {
		s += fmt.Sprintf(" + %d on record", len(b.Dated))
	}
	if len(b.Ended) > 0 {
		s += fmt.Sprintf(" - %d ended", len(b.Ended))
	}
	return s + fmt.Sprintf(" = %v, declared %s, unexplained %v", b.Expected, b.Closing.Value, b.Remainder)
}

func class(r figures.Reconciliation, kind figures.ClassKind) figures.Class {
	for _, c := range r.Classes {
		if c.Kind == kind {
			return c
		}
	}
	return figures.Class{}
}

// claims shows what is claimed of a field of the tie between two places.
func (f finder) claims(typ, id, field string) string {
	f.t.Helper()
	k := app.Types.Kind(typ)
	rec, err := k.Load(f.v, id)
	f.must(err)
	var out []string
	for _, c := range k.Head(rec).ClaimsOn(field) {
		s := c.Value
		if c.Preferred {
			s += "*"
		}
		out = append(out, s)
	}
	return strings.Join(out, " | ")
}

// tie finds the id of the one tie whose name in English contains all of the words.
func (f finder) tie(words ...string) string {
	f.t.Helper()
	recs, err := app.Types.Kind("tie").SelectKnown(f.v, "ORDER BY x.id, x.valid_from")
	f.must(err)
	var found []string
	for _, r := range recs {
		h := app.Types.Kind("tie").Head(r)
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(h.Label["en"], w) }) && !slices.Contains(found, h.ID) {
			found = append(found, h.ID)
		}
	}
	if len(found) != 1 {
		f.t.Fatalf("ties with %v: %v", words, found)
	}
	return found[0]
}

func (f finder) missReasons(key, id, on string) string {
	f.t.Helper()
	fig, err := f.desk.Proved(f.v, key, "main", figures.Point{ValidOn: day(f.t, on)})
	f.must(err)
	for _, m := range fig.Missed {
		if m.ID == id {
			var out []string
			for _, r := range m.Reasons {
				out = append(out, r.Condition)
			}
			return strings.Join(out, " ")
		}
	}
	for _, c := range fig.Counted {
		if c.ID == id {
			return "counted"
		}
	}
	return "not looked at"
}

// TestFindings asks the product for the findings that a careful reader of the same sources made by hand. What is
// expected stands here only; the product has none of it.
func TestFindings(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		o := open(t, address, "yunnan", nil)
		o.look(t, program, store.AsOf{}, func(v *store.View) error {
			f := finder{t: t, desk: o.desk, v: v}
			var err error
			f.all, err = o.desk.Said(v, "")
			f.must(err)
			start := time.Now()
			for _, x := range f.findings() {
				mark := "  "
				if x.found != x.expected {
					mark = "! "
					t.Errorf("%s: expected %s, found %s", x.name, x.expected, x.found)
				}
				t.Logf("%s%-54s %s", mark, x.name, x.found)
			}
			t.Log("all findings in", time.Since(start))
			return nil
		})
	})
}

type finding struct{ name, expected, found string }

func (f finder) findings() (out []finding) {
	add := func(name, expected, found string) { out = append(out, finding{name, expected, found}) }

	add("1 pairs 2024-25 do not close", "112 + 2 declared new (2 on record) + 6 declared new (0 on record) = 120, declared 118, unexplained -2",
		f.declared("sister.pairs", "2024-11-18", "2025-12-31"))
	add("2 pairs 2022 close", "103 + 2 on record = 105, declared 105, unexplained 0", f.declared("sister.pairs", "2022-08-15", "2022-12-31"))
	add("2 countries 2022 close", "36 + 1 on record = 37, declared 37, unexplained 0", f.declared("sister.countries", "2022-08-15", "2022-12-31"))

	r := f.reconcile("sister.pairs", "2022-08-15")
	add("3 pairs", "short by 77: 26 on record, a further 35 at best, 42 without any record",
		fmt.Sprintf("%s by %v: %v on record, a further %v at best, %v without any record", r.Verdict, r.By, r.Figure.Value, r.Further, r.Missing))
	add("3 the further ones by class", "35", fmt.Sprint(class(r, figures.Undated).Count+class(r, figures.Listed).Count))
	late := f.reconcile("sister.pairs", "2025-12-31")
	add("3 letters of intent and memoranda, by then and by 2025", "7, 9", fmt.Sprintf("%d, %d", class(r, figures.Intent).Count, class(late, figures.Intent).Count))
	c := f.reconcile("sister.countries", "2022-08-15")
	add("3 countries", "short: 16 on record of 36, 28 at best", fmt.Sprintf("%s: %v on record of %s, %v at best", c.Verdict, c.Figure.Value, c.Said.Value, c.Best.Value))

	for _, g := range []struct{ key, on, want string }{
		{"sister.pairs.s_se_asia", "2022-08-15", "declared 49, at best 31 on record"},
		{"sister.pairs.mekong5", "2022-04-08", "declared 36, at best 23 on record"},
		{"sister.pairs.mekong5", "2025-12-31", "declared 47, at best 26 on record"},
		{"sister.pairs.vn_la_mm", "2024-11-18", "declared 32, at best 18 on record"}} {
		x := f.reconcile(g.key, g.on)
		add("4 "+g.key+" "+g.on, g.want, fmt.Sprintf("declared %s, at best %v on record", x.Said.Value, x.Best.Value))
	}
	// The figure was declared on the day before one more was signed.
	add("4 sister.pairs.vn_la_mm a day later", "19", fmt.Sprint(f.value("sister.pairs.vn_la_mm", "broad", "2024-11-19")))

	add("5 day of signing, claims", "2006-04-21* | 2006-04 | 1996", f.claims("tie", f.tie("Yunnan", "Siem Reap"), "signed"))
	add("6 day of signing, claims", "2003* | 2002", f.claims("tie", f.tie("Bali"), "signed"))
	nancy := f.tie("Nancy")
	add("7 a letter of intent does not count", "grade; claims letter_of_intent* | agreement",
		f.missReasons("sister.pairs", nancy, "2022-08-15")+"; claims "+f.claims("tie", nancy, "grade"))
	own := f.claims("tie", f.tie("Kuching North"), "own")
	add("8 our side is a claim too", "2 claims, one preferred", fmt.Sprintf("%d claims, %s preferred", len(strings.Split(own, " | ")), map[int]string{1: "one"}[strings.Count(own, "*")]))

	wagga := f.tie("Wagga Wagga")
	add("9 a life: signed, suspended, restored", "counted, state, counted", strings.Join([]string{f.missReasons("sister.pairs", wagga, "2020-04-13"),
		f.missReasons("sister.pairs", wagga, "2020-04-17"), f.missReasons("sister.pairs", wagga, "2022-08-15")}, ", "))
	add("9 the count of the city follows", "1 less, then again", map[bool]string{true: "1 less, then again"}[f.value("km.sister.pairs", "", "2020-04-13")-1 == f.value("km.sister.pairs", "", "2020-04-17") &&
		f.value("km.sister.pairs", "", "2020-04-17")+1 == f.value("km.sister.pairs", "", "2020-04-22")])

	add("10 declared by one side only", "3: ours", f.oneSided("Takayama", "Dietzenbach", "Jyv"))
	broad, both := f.value("sister.pairs", "broad", "2022-08-15"), f.value("sister.pairs", "both_sides", "2022-08-15")
	add("10 what both sides declare", "61 and 51", fmt.Sprintf("%v and %v", broad, both))

	k := f.reconcile("km.sister.pairs", "2019-09-23")
	e := f.reconcile("km.exchange.pairs", "2019-09-23")
	b := f.reconcile("km.sister_and_exchange", "2020-12-31")
	add("11 parts and whole of two days", "23 + 20 = 43, then 44", fmt.Sprintf("%s + %s = %v, then %s", k.Said.Value, e.Said.Value, k.Said.Value.Value+e.Said.Value.Value, b.Said.Value))
	add("11 the day of a page is not the day meant", "17: no_date", func() string {
		x := f.reconcile("km.exchange.pairs", "")
		return x.Said.Value.String() + ": " + string(x.Verdict)
	}())
	add("11 each on its own day", "short, short, short", fmt.Sprintf("%s, %s, %s", k.Verdict, e.Verdict, b.Verdict))

	sarawak := f.tie("Sarawak")
	add("12 signed in 2017, hoped for in 2019: both kept", "in_force* | exchange_period; counted",
		f.claims("tie", sarawak, "state")+"; "+f.missReasons("sister.pairs", sarawak, "2022-08-15"))
	return out
}

func (f finder) oneSided(names ...string) string {
	sides := map[string]bool{}
	n := 0
	for _, name := range names {
		words := []string{name}
		if name == "Takayama" {
			words = append(words, "Kunming")
		}
		id := f.tie(words...)
		rec, err := app.Types.Kind("tie").Load(f.v, id)
		f.must(err)
		side := app.Types.Kind("tie").Row(rec, []string{"one_sided"})[0]
		sides[side] = true
		n++
	}
	var s []string
	for k := range sides {
		s = append(s, k)
	}
	slices.Sort(s)
	return fmt.Sprintf("%d: %s", n, strings.Join(s, " "))
}

func TestMeets(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		qualifier string
		declared  float64
		counted   rules.Amount
		ok        bool
		by        rules.Amount
	}{
		{"exact", 103, 26, false, 77}, {"exact", 103, 103, true, 0}, {"exact", 103, 104, false, -1},
		{"more_than", 250, 250, false, 1}, {"more_than", 250, 251, true, 0}, {"more_than", 250, 249, false, 2},
		{"at_least", 3, 3, true, 0}, {"at_least", 3, 2, false, 1}, {"at_least", 3, 30, true, 0},
		{"almost", 300, 300, false, -1}, {"almost", 300, 299, true, 0}, {"almost", 300, 270, true, 0}, {"almost", 300, 269, false, 1},
		{"about", 20, 18, true, 0}, {"about", 20, 22, true, 0}, {"about", 20, 17, false, 1}, {"about", 20, 23, false, -1},
		{"all", 5, 5, true, 0}, {"all", 5, 4, false, 1},
		{"about", 0.2, 4060.0 / 22000, true, 0}, {"about", 0.2, 0.179, false, 0.001}, {"more_than", 4000, 4060.5, true, 0}, {"more_than", 4000.5, 4000.5, false, 0},
		{"exact", 12.5, 12.25, false, 0.25}, {"almost", 12.5, 12.5, false, 0}, {"about", 20, 20.25, true, 0},
		{"from_none", 1, 0, false, 1}, {"from_none", 1, 3, true, 0},
	} {
		ok, by := figures.Meets(x.qualifier, x.declared, x.counted)
		if ok != x.ok || by != x.by {
			t.Errorf("%s %v against %v: got %v %v, want %v %v", x.qualifier, x.declared, x.counted, ok, by, x.ok, x.by)
		}
	}
}
