package record_test

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

var alike = cmp.Options{cmpopts.EquateEmpty(), cmpopts.EquateComparable()}

func TestEveryKindOfFieldComesBackAsItWas(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		r := rand.New(rand.NewPCG(1, 2))
		for range 60 {
			g := gadgets.New()
			scramble(r, g, []string{"m1", "m2"}, []string{"g1", "g2"})
			kerneltest.Write(t, st, program, func(tx *store.Tx) error { return record.Save(tx, gadgets, g, record.How{Why: "w"}) })
			kerneltest.Read(t, st, program, func(v *store.View) error {
				got, err := record.Load(v, gadgets, g.ID)
				if err != nil {
					return err
				}
				if d := cmp.Diff(g, got, alike); d != "" {
					t.Fatalf("from the database (-saved +loaded):\n%s", d)
				}
				if a, b := string(gadgets.Canonical(g)), string(gadgets.Canonical(got)); a != b {
					t.Fatalf("signed\n%s\nread back\n%s", a, b)
				}
				if !json.Valid(gadgets.Canonical(got)) {
					t.Fatalf("not JSON: %s", gadgets.Canonical(got))
				}
				return nil
			})
			byJSON, byText := gadgets.New(), gadgets.New()
			byJSON.Head, byText.Head = g.Head, g.Head
			for _, f := range gadgets.Fields {
				if err := f.SetJSON(byJSON, f.JSON(g)); err != nil {
					t.Fatal(f.Name, err)
				}
			}
			cols := gadgets.SheetColumns("zh", "en", "vi", "lo")
			row := gadgets.Row(g, cols)
			for i, c := range cols {
				if err := gadgets.Fill(byText, c, row[i]); err != nil {
					t.Fatal(c, row[i], err)
				}
			}
			if d := cmp.Diff(g, byJSON, alike); d != "" {
				t.Fatalf("through JSON:\n%s", d)
			}
			if d := cmp.Diff(g, byText, alike); d != "" {
				t.Fatalf("through a sheet:\n%s", d)
			}
		}
	})
}

func TestWhatIsSignedIsWhatIsReadBack(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		minus := math.Copysign(0, -1)
		g := gadgets.New()
		g.Code, g.Name = " c 1 ", translate.Text{"zh": " 名 ", "en": "  ", "vi": ""}
		g.Weight, g.At = record.N(minus), record.Position{Lon: minus, CRS: "WGS84"}
		g.Pieces = []kerneltest.Piece{{Label: translate.Text{"en": " x "}, Maker: " m1 "}, {}}
		kerneltest.Write(t, st, program, func(tx *store.Tx) error { return record.Save(tx, gadgets, g, record.How{}) })
		kerneltest.Read(t, st, program, func(v *store.View) error {
			got, err := record.Load(v, gadgets, g.ID)
			if err == nil && string(gadgets.Canonical(g)) != string(gadgets.Canonical(got)) {
				t.Errorf("signed\n%s\nread back\n%s", gadgets.Canonical(g), gadgets.Canonical(got))
			}
			if err == nil && (got.Code != "c 1" || got.Pieces[0].Maker != "m1") {
				t.Errorf("spaces around were kept: %q %q", got.Code, got.Pieces[0].Maker)
			}
			return err
		})
	})
}

func TestWrongFieldsAreRefusedAlike(t *testing.T) {
	t.Parallel()
	wrong := map[string]func(g *gadget){
		"code":       func(g *gadget) { g.Code = "  " },
		"name":       func(g *gadget) { g.Name = translate.Text{"zh": ""} },
		"colour":     func(g *gadget) { g.Colour = "plaid" },
		"price":      func(g *gadget) { g.Price.Minor = 5 },
		"used":       func(g *gadget) { g.Used = record.Days{From: day0 + 1, To: day0} },
		"seen":       func(g *gadget) { g.Seen = "2022-13" },
		"weight":     func(g *gadget) { g.Weight = record.N(math.Inf(1)) },
		"at":         func(g *gadget) { g.At = record.Position{Lon: 200, CRS: "WGS84"} },
		"pieces":     func(g *gadget) { g.Pieces = []kerneltest.Piece{{Size: "huge"}} },
		"state":      func(g *gadget) { g.State = "gone" },
		"level":      func(g *gadget) { g.Level = 3 },
		"valid_to":   func(g *gadget) { g.From, g.To = day0, day0 },
		"claims":     func(g *gadget) { g.Claims = []record.Claim{{Field: "nothing"}} },
		"unit":       func(g *gadget) { g.Unit = "nowhere" },
		"id":         func(g *gadget) { g.ID = "No Good" },
		"sources":    func(g *gadget) { g.Sources = []string{"a\x00"} },
		"secret":     func(g *gadget) { g.Secret = "\xff" },
		"code long":  func(g *gadget) { g.Code = "一二三四五六七八九十一二三四五六七八九十一" },
		"code null":  func(g *gadget) { g.Code = "a\x00b" },
		"name null":  func(g *gadget) { g.Name = translate.Text{"zh": "a\x00b"} },
		"pieces bad": func(g *gadget) { g.Pieces = []kerneltest.Piece{{Since: "then"}} },
		"kin null":   func(g *gadget) { g.Kin = []string{"a\x00"} },
	}
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		for name, spoil := range wrong {
			g := gadgets.New()
			g.Code, g.Name = "c", translate.Text{"zh": "名"}
			spoil(g)
			err := st.Update(context.Background(), program, func(tx *store.Tx) error { return record.Save(tx, gadgets, g, record.How{}) })
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v, want a refusal", name, err)
				continue
			}
			field := fault.All(err)[0].Field
			if want, _, _ := strings.Cut(name, " "); field != want {
				t.Errorf("%s: the finding stands at %q", name, field)
			}
			if g.VID != "" {
				t.Errorf("%s: a refused record has a version", name)
			}
		}
	})
}
