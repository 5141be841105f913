package figures_test

import (
	"fmt"
	"strings"
	"testing"

	"yunqiao/kernel/store"
	"yunqiao/rooms/figures"
)

// TestFindingsOnVisitsAndEvents asks the product for what a careful reader of the same sources found on visits and events
// by hand. What is expected stands here only.
func TestFindingsOnVisitsAndEvents(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		o := open(t, address, "yunnan", nil)
		o.look(t, program, store.AsOf{}, func(v *store.View) error {
			f := finder{t: t, desk: o.desk, v: v}
			var err error
			f.all, err = o.desk.Said(v, "")
			f.must(err)
			for _, x := range f.onVisits() {
				mark := "  "
				if x.found != x.expected {
					mark = "! "
					t.Errorf("%s: expected %s, found %s", x.name, x.expected, x.found)
				}
				t.Logf("%s%-58s expected %s; found %s", mark, x.name, x.expected, x.found)
			}
			return nil
		})
	})
}

func (f finder) onVisits() (out []finding) {
	add := func(name, expected, found string) { out = append(out, finding{name, expected, found}) }
	const on, from, to = "2022-08-15", "2012-01-01", "2022-08-15"
	readings := func(key string, names ...string) string {
		var s []string
		for _, n := range names {
			s = append(s, n+" "+f.over(key, n, from, to))
		}
		return strings.Join(s, ", ")
	}
	verdict := func(key, asOf string) string {
		r := f.reconcile(key, asOf)
		return fmt.Sprintf("declared %s, %v on record: %s", r.Said.Value, r.Figure.Value, r.Verdict)
	}

	add("26 one source gives three days of one speech", "2022-08-15* | 2022-08-16 | 2022-09-13", f.claims("edition", "ed-briefing-2022", "begins"))

	cover, err := f.desk.Proved(f.v, "visit.mekong_coverage", "main", f.span(from, to))
	f.must(err)
	add("coverage of the five Mekong countries, and the gaps", "0 of 5; gaps KH LA MM TH VN", fmt.Sprintf("%v of %d; gaps %s", cover.Value, cover.Size, strings.Join(cover.Gaps, " ")))
	add("coverage by reading", "main 0, any_leader 0, any_rank 0", readings("visit.mekong_coverage", "main", "any_leader", "any_rank"))
	later, err := f.desk.Proved(f.v, "visit.mekong_coverage", "main", figures.Point{ValidOn: day(f.t, "2024-12-31"), From: day(f.t, from), To: day(f.t, "2024-12-31")})
	f.must(err)
	add("the one visit that public sources show came later", "1 of 5; gaps KH LA MM TH", fmt.Sprintf("%v of %d; gaps %s", later.Value, later.Size, strings.Join(later.Gaps, " ")))
	add("offices of northern Vietnam", "main 0, invited 0", readings("visit.vn_north_offices", "main", "invited"))
	add("party cadres a year", "main 0, with_study_tours 0, with_agreed 0", readings("visit.party_delegations", "main", "with_study_tours", "with_agreed"))
	add("countries of the envoys", "main 0, each 0", readings("envoys.countries", "main", "each"))

	add("friendship organisations: the statement does not prove itself", "declared 2, 0 on record: depends", verdict("event.friendship_org_forum", on))
	add("friendship organisations by reading", "main 0, own_words 2", readings("event.friendship_org_forum", "main", "own_words"))
	add("media forum", "declared 1, 0 on record: depends", verdict("event.media_forum", "2019"))
	first, err := f.desk.Value(f.v, "event.media_forum", "own_words", f.span(from, to))
	f.must(err)
	add("media forum: the first, as the statement has it", "1 in 2019-01-01/2019-12-31", fmt.Sprintf("%v in %s", first.Value, first.First))
	add("large events by reading", "main 0, by_persons 0, by_countries 1, by_role 1, any 7", readings("event.large", "main", "by_persons", "by_countries", "by_role", "any"))
	large := f.reconcile("event.large", on)
	add("large events: short under every reading", "short, best 7 of more than 10", fmt.Sprintf("%s, best %v of more than %s", large.Verdict, large.Best.Value, large.Said.Value))
	add("papers of the cooperation week", "declared 18, 0 on record: depends", verdict("coopweek.documents", "2025-06"))
	add("value of the cooperation week", "declared 103000000, 0 on record: depends", verdict("coopweek.value", "2025-06"))
	return out
}
