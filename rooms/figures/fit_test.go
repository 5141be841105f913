package figures_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunqiao/app"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/figures"
)

// TestDeclarationsFit: what is declared has an indicator that the office knows, a unit in which that is counted, and a day;
// a part is no larger than its whole. Each refusal stands at its field and says in both languages what to do.
func TestDeclarationsFit(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		o := open(t, address, "yunnan", nil)
		o.Fit = func(v *store.View, _ string, rec any) error { return o.desk.Fit(v, rec) }
		book, err := app.Phrases()
		if err != nil {
			t.Fatal(err)
		}
		k := app.Types.Kind("declaration")
		base := []string{"indicator", "sister.pairs.s_se_asia", "value", "49", "qualifier", "exact", "counted_in", "pair", "as_of", "2022-08-15", "kind", "other_date"}
		declare := func(pairs ...string) (rec any, err error) {
			err = o.Update(t.Context(), program, func(tx *store.Tx) error {
				rec = k.Fresh()
				fill(t, k, rec, append(append([]string{}, base...), pairs...)...)
				k.Head(rec).Unit = "yn"
				return record.SaveAny(tx, k, rec, record.How{Act: record.ActNew})
			})
			return rec, err
		}
		for _, c := range []struct {
			pairs []string
			want  []string // field and phrase of each finding
		}{
			{nil, nil},
			{[]string{"indicator", "no.such"}, []string{"indicator figures.declaration.no_indicator"}},
			{[]string{"counted_in", "country"}, []string{"counted_in figures.declaration.other_unit"}},
			{[]string{"counted_in", ""}, []string{"counted_in figures.declaration.no_unit"}},
			{[]string{"as_of", ""}, []string{"as_of figures.declaration.no_day"}},
			{[]string{"as_of", "", "note.en", "The page names no day."}, nil},
			{[]string{"as_of", "", "period_from", "2012"}, []string{"as_of figures.declaration.no_day"}},
			{[]string{"as_of", "", "period_from", "2012", "period_to", "2022"}, nil},
			{[]string{"period_from", "2022-05", "period_to", "2021"}, []string{"period_to figures.declaration.period_order"}},
			{[]string{"period_from", "2023"}, []string{"as_of figures.declaration.before_period"}},
			{[]string{"value", ""}, []string{"value figures.declaration.no_value"}},
			{[]string{"value", "", "counted_in", "year", "as_of", ""}, []string{"counted_in figures.declaration.other_unit", "value figures.declaration.no_value", "as_of figures.declaration.no_day"}},
			{[]string{"value", "103"}, nil},
			{[]string{"value", "104"}, []string{"value figures.declaration.above_whole"}},
			{[]string{"value", "104", "note.zh", "原文如此"}, nil},
			{[]string{"value", "114", "qualifier", "about"}, nil},
			{[]string{"value", "115", "qualifier", "about"}, []string{"value figures.declaration.above_whole"}},
			{[]string{"value", "104", "as_of", "2022-08-16"}, nil},
			{[]string{"indicator", "sister.pairs", "value", "48"}, []string{"value figures.declaration.above_whole"}},
			{[]string{"indicator", "village.pairs", "value", "23", "counted_in", "village"}, nil},
			{[]string{"indicator", "mekong.students", "value", "4000", "counted_in", "km"}, []string{"counted_in figures.declaration.other_unit"}},
		} {
			_, err := declare(c.pairs...)
			var got []string
			for _, f := range fault.All(err) {
				got = append(got, f.Field+" "+f.Key)
				for _, l := range translate.Staff {
					if !book.Has(l, f.Key) {
						t.Errorf("no sentence for %s in %s", f.Key, l)
					}
				}
			}
			if err != nil && len(got) == 0 {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%v (want -, got +):\n%s", c.pairs, diff)
			}
		}
		rec, err := declare()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(translate.Text{"zh": "与南亚东南亚国家的友城对数 49 (2022-08-15)", "en": "Pairs with South and Southeast Asia 49 (2022-08-15)"}, k.Head(rec).Label); diff != "" {
			t.Errorf("a declaration is called by the title of its indicator (want -, got +):\n%s", diff)
		}
		// What fits no longer can still be taken back.
		o.Fit = nil
		odd, err := declare("indicator", "was.known")
		if err != nil {
			t.Fatal(err)
		}
		o.Fit = func(v *store.View, _ string, rec any) error { return o.desk.Fit(v, rec) }
		if err := o.Update(t.Context(), program, func(tx *store.Tx) error {
			return record.SaveAny(tx, k, odd, record.How{Act: record.ActWithdraw, Why: "twice"})
		}); err != nil {
			t.Errorf("what does not fit is withdrawn: %v", err)
		}
		// A rule of the office, drafted, is a home for what was said of something new.
		rule := figures.CountingRules.New()
		rule.Key, rule.Version, rule.Register, rule.CountedIn, rule.Unit, rule.State = "new.thing", "1", "tie", "batch", "yn", "draft"
		rule.Title, rule.Citation = map2("新事", "A new thing"), map2("纪要", "Minutes")
		rule.Conditions = []figures.RuleCondition{{Expr: "level >= 0", Effect: "population"}}
		if err := o.Update(t.Context(), program, func(tx *store.Tx) error { return record.SaveAny(tx, figures.CountingRules.Kind, rule, record.How{}) }); err != nil {
			t.Fatal(err)
		}
		if rec, err = declare("indicator", "new.thing", "counted_in", "batch"); err != nil || !strings.HasPrefix(k.Head(rec).Label["en"], "A new thing ") {
			t.Errorf("declared of a rule that is drafted: %v %v", k.Head(rec).Label, err)
		}
		if _, err = declare("indicator", "new.thing"); len(fault.All(err)) != 1 || fault.All(err)[0].Field != "counted_in" {
			t.Errorf("and in its unit: %v", err)
		}
		// Facts of other authorities likewise.
		given := figures.Facts.New()
		given.Indicator, given.CountedIn, given.AsOf, given.Owner, given.Unit = "no.such", "km", "2022", map2("某机关", "Some authority"), "yn"
		err = o.Update(t.Context(), program, func(tx *store.Tx) error { return record.SaveAny(tx, figures.Facts.Kind, given, record.How{}) })
		if all := fault.All(err); len(all) != 1 || all[0].Field != "indicator" {
			t.Errorf("a fact of an unknown indicator: %v", err)
		}
	})
}

// TestFiguresSpeakWords: pages about figures say the office's words and not the codes that records keep.
func TestFiguresSpeakWords(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir()+"/office.db", "yunnan", nil)
	site := siteOf(t, o)
	for path, want := range map[string][]string{
		"/declarations": {"Friendship city pairs", "so many of pair"},
		"/declarations/decl-sister-pairs-2022-08-15":      {"Friendship city pairs", "so many of pair"},
		"/declarations/decl-sister-pairs-2022-08-15/edit": {"<select", ">Friendship city pairs<", ">so many of pair<"},
	} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.AddCookie(&http.Cookie{Name: "lang", Value: "en"})
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		for _, s := range want {
			if !strings.Contains(w.Body.String(), s) {
				t.Errorf("%s (%d) does not say %q", path, w.Code, s)
			}
		}
	}
}
