package figures_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"yunqiao/kernel/store"
)

// TestFindingsOnMechanisms asks the product for the findings on mechanisms and plans. What is expected stands here only.
func TestFindingsOnMechanisms(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		o := open(t, address, "yunnan", nil)
		o.look(t, program, store.AsOf{}, func(v *store.View) error {
			f := finder{t: t, desk: o.desk, v: v}
			var err error
			f.all, err = o.desk.Said(v, "")
			f.must(err)
			for _, x := range f.onMechanisms() {
				mark := "  "
				if x.found != x.expected {
					mark = "! "
					t.Errorf("%s: expected %s, found %s", x.name, x.expected, x.found)
				}
				t.Logf("%s%-58s %s", mark, x.name, x.found)
			}
			return nil
		})
	})
}

func (f finder) onMechanisms() (out []finding) {
	add := func(name, expected, found string) { out = append(out, finding{name, expected, found}) }
	const on = "2022-08-15"
	variants := func(key string, names ...string) string {
		var s []string
		for _, n := range names {
			s = append(s, fmt.Sprintf("%s %v", n, f.value(key, n, on)))
		}
		return strings.Join(s, ", ")
	}

	r := f.reconcile("mech.secretaries.sessions", on)
	add("24 sessions of the secretaries", "declared 2, 2 on record, certain 2", fmt.Sprintf("declared %s, %v on record, certain %v", r.Said.Value, r.Figure.Value, f.value("mech.secretaries.sessions", "certain", on)))
	add("24 the day before each, and on it", "0 1 1 2", fmt.Sprint(f.value("mech.secretaries.sessions", "main", "2021-05-17"), f.value("mech.secretaries.sessions", "main", "2021-05-18"),
		f.value("mech.secretaries.sessions", "main", "2022-04-26"), f.value("mech.secretaries.sessions", "main", "2022-04-27")))
	p := f.reconcile("mech.secretaries.provinces", on)
	add("24 provinces in it, before and after the merger", "declared 4, 4 on record; 4 on 2025-08-01", fmt.Sprintf("declared %s, %v on record; %v on 2025-08-01", p.Said.Value, p.Figure.Value,
		f.value("mech.secretaries.provinces", "main", "2025-08-01")))

	c := f.reconcile("mech.countries", on)
	named, both := f.value("mech.countries", "named_2018", on), fmt.Sprint(f.value("mech.countries", "bilateral", on))
	known, err := strconv.ParseFloat(both, 64)
	f.must(err)
	add("25 countries: declared, named in 2018, with one more, unknown", "9 declared: 7 named, 8 with Bangladesh, 1 unknown",
		fmt.Sprintf("%s declared: %v named, %v with Bangladesh, %v unknown", c.Said.Value, named, both, c.Said.Value.Value-known))
	add("25 countries by reading", "main 8, own_party 9, bilateral 8, named_2018 7", variants("mech.countries", "main", "own_party", "bilateral", "named_2018"))
	m := f.reconcile("mech.count", on)
	add("25 mechanisms", "declared 12, 11 on record: depends by 1", fmt.Sprintf("declared %s, %v on record: %s by %v", m.Said.Value, m.Figure.Value, m.Verdict, m.By))
	add("25 mechanisms by reading", "main 11, with_by_content 15, any_kind 18, bilateral 10, own_party 12, met_lately 3",
		variants("mech.count", "main", "with_by_content", "any_kind", "bilateral", "own_party", "met_lately"))

	e := f.reconcile("border.covid_mechanisms", on)
	add("two countries, four parties", "declared 3, 3 on record, 3 countries", fmt.Sprintf("declared %s, %v on record, %v countries", e.Said.Value, e.Figure.Value, f.value("border.covid_mechanisms", "by_country", on)))
	b := f.reconcile("plan.business_measures", "2022")
	add("twelve measures, none of them public", "declared 12, 0 on record", fmt.Sprintf("declared %s, %v on record", b.Said.Value, b.Figure.Value))
	add("a mechanism has two names", "中国（云南）—缅甸合作论坛* | 滇缅合作论坛", f.claims("mechanism", "mech-m02", "name.zh"))
	return out
}
