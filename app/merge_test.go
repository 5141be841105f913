package app_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// A duplicate is taken into another record, its old address leads there, and the merge can be undone.
func TestMergeOnThePages(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "mini")
	srv := httptest.NewServer(a.Answers())
	t.Cleanup(srv.Close)
	c := signedIn(t, srv.URL, "head")
	for _, name := range []string{"Twin One", "Twin Two"} {
		c.Get("/partners/places/new").Want(200)
		c.Post("/partners/places", "name.en", name, "country", "XA", "rank", "county", "do", "save").Want(http.StatusSeeOther)
	}
	list := c.Get("/partners/places?q=Twin").Want(200)
	list.See("Twin One").See("Twin Two")
	one, two := idOf(t, a, "Twin One"), idOf(t, a, "Twin Two")
	c.Post("/partners/bodies", "name.en", "Twin office", "kind", "government", "place", two, "do", "save").Want(http.StatusSeeOther)
	office := c.Last().Header.Get("Location")
	c.Post("/partners/places/"+two+"/merge", "into", "", "why", "the same place").Want(http.StatusUnprocessableEntity)
	c.Post("/partners/places/"+two+"/merge", "into", "Twin One", "why", "the same place").Want(http.StatusSeeOther)
	c.Get("/partners/places/" + two).Want(http.StatusSeeOther)
	c.Get("/partners/places?q=Twin").Want(200).Unseen("Twin Two")
	// What pointed to it points to the other one, and its history still says what it was.
	c.Get(office+"?lang=en").Want(200).See("Twin One").Unseen("Twin Two", "not visible")
	for _, page := range []string{"/history?lang=en", "/compare?a=1&b=2&lang=en"} {
		c.Get(office+page).Want(200).See("One").See("Two").Unseen("not visible", "visible")
	}
	for _, page := range []string{"/partners/places/" + one + "?lang=en", "/partners/places/" + one + "/history?lang=en"} {
		c.Get(page).Want(200).See("Merged into this record", "the same place", "Bring back Twin Two", `href="/partners/places/`+two+`/history"`, `action="/partners/places/`+two+`/unmerge"`)
	}
	c.Post("/partners/places/"+two+"/unmerge", "why", "they are two").Want(http.StatusSeeOther)
	c.Get("/partners/places/" + two).Want(200).See("Twin Two")
	c.Get("/partners/places/" + one).Want(200).See("Twin One").Unseen("Merged into this record")
	c.Get(office + "?lang=en").Want(200).See("Twin Two")
}

// What the rules of the pack say of a save stands on the record's page, and a typed reference is found by its name.
func TestRulesAndReferencesOnTheForm(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "yunnan")
	srv := httptest.NewServer(a.Answers())
	t.Cleanup(srv.Close)
	c := signedIn(t, srv.URL, "head")
	c.Get("/me/sessions?lang=en").Want(200)
	form := []string{"title.en", "Test tie", "kind", "sister_city", "grade", "agreement", "rank", "county", "country", "LA", "signed", "2024-11-19",
		"state", "in_force", "do", "save"}
	c.Post("/partners/ties", append(form, "own", "No such place", "partner", "")...).Want(http.StatusUnprocessableEntity).See("Nothing is called").See("Test tie")
	c.Post("/partners/ties", append(form, "own", "Anning", "partner", "Vang Vieng")...).Want(http.StatusSeeOther)
	c.Get(c.Last().Header.Get("Location")).Want(200).See("article 8")
}
