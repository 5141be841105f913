package figures_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/store"
	"yunqiao/rooms/figures"
)

// TestFindingsOnAid asks the product for the findings on aid (18 to 23) that a careful reader of the same sources made by
// hand. What is expected stands here only.
func TestFindingsOnAid(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		o := open(t, address, "yunnan", nil)
		o.look(t, program, store.AsOf{}, func(v *store.View) error {
			f := finder{t: t, desk: o.desk, v: v}
			var err error
			f.all, err = o.desk.Said(v, "")
			f.must(err)
			start := time.Now()
			for _, x := range f.aidFindings() {
				mark := "  "
				if x.found != x.expected {
					mark = "! "
					t.Errorf("%s: expected %s, found %s", x.name, x.expected, x.found)
				}
				t.Logf("%s%-58s expected %s; found %s", mark, x.name, x.expected, x.found)
			}
			t.Log("all findings on aid in", time.Since(start))
			return nil
		})
	})
}

// cell gives one field of a record as text.
func (f finder) cell(typ, id, field string) string {
	f.t.Helper()
	k := app.Types.Kind(typ)
	rec, err := k.Load(f.v, id)
	f.must(err)
	return k.Row(rec, []string{field})[0]
}

// saidOf lists what was declared of a figure, in the order of days, as value and day.
func (f finder) saidOf(key string) string {
	var out []string
	for _, s := range f.all {
		if s.Indicator == key {
			out = append(out, s.Value.String()+" on "+string(s.AsOf))
		}
	}
	return strings.Join(out, ", ")
}

// over asks for a figure over a period that ends on a day.
func (f finder) over(key, variant, from, to string) string {
	f.t.Helper()
	v, err := f.desk.Value(f.v, key, variant, f.span(from, to))
	f.must(err)
	return fmt.Sprint(v.Value)
}

func (f finder) aidFindings() (out []finding) {
	add := func(name, expected, found string) { out = append(out, finding{name, expected, found}) }

	add("18 projects in one country: what was declared", "24 on 2024-02-21, 24 on 2024-09-24, 34 on 2024-09-30", f.saidOf("xlt.projects.mm"))
	add("18 the jump of ten in six days has no record behind it", "1 and 1 on record, 10 unexplained", func() string {
		b, err := f.desk.Declared(f.v, f.said("xlt.projects.mm", "2024-09-24"), f.said("xlt.projects.mm", "2024-09-30"))
		f.must(err)
		return fmt.Sprintf("%v and %v on record, %v unexplained", f.value("xlt.projects.mm", "", "2024-09-24"), f.value("xlt.projects.mm", "", "2024-09-30"), b.Remainder)
	}())
	add("18 a launch and a handover are one project", "started 2024-09-21: 1 and 0; handed over 2024-09-22: 1 and 1", fmt.Sprintf("started 2024-09-21: %v and %v; handed over 2024-09-22: %v and %v",
		f.value("xlt.projects.mm", "", "2024-09-21"), f.value("xlt.projects.mm", "handed_over", "2024-09-21"), f.value("xlt.projects.mm", "", "2024-09-22"), f.value("xlt.projects.mm", "handed_over", "2024-09-22")))
	add("18 parts within their whole, July 2024", "la 2 + mm 1 + np 1 of 5 in 4 countries", fmt.Sprintf("la %v + mm %v + np %v of %v in %v countries", f.value("xlt.projects.la", "", "2024-07-12"),
		f.value("xlt.projects.mm", "", "2024-07-12"), f.value("xlt.projects.np", "", "2024-07-12"), f.value("xlt.projects", "", "2024-07-12"), f.value("xlt.countries", "", "2024-07-12")))
	add("18 the 32 of the statement", "0 on record by 2022-08-15, the first on 2022-12-08", fmt.Sprintf("%v on record by 2022-08-15, the first on %s", f.value("xlt.projects", "", "2022-08-15"), f.cell("aidproject", "proj-24", "started")))

	var aliases []struct{ Text, Source string }
	f.must(json.Unmarshal([]byte(f.cell("aidprogramme", "prog-xlt", "aliases")), &aliases))
	var names []string
	for _, a := range aliases {
		names = append(names, a.Text+" ("+a.Source+")")
	}
	add("19 one programme, its names each with a source", "心连通云南行 (src-068), 心联通 云南行 (src-076), HeartConnect Yunnan Tour (src-080)", strings.Join(names, ", "))
	add("20 patients of May 2012, two claims of one line", "364* | 361", f.claims("aidline", "line-01", "quantity"))
	add("20 the mission counts once", "4 of the 10 declared", fmt.Sprintf("%v of the %s declared", f.value("guangming.mm.activities", "", "2019-08-30"), f.said("guangming.mm.activities", "2019-08-30").Value))
	add("20 patients on record, with planned ones, declared", "564, 964, 2419", fmt.Sprintf("%v, %v, %s", f.value("guangming.mm.patients", "", "2019-08-30"), f.value("guangming.mm.patients", "with_planned", "2019-08-30"),
		f.said("guangming.mm.patients", "2019-08-30").Value))

	team := func(variant string) string { return f.over("aid.medical_teams", variant, "2020-01-01", "2022-08-15") }
	add("21 medical groups: entries found by name", "3", team("main"))
	add("21 the unit decides: batches, teams, persons, person-times", "2, 4, 18, 0", strings.Join([]string{team("batch"), team("team"), team("person"), team("person_times")}, ", "))

	r := f.reconcile("aid.medical_teams", "2022-08-15")
	add("21 short in whichever unit, at best", "short, at best 18 of 250", fmt.Sprintf("%s, at best %v of %s", r.Verdict, r.Best.Value, r.Said.Value))

	dose := func(variant string) string { return f.over("aid.vaccine_doses", variant, "2021-01-01", "2022-08-15") }
	add("22 doses: declared as obtained", "3500000", f.said("aid.vaccine_doses", "2022-08-15").Value.String())
	add("22 granted by the centre, carried, given, obtained", "1000000, 746800, 0, 0", strings.Join([]string{dose("main"), dose("carried"), dose("given"), dose("obtained")}, ", "))
	add("22 the two parts", "746800 and 253200, given by centre", f.cell("aidline", "line-21", "quantity")+" and "+f.cell("aidline", "line-22", "quantity")+", given by "+f.cell("aidline", "line-22", "giver"))
	add("22 worth since 2021: anybody, obtained, given", "650000, 0, 650000", strings.Join([]string{f.over("aid.value", "", "2021-01-01", "2022-08-15"),
		f.over("aid.value", "obtained", "2021-01-01", "2022-08-15"), f.over("aid.value", "given", "2021-01-01", "2022-08-15")}, ", "))
	add("22 countries given goods, and with goods from anybody", "2 and 2", fmt.Sprintf("%v and %v", f.value("aid.countries", "", "2022-08-15"), f.value("aid.countries", "any_giver", "2022-08-15")))

	add("23 laboratories of the four named", "2 of 4: 2020-11-27, 2021-04-19", fmt.Sprintf("%s of %s: %s, %s", f.over("aid.labs", "named", "2020-01-01", "2022-08-15"), f.said("aid.labs", "2022-08-15").Value,
		f.cell("aidasset", "asset-16", "handed_over"), f.cell("aidasset", "asset-17", "handed_over")))
	return out
}

func (f finder) span(from, to string) figures.Point {
	return figures.Point{ValidOn: day(f.t, to), From: day(f.t, from), To: day(f.t, to)}
}
