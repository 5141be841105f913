package partners_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/packs"
	"yunqiao/rooms/partners"
)

// office is a pack loaded into a real database.
type office struct {
	*store.Store
	rules *rules.Pack
	clock *clock.Clock
}

var me = access.Program("test")

// open loads a pack; the clock stands at noon of 2026-11-22.
func open(t *testing.T, pack string) *office {
	t.Helper()
	files, err := packs.Open(pack)
	if err != nil {
		t.Fatal(err)
	}
	p, err := app.OpenPack(files)
	if err != nil {
		t.Fatal(err)
	}
	r, err := app.LoadRules(files)
	if err != nil {
		t.Fatal(err)
	}
	c := clock.Fixed(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	st, err := store.Open(t.Context(), t.TempDir()+"/x.db", c, app.Types.Tables(), app.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := p.Load(t.Context(), st, app.Types); err != nil {
		t.Fatal(err)
	}
	return &office{st, r, c}
}

// on looks as of a day.
func (o *office) on(t *testing.T, day string, fn func(*store.View) error) {
	t.Helper()
	d, err := clock.ParseDay(day)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Look(t.Context(), me, store.AsOf{ValidOn: d}, fn); err != nil {
		t.Fatal(err)
	}
}

func (o *office) pulses(t *testing.T, day string) map[string]partners.Pulse {
	t.Helper()
	got := map[string]partners.Pulse{}
	o.on(t, day, func(v *store.View) error {
		d, err := partners.ReadDormancy(v, o.rules)
		for _, l := range d.Lines {
			got[l.Tie.ID] = l.Pulse
		}
		return err
	})
	return got
}

func TestDormancyOfTheSmallPack(t *testing.T) {
	t.Parallel()
	o := open(t, "mini")
	for _, c := range []struct {
		day  string
		want map[string]partners.Pulse
	}{
		{"2022-08-15", map[string]partners.Pulse{"tie-riverton": "active", "tie-newbay": "dormant", "tie-exchange": "dormant",
			"tie-haven-newbay": "never", "tie-village": "at_risk"}},
		// Newbay was intended only; our own letter to Saltbay never counts.
		{"2019-06-30", map[string]partners.Pulse{"tie-riverton": "never", "tie-saltbay": "never", "tie-exchange": "dormant",
			"tie-haven-newbay": "never", "tie-village": "never"}},
		// A visit counts up to the day before it is 24 months old, and warns six months ahead.
		{"2023-09-10", map[string]partners.Pulse{"tie-riverton": "active", "tie-newbay": "dormant", "tie-exchange": "dormant",
			"tie-haven-newbay": "never", "tie-village": "dormant"}},
		{"2023-09-11", map[string]partners.Pulse{"tie-riverton": "at_risk", "tie-newbay": "dormant", "tie-exchange": "dormant",
			"tie-haven-newbay": "never", "tie-village": "dormant"}},
		{"2024-03-09", map[string]partners.Pulse{"tie-riverton": "at_risk", "tie-newbay": "dormant", "tie-exchange": "dormant",
			"tie-haven-newbay": "never", "tie-village": "dormant"}},
		{"2024-03-10", map[string]partners.Pulse{"tie-riverton": "dormant", "tie-newbay": "dormant", "tie-exchange": "dormant",
			"tie-haven-newbay": "never", "tie-village": "dormant"}},
	} {
		if d := cmp.Diff(c.want, o.pulses(t, c.day)); d != "" {
			t.Errorf("on %s (-want +got):\n%s", c.day, d)
		}
	}
}

// A register that nobody called complete gives no dormant tie: that nothing was found says nothing.
func TestUnknownIsNotDormant(t *testing.T) {
	t.Parallel()
	o := open(t, "mini")
	err := o.Update(context.Background(), me, func(tx *store.Tx) error {
		l, err := record.Load(&tx.View, partners.ExchangeLogs, "log-shore")
		if err != nil {
			return err
		}
		l.Period.From = clock.DayFrom(2021, 1, 1)
		return record.Save(tx, partners.ExchangeLogs, l, record.How{Act: record.ActCorrect, Why: "test"})
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]partners.Pulse{"tie-riverton": "active", "tie-newbay": "unknown", "tie-exchange": "unknown",
		"tie-haven-newbay": "unknown", "tie-village": "at_risk"}
	if d := cmp.Diff(want, o.pulses(t, "2022-08-15")); d != "" {
		t.Error(d)
	}
	// Once the days of the rule are covered it is dormant, but never active can still not be said.
	want["tie-riverton"], want["tie-newbay"], want["tie-exchange"] = "at_risk", "dormant", "dormant"
	want["tie-haven-newbay"], want["tie-village"] = "dormant", "dormant"
	if d := cmp.Diff(want, o.pulses(t, "2023-12-31")); d != "" {
		t.Error(d)
	}
}

func TestRealRegisterIsUnknown(t *testing.T) {
	t.Parallel()
	o := open(t, "yunnan")
	o.on(t, "2022-08-15", func(v *store.View) error {
		d, err := partners.ReadDormancy(v, o.rules)
		if err != nil {
			return err
		}
		if n := d.Counts[partners.Dormant] + d.Counts[partners.NeverActive]; n != 0 {
			t.Errorf("%d ties are shown as dormant though nobody called the register complete", n)
		}
		if d.Counts[partners.Unknown] == 0 || d.Counts[partners.Active] == 0 {
			t.Errorf("got %v, want both unknown and active ones", d.Counts)
		}
		i := slices.IndexFunc(d.Lines, func(h partners.Heartbeat) bool { return h.Tie.ID == "tie-sc011" })
		if i < 0 || d.Lines[i].Pulse != partners.Active || d.Lines[i].Last.ID != "ex-sc011-3" || !d.Lines[i].Gaps {
			t.Errorf("the conference of 2022-04-27 keeps tie-sc011 alive, got %+v", d.Lines[i].Verdict)
		}
		return nil
	})
}

func TestCoverageOfTheSmallPack(t *testing.T) {
	t.Parallel()
	o := open(t, "mini")
	for _, c := range []struct {
		day, list, member, relation string
		want                        partners.Cover
		of                          string
	}{
		{"2022-08-15", "river", "XB", "sister_second", "covered", "tie-riverton"},
		{"2022-08-15", "river", "XB", "sister_first", "none", ""},
		{"2022-08-15", "river", "XB", "friendly_exchange", "dormant", "tie-exchange"},
		{"2022-08-15", "river", "XB", "friendly_village", "covered", "tie-village"},
		{"2022-08-15", "river", "XB", "friendly_org", "none", ""},
		{"2022-08-15", "river", "XB", "consulate", "covered", "con-xb"},
		{"2014-12-31", "river", "XB", "consulate", "none", ""},
		{"2018-06-01", "river", "XB", "sister_second", "lapsed", "tie-riverton"},
		{"2018-06-01", "river", "XC", "sister_first", "dormant", "tie-saltbay"},
		{"2018-06-01", "river", "XC", "sister_second", "unknown", "tie-haven-newbay"},
		{"2018-06-01", "river", "XC", "consulate", "unknown", "con-xc"},
		{"2021-07-01", "river", "XC", "sister_first", "planned", "tie-newbay"},
	} {
		o.on(t, c.day, func(v *store.View) error {
			m, err := partners.ReadCoverage(v, o.rules, c.list)
			if err != nil {
				return err
			}
			cell, ok := m.Cell(c.member, c.relation)
			if !ok || cell.Cover != c.want || cell.Of.ID != c.of {
				t.Errorf("on %s, %s of %s: got %s by %q, want %s by %q", c.day, c.relation, c.member, cell.Cover, cell.Of.ID, c.want, c.of)
			}
			return nil
		})
	}
	// The third country left the list on 2022-01-01 and joined it on 2015-01-01.
	for day, want := range map[string]int{"2014-12-31": 1, "2015-01-01": 2, "2021-12-31": 2, "2022-01-01": 1} {
		o.on(t, day, func(v *store.View) error {
			m, err := partners.ReadCoverage(v, o.rules, "river")
			if len(m.Rows) != want {
				t.Errorf("on %s the list has %d members, want %d", day, len(m.Rows), want)
			}
			return err
		})
	}
}

func TestLapsedSaysSinceWhen(t *testing.T) {
	t.Parallel()
	o := open(t, "mini")
	o.on(t, "2018-06-01", func(v *store.View) error {
		m, err := partners.ReadCoverage(v, o.rules, "river")
		cell, _ := m.Cell("XB", "sister_second")
		if cell.Ended.String() != "2018-01-01" {
			t.Errorf("got %s, want 2018-01-01", cell.Ended)
		}
		if covered, all := m.Of("consulate"); covered != 1 || all != 2 {
			t.Errorf("consulates: %d of %d, want 1 of 2", covered, all)
		}
		return err
	})
	o.on(t, "2022-08-15", func(v *store.View) error {
		_, err := partners.ReadCoverage(v, o.rules, "no-such-list")
		if fault.KindOf(err) != fault.Missing {
			t.Errorf("a list that is not there must be missing, got %v", err)
		}
		return nil
	})
}

func TestRealCoverageNamesGaps(t *testing.T) {
	t.Parallel()
	o := open(t, "yunnan")
	o.on(t, "2022-08-15", func(v *store.View) error {
		m, err := partners.ReadCoverage(v, o.rules, "mekong5")
		if err != nil {
			return err
		}
		if covered, all := m.Of("consulate"); covered != 5 || all != 5 {
			t.Errorf("consulates of the five: %d of %d, want 5 of 5", covered, all)
		}
		if cell, _ := m.Cell("TH", "sister_first"); cell.Cover != partners.Covered {
			t.Errorf("Chiang Rai signed on 2000-09-27, got %+v", cell)
		}
		for _, g := range m.Gaps {
			if g.Member.Name.Empty() || g.Cell.Cover == partners.Covered {
				t.Errorf("a gap without a name: %+v", g)
			}
		}
		return nil
	})
}

func TestLifeInThreeStages(t *testing.T) {
	t.Parallel()
	o := open(t, "yunnan")
	for _, c := range []struct {
		day, state string
		holds      bool
	}{
		{"1980-01-01", "in_force", false}, {"2019-01-01", "in_force", true}, {"2020-04-14", "suspended", true},
		{"2020-04-20", "suspended", true}, {"2020-04-21", "in_force", true}, {"2026-11-22", "in_force", true},
	} {
		o.on(t, c.day, func(v *store.View) error {
			l, err := partners.ReadLife(v, o.rules, "tie-sc019")
			if err != nil {
				return err
			}
			var got []string
			for _, s := range l.Stages {
				got = append(got, s.From.String()+" "+s.To.String()+" "+s.State)
			}
			want := []string{"1988-01-01 2020-04-14 in_force", "2020-04-14 2020-04-21 suspended", "2020-04-21  in_force"}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
			if l.Tie.State != c.state || l.Holds != c.holds {
				t.Errorf("on %s: %s, holds %v; want %s, %v", c.day, l.Tie.State, l.Holds, c.state, c.holds)
			}
			if len(l.Exchanges) != 1 || len(l.Sources) == 0 || l.Own.Name.Empty() || l.Partner.Name.Empty() || len(l.SameOwn) == 0 {
				t.Errorf("on %s the life is not whole: %+v", c.day, l)
			}
			return nil
		})
	}
	o.on(t, "2026-11-22", func(v *store.View) error {
		l, err := partners.ReadLife(v, o.rules, "tie-sc019")
		if err != nil {
			return err
		}
		// Signed in 1988, of which only the year is known: the next tenth year is 2028.
		if len(l.Next) != 1 || l.Next[0].On != "2028" || l.Next[0].Years != 40 {
			t.Errorf("next occasions: %+v, want 2028, the 40th year", l.Next)
		}
		if len(l.Contests) == 0 || l.Contests[0].Field != "state" || !l.Contests[0].Differ || l.Contests[0].Claims[0].Title.Empty() {
			t.Errorf("the claims on the state should stand first, with their sources: %+v", l.Contests)
		}
		_, err = partners.ReadLife(v, o.rules, "tie-none")
		if fault.KindOf(err) != fault.Missing {
			t.Errorf("got %v, want missing", err)
		}
		return nil
	})
}

func TestConflictsOfTheRealData(t *testing.T) {
	t.Parallel()
	o := open(t, "yunnan")
	o.on(t, "2026-11-22", func(v *store.View) error {
		all, err := partners.ReadConflicts(v)
		if err != nil {
			return err
		}
		got := map[string][]string{}
		for _, c := range all {
			for _, x := range c.Contests {
				got[c.Head.ID] = append(got[c.Head.ID], x.Field)
			}
			if c.Open() {
				t.Errorf("%s has no preferred claim", c.Head.ID)
			}
		}
		want := map[string][]string{"tie-sc003": {"signed"}, "tie-sc006": {"signed"}, "tie-sc007": {"state"}, "tie-sc019": {"state"},
			"tie-sc025": {"grade"}, "tie-sc043": {"kind"}, "tie-sc063": {"own"}, "tie-sc064": {"partner"}, "tie-sc065": {"own"},
			"pl-gejie": {"name.zh"}, "pl-vn-huoi-luong": {"name.zh"}, "pl-vn-po-to": {"name.zh"}, "con-lk-km": {"status"}}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		return nil
	})
}

func TestPreferAnotherClaim(t *testing.T) {
	t.Parallel()
	o := open(t, "mini")
	var vid string
	o.on(t, "2026-11-22", func(v *store.View) error {
		tie, err := record.Load(v, partners.Ties, "tie-riverton")
		vid = tie.VID
		return err
	})
	prefer := func(p partners.Preference) error {
		return o.Update(context.Background(), me, func(tx *store.Tx) error { return partners.Prefer(tx, partners.Ties.Kind, p) })
	}
	p := partners.Preference{ID: "tie-riverton", VID: vid, Field: "signed", Value: "2009", Source: "src-paper", Lang: "en"}
	if err := prefer(p); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without a reason it must be refused, got %v", err)
	}
	p.Reason = "The minute book names the year"
	other := p
	other.Value = "1999"
	if err := prefer(other); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a claim nobody made must be refused, got %v", err)
	}
	o.clock.Move(time.Second)
	if err := prefer(p); err != nil {
		t.Fatal(err)
	}
	if err := prefer(p); fault.KindOf(err) != fault.Stale {
		t.Errorf("a version somebody replaced must be stale, got %v", err)
	}
	o.on(t, "2026-11-22", func(v *store.View) error {
		l, err := partners.ReadLife(v, o.rules, "tie-riverton")
		if err != nil {
			return err
		}
		first := l.Contests[0].Claims[0]
		if l.Tie.Signed != "2009" || l.Tie.Act != record.ActCorrect || first.Value != "2009" || !first.Preferred || len(l.Contests[0].Claims) != 2 {
			t.Errorf("got %+v with %+v", l.Tie, l.Contests)
		}
		return nil
	})
}

func TestReplayOfTheSmallPack(t *testing.T) {
	t.Parallel()
	o := open(t, "mini")
	o.on(t, "2026-11-22", func(v *store.View) error {
		r, err := partners.ReadReplay(v, v.ValidOn)
		if err != nil {
			return err
		}
		got := map[int]map[string]int{}
		for _, y := range r.Years {
			got[y.Year] = y.Ties
		}
		want := map[int]map[string]int{2010: {"sister_city": 1}, 2012: {"sister_city": 2}, 2016: {"sister_city": 2, "friendly_village": 1},
			2018: {"sister_city": 1, "friendly_village": 1}, 2020: {"sister_city": 2, "friendly_village": 1},
			2021: {"sister_city": 1, "friendly_village": 1}, 2022: {"sister_city": 2, "friendly_village": 1}}
		for year, ties := range want {
			if d := cmp.Diff(ties, got[year]); d != "" {
				t.Errorf("%d: %s", year, d)
			}
		}
		if len(r.Years) != 17 || r.Years[0].Year != 2010 || r.NoDate != 1 || r.Undated["sister_city"] != 1 {
			t.Errorf("%d years from %d, undated %v; want 17 from 2010 and one undated", len(r.Years), r.Years[0].Year, r.Undated)
		}
		return nil
	})
}

func TestRealReplayKeepsTheUndatedApart(t *testing.T) {
	t.Parallel()
	o := open(t, "yunnan")
	o.on(t, "2026-11-22", func(v *store.View) error {
		r, err := partners.ReadReplay(v, v.ValidOn)
		if err != nil {
			return err
		}
		n, err := partners.ReadNetwork(v, partners.Filter{State: []string{"signed", "in_force", "dormant"}})
		if err != nil {
			return err
		}
		last := r.Years[len(r.Years)-1]
		if r.Years[0].Year != 1981 || last.Year != 2026 || last.All+r.NoDate != n.Ties {
			t.Errorf("from %d to %d: %d dated and %d undated, %d in the network", r.Years[0].Year, last.Year, last.All, r.NoDate, n.Ties)
		}
		return nil
	})
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	o := open(t, "mini")
	o.on(t, "2022-08-15", func(v *store.View) error {
		n, err := partners.ReadNetwork(v, partners.Filter{Kind: []string{"sister_city"}, Country: []string{"XC"}})
		if err != nil {
			return err
		}
		if n.Ties != 3 || len(n.Lines) != 3 {
			t.Errorf("got %d ties, want 3", n.Ties)
		}
		// A facet counts what the others leave: choosing another country keeps the kind.
		want := []partners.Choice{{Value: "XC", Ties: 3, Selected: true}, {Value: "XB", Ties: 1}}
		if d := cmp.Diff(want, n.Facets["country"]); d != "" {
			t.Error(d)
		}
		kinds := []partners.Choice{{Value: "sister_city", Ties: 3, Selected: true}}
		if d := cmp.Diff(kinds, n.Facets["kind"]); d != "" {
			t.Error(d)
		}
		if n.NotPlaced != 3 {
			t.Errorf("no place of XC has a position: %d not placed, want 3", n.NotPlaced)
		}
		for _, l := range n.Lines {
			if l.Tie.ID == "tie-newbay" && (l.OwnAt.How != partners.Middle || l.OwnAt.Lon != 10.5) {
				t.Errorf("the region is shown at the middle of its places: %+v", l.OwnAt)
			}
			if l.Tie.ID == "tie-haven-newbay" && l.OwnAt.How != partners.Exact {
				t.Errorf("the city has a position of its own: %+v", l.OwnAt)
			}
		}
		n, err = partners.ReadNetwork(v, partners.Filter{From: "2011", To: "2016-04"})
		if n.Ties != 3 {
			t.Errorf("signed from 2011 to April 2016: %d, want saltbay, exchange and village", n.Ties)
		}
		return err
	})
}

func TestRealNetworkSaysWhatItCannotPlace(t *testing.T) {
	t.Parallel()
	o := open(t, "yunnan")
	o.on(t, "2022-08-15", func(v *store.View) error {
		n, err := partners.ReadNetwork(v, partners.Filter{})
		placed := 0
		for _, l := range n.Lines {
			if l.OwnAt.Known() && l.PartnerAt.Known() {
				placed++
			}
			if l.OwnName.Name.Empty() || l.OtherName.Name.Empty() {
				t.Errorf("%s has a side without a name", l.Tie.ID)
			}
		}
		t.Logf("%d ties, %d placed, %d of them approximate", n.Ties, placed, n.Approximate)
		if placed+n.NotPlaced != n.Ties || n.Approximate == 0 {
			t.Errorf("%d placed and %d not of %d", placed, n.NotPlaced, n.Ties)
		}
		return err
	})
}

// TestNamesAreFoundInTheirOwnScripts: every place is found by its name in each language it has one in, whole and by its
// first half, in scripts that set no spaces between words too.
func TestNamesAreFoundInTheirOwnScripts(t *testing.T) {
	t.Parallel()
	o := open(t, "yunnan")
	asked := map[translate.Lang]int{}
	o.on(t, "2026-11-22", func(v *store.View) error {
		all, err := record.Select(v, partners.Places, "ORDER BY x.id")
		if err != nil {
			return err
		}
		for _, p := range all {
			for _, l := range []translate.Lang{"lo", "th", "km", "my", "bn", "zh"} {
				name := p.Name[l]
				if name == "" || l == "zh" && asked[l] >= 40 {
					continue
				}
				asked[l]++
				ways := []string{name}
				if strings.HasPrefix(name, "ຫຼ") { // as it is written also
					ways = append(ways, "ຫລ"+strings.TrimPrefix(name, "ຫຼ"))
				}
				for _, q := range ways {
					page, err := partners.Places.List(v, record.ListQuery{Search: q, Limit: 50, Light: true})
					if err != nil {
						return err
					}
					if !slices.ContainsFunc(page.Records, func(r any) bool { return partners.Places.Head(r).ID == p.ID }) {
						t.Errorf("%s: %s (%s) is not found by it", p.ID, q, l)
					}
				}
			}
		}
		return nil
	})
	for l, least := range map[translate.Lang]int{"lo": 55, "th": 48, "km": 48, "my": 48} {
		if asked[l] < least {
			t.Errorf("only %d names in %s", asked[l], l)
		}
	}
}
