package tally_test

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/tally"
)

// The measured table: a million versions of 400,000 records, as an office would have after very many years.
const (
	manyVersions = 1_000_000
	manyRecords  = 400_000
)

// plain is the limit the counters are held against: slices and a loop written by hand for one rule, one core.
type plain struct {
	kind, grade    []uint32
	country        []uint32
	earliest       []int32
	from, to       []int32
	recFrom, recTo []int64
	pair           []uint32
	pairs          int
}

type measured struct {
	table *tally.Table
	plain *plain
	bytes uint64 // of the table
}

var big = sync.OnceValue(func() *measured {
	d := rand.New(rand.NewPCG(1, 2))
	m := &measured{table: tally.NewTable(fields), plain: &plain{}}
	p := m.plain
	kinds, grades := []string{"twin", "exchange", "village"}, []string{"agreement", "listed", "letter"}
	places := make([]string, 20_000)
	for i := range places {
		places[i] = fmt.Sprintf("place-%06d", i)
	}
	countries := make([]string, 120)
	for i := range countries {
		countries[i] = string(rune('A'+i/26)) + string(rune('A'+i%26))
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	batch := make([]tally.Version, 0, 1000)
	pairs := map[uint64]uint32{}
	var pairOf []uint32
	for i := range manyVersions {
		kind, grade, own, partner, country := d.IntN(3), d.IntN(3), d.IntN(200), d.IntN(len(places)), d.IntN(len(countries))
		signed := clock.When(fmt.Sprintf("%d-%02d", 1981+d.IntN(44), 1+d.IntN(12)))
		if d.IntN(5) == 0 {
			signed = ""
		}
		v := tally.Version{VID: fmt.Sprintf("v%025d", i), ID: fmt.Sprintf("tie-%022d", d.IntN(manyRecords)), ValidFrom: clock.Day(d.IntN(18000)),
			RecFrom: int64(i) * 100_000, Path: [4]string{"root", fmt.Sprintf("u%d", d.IntN(20)), fmt.Sprintf("s%d", d.IntN(50))},
			Unit: "u", State: "in_force", Level: int8(d.IntN(3)),
			Values: []any{kinds[kind], grades[grade], places[own], places[partner], countries[country], signed, nil, nil, nil, i%2 == 0}}
		v.ValidTo = v.ValidFrom + clock.Day(d.IntN(9000))
		if d.IntN(3) == 0 {
			v.ValidTo = clock.Open
		}
		v.RecTo = tally.Held
		if d.IntN(5) < 3 {
			v.RecTo = v.RecFrom + int64(d.IntN(30_000_000_000))
		}
		batch = append(batch, v)
		p.kind, p.grade = append(p.kind, uint32(kind)), append(p.grade, uint32(grade))
		p.country = append(p.country, uint32(country))
		p.earliest = append(p.earliest, int32(signed.Earliest()))
		p.from, p.to = append(p.from, int32(v.ValidFrom)), append(p.to, int32(v.ValidTo))
		p.recFrom, p.recTo = append(p.recFrom, v.RecFrom), append(p.recTo, v.RecTo)
		pair := uint64(own)<<32 | uint64(partner)
		n, ok := pairs[pair]
		if !ok {
			n = uint32(len(pairs))
			pairs[pair] = n
		}
		pairOf = append(pairOf, n)
		if len(batch) == cap(batch) {
			if err := m.table.Append(batch...); err != nil {
				panic(err)
			}
			batch = batch[:0]
		}
	}
	p.pair, p.pairs = pairOf, len(pairs)
	runtime.GC()
	runtime.ReadMemStats(&after)
	own := uint64(manyVersions * (4*6 + 4 + 4 + 4 + 16)) // of the plain slices, counted by hand
	m.bytes = after.HeapAlloc - before.HeapAlloc - min(own, after.HeapAlloc-before.HeapAlloc)
	return m
})

func (p *plain) count(on int32, known int64) int {
	seen := make([]uint64, (p.pairs+63)/64)
	for i := range p.kind {
		if p.kind[i] != 0 || p.grade[i] != 0 {
			continue
		}
		if p.from[i] > on || on >= p.to[i] || p.recFrom[i] > known || known >= p.recTo[i] {
			continue
		}
		if p.earliest[i] == -(1<<30) || p.earliest[i] > on {
			continue
		}
		seen[p.pair[i]>>6] |= 1 << (p.pair[i] & 63)
	}
	n := 0
	for _, w := range seen {
		n += bits.OnesCount64(w)
	}
	return n
}

func somewhere(d *rand.Rand) tally.Query {
	return tally.Query{ValidOn: clock.Day(8000 + d.IntN(12000)), KnownOn: int64(manyVersions/2+d.IntN(manyVersions/2)) * 100_000,
		Lists: func(_, member string, _ clock.Day) bool { return member < "C" }, Scope: tally.Scope{Everything: true}}
}

func pairsRule(b testing.TB, more ...cond) *rules.Rule {
	return rule(b, `'own','partner'`, append([]cond{{"kind", "population", `kind == "twin"`, ""}, {"grade", "exclude", `grade == "agreement"`, ""},
		{"signed", "exclude", `known(signed) && earliest(signed) <= on`, ""}}, more...)...)
}

// tenRules are unlike figures about ties: the ten the measure speaks of.
func tenRules(b testing.TB, table *tally.Table) []*tally.Counter {
	out := []*tally.Counter{compile(b, pairsRule(b), table)}
	twin := cond{"kind", "population", `kind == "twin"`, ""}
	for _, r := range []*rules.Rule{
		rule(b, `'country'`, twin, cond{"signed", "exclude", `known(signed) && earliest(signed) <= on`, ""}),
		rule(b, `'own','partner'`, twin, cond{"certain", "exclude", `latest(signed) <= on`, ""}),
		rule(b, `'own','partner'`, twin, cond{"broad", "exclude", `grade in ["agreement", "listed"]`, ""}),
		pairsRule(b, cond{"list", "exclude", `in_list(country, "north5")`, ""}),
		pairsRule(b, cond{"list", "exclude", `in_list(country, "south") || in_list(country, "north5")`, ""}),
		rule(b, `'country'`, twin, cond{"list", "exclude", `!in_list(country, "south")`, ""}),
		rule(b, `'id'`, cond{"kind", "population", `kind == "village"`, ""}, cond{"signed", "exclude", `known(signed)`, ""}),
		rule(b, `'id'`, cond{"kind", "population", `kind == "exchange"`, ""}),
		rule(b, `'partner'`, cond{"period", "population", `earliest(signed) >= on - 365 && earliest(signed) < on`, ""}),
	} {
		out = append(out, compile(b, r, table))
	}
	return out
}

func BenchmarkOneFigure(b *testing.B) {
	m := big()
	c := compile(b, pairsRule(b), m.table)
	d := rand.New(rand.NewPCG(9, 9))
	for range 3 {
		q := somewhere(d)
		got, err := c.Count(q)
		if want := m.plain.count(int32(q.ValidOn), q.KnownOn); err != nil || int(got.Value) != want {
			b.Fatalf("got %v (%v), want %v as the plain loop has it", got.Value, err, want)
		}
	}
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			q := somewhere(d)
			m.plain.count(int32(q.ValidOn), q.KnownOn)
		}
	})
	b.Run("counter", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Count(somewhere(d)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(m.bytes)/(1<<20), "MB-table")
	})
	b.Run("scoped", func(b *testing.B) {
		for b.Loop() {
			q := somewhere(d)
			q.Scope = tally.Scope{Max: 2, Under: []tally.Unit{{Depth: 2, Code: "u7"}, {Depth: 2, Code: "u9"}}}
			if _, err := c.Count(q); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("grouped", func(b *testing.B) {
		for b.Loop() {
			q := somewhere(d)
			q.GroupBy = "country"
			if _, err := c.Count(q); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkTenFigures(b *testing.B) {
	m := big()
	cs := tenRules(b, m.table)
	d := rand.New(rand.NewPCG(9, 9))
	for b.Loop() {
		q := somewhere(d)
		for _, c := range cs {
			if _, err := c.Count(q); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkEvidence(b *testing.B) {
	m := big()
	c := compile(b, pairsRule(b), m.table)
	d := rand.New(rand.NewPCG(9, 9))
	b.ReportAllocs()
	var rows, near int
	for b.Loop() {
		ev := c.Evidence(somewhere(d))
		rows, near = len(ev.Counted), len(ev.Near)
	}
	b.ReportMetric(float64(rows), "rows")
	b.ReportMetric(float64(near), "near")
}

func BenchmarkBridge(b *testing.B) {
	m := big()
	c := compile(b, pairsRule(b), m.table)
	d := rand.New(rand.NewPCG(9, 9))
	for b.Loop() {
		q := somewhere(d)
		q2 := q
		q2.ValidOn += 200
		c.Bridge(q, c, q2)
	}
}

func BenchmarkCompile(b *testing.B) {
	m := big()
	r := pairsRule(b)
	for b.Loop() {
		compile(b, r, m.table)
	}
}

func BenchmarkAppend(b *testing.B) {
	d := dice{rand.New(rand.NewPCG(4, 4))}
	values := make([][]any, 200)
	for i := range values {
		values[i] = d.values()
	}
	table := tally.NewTable(fields)
	compile(b, pairsRule(b), table)
	batch := make([]tally.Version, 0, 1000)
	n := 0
	for b.Loop() {
		n++
		batch = append(batch, tally.Version{VID: fmt.Sprintf("v%025d", n), ID: fmt.Sprintf("r%d", n/3), ValidTo: clock.Open, Values: values[n%200]})
		if len(batch) == cap(batch) {
			if err := table.Append(batch...); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
}
