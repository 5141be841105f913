package bulk_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/partners"
)

func TestBaseSave(t *testing.T) {
	ctx := context.Background()
	st, err := store.Open(ctx, t.TempDir()+"/x.db", clock.System(time.UTC), app.Types.Tables(), app.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	start := time.Now()
	const n = 50000
	for at := 0; at < n; at += 1000 {
		err := st.Update(ctx, access.Program("x"), func(tx *store.Tx) error {
			var recs []any
			defer func() { recs = nil }()
			for i := at; i < at+1000; i++ {
				p := partners.Ties.New()
				p.Label = translate.Text{"zh": fmt.Sprintf("昆明市—清莱府 %d", i), "en": fmt.Sprintf("Kunming – Chiang Rai %d", i)}
				p.Number = fmt.Sprintf("SC%06d", i)
				p.Kind, p.Grade, p.Rank, p.OwnPlace, p.Partner, p.Country, p.Signed = "sister_city", "agreement", "prefecture", fmt.Sprint("pl-", i%16), fmt.Sprint("pl-x", i%5000), "TH", "2001-02-03"
				p.Sources = []string{"src-001"}
				p.Note = translate.Text{"zh": "省外办页面给出签字日期。", "en": "The office's page gives the day of signing."}
				p.State, p.Unit = "in_force", "yn"
				recs = append(recs, p)
			}
			return record.SaveNew(tx, partners.Ties.Kind, recs, func(int) string { return "import" })
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	d := time.Since(start)
	t.Log(d, d/n)
}
