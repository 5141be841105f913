package record_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"yunqiao/kernel/access"
	"yunqiao/kernel/history"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/seal"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Each opening of a sealed value is an entry of the log: who, what and why cannot be changed afterwards, nor taken away.
func TestOpeningsAreInTheLog(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		office, err := seal.OpenOffice(filepath.Join(t.TempDir(), "seal.key"))
		if err != nil {
			t.Fatal(err)
		}
		log, head, k := newLog(t, st), kerneltest.Person("head", access.Head, "office"), kerneltest.GadgetType.Kind
		f := k.Field("secret")
		var rec any
		kerneltest.Write(t, st, head, func(tx *store.Tx) error {
			g := kerneltest.GadgetType.New()
			g.Code, g.Name, g.Unit = "G1", translate.Text{"en": "One"}, "office"
			if err := k.Seal(tx, office, f, g, "+000 55 0123"); err != nil {
				return err
			}
			rec = g
			return record.Save(tx, kerneltest.GadgetType, g, record.How{})
		})
		for _, why := range []string{"to call about the visit", "to write a letter"} {
			kerneltest.Write(t, st, head, func(tx *store.Tx) error {
				value, err := k.OpenSealed(tx, office, f, rec, why)
				if value != "+000 55 0123" {
					t.Errorf("opened %q", value)
				}
				return err
			})
			rep := findings(t, st, log, "")
			if len(rep.Findings) > 0 || rep.Waiting == 0 {
				t.Fatalf("while it waits: %+v", rep)
			}
			sequence(t, log)
			verified(t, st, log, true)
		}
		if rep := findings(t, st, log, ""); rep.Entries != 3 {
			t.Errorf("%d entries, want one of the version and two of the openings", rep.Entries)
		}
		for q, want := range map[string]string{
			"UPDATE seal_opening SET why = 'nothing' WHERE oid = (SELECT min(oid) FROM seal_opening)":                                                           "history.verify.version_changed",
			"UPDATE seal_opening SET by_who = 'another' WHERE oid = (SELECT max(oid) FROM seal_opening)":                                                        "history.verify.version_changed",
			"DELETE FROM seal_opening WHERE oid = (SELECT max(oid) FROM seal_opening)":                                                                          "history.verify.version_gone",
			"INSERT INTO seal_opening SELECT 'forged', kind, id, vid, field, at, by_who, why FROM seal_opening WHERE oid = (SELECT max(oid) FROM seal_opening)": "record.verify.opening_unlogged",
		} {
			var rep history.Report
			err := st.Update(context.Background(), program, func(tx *store.Tx) error {
				if n, err := raw.Exec(tx, q); err != nil || n != 1 {
					t.Errorf("%s: %d rows, %v", q, n, err)
				}
				var err error
				if rep, err = record.Verify(&tx.View, kerneltest.Gadgets, log, ""); err != nil {
					return err
				}
				return errUndo
			})
			if err != errUndo {
				t.Fatalf("%s: %v", q, err)
			}
			if !slices.ContainsFunc(rep.Findings, func(f history.Finding) bool { return f.Key == want }) {
				t.Errorf("%s: got %+v, want %s", q, rep.Findings, want)
			}
		}
	})
}
