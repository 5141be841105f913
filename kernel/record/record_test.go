package record_test

import (
	"context"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/history"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/search"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/office"
	"yunqiao/rooms/partners"
)

func TestSmoke(t *testing.T) {
	ctx := context.Background()
	c := clock.Fixed(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))
	st, err := store.Open(ctx, t.TempDir()+"/x.db", c, app.Types.Tables(), []store.Source{{Name: "history", Files: history.Migrations}, {Name: "search", Files: search.Migrations}, {Name: "jobs", Files: jobs.Migrations}, {Name: "record", Files: record.Migrations}, {Name: "office", Files: office.Migrations}, {Name: "partners", Files: partners.Migrations}})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	me := access.Program("test")
	p := partners.Places.New()
	p.Name = translate.Text{"zh": "昆明市", "en": "Kunming"}
	p.Country, p.Rank = "CN", "prefecture"
	if err := st.Update(ctx, me, func(tx *store.Tx) error { return record.Save(tx, partners.Places, p, record.How{}) }); err != nil {
		t.Fatal(err)
	}
	stale := *p
	c.Move(time.Second)
	p.Code = "530100"
	if err := st.Update(ctx, me, func(tx *store.Tx) error {
		return record.Save(tx, partners.Places, p, record.How{Act: record.ActChange, From: clock.DayFrom(2020, 1, 1)})
	}); err != nil {
		t.Fatal(err)
	}
	err = st.Update(ctx, me, func(tx *store.Tx) error {
		return record.Save(tx, partners.Places, &stale, record.How{Act: record.ActCorrect, Why: "x"})
	})
	if fault.KindOf(err) != fault.Stale {
		t.Fatal(err)
	}
	err = st.Look(ctx, me, store.AsOf{}, func(v *store.View) error {
		q, err := record.Load(v, partners.Places, p.ID)
		if err != nil {
			return err
		}
		if q.Code != "530100" || q.Name["zh"] != "昆明市" {
			t.Error(q)
		}
		old, err := record.Load(v.At(store.AsOf{ValidOn: clock.DayFrom(2019, 1, 1)}), partners.Places, p.ID)
		if err != nil {
			return err
		}
		if old.Code != "" {
			t.Error(old)
		}
		page, err := partners.Places.List(v, record.ListQuery{Search: "昆明"})
		if err != nil {
			return err
		}
		if page.Count != 1 || len(page.Records) != 1 {
			t.Error(page)
		}
		found, err := app.Types.Find(v, "kunm", 10)
		if err != nil || len(found) != 1 {
			t.Error(found, err)
		}
		hist, err := partners.Places.History(v, p.ID)
		if err != nil || len(hist) != 3 {
			t.Error(len(hist), err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
