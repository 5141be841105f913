package releases_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/xuri/excelize/v2"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/history"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/packs"
	"yunqiao/rooms/releases"
)

// office is a store with a small pack in it, a log, and the desk of releases.
type office struct {
	*store.Store
	t     *testing.T
	desk  *releases.Desk
	book  *translate.Book
	log   *history.Log
	clock *clock.Clock
}

func engines(t *testing.T, run func(t *testing.T, o *office)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, open(t, t.TempDir()+"/office.db", "mini"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		run(t, open(t, kerneltest.Database(t), "mini"))
	})
}

func open(t *testing.T, address, pack string) *office {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	files, err := packs.Open(pack)
	must(err)
	p, err := app.OpenPack(files)
	must(err)
	zone, err := p.Zone()
	must(err)
	c := clock.System(zone)
	st, err := store.Open(context.Background(), address, c, app.Types.Tables(), app.Migrations)
	must(err)
	t.Cleanup(func() { _ = st.Close() })
	st.Path = func(_ *store.View, unit string) ([]string, error) { return []string{unit}, nil }
	rules, err := app.LoadRules(files)
	must(err)
	_, err = p.Load(context.Background(), st, app.Types)
	must(err)
	book, err := app.Phrases()
	must(err)
	desk, err := app.OpenReleases(p, rules, book, c)
	must(err)
	signing, verifying, err := ledger.NewKey("yunqiao/test")
	must(err)
	return &office{Store: st, t: t, book: book, clock: c, desk: desk,
		log: history.New(st, "yunqiao/test", signing, verifying, slog.New(slog.DiscardHandler))}
}

func person(id string, role access.Role) access.Who {
	return access.Who{ID: id, Name: map[string]string{"zh": id, "en": id}, Seats: []access.Seat{{Path: []string{"shore"}, Role: role}}}
}

var (
	writer  = person("staff-writer", access.Officer)
	checker = person("staff-checker", access.Officer)
	head    = person("staff-head", access.Head)
)

func (o *office) write(who access.Who, fn func(tx *store.Tx) error) error {
	return o.Update(context.Background(), who, fn)
}

func (o *office) must(who access.Who, fn func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.write(who, fn); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) read(fn func(v *store.View) error) {
	o.t.Helper()
	if err := o.Look(context.Background(), head, store.AsOf{}, fn); err != nil {
		o.t.Fatal(err)
	}
}

// day is one on which several ties of the small pack hold; all its records are samples, and so is what is written here.
var day = clock.DayFrom(2015, 6, 1)

const text = "# Ties\n\n{sister.pairs} with {sister.countries}; {sister.pairs.river of=sister.pairs} of them, since {n:2009 year}.\n\n{chart bar sister.pairs sister.countries}\n"

// draft saves a release with a text that is the same in both languages.
func (o *office) draft(text string) string {
	o.t.Helper()
	r := releases.Releases.New()
	r.Title = translate.Text{"zh": "新闻发布稿", "en": "Briefing"}
	r.Kind, r.ValidOn, r.Unit, r.Level, r.Sample = "briefing", day, "shore", 1, true
	r.Text = translate.Text{"zh": text, "en": text}
	o.must(writer, func(tx *store.Tx) error { return record.Save(tx, releases.Releases, r, record.How{}) })
	return r.ID
}

func (o *office) keys(text string) []string {
	o.t.Helper()
	var out []string
	id := o.draft(text)
	o.read(func(v *store.View) error {
		r, err := record.Load(v, releases.Releases, id)
		if err != nil {
			return err
		}
		rd, err := o.desk.Read(v, r)
		if err != nil {
			return err
		}
		for _, f := range rd.Findings {
			out = append(out, f.Key)
		}
		return nil
	})
	return out
}

func (o *office) signed(id string) {
	o.t.Helper()
	o.must(checker, func(tx *store.Tx) error { return o.desk.Sign(tx, id, releases.StepCheck, "The figures are right.") })
	o.must(head, func(tx *store.Tx) error { return o.desk.Sign(tx, id, releases.StepSign, "Agreed.") })
}

func (o *office) sealed(text string) (id string, c *releases.SealedCopy) {
	o.t.Helper()
	id = o.draft(text)
	o.signed(id)
	o.must(head, func(tx *store.Tx) (err error) {
		c, err = o.desk.Seal(tx, id)
		return err
	})
	return id, c
}

func refused(t *testing.T, err error, key string) {
	t.Helper()
	for _, e := range fault.All(err) {
		if e.Key == key {
			return
		}
	}
	t.Errorf("got %v, want a refusal with %s", err, key)
}

func (o *office) value(key string) float64 {
	o.t.Helper()
	var c releases.Count
	o.read(func(v *store.View) (err error) {
		c, err = o.desk.Count(v, key, "", releases.Point{ValidOn: day})
		return err
	})
	return c.Value
}

func TestWhatKeepsAReleaseFromBeingSigned(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir()+"/office.db", "mini")
	n := int(o.value("sister.pairs"))
	if n < 2 {
		t.Fatalf("%d pairs on %s: too few for this test", n, day)
	}
	for text, want := range map[string]string{
		"We have 103 pairs, {sister.pairs}":           "releases.check.unbound",
		"{sister.nothing}":                            "figures.no_rule",
		fmt.Sprintf("{sister.pairs more_than %d}", n): "releases.check.untrue.more_than",
		fmt.Sprintf("{sister.pairs %d}", n+1):         "releases.check.untrue.exact",
		"{sister.pairs about 250}":                    "releases.check.untrue.about",
		"{consulate.city all of=sister.pairs}":        "releases.check.untrue.all",
		"{sister.pairs of=consulate.city}":            "releases.check.part",
		"{sister.pairs":                               "paper.brace",
		"{sister.pairs} and {sister.pairs by=broad}":  "releases.check.two_rules",
		"": "releases.check.no_text",
	} {
		got := o.keys(text)
		if len(got) == 0 || !strings.Contains(strings.Join(got, " "), want) {
			t.Errorf("%q: got %v, want %s", text, got, want)
		}
		id := o.draft(text)
		if err := o.write(checker, func(tx *store.Tx) error { return o.desk.Sign(tx, id, releases.StepCheck, "ok") }); err == nil {
			t.Errorf("%q was checked all the same", text)
		}
	}
	for _, ok := range []string{text, fmt.Sprintf("{sister.pairs more_than %d}", n-1), fmt.Sprintf("{sister.pairs at_least %d}", n), "{sister.pairs} {n:2022} {n:8 clause}"} {
		if got := o.keys(ok); len(got) > 0 {
			t.Errorf("%q: got %v, want nothing", ok, got)
		}
	}
	id := o.draft(text)
	o.must(writer, func(tx *store.Tx) error {
		r, err := record.Load(&tx.View, releases.Releases, id)
		if err != nil {
			return err
		}
		r.Text["zh"] = "{sister.pairs}"
		return record.Save(tx, releases.Releases, r, record.How{Act: record.ActCorrect})
	})
	err := o.write(checker, func(tx *store.Tx) error { return o.desk.Sign(tx, id, releases.StepCheck, "ok") })
	refused(t, err, "releases.check.one_language")
}

// TestTheDeskIsAskedBeforeSealing plants what a register must not give out, by a desk that counts so.
func TestWhatTheDisclosureCheckFinds(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir()+"/office.db", "mini")
	id := o.draft("{sister.pairs}")
	real := o.desk.Count
	for want, change := range map[string]func(c *releases.Count){
		"releases.check.level":         func(c *releases.Count) { c.Counted[0].Level = 2 },
		"releases.check.unsigned_rule": func(c *releases.Count) { c.Signed = false },
		"releases.check.erred":         func(c *releases.Count) { c.Erred = 1 },
		"releases.check.part":          func(c *releases.Count) { c.Parent = "consulate.city" },
		"releases.check.no_whole":      func(c *releases.Count) { c.Parent = "no.such" },
	} {
		d := *o.desk
		d.Count = func(v *store.View, key, variant string, p releases.Point) (releases.Count, error) {
			c, err := real(v, key, variant, p)
			if key == "sister.pairs" {
				change(&c)
			}
			return c, err
		}
		err := o.write(checker, func(tx *store.Tx) error { return d.Sign(tx, id, releases.StepCheck, "ok") })
		refused(t, err, want)
	}
	d := *o.desk
	d.Count = func(v *store.View, key, variant string, p releases.Point) (releases.Count, error) {
		return releases.Count{Signed: true, Value: 2, Unit: "person", Rule: ledger.ReleaseRule{Digest: "x"}, Counted: []releases.Entry{{Shy: true}, {Shy: true}}}, nil
	}
	o.read(func(v *store.View) error {
		r, err := record.Load(v, releases.Releases, id)
		if err != nil {
			return err
		}
		r.Sample = false
		if rd, err := o.desk.Read(v, r); err != nil || len(rd.Findings) != 1 || rd.Findings[0].Key != "releases.check.sample" {
			t.Errorf("got %v, %v, want that samples are counted", rd.Findings, err)
		}
		r.Level = 0
		rd, err := d.Read(v, r)
		if err == nil && (len(rd.Findings) != 1 || rd.Findings[0].Key != "releases.check.small") {
			t.Errorf("got %v, want the small cell", rd.Findings)
		}
		return err
	})
}

func TestTwoOthersSign(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, o *office) {
		id := o.draft(text)
		sign := func(who access.Who, step, opinion string) error {
			return o.write(who, func(tx *store.Tx) error { return o.desk.Sign(tx, id, step, opinion) })
		}
		refused(t, sign(writer, releases.StepCheck, "mine"), "releases.sign.own")
		refused(t, sign(checker, releases.StepCheck, ""), "releases.sign.opinion")
		refused(t, sign(head, releases.StepSign, "too early"), "releases.sign.state")
		both := person("staff-both", access.Head)
		if err := sign(both, releases.StepCheck, "right"); err != nil {
			t.Fatal(err)
		}
		refused(t, sign(both, releases.StepSign, "and again"), "releases.sign.same")
		refused(t, sign(checker, releases.StepSign, "not my role"), "lifecycle.role")
		// No other way leads past the sign-off either.
		err := o.write(head, func(tx *store.Tx) error {
			r, err := record.Load(&tx.View, releases.Releases, id)
			if err != nil {
				return err
			}
			r.State = releases.Signed
			return record.Save(tx, releases.Releases, r, record.How{Act: record.ActCorrect, Why: "by hand"})
		})
		refused(t, err, "releases.guard.by_hand")
		err = o.write(head, func(tx *store.Tx) error {
			s := releases.Signoffs.New()
			s.Release, s.Step, s.Person, s.Opinion, s.Content, s.Unit = id, releases.StepSign, "staff-x", "forged", "x", "shore"
			return record.Save(tx, releases.Signoffs, s, record.How{})
		})
		if fault.KindOf(err) != fault.Denied {
			t.Errorf("a step written by hand: got %v, want Denied", err)
		}
		if err := sign(head, releases.StepSign, "agreed"); err != nil {
			t.Fatal(err)
		}
		// A text that changes after the sign-off does not stay signed.
		err = o.write(head, func(tx *store.Tx) error {
			r, err := record.Load(&tx.View, releases.Releases, id)
			if err != nil {
				return err
			}
			r.Text["en"] += " more"
			return record.Save(tx, releases.Releases, r, record.How{Act: record.ActCorrect, Why: "quietly"})
		})
		refused(t, err, "releases.guard.by_hand")
		if err := sign(head, releases.StepReturn, "once more"); err != nil {
			t.Fatal(err)
		}
		refused(t, sign(head, releases.StepSign, "skipping the check"), "releases.sign.state")
	})
}

// TestASealedReleaseIsItself seals, counts again, proves, corrects and withdraws on both engines.
func TestASealedReleaseIsItself(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, o *office) {
		id, c := o.sealed(text)
		b, err := ledger.ReadRelease([]byte(c.Body))
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Figures) != 3 || len(b.Signed) != 2 || len(b.Said["en"]) != 5 || b.Figures[0].Counted[0].Digest == "" {
			t.Errorf("sealed: %+v", b)
		}
		again := func(want int) {
			t.Helper()
			o.read(func(v *store.View) error {
				differ, err := o.desk.Again(v, b)
				if len(differ) > 0 {
					t.Errorf("counted again, these differ: %v", differ)
				}
				r, e := record.Load(v, releases.Releases, id)
				if e != nil {
					return e
				}
				drifts, e := o.desk.Drifts(v, r)
				if len(drifts) != want {
					t.Errorf("drift: got %d figures, want %d: %+v", len(drifts), want, drifts)
				}
				if e != nil {
					return e
				}
				return err
			})
		}
		again(0)
		// A pair found late changes what is counted now, and nothing of what was released.
		first := b.Figures[0].Counted[0]
		o.must(access.Program("test"), func(tx *store.Tx) error {
			ties := app.Types.Kind("tie")
			tie, err := ties.Load(tx.At(store.AsOf{ValidOn: day}), first.ID)
			if err != nil {
				return err
			}
			return record.SaveAny(tx, ties, tie, record.How{Act: record.ActWithdraw, Why: "entered twice"})
		})
		again(len(b.Figures))
		o.read(func(v *store.View) error {
			all, err := o.desk.AllDrifts(v)
			if err == nil && (len(all) != 3 || len(all[0].Went) == 0 || all[0].Still()) {
				t.Errorf("the work list: %+v", all)
			}
			uses, e := releases.Used(v, "sister.pairs")
			if e == nil && (len(uses) != 1 || uses[0].Under["en"] != "Ties" || uses[0].Code != b.Code) {
				t.Errorf("uses: %+v", uses)
			}
			if err == nil {
				err = e
			}
			return err
		})
		o.verify(c, b)
		// Nothing of it can be changed, by whoever.
		for _, who := range []access.Who{head, access.Program("import")} {
			err := o.write(who, func(tx *store.Tx) error {
				r, err := record.Load(&tx.View, releases.Releases, id)
				if err != nil {
					return err
				}
				r.Text["en"] = "{sister.pairs 999}"
				return record.Save(tx, releases.Releases, r, record.How{Act: record.ActCorrect, Why: "quietly"})
			})
			refused(t, err, "releases.guard.sealed")
			err = o.write(who, func(tx *store.Tx) error {
				r, err := record.Load(&tx.View, releases.Releases, id)
				if err != nil {
					return err
				}
				return record.Save(tx, releases.Releases, r, record.How{Act: record.ActWithdraw, Why: "away"})
			})
			refused(t, err, "releases.guard.sealed")
			err = o.write(who, func(tx *store.Tx) error {
				x, err := record.Load(&tx.View, releases.Copies, c.ID)
				if err != nil {
					return err
				}
				return record.Save(tx, releases.Copies, x, record.How{Act: record.ActCorrect, Why: "quietly"})
			})
			if err == nil {
				t.Errorf("%s changed a sealed copy", who.ID)
			}
		}
		o.correctAndWithdraw(id, b.Code)
	})
}

func (o *office) correctAndWithdraw(id, code string) {
	t := o.t
	t.Helper()
	var next *releases.Release
	why := translate.Text{"zh": "有一对重复", "en": "One pair was entered twice"}
	o.must(writer, func(tx *store.Tx) (err error) {
		next, err = o.desk.Correct(tx, id, why)
		return err
	})
	o.signed(next.ID)
	o.must(head, func(tx *store.Tx) error { _, err := o.desk.Seal(tx, next.ID); return err })
	find := func(code string) (f releases.Found) {
		t.Helper()
		o.read(func(v *store.View) (err error) {
			f, err = o.desk.ByCode(v, strings.ToLower(strings.ReplaceAll(code, "-", " ")))
			return err
		})
		return f
	}
	old := find(code)
	if old.Release.State != releases.Corrected || old.Next == nil || old.Next.ID != next.ID || old.Release.Reason["en"] != why["en"] {
		t.Errorf("the old one: %+v", old.Release)
	}
	got := find(old.Next.Code)
	if got.Body.Supersedes != code || got.Release.State != releases.Sealed {
		t.Errorf("the new one: %+v", got.Body)
	}
	refused(t, o.write(head, func(tx *store.Tx) error { return o.desk.Withdraw(tx, next.ID, nil) }), "releases.reason")
	refused(t, o.write(writer, func(tx *store.Tx) error { return o.desk.Withdraw(tx, next.ID, why) }), "lifecycle.role")
	o.must(head, func(tx *store.Tx) error { return o.desk.Withdraw(tx, next.ID, why) })
	if got := find(old.Next.Code); got.Release.State != releases.Withdrawn {
		t.Errorf("withdrawn: %+v", got.Release)
	}
	err := o.Look(context.Background(), head, store.AsOf{}, func(v *store.View) error { _, err := o.desk.ByCode(v, "2222-2222-2222"); return err })
	refused(t, err, "releases.no_code")
}

// verify takes the proof of a sealed release and gives it to the separate verifier.
func (o *office) verify(c *releases.SealedCopy, b ledger.Release) {
	t := o.t
	t.Helper()
	for {
		n, err := o.log.Sequence(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	dir := t.TempDir()
	put := func(name string, raw []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var proof []byte
	o.read(func(v *store.View) error {
		p, err := o.log.Prove(v, c.VID, releases.Copies.Canonical(c))
		proof = p.JSON()
		return err
	})
	run := func(args ...string) (string, int) {
		cmd := exec.CommandContext(t.Context(), "go", append([]string{"run", "../../cmd/yunqiao-verify", "--lang", "en", "--key", o.log.Key()}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return string(out), 1
		}
		return string(out), 0
	}
	file, page := put("proof.json", proof), put("release.html", []byte(c.Page))
	out, code := run("--page", page, file)
	if code != 0 || !strings.Contains(out, b.Code) || !strings.Contains(out, "The page is the one that was sealed") || !strings.Contains(out, b.Said["en"][0].Text) {
		t.Errorf("the verifier says (%d): %s", code, out)
	}
	other := put("other.html", []byte(strings.Replace(c.Page, b.Said["en"][0].Text, "999 pairs", 1)))
	if out, code = run("--page", other, file); code == 0 || !strings.Contains(out, "not the one that was sealed") {
		t.Errorf("a changed page holds (%d): %s", code, out)
	}
	forged := put("forged.json", bytes.Replace(proof, []byte(b.Said["en"][0].Text), []byte("999 pairs"), 1))
	if out, code = run(forged); code == 0 {
		t.Errorf("a forged proof holds: %s", out)
	}
}

func TestFilesThatLeaveTheHouse(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir()+"/office.db", "mini")
	_, c := o.sealed(text)
	b, err := ledger.ReadRelease([]byte(c.Body))
	if err != nil {
		t.Fatal(err)
	}
	// Its one style sheet stands in the page: alone, with no site behind it, it has its own policy.
	before, rest, _ := strings.Cut(c.Page, "<style>")
	_, after, _ := strings.Cut(rest, "</style>")
	kerneltest.Page(t, "the sealed page", before+after)
	if i := strings.Index(c.Page, "⟦"); i >= 0 {
		t.Errorf("the page lacks a phrase: %s", c.Page[i:i+50])
	}
	for _, unwanted := range []string{"<script", "http://", "https://", "<link", "<img"} {
		if strings.Contains(c.Page, unwanted) {
			t.Errorf("the page needs something else than itself: %s", unwanted)
		}
	}
	for _, want := range []string{`href="#figure_en_1"`, `id="figure_en_1"`, `href="#figure_zh_1"`, b.Code, b.Figures[0].Counted[0].Digest, c.Digest} {
		if !strings.Contains(c.Page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, l := range translate.Staff {
		var word, sheet bytes.Buffer
		if err := o.desk.Word(&word, b, c.Digest, l); err != nil {
			t.Fatal(err)
		}
		if z, err := zip.NewReader(bytes.NewReader(word.Bytes()), int64(word.Len())); err != nil || len(z.File) != 8 {
			t.Errorf("word: %v", err)
		}
		if err := o.desk.Sheet(&sheet, b, c.Digest, l); err != nil {
			t.Fatal(err)
		}
		x, err := excelize.OpenReader(&sheet)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := x.GetRows(x.GetSheetName(0))
		if err != nil || len(rows) < len(b.Figures[0].Counted)+1 || rows[1][2] != b.Figures[0].Key {
			t.Errorf("sheet: %v %v", rows, err)
		}
	}
}

func TestFortyFiguresAreSealedInTime(t *testing.T) {
	o := open(t, t.TempDir()+"/office.db", "yunnan")
	var text strings.Builder
	n := 0
	o.read(func(v *store.View) error {
		for year := 2014; n < 40; year++ {
			for _, k := range o.desk.Keys(v) {
				if n < 40 && !strings.HasSuffix(k.Key, "new") {
					fmt.Fprintf(&text, "- {%s on=%d-08-15}\n", k.Key, year)
					n++
				}
			}
		}
		return nil
	})
	r := releases.Releases.New()
	r.Title, r.Kind, r.ValidOn, r.Unit, r.Level = translate.Text{"zh": "四十", "en": "Forty"}, "briefing", clock.DayFrom(2022, 8, 15), "yn", 1
	r.Text = translate.Text{"zh": text.String(), "en": text.String()}
	in := func(w access.Who) access.Who {
		w.Seats = []access.Seat{{Path: []string{"yn"}, Role: w.Seats[0].Role}}
		return w
	}
	o.must(in(writer), func(tx *store.Tx) error { return record.Save(tx, releases.Releases, r, record.How{}) })
	o.must(in(checker), func(tx *store.Tx) error { return o.desk.Sign(tx, r.ID, releases.StepCheck, "ok") })
	o.must(in(head), func(tx *store.Tx) error { return o.desk.Sign(tx, r.ID, releases.StepSign, "ok") })
	start := time.Now()
	var c *releases.SealedCopy
	o.must(in(head), func(tx *store.Tx) (err error) { c, err = o.desk.Seal(tx, r.ID); return err })
	took := time.Since(start)
	b, err := ledger.ReadRelease([]byte(c.Body))
	if err != nil {
		t.Fatal(err)
	}
	records := 0
	for _, f := range b.Figures {
		records += len(f.Counted)
	}
	t.Logf("%d figures over %d versions sealed in %v; body %d KB, page %d KB", len(b.Figures), records, took, len(c.Body)/1024, len(c.Page)/1024)
	if len(b.Figures) != 40 || took > 3*time.Second {
		t.Errorf("%d figures in %v, want 40 in under 3 s", len(b.Figures), took)
	}
}

func (o *office) site(who access.Who) http.Handler {
	s := &web.Site{Store: o.Store, Book: o.book, Types: app.Types, Log: slog.New(slog.DiscardHandler), Office: translate.Text{"zh": "办公室", "en": "Office"},
		Identify: func(*http.Request) (web.Visit, error) { return web.Visit{Who: who}, nil }}
	for _, k := range releases.Types {
		s.Records(k, k == releases.Releases.Kind)
	}
	(&releases.Room{Desk: o.desk, Prove: func(_ *store.View, c *releases.SealedCopy) ([]byte, error) {
		return []byte(`{"code":"` + c.Code + `"}`), nil
	}}).Open(s)
	return s
}

func (o *office) client(who access.Who) *kerneltest.Client {
	return kerneltest.NewClient(o.t, o.site(who))
}

// raw asks for a file that is no page of the site.
func (o *office) raw(who access.Who, path string) string {
	w := httptest.NewRecorder()
	o.site(who).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Body.String()
}

// TestTheLifeOfAReleaseOnItsPages goes from the editor to the public page, in both languages.
func TestTheLifeOfAReleaseOnItsPages(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, o *office) {
		w, k, h, anyone := o.client(writer), o.client(checker), o.client(head), o.client(access.Who{})
		both := func(c *kerneltest.Client, path string, code int) *kerneltest.Reply {
			t.Helper()
			c.Get(path + "?lang=zh").Want(code).Unseen("⟦")
			return c.Get(path + "?lang=en").Want(code).Unseen("⟦")
		}
		both(w, "/releases/write", 200).See("Figures that can be bound", "sister.pairs")
		form := func(text string) []string {
			return []string{"title.zh", "发布稿", "title.en", "Briefing on ties", "kind", "briefing", "level", "1", "valid_on", day.String(), "text.zh", text, "text.en", text}
		}
		bad := form("{sister.pairs} and 250 people")
		w.Post("/releases/preview", bad...).Want(200).See("unbound", "250", "As it reads")
		w.Post("/releases/write", append(form("x"), "known_on", "soon")...).Want(422).See("soon", "Briefing on ties")
		made := w.Post("/releases/write", bad...).Want(303).Header.Get("Location")
		both(w, made, 200).See("Settle the", "unbound")
		both(w, "/releases", 200).See("Briefing on ties")
		both(w, made+"/write", 200).See("250")
		k.Post(made+"/sign", "step", "check", "opinion", "ok").Want(422).See("250")

		at := "/releases/" + o.draft("# Ties\n\n{sister.pairs}, {sister.countries}\n\n| a | b |\n| c | {sister.pairs} |\n\n{chart bar sister.pairs sister.countries | Both}")
		both(k, at, 200).See("Nothing found", "Who checks did not write it")
		w.Post(at+"/sign", "step", "check", "opinion", "mine").Want(403)
		k.Post(at+"/sign", "step", "check", "opinion", "right").Want(303)
		both(h, at, 200).See("Who signs neither wrote nor checked it", "right")
		h.Post(at+"/sign", "step", "sign", "opinion", "agreed").Want(303)
		both(h, at, 200).See("Sealing counts every figure again")
		anyone.Get(at).Want(303) // to the door
		h.Post(at+"/sign", "step", "seal", "opinion", "sealed").Want(303)
		both(h, at, 200).See("Public page", "Withdraw", "Evidence table")
		both(h, "/releases/used", 200).See("sister.pairs", "Ties")
		both(h, "/releases/drift", 200).See("Every released figure would be counted the same today")
		if body := o.raw(head, at+"/page.html"); !strings.Contains(body, "figure_en_1") {
			t.Errorf("the page is not the sealed one: %s", body)
		}
		for _, file := range []string{"text.docx", "evidence.xlsx", "proof.json"} {
			if r := h.Get(at + "/" + file); r.Code != 200 || len(r.Body) < 10 {
				t.Errorf("%s: %d", file, r.Code)
			}
		}
		var code string
		o.read(func(v *store.View) error {
			r, err := record.Load(v, releases.Releases, strings.TrimPrefix(at, "/releases/"))
			code = r.Code
			return err
		})
		// The release is internal: anyone may check that it stands, nobody reads it.
		both(anyone, "/r/"+code, 200).See("This release is valid", "sha256:", "not public").Unseen("sister.pairs", "Both")
		anyone.Get("/r/" + code + "/page.html").Want(404)
		anyone.Get("/r?code=" + code).Want(303)
		both(anyone, "/r", 200)
		both(anyone, "/r/2222-2222-2222", 404).See("There is no release with the code")
		h.Post(at+"/correct", "reason.zh", "有误", "reason.en", "One pair was entered twice").Want(303)
		h.Post(at+"/take-back", "reason.en", "").Want(422)
		h.Post(at+"/take-back", "reason.zh", "有误", "reason.en", "A mistake").Want(303)
		both(anyone, "/r/"+code, 200).See("withdrawn", "A mistake")
	})
}

// TestAPublicReleaseIsReadByAnyone seals one over public records only.
func TestAPublicReleaseIsReadByAnyone(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir()+"/office.db", "mini")
	real := o.desk.Count
	o.desk.Count = func(v *store.View, key, variant string, p releases.Point) (releases.Count, error) {
		c, err := real(v, key, variant, p)
		for i := range c.Counted {
			c.Counted[i].Level = 0
		}
		return c, err
	}
	id := o.draft(text)
	o.must(writer, func(tx *store.Tx) error {
		r, err := record.Load(&tx.View, releases.Releases, id)
		if err != nil {
			return err
		}
		r.Level = 0
		return record.Save(tx, releases.Releases, r, record.How{Act: record.ActCorrect})
	})
	o.signed(id)
	var c *releases.SealedCopy
	o.must(head, func(tx *store.Tx) (err error) { c, err = o.desk.Seal(tx, id); return err })
	b, err := ledger.ReadRelease([]byte(c.Body))
	if err != nil {
		t.Fatal(err)
	}
	anyone := o.client(access.Who{})
	anyone.Get("/r/" + strings.ToLower(c.Code)).Want(303)
	for _, l := range translate.Staff {
		anyone.Get("/r/"+c.Code+"?lang="+string(l)).Want(200).See(b.Said[string(l)][0].Text, b.Figures[0].Counted[0].Digest, c.Digest).Unseen("⟦")
	}
	if o.raw(access.Who{}, "/r/"+c.Code+"/page.html") != c.Page {
		t.Error("the public file is not the one that was sealed")
	}
}

// TestSamples: the sample release of each pack reads, in both languages, with every number bound and nothing that keeps
// it from being signed.
func TestSamples(t *testing.T) {
	t.Parallel()
	for _, pack := range packs.Names() {
		t.Run(pack, func(t *testing.T) {
			t.Parallel()
			o := open(t, t.TempDir()+"/office.db", pack)
			err := o.Look(context.Background(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
				all, err := record.Select(v, releases.Releases, "ORDER BY x.id")
				if err == nil && len(all) == 0 {
					t.Error("the pack has no sample of a release")
				}
				for _, r := range all {
					rd, err := o.desk.Read(v, r)
					if err != nil {
						return err
					}
					for _, f := range rd.Findings {
						t.Errorf("%s: %s %v (%s line %d)", r.ID, f.Key, f.Args, f.Lang, f.Line)
					}
					for i, b := range rd.Figures {
						t.Logf("%d %s: %s / %s", i, b.Mark.Key, rd.Said("zh", b), rd.Said("en", b))
					}
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// changed is the desk of an office whose pack was changed: each pair is what stands in a file of rules, and what stands
// there from now on.
func (o *office) changed(pack string, pairs ...string) *releases.Desk {
	o.t.Helper()
	must := func(err error) {
		o.t.Helper()
		if err != nil {
			o.t.Fatal(err)
		}
	}
	files, err := packs.Open(pack)
	must(err)
	over := fstest.MapFS{}
	must(fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(files, path)
		if strings.HasPrefix(path, "rules/") {
			for i := 0; i+1 < len(pairs); i += 2 {
				raw = bytes.ReplaceAll(raw, []byte(pairs[i]), []byte(pairs[i+1]))
			}
		}
		over[path] = &fstest.MapFile{Data: raw}
		return err
	}))
	p, err := app.OpenPack(over)
	must(err)
	rules, err := app.LoadRules(over)
	must(err)
	desk, err := app.OpenReleases(p, rules, o.book, o.clock)
	must(err)
	return desk
}

// TestASealedReleaseOutlivesItsRules: what was sealed is counted again by the rules as they were sealed, also when the
// pack has changed them or has none of the name any more; what is counted today is said beside it.
func TestASealedReleaseOutlivesItsRules(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, o *office) {
		id, c := o.sealed(text)
		b, err := ledger.ReadRelease([]byte(c.Body))
		if err != nil {
			t.Fatal(err)
		}
		o.desk = o.changed("mini", `kind == "sister_city"`, `kind == "sister_city" && country == "XB"`, `key = "sister.countries"`, `key = "sister.lands"`)
		o.read(func(v *store.View) error {
			now, err := o.desk.Count(v, "sister.pairs", "", releases.Point{ValidOn: day})
			if err != nil || now.Value == 0 || decimalOf(now.Value) == b.Figures[0].Value || now.Rule.Digest == b.Figures[0].Rule.Digest {
				t.Fatalf("the changed pack counts %v, as before: the test shows nothing (%v)", now.Value, err)
			}
			differ, err := o.desk.Again(v, b)
			if err != nil || len(differ) > 0 {
				t.Errorf("counted again by the rules as sealed, these differ: %v %v", differ, err)
			}
			r, err := record.Load(v, releases.Releases, id)
			if err != nil {
				return err
			}
			drifts, err := o.desk.Drifts(v, r)
			if len(drifts) != 3 || !drifts[0].RuleOther || !drifts[1].Gone {
				t.Errorf("what is counted otherwise today: %+v", drifts)
			}
			return err
		})
		// A copy of the first format kept no rule: it is read, and counted by a rule of the same digest, of which there is
		// none any more.
		old := b
		old.Figures = slices.Clone(b.Figures)
		for i := range old.Figures {
			old.Figures[i].Rule.Text = ""
		}
		o.read(func(v *store.View) error {
			differ, err := o.desk.Again(v, old)
			if len(differ) != 3 {
				t.Errorf("without the rules as sealed, %v differ", differ)
			}
			return err
		})
		if _, err := ledger.ReadRelease(old.Bytes()); err == nil {
			t.Error("a copy that lost the text of its rules is taken for whole")
		}
		old.Format = "yunqiao-release/1"
		if _, err := ledger.ReadRelease(old.Bytes()); err != nil {
			t.Errorf("a copy of the first format is not read: %v", err)
		}
		forged := b
		forged.Figures = slices.Clone(b.Figures)
		forged.Figures[0].Rule.Text = strings.Replace(forged.Figures[0].Rule.Text, "sister_city", "exchange_city", 1)
		_, err = ledger.ReadRelease(forged.Bytes())
		refused(t, err, "ledger.release.rule")
	})
}

func decimalOf(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// TestAQuotientIsCountedAgainByTheRulesOfItsParts: they are sealed with it.
func TestAQuotientIsCountedAgainByTheRulesOfItsParts(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir()+"/office.db", "mini")
	o.desk = o.changed("mini", "# Counting rules of the invented office.", `[[rule]]
key = "sister.each"
version = "1"
unit = "share"
title = { zh = "每国几对", en = "Pairs per country" }
citation = { zh = "试", en = "trial" }
[rule.ratio]
of = "sister.pairs"
to = "sister.countries"

#`)
	_, c := o.sealed("{sister.each}")
	b, err := ledger.ReadRelease([]byte(c.Body))
	if err != nil || len(b.Figures[0].Rule.Parts) != 2 {
		t.Fatalf("%v %+v", err, b.Figures)
	}
	o.desk = o.changed("mini", `kind == "sister_city"`, `kind == "sister_city" && country == "XB"`)
	o.read(func(v *store.View) error {
		differ, err := o.desk.Again(v, b)
		if len(differ) > 0 {
			t.Errorf("a quotient differs: %v", differ)
		}
		b.Figures[0].Rule.Parts = nil
		if differ, _ := o.desk.Again(v, b); len(differ) != 1 {
			t.Error("without the rules of its parts a quotient is itself all the same")
		}
		return err
	})
}
