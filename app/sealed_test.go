package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yunqiao/kernel/access"
	"yunqiao/kernel/store"
)

// A personal value is sealed as it is saved, masked wherever the record is shown, and opened only by those who may,
// with a reason that everybody sees who sees the record.
func TestASealedValueIsOpenedWithAReason(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "yunnan")
	srv := httptest.NewServer(a.Answers())
	t.Cleanup(srv.Close)
	c := signedIn(t, srv.URL, "head")
	const secret = "+000 55 01234567"
	c.Get("/partners/persons/new?lang=en").Want(200).See("Personal contact", "It is sealed")
	c.Post("/partners/persons/draft?form=person/new", "name.en", "Somebody", "contact.typed", secret).Want(200)
	c.Get("/partners/persons/new").Want(200).See("Somebody").Unseen(secret)
	c.Post("/partners/persons", "contact.typed", secret, "do", "save").Want(http.StatusUnprocessableEntity).See(secret) // nothing typed is lost
	c.Post("/partners/persons", "name.en", "Somebody", "contact.typed", secret, "do", "save").Want(http.StatusSeeOther)
	page := c.Follow().Want(200).See("••••", "sealed").Unseen(secret, "55 01")
	at := strings.TrimSuffix(c.Last().What[len("GET "):], "?lang=en")
	id := at[strings.LastIndex(at, "/")+1:]
	if !strings.Contains(page.Body, at+"/open/contact") {
		t.Error("the page does not offer to open what is sealed")
	}
	// Not in the table, nor anywhere that leads out.
	err := a.Store.Look(t.Context(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
		var kept string
		err := v.One("SELECT x.contact FROM {person} x WHERE x.id = ?", []any{id}, &kept)
		if kept == "" || strings.Contains(kept, "01234567") {
			t.Errorf("the table holds %q", kept)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for _, path := range []string{"/partners/persons", "/search?q=01234567", "/partners/persons/export?format=csv", "/partners/persons/export?format=jsonl", "/api/v1/person", "/api/v1/person/" + id, at + "/history", at + "/edit"} {
		c.Get(path).Want(200).Unseen("<b>"+secret, "55 01234567")
	}
	c.Get(at + "/edit").See("Something is sealed here")

	c.Get(at + "/open/contact").Want(200).See("Why do you need to know it?")
	c.Post(at+"/open/contact", "why", " ").Want(http.StatusUnprocessableEntity).See("Say in a few words").Unseen(secret)
	c.Get(at).Unseen("Opened by")
	c.Post(at+"/open/contact", "why", "to call about the visit").Want(200).See(secret, "It was written down")
	c.Get(at).Want(200).See("Opened by", "to call about the visit").Unseen(secret)
	c.Get(at+"/history").Want(200).See("Opened by", "Head of office", "to call about the visit").Unseen(secret)
	for login, code := range map[string]int{"reader": http.StatusForbidden, "admin": http.StatusForbidden, "kunming": http.StatusForbidden} {
		other := signedIn(t, srv.URL, login)
		other.Get(at+"?lang=en").Want(200).See("••••", "to call about the visit").Unseen(at + "/open/contact")
		other.Get(at + "/open/contact").Want(code)
		other.Post(at+"/open/contact", "why", "just curious").Want(code).Unseen(secret)
	}

	// Saved again without typing, it stays; with the box ticked, it goes.
	vid := hiddenIn(c.Get(at+"/edit").Body, "vid")
	c.Post(at, "vid", vid, "name.en", "Somebody else", "do", "save").Want(http.StatusSeeOther)
	c.Post(at+"/open/contact", "why", "to write a letter").Want(200).See(secret)
	vid = hiddenIn(c.Get(at+"/edit").Body, "vid")
	c.Post(at, "vid", vid, "contact.drop", "1", "do", "save").Want(http.StatusSeeOther)
	c.Get(at).Want(200).Unseen("••••")
	if rep, err := a.Verify(t.Context(), ""); err != nil {
		t.Error(rep, err)
	}
}

func hiddenIn(body, name string) string {
	_, after, _ := strings.Cut(body, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(after, `"`)
	return value
}
