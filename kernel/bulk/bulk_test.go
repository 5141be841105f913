package bulk_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/bulk"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/packs"
	"yunqiao/rooms/partners"
)

// office is a database with its desk.
type office struct {
	*testing.T
	st    *store.Store
	desk  *bulk.Desk
	jobs  *jobs.Runner
	clock *clock.Clock
	on    store.AsOf // the day that exports look at
}

var me = access.Who{ID: "staff-me", System: true}

func open(tb testing.TB, address, pack string) (*store.Store, *bulk.Desk, *jobs.Runner, *clock.Clock) {
	tb.Helper()
	ctx := context.Background()
	c := clock.Fixed(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))
	st, err := store.Open(ctx, address, c, app.Types.Tables(), app.Migrations)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { st.Close() })
	book, err := app.Phrases()
	if err != nil {
		tb.Fatal(err)
	}
	shelf, err := files.OpenDisk(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	desk := &bulk.Desk{Store: st, Types: app.Types, Book: book, Shelf: shelf, Folder: shelf.Folder(), Units: "unit"}
	r := jobs.New(st, slog.New(slog.NewTextHandler(io.Discard, nil)))
	bulk.Register(r, desk)
	if pack != "" {
		fs, err := packs.Open(pack)
		if err != nil {
			tb.Fatal(err)
		}
		p, err := app.OpenPack(fs)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := p.Load(ctx, st, app.Types); err != nil {
			tb.Fatal(err)
		}
	}
	c.Move(time.Hour)
	return st, desk, r, c
}

// both runs a test on either engine.
func both(t *testing.T, pack string, fn func(o office)) {
	t.Parallel()
	for _, engine := range []store.Table{{Name: "sqlite"}, {Name: "postgres"}} {
		t.Run(engine.Name, func(t *testing.T) {
			t.Parallel()
			address := t.TempDir() + "/x.db"
			if engine.Name == "postgres" {
				address = kerneltest.Database(t)
			}
			st, desk, r, c := open(t, address, pack)
			fn(office{T: t, st: st, desk: desk, jobs: r, clock: c})
		})
	}
}

func (o office) look(fn func(v *store.View) error) {
	o.Helper()
	if err := o.st.Look(context.Background(), me, store.AsOf{}, fn); err != nil {
		o.Fatal(err)
	}
}

func (o office) update(fn func(tx *store.Tx) error) {
	o.Helper()
	if err := o.st.Update(context.Background(), me, fn); err != nil {
		o.Fatal(err)
	}
}

func (o office) receive(kind, name, text string) string {
	o.Helper()
	id, err := o.desk.Receive(context.Background(), me, kind, name, strings.NewReader(text))
	if err != nil {
		o.Fatal(err)
	}
	return id
}

// step asks for a step and lets it run.
func (o office) step(begin func(tx *store.Tx) error, id string) *bulk.Batch {
	o.Helper()
	o.clock.Move(time.Second)
	o.update(begin)
	for o.jobs.RunOne(context.Background()) {
	}
	b := o.batch(id)
	if b.Problem != nil {
		o.Fatal(o.desk.Say("en", b.Kind, *b.Problem))
	}
	return b
}

func (o office) batch(id string) (b *bulk.Batch) {
	o.Helper()
	o.look(func(v *store.View) (err error) {
		b, err = o.desk.Get(v, id)
		return err
	})
	return b
}

func (o office) check(id string) *bulk.Batch {
	o.Helper()
	return o.step(func(tx *store.Tx) error { _, err := o.desk.Check(tx, id); return err }, id)
}

func (o office) load(id string) *bulk.Batch {
	o.Helper()
	return o.step(func(tx *store.Tx) error { _, err := o.desk.Load(tx, id); return err }, id)
}

func (o office) undo(id string) *bulk.Batch {
	o.Helper()
	return o.step(func(tx *store.Tx) error { _, err := o.desk.Undo(tx, id, "a wrong file"); return err }, id)
}

func (o office) rows(id, only string) (out []bulk.Row) {
	o.Helper()
	o.look(func(v *store.View) (err error) {
		out, _, err = o.desk.Rows(v, id, only, 0, 1000)
		return err
	})
	return out
}

func (o office) said(kind string, rows []bulk.Row) string {
	var out []string
	for _, r := range rows {
		out = append(out, fmt.Sprintf("%d %s: %s", r.Number, r.Verdict, strings.Join(o.desk.Sentences("en", kind, r), " | ")))
	}
	return strings.Join(out, "\n")
}

func (o office) export(k *record.Kind, out bulk.Out) string {
	o.Helper()
	var b bytes.Buffer
	o.look(func(v *store.View) error {
		_, err := o.desk.Export(v.At(o.on), k, record.ListQuery{}, out, &b)
		return err
	})
	return b.String()
}

// versions counts all versions ever written of all types.
func (o office) versions() (n int) {
	o.Helper()
	o.look(func(v *store.View) error {
		for _, k := range app.Types.Kinds {
			var m int
			if err := v.One("SELECT count(*) FROM {"+k.Name+":history} x", nil, &m); err != nil {
				return err
			}
			n += m
		}
		return nil
	})
	return n
}

func all(langs bool) []translate.Lang {
	if langs {
		return translate.Langs
	}
	return translate.Staff
}

// What was exported and is imported again changes nothing, whatever the form and however it is headed.
func TestRoundTrip(t *testing.T) {
	both(t, "yunnan", func(o office) {
		for _, k := range []*record.Kind{partners.Ties.Kind, partners.Places.Kind} {
			for _, out := range []bulk.Out{
				{Kind: sheet.CSV, Langs: all(true)}, {Kind: sheet.CSV, Langs: all(false), Headed: true, Mark: true},
				{Kind: sheet.XLSX, Langs: all(true), Headed: true},
			} {
				before := o.versions()
				id := o.receive(k.Name, "again."+string(out.Kind), o.export(k, out))
				b := o.check(id)
				if b.Total == 0 || b.Counts[bulk.Same] != b.Total {
					o.Errorf("%s as %v: %v of %d\n%s", k.Name, out, b.Counts, b.Total, o.said(k.Name, slices.DeleteFunc(o.rows(id, ""), func(r bulk.Row) bool { return r.Verdict == bulk.Same })))
				}
				if now := o.versions(); now != before {
					o.Errorf("the dry run wrote %d versions", now-before)
				}
			}
		}
	})
}

// What is taken from one office fits into an empty one, references by name and all, and can be taken out again.
func TestExportFillsAnEmptyOfficeAndUndoEmptiesIt(t *testing.T) {
	t.Parallel()
	st, desk, r, c := open(t, t.TempDir()+"/a.db", "yunnan")
	a := office{T: t, st: st, desk: desk, jobs: r, clock: c}
	// On this day every place that another one lies in was still there.
	a.on.ValidOn = clock.DayFrom(2023, 1, 1)
	places := a.export(partners.Places.Kind, bulk.Out{Kind: sheet.CSV, Langs: all(true)})
	ties := a.export(partners.Ties.Kind, bulk.Out{Kind: sheet.CSV, Langs: all(true)})
	sources := a.export(record.Sources.Kind, bulk.Out{Kind: sheet.CSV, Langs: all(true)})
	both2(t, func(o office) {
		o.on = a.on
		for _, in := range []struct{ kind, text string }{{"source", sources}, {"place", places}, {"tie", ties}} {
			id := o.receive(in.kind, in.kind+".csv", in.text)
			b := o.check(id)
			if b.Counts[bulk.New] != b.Total {
				o.Fatalf("%s: %v\n%s", in.kind, b.Counts, o.said(in.kind, o.rows(id, bulk.Refused)))
			}
			if b = o.load(id); b.Counts[bulk.RowLoaded] != b.Total {
				o.Fatalf("%s: %v\n%s", in.kind, b.Counts, o.said(in.kind, o.rows(id, bulk.RowFailed)))
			}
			if diff := cmp.Diff(in.text, o.export(app.Types.Kind(in.kind), bulk.Out{Kind: sheet.CSV, Langs: all(true)})); diff != "" {
				o.Error(diff)
			}
			if in.kind == "tie" {
				if b = o.undo(id); b.Counts[bulk.RowUndone] != b.Total {
					o.Error(b.Counts)
				}
				o.look(func(v *store.View) error {
					n, err := partners.Ties.Count(v, record.ListQuery{})
					if n != 0 {
						o.Error(n, "are left")
					}
					return err
				})
			}
		}
	})
}

func both2(t *testing.T, fn func(o office)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			address := t.TempDir() + "/x.db"
			if engine == "postgres" {
				address = kerneltest.Database(t)
			}
			st, desk, r, c := open(t, address, "")
			fn(office{T: t, st: st, desk: desk, jobs: r, clock: c})
		})
	}
}

// A dirty file: each row gets its own verdict, the good ones load, and undoing brings back what was.
func TestDirtyFile(t *testing.T) {
	both(t, "yunnan", func(o office) {
		state := func() (out []string) {
			o.look(func(v *store.View) error {
				return partners.Places.Each(v, record.ListQuery{Sort: "id"}, func(rec any) error {
					out = append(out, strings.Join(partners.Places.Row(rec, partners.Places.SheetColumns("zh", "en", "th")), "|"))
					return nil
				})
			})
			return out
		}
		before, count := state(), o.versions()
		text := "id,valid_from,code,name.zh,name.en,country,rank,parent,at.lon,at.lat,at.crs\n" +
			",,X1,甲城,Alpha,TH,municipality,清莱府,100.5,13.7,WGS84\n" + // 2 new, reference by name
			",,X1,甲城,Alpha again,TH,municipality,,,,\n" + // 3 twice
			",,X2,乙城,Beta,THA,municipality,,,,\n" + // 4 country too long
			",,X3,丙城,Gamma,TH,hamlet,,,,\n" + // 5 no such rank
			",,X4,,,TH,county,,,,\n" + // 6 no name
			",,X5,戊城,Eps,TH,county,清来府,,,\n" + // 7 unknown, with near ones
			",,X6,己城,Zeta,TH,county,,991,3,WGS84\n" + // 8 no position
			"pl-th-57,2025-01-01,TH-57,清莱府,Chiang Rai City,TH,first_level,TH,,,\n" + // 9 change
			"pl-kh-17,,KH-17,暹粒省,Siem Reap!,KH,first_level,KH,,,\n" + // 10 correct
			"new-one,2020-01-01,N1,新城,New Town,TH,county,,,,\n" + // 11 new with id
			"new-one,2022-01-01,N1,新城,Newer Town,TH,county,,,,\n" + // 12 changes row 11
			"no good id,,N2,坏,Bad,TH,county,,,,\n" // 13 id
		id := o.receive("place", "dirty.csv", text)
		o.check(id)
		if o.versions() != count {
			o.Error("the dry run wrote something")
		}
		said := o.said("place", o.rows(id, ""))
		want := map[int]string{2: bulk.New, 3: bulk.Twice, 4: bulk.Refused, 5: bulk.Refused, 6: bulk.Refused, 7: bulk.Refused, 8: bulk.Refused,
			9: bulk.Change, 10: bulk.Correct, 11: bulk.New, 12: bulk.Change, 13: bulk.Refused}
		for _, r := range o.rows(id, "") {
			if r.Verdict != want[r.Number] {
				o.Errorf("row %d is %s, want %s", r.Number, r.Verdict, want[r.Number])
			}
		}
		for _, part := range []string{"3 twice: The same as row 2", "清来府” is not known. Near to it: ", "[pl-th-57]", "from 2025-01-01 on", "Corrects Siem Reap"} {
			if !strings.Contains(said, part) {
				o.Errorf("%q is not said", part)
			}
		}
		if o.Failed() {
			o.Fatal(said)
		}
		b := o.load(id)
		if b.Counts[bulk.RowLoaded] != 5 || b.Counts[bulk.RowFailed] != 0 {
			o.Fatalf("%v\n%s", b.Counts, o.said("place", o.rows(id, bulk.RowFailed)))
		}
		o.look(func(v *store.View) error {
			p, err := record.Load(v, partners.Places, "new-one")
			if err != nil {
				return err
			}
			if p.Name["en"] != "Newer Town" || !strings.HasSuffix(p.Why, "import "+id) {
				o.Error(p.Name, p.Why)
			}
			then, err := record.Load(v.At(store.AsOf{ValidOn: clock.DayFrom(2024, 6, 1)}), partners.Places, "pl-th-57")
			if err == nil && then.Name["en"] == "Chiang Rai City" {
				o.Error("the change reaches back before its day")
			}
			return err
		})
		// Somebody goes on working on one of the records: that one is left alone.
		o.clock.Move(time.Minute)
		o.update(func(tx *store.Tx) error {
			p, err := record.Load(&tx.View, partners.Places, "pl-kh-17")
			if err != nil {
				return err
			}
			p.Name["en"] = "Siem Reap?"
			return record.Save(tx, partners.Places, p, record.How{Act: record.ActCorrect, Why: "by hand"})
		})
		b = o.undo(id)
		if b.Counts[bulk.RowUndone] != 4 || b.Counts[bulk.RowLeft] != 1 {
			o.Fatalf("%v\n%s", b.Counts, o.said("place", o.rows(id, bulk.RowLeft)))
		}
		if s := o.said("place", o.rows(id, bulk.RowLeft)); !strings.Contains(s, "staff-me changed the record") {
			o.Error(s)
		}
		after := state()
		for i := range after {
			if strings.HasPrefix(after[i], "pl-kh-17|") {
				after[i] = before[i]
			}
		}
		if diff := cmp.Diff(before, after); diff != "" {
			o.Error(diff)
		}
	})
}

// A record that somebody changes between dry run and loading is not overrun.
func TestChangedSinceTheCheck(t *testing.T) {
	both(t, "mini", func(o office) {
		var k string
		o.look(func(v *store.View) error {
			p, err := partners.Places.List(v, record.ListQuery{Limit: 1})
			k = partners.Places.Head(p.Records[0]).ID
			return err
		})
		id := o.receive("place", "x.csv", "id,name.en\n"+k+",Elsewhere\n")
		if b := o.check(id); b.Counts[bulk.Correct] != 1 {
			o.Fatal(b.Counts, o.said("place", o.rows(id, "")))
		}
		o.update(func(tx *store.Tx) error {
			p, err := record.Load(&tx.View, partners.Places, k)
			if err != nil {
				return err
			}
			p.Code = "other"
			return record.Save(tx, partners.Places, p, record.How{Act: record.ActCorrect, Why: "by hand"})
		})
		b := o.load(id)
		if b.Counts[bulk.RowFailed] != 1 || !strings.Contains(o.said("place", o.rows(id, "")), "after the check") {
			o.Error(b.Counts, o.said("place", o.rows(id, "")))
		}
	})
}

// Rows that the dry run let pass and the save refuses take no others with them.
func TestOneBadRowTakesNoOther(t *testing.T) {
	both(t, "mini", func(o office) {
		text := "id,code,name.en,country,rank\n"
		for i := range 20 {
			text += fmt.Sprintf("row-%d,R%d,Row %d,DE,county\n", i, i, i)
		}
		id := o.receive("place", "x.csv", text)
		if b := o.check(id); b.Counts[bulk.New] != 20 {
			o.Fatal(b.Counts)
		}
		o.update(func(tx *store.Tx) error { // one identifier is taken meanwhile
			p := partners.Places.New()
			p.ID, p.Name, p.Country, p.Rank = "row-7", translate.Text{"en": "Mine"}, "DE", "county"
			return record.Save(tx, partners.Places, p, record.How{})
		})
		if b := o.load(id); b.Counts[bulk.RowLoaded] != 19 || b.Counts[bulk.RowFailed] != 1 {
			o.Error(b.Counts)
		}
	})
}

// The header finds its fields in either language, and the next file of the same header finds the plan of the last.
func TestPlan(t *testing.T) {
	t.Parallel()
	st, desk, r, c := open(t, t.TempDir()+"/x.db", "mini")
	o := office{T: t, st: st, desk: desk, jobs: r, clock: c}
	text := "标识,Valid from,CODE,Name en,哪一国,whatever,parent.label\n,,Q1,Quorn,DE,x,y\n"
	id := o.receive("place", "x.csv", text)
	b := o.batch(id)
	if diff := cmp.Diff([]string{"id", "valid_from", "code", "name.en", "", "", ""}, b.Plan.Columns); diff != "" {
		t.Error(diff)
	}
	p := b.Plan
	p.Columns[4] = "country"
	p.Fixed = map[string]string{"rank": "county"}
	o.update(func(tx *store.Tx) error { return o.desk.SetPlan(tx, id, p) })
	o.look(func(v *store.View) error {
		rows, err := o.desk.Preview(v, id, p, 20)
		if len(rows) != 1 || rows[0].Verdict != bulk.New {
			t.Error(rows)
		}
		return err
	})
	if b := o.check(id); b.Counts[bulk.New] != 1 {
		t.Error(o.said("place", o.rows(id, "")))
	}
	again := o.batch(o.receive("place", "y.csv", text+",,Q2,Qworn,DE,x,y\n"))
	if again.Proposed != "saved" || again.Plan.Fixed["rank"] != "county" || again.Plan.Columns[4] != "country" {
		t.Error(again.Proposed, again.Plan)
	}
	bad := p
	bad.Columns = []string{"id", "id", "nothing", "", "", "", ""}
	err := o.st.Update(context.Background(), me, func(tx *store.Tx) error { return o.desk.SetPlan(tx, id, bad) })
	if len(fault.All(err)) < 2 {
		t.Error(err)
	}
}

// A table that names its columns and values in its own way: one figure said on several days is several records, and the
// same said twice is one. Its sources go by their addresses.
func TestToldApart(t *testing.T) {
	both(t, "mini", func(o office) {
		src := record.Sources.New()
		src.ID, src.Title, src.Location, src.Unit = "src-page", translate.Text{"en": "The page"}, "https://example.org/page", "shore"
		o.update(func(tx *store.Tx) error { return record.Save(tx, record.Sources, src, record.How{}) })
		text := "indicator_id,phrase_zh,value,qualifier,unit,date,period_start,period_end,kind,source\n" +
			"sister.pairs,友城,90,exact,pair,2018-08-17,,,other_date,https://example.org/page\n" +
			"sister.pairs,友城,103,exact,pair,2022-08-15,,,declared_in_speech,https://example.org/page (the speech)\n" +
			"sister.pairs,友城,105,exact,pair,2022-08-15,,,other_date,src-page\n" +
			"aid.doses,疫苗,3500000,exact,dose,2022/8/15,2021,,declared_in_speech,The page\n" +
			"aid.doses,疫苗,3500000,exact,dose,2022-08-15,2021,,declared_in_speech,src-page\n" +
			"aid.doses,疫苗,3500000,exact,dose,,2021,2022,declared_in_speech,src-page\n" +
			"km.pairs,友城,17,exact,pair,,,,other_date,\n" +
			"km.pairs,友城,18,exact,pair,2020,,,other_date,https://example.org/elsewhere\n" +
			"km.pairs,友城,19,exact,pair,2021,,,other_date,The other page\n"
		id := o.receive("declaration", "figures.csv", text)
		b := o.batch(id)
		want := []string{"indicator", "", "value", "qualifier", "counted_in", "as_of", "period_from", "period_to", "kind", "sources"}
		if diff := cmp.Diff(want, b.Plan.Columns); diff != "" {
			o.Error(diff)
		}
		if diff := cmp.Diff([]string{"indicator", "as_of", "period_from", "period_to", "value", "qualifier"}, b.Plan.Keys); diff != "" {
			o.Error(diff)
		}
		if b = o.check(id); b.Counts[bulk.New] != 6 || b.Counts[bulk.Twice] != 1 || b.Counts[bulk.Refused] != 2 {
			o.Fatal(b.Counts, o.said("declaration", o.rows(id, "")))
		}
		if b = o.load(id); b.Counts[bulk.RowLoaded] != 6 {
			o.Fatal(b.Counts, o.said("declaration", o.rows(id, "")))
		}
		o.look(func(v *store.View) error {
			all, err := app.Types.Kind("declaration").SelectKnown(v, "WHERE x.indicator = 'aid.doses'")
			for _, rec := range all {
				h := app.Types.Kind("declaration").Head(rec)
				if diff := cmp.Diff([]string{"src-page"}, h.Sources); diff != "" {
					o.Error(diff)
				}
			}
			if len(all) != 2 {
				o.Error(len(all), "of two that speak of different times")
			}
			return err
		})
		// What is recorded now is recognised, and only that.
		again := o.receive("declaration", "again.csv", text+"sister.pairs,友城,116,exact,pair,2025-06,,,other_date,src-page\n")
		if b = o.check(again); b.Counts[bulk.New] != 1 || b.Counts[bulk.Same] != 6 || b.Counts[bulk.Twice] != 1 {
			o.Error(b.Counts, o.said("declaration", o.rows(again, "")))
		}
		// The register's own columns go before other names of theirs.
		own := o.batch(o.receive("declaration", "own.csv", "indicator,counted_in,unit,date,as_of\nsister.pairs,pair,shore,2022,2022\n"))
		if diff := cmp.Diff([]string{"indicator", "counted_in", "unit", "", "as_of"}, own.Plan.Columns); diff != "" {
			o.Error(diff)
		}
	})
}

// Tables as other programs write them: GB 18030 with semicolons, what a spreadsheet calls Unicode text, and a workbook
// whose texts are shared.
func TestForeignForms(t *testing.T) {
	t.Parallel()
	st, desk, r, c := open(t, t.TempDir()+"/x.db", "mini")
	o := office{T: t, st: st, desk: desk, jobs: r, clock: c}
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("code;name.zh;country;rank;valid_from\nG1;河边县;CN;county;2001年2月3日\n")
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("code\tname.zh\tcountry\trank\tvalid_from\nG3\t河下县\tCN\tcounty\t2001-02-03\n")
	if err != nil {
		t.Fatal(err)
	}
	f := excelize.NewFile()
	for i, row := range [][]any{{"code", "name.zh", "country", "rank", "valid_from"}, {"G2", "河上县", "CN", "county", time.Date(2001, 2, 3, 0, 0, 0, 0, time.UTC)}} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var book bytes.Buffer
	if err := errors.Join(f.Write(&book), f.Close()); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"a.csv": gbk, "b.xlsx": book.String(), "c.txt": wide} {
		id := o.receive("place", name, text)
		if b := o.check(id); b.Counts[bulk.New] != 1 {
			t.Fatal(name, o.said("place", o.rows(id, "")))
		}
		if b := o.load(id); b.Counts[bulk.RowLoaded] != 1 {
			t.Fatal(name, o.said("place", o.rows(id, "")))
		}
	}
	o.look(func(v *store.View) error {
		for _, code := range []string{"G1", "G2", "G3"} {
			page, err := partners.Places.List(v, record.ListQuery{Filters: []record.Filter{{Column: "code", Op: "is", Values: []string{code}}}})
			if err != nil {
				return err
			}
			if len(page.Records) != 1 {
				t.Fatal(code, page)
			}
			if p := page.Records[0].(*partners.Place); p.From.String() != "2001-02-03" || !strings.HasPrefix(p.Name["zh"], "河") {
				t.Error(p.From, p.Name)
			}
		}
		return nil
	})
}

// The partnerships of another country, which lie beside the checkout where the project's material does: what is not
// there is not carried along.
func TestForeignPartnerships(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "..", "shared", "data", "foreign_germany_partnerships_wikidata.csv")
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		t.Logf("%s is not there: nothing was tested with it", path)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	towns := map[string]bool{}
	for _, r := range records[1:] {
		towns[strings.ToLower(strings.Join(strings.Fields(r[0]), " "))] = true
	}
	st, desk, r, c := open(t, t.TempDir()+"/x.db", "mini")
	o := office{T: t, st: st, desk: desk, jobs: r, clock: c}
	id := o.receive("place", "foreign.csv", string(raw))
	p := o.batch(id).Plan
	for i, h := range o.batch(id).Header {
		p.Columns[i] = map[string]string{"own_place": "name.en", "own_country": "country", "own_lon": "at.lon", "own_lat": "at.lat"}[h]
	}
	p.Fixed, p.Keys = map[string]string{"rank": "municipality"}, []string{"name.en", "country"}
	o.update(func(tx *store.Tx) error { return o.desk.SetPlan(tx, id, p) })
	b := o.check(id)
	if b.Counts[bulk.New] != len(towns) || b.Counts[bulk.Twice] != len(records)-1-len(towns) {
		t.Errorf("%v for %d towns in %d rows\n%s", b.Counts, len(towns), len(records)-1, o.said("place", o.rows(id, bulk.Refused)))
	}
	if b = o.load(id); b.Counts[bulk.RowLoaded] != len(towns) {
		t.Error(b.Counts)
	}
	t.Log(b.Counts)
}

func TestJSONLinesAndNotes(t *testing.T) {
	both(t, "mini", func(o office) {
		n := 0
		for line := range strings.Lines(o.export(partners.Ties.Kind, bulk.Out{Kind: sheet.JSONL})) {
			var rec map[string]any
			if err := json.Unmarshal([]byte(line), &rec); err != nil || rec["type"] != "tie" {
				o.Fatal(err, line)
			}
			n++
		}
		text := o.export(partners.Ties.Kind, bulk.Out{Kind: sheet.XLSX, Langs: []translate.Lang{"zh", "en"}})
		f, err := excelize.OpenReader(strings.NewReader(text))
		if err != nil {
			o.Fatal(err)
		}
		defer f.Close()
		rows, err := f.GetRows("说明")
		if err != nil {
			o.Fatal(err)
		}
		notes := map[string]string{}
		for _, r := range rows {
			notes[r[0]] = r[1]
		}
		if notes["行数"] != fmt.Sprint(n) || notes["截至日（事实）"] != "2026-11-22" || notes["导出人"] != "staff-me" {
			o.Error(notes)
		}
	})
}

func TestWordsAreComplete(t *testing.T) {
	t.Parallel()
	book := translate.NewBook()
	if err := book.Add(bulk.Words); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(book.Keys("zh"), book.Keys("en")); diff != "" {
		t.Error(diff)
	}
	for _, v := range bulk.Verdicts {
		if !book.Has("zh", "bulk.verdict."+v) || !book.Has("zh", "bulk.verdict.name."+v) {
			t.Error(v)
		}
	}
}
