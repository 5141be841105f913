package figures_test

import (
	"fmt"
	"strings"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/store"
	"yunqiao/rooms/figures"
)

// TestFindingsOnTheBoundary asks the product for the findings on villages, the border, consulates, ports and grants of
// power. What is expected stands here only.
func TestFindingsOnTheBoundary(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		o := open(t, address, "yunnan", nil)
		o.look(t, program, store.AsOf{}, func(v *store.View) error {
			f := finder{t: t, desk: o.desk, v: v}
			var err error
			f.all, err = o.desk.Said(v, "")
			f.must(err)
			for _, x := range f.onTheBoundary() {
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

func (f finder) onTheBoundary() (out []finding) {
	add := func(name, expected, found string) { out = append(out, finding{name, expected, found}) }
	const on = "2022-08-15"
	variants := func(key, day string, names ...string) string {
		var s []string
		for _, n := range names {
			s = append(s, fmt.Sprintf("%s %v", n, f.value(key, n, day)))
		}
		return strings.Join(s, ", ")
	}
	judged := func(key, day string) string {
		r, err := f.desk.Judge(f.v, f.said(key, day), f.all)
		f.must(err)
		return fmt.Sprintf("declared %s, %v on record: %s", r.Said.Value, r.Figure.Value, r.Verdict)
	}

	add("13 villages by the unit of our side", "group 2, village 8, township 10, household 1", f.grouped("villagelink", "our_unit", "group", "village", "township", "household"))
	add("13 clusters of communes in the other side's count", "9 of 14, all counted by theirs alone", fmt.Sprintf("%d of 14, all counted by theirs alone", f.number("villagelink", "their_unit", "cluster", "counted_by", "theirs")))
	add("13 declared for three countries", "declared 23, 5 on record; any level 18", fmt.Sprintf("declared %s, %v on record; any level %v", f.said("village.pairs", on).Value, f.value("village.pairs", "main", on), f.value("village.pairs", "any_level", on)))
	for _, p := range []struct{ id, want string }{{"pl-gejie", "隔界村* | 葛蔡村"}, {"pl-vn-po-to", "波多村* | 普蘇村"}, {"pl-vn-huoi-luong", "会笼乡* | 霍隆乡"}} {
		add("14 names of "+p.id, p.want, f.claims("place", p.id, "name.zh"))
	}

	part := func(cc string) string {
		fig, err := f.desk.Proved(f.v, "border.own_km."+cc, "main", figures.Point{ValidOn: day(f.t, on)})
		f.must(err)
		whole := f.value("border.whole_km."+cc, "main", on)
		return fmt.Sprintf("part %v, whole %v, longer: %v", fig.Value, whole, fig.Exceeds())
	}
	add("15 border with Laos", "part 710, whole 423, longer: true", part("la"))
	add("15 border with Viet Nam", "part 1353, whole 1347, longer: true", part("vn"))
	add("15 border with Myanmar", "part 1997, whole 2186, longer: false", part("mm"))
	add("15 claims of the whole with Myanmar", "2186* | 2129 | 2200 | 2210", f.claims("segment", "seg-cn-mm", "length_km"))
	add("15 claims of the whole with Viet Nam", "1347* | 1297", f.claims("segment", "seg-cn-vn", "length_km"))
	add("15 total, claims", "4060* | 4062", f.claims("segment", "seg-yn", "length_km"))
	add("15 total, by reading", "main 4060, total 4060, settled 1997", variants("border.yunnan_km", on, "main", "total", "settled"))
	add("15 more than 4,000 km", "declared 4000, 4060 on record: on_record", judged("border.yunnan_km", on))
	add("16 about one fifth", "declared 0.2, 0.1845 on record: on_record", judged("border.share", on))
	add("16 the base", "declared 22000, 22000 on record: on_record", judged("border.national_km", on))

	add("17 consulates in Kunming at the end of 2020 and in November 2022", "declared 8, 7 on record; declared 7, 7 on record, 1 more unconfirmed",
		fmt.Sprintf("declared %s, %v on record; declared %s, %v on record, %v more unconfirmed", f.said("consulate.kunming", "2020-12").Value, f.value("consulate.kunming", "main", "2020-12-31"),
			f.said("consulate.kunming", "2022-11-30").Value, f.value("consulate.kunming", "main", "2022-11-30"), f.value("consulate.kunming", "with_unconfirmed", "2022-11-30")-f.value("consulate.kunming", "main", "2022-11-30")))

	add("boundary agents: only samples", "declared 1000, 0 on record: no_record", judged("border.agents", on))
	add("ports upgraded", "declared 3, 4 on record: depends", judged("port.upgraded", on))
	add("ports upgraded, by reading", "main 4, dated 2, documented 1", f.within("port.upgraded", on, "main", "dated", "documented"))
	add("ports in 2015, by reading", "main 14, national 12, with_passages 18, any_state 21", variants("port.total", "2015-11-30", "main", "national", "with_passages", "any_state"))
	add("ports in 2015", "declared 24, 14 on record: short", judged("port.total", "2015-11"))
	add("bodies given powers", "declared 6, 6 on record: on_record", judged("approval.bodies_granted", on))
	add("bodies given powers, by reading", "main 6, documented 0", f.within("approval.bodies_granted", on, "main", "documented"))
	add("bodies whose powers were enlarged", "declared 1, 1 on record: on_record", judged("approval.bodies_enlarged", on))
	add("a rule is not counted", "not_reproducible", func() string {
		r, err := f.desk.Judge(f.v, f.said("approval.multi_entry_years", on), f.all)
		f.must(err)
		return string(r.Verdict)
	}())
	return out
}

// within gives variants for the period of what was declared.
func (f finder) within(key, on string, names ...string) string {
	var s []string
	d := f.said(key, on)
	for _, n := range names {
		v, err := f.desk.Value(f.v, key, n, figures.Point{ValidOn: day(f.t, on), From: d.PeriodFrom.Earliest(), To: d.PeriodTo.Latest()})
		f.must(err)
		s = append(s, fmt.Sprintf("%s %v", n, v.Value))
	}
	return strings.Join(s, ", ")
}

// number counts the records of a type whose fields have these values.
func (f finder) number(typ string, pairs ...string) (n int) {
	k := app.Types.Kind(typ)
	recs, err := k.SelectKnown(f.v, "ORDER BY x.id")
	f.must(err)
	for _, r := range recs {
		ok := true
		for i := 0; i < len(pairs); i += 2 {
			ok = ok && k.Row(r, []string{pairs[i]})[0] == pairs[i+1]
		}
		if ok {
			n++
		}
	}
	return n
}

func (f finder) grouped(typ, field string, values ...string) string {
	var s []string
	for _, x := range values {
		s = append(s, fmt.Sprintf("%s %d", x, f.number(typ, field, x)))
	}
	return strings.Join(s, ", ")
}
