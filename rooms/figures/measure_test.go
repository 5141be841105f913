package figures_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"yunqiao/app"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/packs"
	"yunqiao/rooms/figures"
)

// ruleText writes one rule of a test's own.
func ruleText(key, more, expr string) string {
	s := fmt.Sprintf("[[rule]]\nkey = %q\nversion = \"1\"\nunit = \"record\"\ntitle = {zh=\"数\", en=\"n\"}\ncitation = {zh=\"本测试\", en=\"this test\", source=\"test\"}\n%s\n", key, more)
	if expr != "" {
		s += fmt.Sprintf("  [[rule.condition]]\n  name = \"which\"\n  expr = '''%s'''\n  severity = \"population\"\n", expr)
	}
	return s
}

// deskOf makes a desk of rules of a test's own, with the lists of a pack.
func deskOf(t testing.TB, pack string, indicators []figures.Indicator, texts ...string) *figures.Desk {
	t.Helper()
	files, err := packs.Open(pack)
	if err != nil {
		t.Fatal(err)
	}
	own := fstest.MapFS{"rules/all.toml": {Data: []byte(strings.Join(texts, "\n"))}}
	loaded, err := rules.Load(own, "rules/*.toml", app.World(files))
	if err != nil {
		t.Fatal(err)
	}
	desk, err := figures.NewDesk(app.Types, loaded, indicators)
	if err != nil {
		t.Fatal(err)
	}
	return desk
}

// TestEveryMeasure: a sum, a coverage, a rate, a first, a quotient and a part against its whole, over records of the
// pack, each with what stands behind it.
func TestEveryMeasure(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		o := open(t, address, "yunnan", nil)
		only := `kind == "speech" && indicator in ["sister.pairs", "village.pairs"]`
		desk := deskOf(t, "yunnan", nil,
			ruleText("sum", "type = \"declaration\"\nmeasure = \"value\"", only),
			ruleText("all.sum", "type = \"declaration\"\nmeasure = \"value\"", `kind == "speech"`),
			ruleText("once", "type = \"declaration\"\nmeasure = \"value\"\ndistinct = [\"kind\"]", only),
			ruleText("covered", "type = \"tie\"\nof_list = \"mekong5\"\ndistinct = [\"country\"]", `country != "LA"`),
			ruleText("rate", "type = \"tie\"\nper = \"year\"\ndated_by = \"signed\"", `kind == "sister_city"`),
			ruleText("first", "type = \"tie\"\nfirst = true\ndated_by = \"signed\"", `kind == "sister_city"`),
			ruleText("share", "[rule.ratio]\nof = \"sum\"\nto = \"all.sum\"", ""),
			ruleText("part", "type = \"declaration\"\nmeasure = \"value\"\nparent = \"sum\"", `kind == "speech" && indicator == "aid.value"`),
			ruleText("empty", "type = \"declaration\"\nmeasure = \"value\"", `kind == "speech" && indicator == "none"`),
			ruleText("by.nothing", "[rule.ratio]\nof = \"sum\"\nto = \"empty\"", ""))
		o.look(t, program, store.AsOf{ValidOn: day(t, "2022-08-15")}, func(v *store.View) error {
			get := func(key string, p figures.Point) figures.Figure {
				f, err := desk.Proved(v, key, "", p)
				if err != nil {
					t.Fatalf("%s: %v", key, err)
				}
				counted, err := desk.Value(v, key, "", p)
				if err != nil || counted.Value != f.Value || counted.Rows != len(f.Counted) || counted.First != f.First {
					t.Errorf("%s: counted %v of %d, with evidence %v of %d: %v", key, counted.Value, counted.Rows, f.Value, len(f.Counted), err)
				}
				return f
			}
			if f := get("sum", figures.Point{}); f.Value != 103+23 || f.Things != 2 || f.Counted[0].Amount == 0 {
				t.Errorf("sum: %v of %d things", f.Value, f.Things)
			}
			if f := get("once", figures.Point{}); f.Value != 103 || f.Things != 1 || f.Counted[0].Twin || !f.Counted[1].Twin {
				t.Errorf("a distinct thing counts once, by the smallest id: %v %+v", f.Value, f.Counted)
			}
			if f := get("covered", figures.Point{}); f.Value != 4 || f.Size != 5 || strings.Join(f.Gaps, " ") != "LA" {
				t.Errorf("covered: %v of %d without %v", f.Value, f.Size, f.Gaps)
			}
			f := get("rate", figures.Point{From: day(t, "2000-01-01"), To: day(t, "2009-12-31")})
			var sum rules.Sum
			for _, y := range f.Years {
				sum.Add(float64(y.Value))
			}
			if len(f.Years) != 10 || f.Value != sum.Mean(10) || f.Value == 0 {
				t.Errorf("rate: %v over %v", f.Value, f.Years)
			}
			if f := get("first", figures.Point{}); f.Value != 1 || !strings.HasPrefix(f.First, "1981") {
				t.Errorf("first: %v on %s", f.Value, f.First)
			}
			share := get("share", figures.Point{})
			if want, _ := rules.Quotient(126, share.To.Value); share.Value != want || share.Of.Value != 126 || share.Rows != share.Of.Rows+share.To.Rows || share.Digest == "" {
				t.Errorf("share: %v = %v / %v", share.Value, share.Of.Value, share.To.Value)
			}
			if f := get("by.nothing", figures.Point{}); !f.Undivided {
				t.Errorf("a quotient by nothing has no value: %+v", f)
			}
			if f := get("part", figures.Point{}); !f.Exceeds() || f.Value != 100_000_000 {
				t.Errorf("a part of %v is larger than its whole, and must say so: %+v", f.Value, f.Whole)
			}
			_, err := desk.Seal(v, "part", "", figures.Point{})
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(fmt.Sprint(err), "figures.seal.exceeds") {
				t.Errorf("a part larger than its whole is not sealed: %v", err)
			}
			for _, key := range []string{"sum", "once", "covered", "rate", "first", "share"} {
				from, to := figures.Point{ValidOn: day(t, "2001-01-01"), From: day(t, "1995-01-01"), To: day(t, "2000-12-31")}, figures.Point{ValidOn: day(t, "2022-08-15"), From: day(t, "2001-01-01"), To: day(t, "2021-12-31")}
				b, err := desk.OnRecord(v, key, "", from, to)
				if err != nil || b.Unexplained != 0 {
					t.Errorf("%s: a bridge must close: %+v %v", key, b.Unexplained, err)
				}
				if _, err := desk.OnRecord(v, key, "", to, from); !strings.Contains(fmt.Sprint(err), "figures.bridge.order") {
					t.Errorf("%s: a bridge in the wrong order is refused: %v", key, err)
				}
			}
			return nil
		})
	})
}

// TestOthersFactAndDrift: another authority's fact answers what is declared of it; a sealed figure is itself until its
// records change, and then says what changed.
func TestOthersFactAndDrift(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		o := open(t, address, "yunnan", nil)
		desk := deskOf(t, "yunnan", []figures.Indicator{{Key: "air.south_asia_capitals", Authority: map2("民航部门", "The aviation authority")}},
			ruleText("sum", "type = \"declaration\"\nmeasure = \"value\"", `indicator == "aid.value"`),
			ruleText("whole", "type = \"declaration\"\nmeasure = \"value\"", `indicator in ["aid.value", "aid.labs"]`),
			ruleText("share", "[rule.ratio]\nof = \"sum\"\nto = \"whole\"", ""))
		save(t, o, app.Types.Kind("fact"), record.How{}, "fact-1", func(k *record.Kind, rec any) {
			fill(t, k, rec, "indicator", "air.south_asia_capitals", "value", "7", "counted_in", "city", "owner.zh", "民航部门", "owner.en", "The aviation authority",
				"as_of", "2019", "state", "current", "unit", "yn")
		})
		var sealed, share figures.Sealed
		o.look(t, program, store.AsOf{ValidOn: day(t, "2022-08-15")}, func(v *store.View) error {
			all, err := desk.Said(v, "air.south_asia_capitals")
			if err != nil {
				return err
			}
			r, err := desk.Judge(v, all[0], all)
			if err != nil || r.Verdict != figures.OthersFact || len(r.Facts) != 2 || r.Facts[1].Value.Value != 7 {
				t.Errorf("got %s with %+v (%v), want another authority's fact", r.Verdict, r.Facts, err)
			}
			if sealed, err = desk.Seal(v, "sum", "", figures.Point{}); err != nil {
				return err
			}
			if share, err = desk.Seal(v, "share", "", figures.Point{}); err != nil {
				return err
			}
			if len(sealed.Evidence) == 0 || sealed.Evidence[0].Digest == "" || sealed.KnownOn == 0 || len(share.Parts) != 2 {
				t.Errorf("a sealed figure lacks what it rests on: %+v", sealed)
			}
			for _, s := range []figures.Sealed{sealed, share} {
				if d, err := desk.Drift(v, s); err != nil || d.Changed() || !d.Same {
					t.Errorf("nothing changed, but: %+v %v", d, err)
				}
			}
			return nil
		})
		o.Clock.Move(2e9)
		save(t, o, app.Types.Kind("declaration"), record.How{Act: record.ActCorrect, Why: "misprint"}, sealed.Evidence[0].ID, func(k *record.Kind, rec any) {
			fill(t, k, rec, "value", "90000000")
		})
		o.look(t, program, store.AsOf{}, func(v *store.View) error {
			for _, s := range []figures.Sealed{sealed, share} {
				d, err := desk.Drift(v, s)
				if err != nil || !d.Same || !d.Changed() || d.Again != s.Value || d.Now == s.Value || len(d.Since.Lines) == 0 {
					t.Errorf("one record was corrected, but: %+v %v", d, err)
				}
			}
			return nil
		})
	})
}

func map2(zh, en string) translate.Text { return translate.Text{"zh": zh, "en": en} }
