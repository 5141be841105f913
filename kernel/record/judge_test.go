package record_test

import (
	"context"
	"testing"
	"testing/fstest"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

const judging = `
[[check]]
key = "gadget.weight"
version = "old"
type = "gadget"
title = {zh="重量", en="Weight"}
valid_to = "2020-01-01"
citation = {zh="旧规定", en="The old rule"}
  [[check.condition]]
  name = "light"
  expr = 'weight <= 10'
  severity = "block"
  message = {zh="太重", en="Too heavy"}

[[check]]
key = "gadget.weight"
version = "new"
type = "gadget"
title = {zh="重量", en="Weight"}
valid_from = "2020-01-01"
citation = {zh="新规定", en="The new rule"}
  [[check.condition]]
  name = "light"
  expr = 'weight <= 5'
  severity = "block"
  message = {zh="太重", en="Too heavy"}
`

// TestLenientAndJudgedOn: a draft is judged and kept whatever the rules say, and the rules of the day that the type
// names are the ones that are asked, however late the version is saved.
func TestLenientAndJudgedOn(t *testing.T) {
	t.Parallel()
	k := *gadgets.Kind // a type of its own over the same table, so that the settings stay here
	own := &record.Type[gadget]{Kind: &k}
	own.Lenient(func(g *gadget) bool { return g.Colour == "" }).JudgedOn(func(g *gadget) clock.Day { return g.Made })
	pack, err := rules.Load(fstest.MapFS{"r.toml": {Data: []byte(judging)}}, "r.toml", rules.World{Types: map[string][]rules.Field{
		"gadget": {{Name: "weight", Kind: rules.Number}}}})
	if err != nil {
		t.Fatal(err)
	}
	none := func(*store.View) (rules.Lists, error) { return nil, nil }
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		for _, x := range []struct {
			name, colour string
			made         clock.Day
			weight       record.Num
			refused      bool
			version      string
		}{
			{"the old rule allows it", "red", clock.DayFrom(2018, 5, 1), record.N(8), false, "old"},
			{"the new rule refuses it", "red", clock.DayFrom(2021, 5, 1), record.N(8), true, "new"},
			{"a draft is kept", "", clock.DayFrom(2021, 5, 1), record.N(8), false, "new"},
			{"a draft that errs is kept", "", clock.DayFrom(2021, 5, 1), record.Num{}, false, "new"},
			{"what errs refuses", "red", clock.DayFrom(2021, 5, 1), record.Num{}, true, "new"},
			{"no day is today", "red", clock.Open, record.N(8), true, "new"},
		} {
			g := own.New()
			g.Code, g.Name, g.Colour, g.Made, g.Weight = "x", translate.Text{"zh": "器"}, x.colour, x.made, x.weight
			g.From, g.To = day0, day0+10
			var said []record.Judgement
			err := st.Update(context.Background(), program, func(tx *store.Tx) error {
				if err := record.Save(tx, own, g, record.How{}); err != nil {
					return err
				}
				wrong := own.Judge(tx, g, pack, none)
				var err error
				if said, err = record.Judgements(&tx.View, g.VID); err != nil {
					return err
				}
				return wrong
			})
			if refused := fault.KindOf(err) == fault.Invalid; refused != x.refused || err != nil && !refused {
				t.Errorf("%s: got %v, want refused %v", x.name, err, x.refused)
			}
			if len(said) != 1 || said[0].Run.Version != x.version {
				t.Errorf("%s: asked %+v, want the %s rule alone, and its answer kept", x.name, said, x.version)
			}
		}
	})
}
