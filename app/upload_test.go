package app_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"yunqiao/kernel/files"
	"yunqiao/kernel/record"
)

// A file that came while a form was being filled in and was never saved is cleared away after a while. What a record, a
// draft or an import has stays, and so does what a form named again in the meantime.
func TestFilesThatWereNeverSavedAreClearedAway(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := openStage(t, engine, nil)
			c := p.as(t, "head")
			c.Get("/partners/agreements/new").Want(200)
			up := func(name, content string) record.Doc {
				t.Helper()
				r := c.Upload("/partners/agreements/upload?field=paper", "paper.file", name, []byte(content)).Want(200)
				var got []struct{ Value string }
				var d record.Doc
				if err := json.Unmarshal([]byte(r.Body), &got); err != nil || len(got) != 1 || json.Unmarshal([]byte(got[0].Value), &d) != nil {
					t.Fatalf("got %s", r.Body)
				}
				return d
			}
			lost, drafted, saved, table, again := up("lost.pdf", aPaper+"1"), up("drafted.pdf", aPaper+"2"), up("saved.pdf", aPaper+"3"), up("table.csv", "code,rank\nZ1,county\n"), up("again.pdf", aPaper+"4")
			c.Post("/partners/agreements", append(formOf(t, p, p.Site.Types.Kind("agreement"), "Alpha"), "paper.asked", "1", "paper", saved.JSON())...).Want(http.StatusSeeOther)
			c.Get("/partners/agreements/new").Want(200)
			c.Post("/partners/agreements/draft?form=agreement/new", "paper.asked", "1", "paper", drafted.JSON(), "title.en", "Begun").Want(200)
			c.Get("/partners/places/import").Want(200)
			c.Upload("/partners/places/import", "file", "table.csv", []byte("code,rank\nZ1,county\n")).Want(http.StatusSeeOther)
			there := func(after string, want map[string]bool) {
				t.Helper()
				for name, d := range map[string]record.Doc{"lost": lost, "drafted": drafted, "saved": saved, "table": table, "again": again} {
					if _, ok, err := p.Files.Has(t.Context(), files.Digest(d.Digest)); err != nil || ok != want[name] {
						t.Errorf("%s: %s is there: %v, want %v (%v)", after, name, ok, want[name], err)
					}
				}
			}
			work(p.App)
			there("at once", map[string]bool{"lost": true, "drafted": true, "saved": true, "table": true, "again": true})
			p.Store.Clock.Move(8 * 24 * time.Hour)
			work(p.App)
			there("after a week", map[string]bool{"lost": true, "drafted": true, "saved": true, "table": true, "again": true})
			again = mustReceive(t, p, "again.pdf", aPaper+"4")
			p.Store.Clock.Move(8 * 24 * time.Hour)
			work(p.App)
			there("after two weeks", map[string]bool{"drafted": true, "saved": true, "table": true, "again": true})
			p.Store.Clock.Move(16 * 24 * time.Hour)
			work(p.App)
			there("after a month", map[string]bool{"drafted": true, "saved": true, "table": true})
		})
	}
}

// mustReceive sends a file once more, as somebody who signs in anew does after the old session ended.
func mustReceive(t *testing.T, p *play, name, content string) (d record.Doc) {
	t.Helper()
	if err := p.Desk.SetPassword(t.Context(), "staff-head", password, ""); err != nil {
		t.Fatal(err)
	}
	c := visitor(t, p.App, "head")
	c.Get("/partners/agreements/new").Want(200)
	r := c.Upload("/partners/agreements/upload?field=paper", "paper.file", name, []byte(content)).Want(200)
	var got []struct{ Value string }
	if err := json.Unmarshal([]byte(r.Body), &got); err != nil || len(got) != 1 || json.Unmarshal([]byte(got[0].Value), &d) != nil {
		t.Fatalf("got %s", r.Body)
	}
	return d
}

// A form that is larger than forms may be is answered with the form itself: the file that was too large is named at its
// field, and what was typed and the files that fit are still there.
func TestAFormThatIsTooLargeLosesNothing(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	c := visitor(t, p.App, "head")
	c.Get("/partners/agreements/new").Want(200).See(`name="paper.file"`)
	huge := bytes.Repeat([]byte("x"), 66<<20)
	page := c.UploadMany("/partners/agreements", []string{"paper.asked", "1", "annexes.asked", "1", "do", "save", "title.en", "Typed before the file", "title.zh", "先写的题目"},
		[3]string{"paper.file", "scan.pdf", string(huge)}, [3]string{"annexes.file", "annex.pdf", aPaper}).Want(http.StatusUnprocessableEntity)
	page.See("Typed before the file", "先写的题目", "scan.pdf", "is too large and was not taken", "annex.pdf")
	if !strings.Contains(page.Body, `href="#f-paper"`) {
		t.Error("the finding does not lead to its field")
	}
	if kept := keptIn(t, page, "annexes"); len(kept) != 1 {
		t.Errorf("the file that fits is kept as %q", kept)
	}
	c.Upload("/partners/agreements/upload?field=paper", "paper.file", "scan.pdf", huge).Want(200).See(`"error":"`, "is too large")
	c.Get("/partners/places/import").Want(200)
	c.Upload("/partners/places/import", "file", "places.csv", append([]byte("code,rank\n"), huge...)).Want(http.StatusUnprocessableEntity).See("places.csv", "is too large")
	// Nobody who has not signed in can send that much.
	p.as(t, "nobody").Upload("/sign-in", "file", "x.csv", huge).Want(http.StatusUnprocessableEntity)
}
