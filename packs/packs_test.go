package packs_test

import (
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/packs"
)

// row is one line of a records file, by column name.
type row map[string]string

// read gives every row of a pack by record type.
func read(t *testing.T, pack string) map[string][]row {
	t.Helper()
	files, err := packs.Open(pack)
	if err != nil {
		t.Fatalf("opening %s: %v", pack, err)
	}
	names, err := fs.Glob(files, "records/*.csv")
	if err != nil || len(names) == 0 {
		t.Fatalf("pack %s has no records: %v", pack, err)
	}
	out := map[string][]row{}
	for _, name := range names {
		f, err := files.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatalf("%s %s: %v", pack, name, err)
		}
		_ = f.Close()
		_, kind, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(name, "records/"), ".csv"), "-")
		for _, line := range lines[1:] {
			r := row{}
			for i, column := range lines[0] {
				r[column] = line[i]
			}
			out[kind] = append(out[kind], r)
		}
	}
	return out
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, name := range packs.Names() {
		files, err := packs.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		var head struct{ Key string }
		if _, err := toml.DecodeFS(files, "pack.toml", &head); err != nil || head.Key != name {
			t.Errorf("pack %s: key %q, %v; the key must be the folder's name", name, head.Key, err)
		}
	}
	if _, err := packs.Open("words"); fault.KindOf(err) != fault.Missing {
		t.Errorf("a folder without pack.toml must be missing, not %v", err)
	}
}

// TestRecords holds every pack to its format: what each row needs, versions that follow on, references that resolve.
func TestRecords(t *testing.T) {
	t.Parallel()
	for _, pack := range packs.Names() {
		t.Run(pack, func(t *testing.T) {
			t.Parallel()
			all := read(t, pack)
			kindOf, last, units := map[string]string{}, map[string]row{}, map[string]bool{}
			for _, r := range all["unit"] {
				units[r["code"]] = true
			}
			for kind, rows := range all {
				for _, r := range rows {
					id := r["id"]
					if prev, ok := last[id]; ok && (kindOf[id] != kind || prev["valid_to"] != r["valid_from"]) {
						t.Errorf("%s %s: a second row must be the next version of the same record", kind, id)
					}
					kindOf[id], last[id] = kind, r
				}
			}
			refs := []string{"parent", "staff", "in_unit", "own", "partner", "successor", "city", "tie"}
			for kind, rows := range all {
				for _, r := range rows {
					if r["id"] == "" || r["state"] == "" || r["sources"] == "" || !units[r["unit"]] {
						t.Errorf("%s %s: needs an id, a state, a unit that exists and a source", kind, r["id"])
					}
					for _, s := range strings.Fields(r["sources"]) {
						if kindOf[s] != "source" {
							t.Errorf("%s %s: no source %q", kind, r["id"], s)
						}
					}
					for _, c := range refs {
						if v := r[c]; v != "" && kindOf[v] == "" && (c != "own" || kind == "tie") {
							t.Errorf("%s %s: %s names %q, which is not there", kind, r["id"], c, v)
						}
					}
					for _, c := range []string{"signed", "as_of", "day", "opened", "closed", "period_from", "period_to"} {
						if _, err := clock.ParseWhen(r[c]); err != nil {
							t.Errorf("%s %s: %s: %v", kind, r["id"], c, err)
						}
					}
					checkClaims(t, kind, r, kindOf)
				}
			}
		})
	}
}

// checkClaims holds claims to it that the preferred one is what the record says, with a reason and a source.
func checkClaims(t *testing.T, kind string, r row, kindOf map[string]string) {
	t.Helper()
	if r["claims"] == "" {
		return
	}
	var claims []struct {
		Field, Value, Source string
		Preferred            bool
		Reason               map[string]string
	}
	if err := json.Unmarshal([]byte(r["claims"]), &claims); err != nil {
		t.Errorf("%s %s: claims: %v", kind, r["id"], err)
	}
	for _, c := range claims {
		if kindOf[c.Source] != "source" {
			t.Errorf("%s %s: a claim names the source %q", kind, r["id"], c.Source)
		}
		if c.Preferred && (r[c.Field] != c.Value || c.Reason["zh"] == "" || c.Reason["en"] == "") {
			t.Errorf("%s %s: the preferred claim of %s is %q, the record says %q", kind, r["id"], c.Field, c.Value, r[c.Field])
		}
	}
}

// TestVersionsOfMini spells out the one life in the small pack that goes through every state.
func TestVersionsOfMini(t *testing.T) {
	t.Parallel()
	var got []string
	for _, r := range read(t, "mini")["tie"] {
		if r["id"] == "tie-newbay" {
			got = append(got, r["valid_from"]+" "+r["state"])
		}
	}
	want := []string{"2019-01-01 proposed", "2019-06-01 intent", "2020-01-01 exchange_period", "2021-06-01 approved", "2022-01-01 in_force"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
