package boundary_test

import (
	"net/http"
	"testing"

	"yunqiao/app/apptest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/web"
	"yunqiao/rooms/boundary"
)

func TestPages(t *testing.T) {
	t.Parallel()
	apptest.Engines(t, func(t *testing.T, address string) {
		b := apptest.Open(t, address, "mini", func(s *web.Site) { boundary.Open(s) }, boundary.Types, boundary.OwnPage)
		page := b.Get("/boundary", http.StatusOK)
		apptest.Has(t, page, "Boundary with Betaland", "Longer by some sources", "Haven Pier", "Restricted", "Millbrook Ford", "Village", "Commune")
		page = b.Get("/boundary?valid_on=2019-06-01", http.StatusOK)
		apptest.Has(t, page, "Riverton Quay", "Other side unknown")
		page = b.Get("/boundary?standing=shut", http.StatusOK)
		apptest.Lacks(t, page, `href="/boundary/ports/port-pier"`)
		page = b.Get("/boundary/relations/rel-xb", http.StatusOK)
		apptest.Has(t, page, "└ Haven part", "A part is longer than its whole", "Riverton Evening Paper", "longer by 30 km", "90")
		b.Get("/boundary/relations/none", http.StatusNotFound)
		page = b.Get("/boundary/ports/port-pier", http.StatusOK)
		apptest.Has(t, page, "At least one side restricts", "08:00–12:00", "Goods only", `class="chart timeline"`, "The other side lets goods pass only")
		apptest.Has(t, b.Get("/boundary/ports/port-pier?valid_on=2020-06-01", http.StatusOK), "Both sides are open on 2020-06-01", "08:00–18:00")
		apptest.Has(t, b.Get("/boundary/ports/port-ford", http.StatusOK), "is not open on", "Neither side is on record", "Millbrook Bridge")
		for _, k := range boundary.Types {
			b.Get(k.URL(), http.StatusOK)
			b.Get(k.URL()+"/new", http.StatusOK)
		}
	})
}

// A part that is longer than its whole is caught, whichever source one believes, and told apart from a doubtful one.
func TestCompare(t *testing.T) {
	t.Parallel()
	seg := func(length float64, others ...string) *boundary.Segment {
		s := &boundary.Segment{Length: record.N(length)}
		for _, o := range others {
			s.Claims = append(s.Claims, record.Claim{Field: "length_km", Value: o})
		}
		return s
	}
	for _, x := range []struct {
		name        string
		part, whole *boundary.Segment
		fit         boundary.Fit
		over        float64
	}{
		{"longer than one source of the whole", seg(710), seg(423), boundary.Longer, 287},
		{"longer than both", seg(1353), seg(1347, "1347", "1297"), boundary.Longer, 6},
		{"fits all", seg(1997), seg(2186, "2186", "2129", "2200", "2210"), boundary.Within, -189},
		{"fits the preferred only", seg(100), seg(120, "120", "90"), boundary.Doubted, -20},
		{"as long as the whole", seg(423), seg(423), boundary.Within, 0},
		{"longer by its own other claim", seg(400, "400", "450"), seg(423), boundary.Doubted, -23},
		{"no length of the part", &boundary.Segment{}, seg(423), boundary.Unsaid, 0},
		{"no length of the whole", seg(5), &boundary.Segment{}, boundary.Unsaid, 0},
	} {
		if c := boundary.Compare(x.part, x.whole); c.Fit != x.fit || c.Over != x.over {
			t.Errorf("%s: got %s by %v, want %s by %v", x.name, c.Fit, c.Over, x.fit, x.over)
		}
	}
}

func TestTheProvincesLine(t *testing.T) {
	t.Parallel()
	apptest.Engines(t, func(t *testing.T, address string) {
		b := apptest.Open(t, address, "yunnan", func(s *web.Site) { boundary.Open(s) }, boundary.Types, boundary.OwnPage)
		page := b.Get("/boundary?valid_on=2022-08-15", http.StatusOK)
		apptest.Has(t, page, "1997 + 710 + 1353 = 4060", "said to be 4060: agrees", "said to be 4062: differs by 2", "longer by 287 km", "longer by 6 km", "3 of them samples", "Cluster of communes")
		page = b.Get("/boundary/relations/rel-vn", http.StatusOK)
		apptest.Has(t, page, "1353", "1347", "1297", "longer by 6 km", "265.165", "258")
		page = b.Get("/boundary/relations/rel-mm", http.StatusOK)
		apptest.Has(t, page, "2129 / 2200 / 2210", "Within its whole")
		apptest.Lacks(t, page, "A part is longer than its whole")
		apptest.Has(t, b.Get("/boundary/ports/port-mohan-rail?valid_on=2021-11-20", http.StatusOK), "is not open on 2021-11-20")
		apptest.Has(t, b.Get("/boundary/ports/port-donggan", http.StatusOK), "Both sides are open", "2023-08-15")
		apptest.Has(t, b.Get("/boundary/ports/port-mengkang", http.StatusOK), "Citizens of both countries")
	})
}
