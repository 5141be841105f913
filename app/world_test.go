package app_test

import (
	"context"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/rooms/partners"
)

var listAll = record.ListQuery{Limit: 1000}

// idOf finds a place by its English name.
func idOf(t *testing.T, a *app.App, name string) (id string) {
	t.Helper()
	err := a.Store.Look(context.Background(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
		page, err := partners.Places.List(v, record.ListQuery{Search: name, Limit: 10})
		for _, rec := range page.Records {
			if h := partners.Places.Head(rec); h.Label["en"] == name {
				id = h.ID
			}
		}
		return err
	})
	if err != nil || id == "" {
		t.Fatalf("no place is called %s: %v", name, err)
	}
	return id
}
