package app_test

import (
	"net/http/httptest"
	"testing"
)

// A day is typed in figures that read the same in every country, and what sources say of a record's state or days is
// shown in words, beside the state and days it has.
func TestDaysAndClaimsInWords(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "yunnan")
	srv := httptest.NewServer(a.Answers())
	t.Cleanup(srv.Close)
	c := signedIn(t, srv.URL, "head")
	for _, path := range []string{"/partners/ties?lang=en", "/partners/ties/new", "/partners/ties/tie-sc003/edit", "/me/tokens"} {
		c.Get(path).Want(200).Unseen(`type="date"`).See("<day-pick", `placeholder="yyyy-mm-dd"`)
	}
	c.Get("/partners/ties/tie-sc007?valid_on=").Want(200).Unseen("<b>in_force</b>", "<b>suspended</b>", "<b>ended</b>")
	for _, path := range []string{"/partners/ties/tie-sc003", "/figures", "/partners/coverage"} {
		c.Get(path+"?valid_on=2022-08-15").Want(200).See("As of 2022-08-15 · printed", `<p class="print-only printed">`)
	}
}
