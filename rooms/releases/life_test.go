package releases_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/releases"
)

// TestARandomLifeOfReleases draws edits, corrections and withdrawals of records and of releases. After each, every
// sealed release counted again gives itself, and what was known at an instant is answered as it was then.
func TestARandomLifeOfReleases(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, o *office) {
		dice := rand.New(rand.NewPCG(20220815, 7))
		ties := app.Types.Kind("tie")
		program := access.Program("test")
		type known struct {
			at     int64
			key    string
			value  float64
			digest string
		}
		var remembered []known
		var sealed []ledger.Release
		open := map[string]bool{} // sealed and neither corrected nor withdrawn
		made, did := 0, map[string]int{}
		anyTie := func(v *store.View) (any, error) {
			all, err := ties.SelectKnown(v, "WHERE x.id LIKE 'tie-%' ORDER BY x.id, x.vid")
			if err != nil || len(all) == 0 {
				return nil, err
			}
			return all[dice.IntN(len(all))], nil
		}
		fill := func(rec any, pairs ...string) {
			for i := 0; i < len(pairs); i += 2 {
				if err := ties.Fill(rec, pairs[i], pairs[i+1]); err != nil {
					t.Fatal(err)
				}
			}
		}
		// try does one thing with the records; what the rules of the register refuse changes nothing.
		try := func(what string, fn func(tx *store.Tx) error) {
			err := o.Update(context.Background(), program, fn)
			if fault.KindOf(err) == fault.Defect && err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if err == nil {
				did[what]++
			}
		}
		for range 60 {
			o.clock.Move(time.Second)
			switch n := dice.IntN(10); {
			case n < 3:
				made++
				rec := ties.Fresh()
				ties.Head(rec).ID = "tie-made-" + strconv.Itoa(made)
				fill(rec, "unit", "shore", "sample", "1", "state", "in_force", "title.en", "Made", "title.zh", "所造", "kind", "sister_city", "grade", "agreement",
					"rank", "municipality", "own", "pl-haven", "partner", "pl-riverton", "country", []string{"XB", "XC"}[dice.IntN(2)], "signed", strconv.Itoa(2005+dice.IntN(15)), "sources", "src-register")
				try("new", func(tx *store.Tx) error { return record.SaveAny(tx, ties, rec, record.How{Act: record.ActNew}) })
			case n < 6:
				try("correct", func(tx *store.Tx) error {
					rec, err := anyTie(&tx.View)
					if err != nil || rec == nil {
						return err
					}
					fill(rec, "signed", strconv.Itoa(2005+dice.IntN(15)), "grade", []string{"agreement", "memorandum", "listed"}[dice.IntN(3)])
					return record.SaveAny(tx, ties, rec, record.How{Act: record.ActCorrect, Why: "read again"})
				})
			case n < 7:
				try("withdraw", func(tx *store.Tx) error {
					rec, err := anyTie(&tx.View)
					if err != nil || rec == nil {
						return err
					}
					return record.SaveAny(tx, ties, rec, record.How{Act: record.ActWithdraw, Why: "entered by mistake"})
				})
			case n < 9:
				id, c := o.sealed(text)
				b, err := ledger.ReadRelease([]byte(c.Body))
				if err != nil {
					t.Fatal(err)
				}
				sealed, open[id] = append(sealed, b), true
				did["seal"]++
			default:
				for _, id := range slices.Sorted(maps.Keys(open)) {
					delete(open, id)
					if dice.IntN(2) == 0 {
						o.must(head, func(tx *store.Tx) error {
							return o.desk.Withdraw(tx, id, translate.Text{"zh": "有误", "en": "Wrong"})
						})
						did["take back"]++
						break
					}
					var next *releases.Release
					o.must(writer, func(tx *store.Tx) (err error) {
						next, err = o.desk.Correct(tx, id, translate.Text{"zh": "更正", "en": "Corrected"})
						return err
					})
					o.signed(next.ID)
					o.must(head, func(tx *store.Tx) error {
						c, err := o.desk.Seal(tx, next.ID)
						if err != nil {
							return err
						}
						b, err := ledger.ReadRelease([]byte(c.Body))
						sealed, open[next.ID] = append(sealed, b), true
						return err
					})
					did["correct a release"]++
					break
				}
			}
			o.clock.Move(time.Second)
			o.read(func(v *store.View) error {
				for _, b := range sealed {
					if differ, err := o.desk.Again(v, b); err != nil || len(differ) > 0 {
						t.Fatalf("the sealed release %s is not itself any more: %v %v", b.Code, differ, err)
					}
				}
				for _, k := range remembered {
					c, err := o.desk.Count(v, k.key, "", releases.Point{ValidOn: day, KnownOn: k.at})
					if err != nil || c.Value != k.value || c.Digest != k.digest {
						t.Fatalf("%s as known at %d was %v and is %v (%v)", k.key, k.at, k.value, c.Value, err)
					}
				}
				key := []string{"sister.pairs", "sister.countries", "sister.pairs.river"}[dice.IntN(3)]
				c, err := o.desk.Count(v, key, "", releases.Point{ValidOn: day, KnownOn: v.Now})
				remembered = append(remembered, known{v.Now, key, c.Value, c.Digest})
				return err
			})
		}
		for _, what := range []string{"new", "correct", "withdraw", "seal", "take back", "correct a release"} {
			if did[what] == 0 {
				t.Errorf("the dice never let anybody %s: the test does not test it", what)
			}
		}
		t.Log(did)
	})
}
