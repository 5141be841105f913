package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/rooms/office"
)

// asProgram writes as the program itself.
func asProgram(t *testing.T, a *app.App, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := a.Store.Update(context.Background(), access.Program("test"), fn); err != nil {
		t.Fatal(err)
	}
}

// staffOf gives the id of the member of staff with a login.
func staffOf(t *testing.T, a *app.App, login string) (id string) {
	t.Helper()
	err := a.Store.Look(context.Background(), access.Program("test"), store.AsOf{}, func(v *store.View) (err error) {
		id, err = office.StaffByLogin(v, login)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// The top bar says from which unit one acts; whoever holds no position any more is told so, at the door and within.
func TestTheDoorSaysWhoMayComeIn(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "yunnan")
	srv := httptest.NewServer(a.Answers())
	t.Cleanup(srv.Close)
	c := signedIn(t, srv.URL, "kunming")
	c.Get("/?lang=en").Want(200).See("<small>Foreign Affairs Office of Kunming")
	asProgram(t, a, func(tx *store.Tx) error {
		list, err := record.Select(&tx.View, office.Positions, "WHERE x.staff = ?", staffOf(t, a, "kunming"))
		for _, p := range list {
			if err == nil {
				err = record.Save(tx, office.Positions, p, record.How{Act: record.ActWithdraw, Why: "it has ended"})
			}
		}
		return err
	})
	const says = "You hold no position at present"
	c.Get("/partners/ties").Want(http.StatusSeeOther)
	c.Follow().Want(200).See(says)
	c.Post("/partners/ties/views", "name", "x", "query", "").Want(http.StatusForbidden).See(says)
	c.Post("/sign-in", "login", "kunming", "password", password, "next", "/").Want(http.StatusUnauthorized).See(says)
}

// A personal view of a list is its owner's: nobody else saves over it, not even under the same unit.
func TestASavedViewIsItsOwners(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "yunnan")
	head, officer := staffOf(t, a, "head"), staffOf(t, a, "officer")
	save := func(who string, view *record.SavedView) error {
		w, _, err := a.Tree.Person(context.Background(), who)
		if err != nil {
			t.Fatal(err)
		}
		return a.Store.Update(context.Background(), w, func(tx *store.Tx) error { return record.Save(tx, record.SavedViews, view, record.How{}) })
	}
	view := record.SavedViews.New()
	view.Owner, view.Of, view.Name = head, "tie", "mine"
	if err := save(officer, view); fault.KindOf(err) != fault.Denied {
		t.Errorf("a view saved for somebody else: got %v, want denied", err)
	}
	if err := save(head, view); err != nil {
		t.Fatal(err)
	}
	view.Owner, view.Name = officer, "taken"
	if err := save(officer, view); err == nil {
		t.Error("somebody took another's view over")
	}
	view.Owner, view.Name = head, "better"
	if err := save(head, view); err != nil {
		t.Error(err)
	}
}
