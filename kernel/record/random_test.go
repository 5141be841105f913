package record_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

type (
	gadget = kerneltest.Gadget
	maker  = kerneltest.Maker
)

var (
	gadgets = kerneltest.GadgetType
	makers  = kerneltest.Makers
	program = access.Program("test")
)

// day0 is a day that all random days lie around.
var day0 = clock.DayFrom(2020, 1, 1)

var someTexts = []string{"", "昆明市", "大理白族自治州", "云南大学", "Kunming", "Hà Giang", "Đồng Văn", "ວຽງຈັນ", "a 'quoted' \"text\"",
	"back\\slash", "<b>&amp;</b>", "line\nbreak", "50%_off", "ab-12/7", "\u2028sep", "ß", "emoji 🎋"}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func texts(r *rand.Rand) translate.Text {
	t := translate.Text{}
	for _, l := range []translate.Lang{"zh", "en", "vi", "lo"} {
		if s := pick(r, someTexts); s != "" && r.IntN(2) == 0 {
			t[l] = s
		}
	}
	if len(t) == 0 {
		return nil
	}
	return t
}

func when(r *rand.Rand) clock.When {
	d := (day0 + clock.Day(r.IntN(900))).String()
	return clock.When(pick(r, []string{"", d, d[:7], d[:4]}))
}

func maybeDay(r *rand.Rand, open clock.Day) clock.Day {
	if r.IntN(3) == 0 {
		return open
	}
	return day0 + clock.Day(r.IntN(900)-300)
}

func number(r *rand.Rand) record.Num {
	switch r.IntN(5) {
	case 0:
		return record.Num{}
	case 1:
		return record.N(float64(r.IntN(10)))
	case 2:
		return record.N(-r.Float64() * 1e-9)
	case 3:
		return record.N(r.Float64() * 1e17)
	}
	return record.N(float64(r.IntN(2000)) / 8)
}

func someOf(r *rand.Rand, ids []string) []string {
	var out []string
	for _, id := range ids {
		if r.IntN(4) == 0 && len(out) < 3 {
			out = append(out, id)
		}
	}
	return out
}

func oneOf(r *rand.Rand, ids []string) string {
	if len(ids) == 0 || r.IntN(3) == 0 {
		return ""
	}
	return pick(r, ids)
}

// scramble gives every field of a gadget a random value.
func scramble(r *rand.Rand, g *gadget, makerIDs, gadgetIDs []string) {
	g.Code = fmt.Sprintf("g-%03d", r.IntN(400))
	if g.Name = texts(r); g.Name == nil {
		g.Name = translate.Text{"zh": "器具"}
	}
	g.Colour = pick(r, append([]string{""}, kerneltest.Colours...))
	g.Weight = number(r)
	g.Price = record.Amount{}
	if r.IntN(2) == 0 {
		g.Price = record.Amount{Minor: r.Int64N(1_000_000) - 500_000, Currency: pick(r, []string{"CNY", "USD"})}
	}
	g.Made = maybeDay(r, clock.Open)
	g.Used = record.Days{From: maybeDay(r, -clock.Open), To: maybeDay(r, clock.Open)}
	if g.Used.From > g.Used.To {
		g.Used.From, g.Used.To = g.Used.To, g.Used.From
	}
	g.Seen = when(r)
	g.Maker, g.Kin = oneOf(r, makerIDs), someOf(r, gadgetIDs)
	g.Pieces = nil
	for range r.IntN(3) {
		g.Pieces = append(g.Pieces, kerneltest.Piece{Maker: oneOf(r, makerIDs), Fits: someOf(r, gadgetIDs), Label: texts(r),
			Count: number(r), Size: pick(r, []string{"", "small", "large"}), Since: when(r)})
	}
	g.At = record.Position{}
	if r.IntN(2) == 0 {
		g.At = record.Position{Lon: float64(r.IntN(360000))/1000 - 180, Lat: float64(r.IntN(180000))/1000 - 90, CRS: "WGS84"}
	}
	g.Manual = record.Doc{}
	if r.IntN(2) == 0 {
		g.Manual = record.Doc{Digest: "abc", Name: pick(r, someTexts), Type: "application/pdf", Size: r.Int64N(1 << 40)}
	}
	g.Working, g.Secret = r.IntN(2) == 0, pick(r, []string{"", "sealed:xyz"})
	g.Level, g.Sample = r.IntN(3), r.IntN(5) == 0
	g.Claims = nil
	for i := range r.IntN(3) {
		g.Claims = append(g.Claims, record.Claim{Field: pick(r, []string{"made", "weight", "valid_from"}), Value: pick(r, someTexts),
			Source: "s" + fmt.Sprint(r.IntN(4)), Day: when(r), Quality: "press", Preferred: i == 0, Reason: texts(r)})
	}
	g.Sources = nil
	for i := range r.IntN(3) {
		g.Sources = append(g.Sources, fmt.Sprint("s", i))
	}
}

// play does n random things, each at an instant of its own, and tells what was done. The same seed does the same on
// every engine; what fails must fail alike, and is noted too.
type play struct {
	t       testing.TB
	st      *store.Store
	r       *rand.Rand
	makers  []string
	gadgets []string
	steps   int
	notes   []string // outcome of every step, to be compared
}

func newPlay(t testing.TB, st *store.Store, seed uint64) *play {
	return &play{t: t, st: st, r: rand.New(rand.NewPCG(seed, seed))}
}

func (p *play) actor() access.Who {
	return pick(p.r, []access.Who{program, kerneltest.Person("head", access.Head, "office"), kerneltest.Person("east", access.Officer, "east"),
		kerneltest.Person("west", access.Officer, "west-hill")})
}

func (p *play) run(n int) {
	for range n {
		p.steps++
		i := p.steps
		p.st.Clock.Move(time.Duration(1+p.r.IntN(3)) * time.Hour)
		who := p.actor()
		var note string
		seed := p.r.Uint64()
		err := p.st.Update(context.Background(), who, func(tx *store.Tx) error {
			var err error
			note, err = p.once(tx, i, seed)
			return err
		})
		if err != nil && fault.KindOf(err) == fault.Defect {
			p.t.Fatalf("step %d: %v", i, err)
		}
		outcome := "done"
		if err != nil {
			outcome = fault.KindOf(err).String()
		}
		p.notes = append(p.notes, fmt.Sprintf("%d %s: %s %s", i, who.ID, note, outcome))
	}
}

// once does one random thing. It may be repeated by the store, so it must draw the same numbers again.
func (p *play) once(tx *store.Tx, i int, seed uint64) (string, error) {
	r := rand.New(rand.NewPCG(uint64(i), seed))
	switch {
	case len(p.makers) < 3 || r.IntN(12) == 0:
		m := makers.New()
		m.ID, m.Name, m.Unit = fmt.Sprintf("m%d", i), translate.Text{"en": fmt.Sprint("maker ", i), "zh": "厂"}, pick(r, kerneltest.Units())
		m.Parent = oneOf(r, p.makers)
		err := record.Save(tx, makers, m, record.How{})
		if err == nil {
			p.makers = append(p.makers, m.ID)
		}
		return "maker " + m.ID, err
	case len(p.gadgets) < 4 || r.IntN(4) == 0:
		g := gadgets.New()
		scramble(r, g, p.makers, p.gadgets)
		g.ID, g.Unit, g.State = fmt.Sprintf("g%d", i), pick(r, kerneltest.Units()), pick(r, []string{"", "planned", "built", "broken"})
		g.From = maybeDay(r, -clock.Open)
		if r.IntN(4) == 0 {
			g.To = day0 + 900
		}
		err := record.Save(tx, gadgets, g, record.How{})
		if err == nil {
			p.gadgets = append(p.gadgets, g.ID)
		}
		return "gadget " + g.ID, err
	}
	id := pick(r, p.gadgets)
	held, err := gadgets.SelectKnown(&tx.View, "WHERE x.id = ? ORDER BY coalesce(x.valid_from, -1073741824)", id)
	if err != nil || len(held) == 0 {
		return "nothing held of " + id, err
	}
	g := pick(r, held).(*gadget)
	before := *g
	scramble(r, g, p.makers, p.gadgets)
	how := record.How{Why: pick(r, []string{"", "因为", "because"})}
	switch n := r.IntN(10); {
	case n < 4:
		how.Act, how.From = record.ActChange, day0+clock.Day(r.IntN(900)-300)
	case n < 8:
		how.Act = record.ActCorrect
		if r.IntN(3) == 0 {
			g.From = maybeDay(r, -clock.Open)
		}
	case n < 9:
		how.Act = record.ActWithdraw
	default:
		how.Act, g.State = record.ActChange, pick(r, []string{"planned", "built", "broken"})
	}
	if r.IntN(20) == 0 { // a stale version: saved twice from one reading
		stale := before
		if err := record.Save(tx, gadgets, g, how); err != nil {
			return "first of two", err
		}
		return "stale", record.Save(tx, gadgets, &stale, record.How{Act: record.ActCorrect, Why: "twice"})
	}
	return how.Act + " " + id, record.Save(tx, gadgets, g, how)
}
