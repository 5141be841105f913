package app_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"yunqiao/kernel/kerneltest"
)

const aPaper = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// keptIn gives what the form would send back to keep the files it shows.
func keptIn(t *testing.T, r *kerneltest.Reply, field string) []string {
	t.Helper()
	var out []string
	for _, m := range regexp.MustCompile(`name="`+field+`" value="([^"]*)" checked`).FindAllStringSubmatch(r.Body, -1) {
		out = append(out, strings.ReplaceAll(m[1], "&#34;", `"`))
	}
	return out
}

// A file goes with its form, survives a mistake elsewhere in it, is shown on the record with kind and size, and is
// handed out to those who may see the record.
func TestFilesOfARecord(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "yunnan")
	srv := httptest.NewServer(a.Answers())
	t.Cleanup(srv.Close)
	c := signedIn(t, srv.URL, "head")
	c.Get("/partners/agreements/new?lang=en").Want(200).See(`enctype="multipart/form-data"`, `name="paper.file"`, `name="annexes.file"`)
	wrong := c.Upload("/partners/agreements", "paper.file", "signed.pdf", []byte(aPaper), "paper.asked", "1", "annexes.asked", "1", "do", "save",
		"title.en", "A paper").Want(http.StatusUnprocessableEntity).See("signed.pdf", "A paper")
	kept := keptIn(t, wrong, "paper")
	if len(kept) != 1 {
		t.Fatalf("the form keeps %q, want the one file", kept)
	}
	for name, content := range map[string]string{"empty.pdf": "", "picture.png": aPaper, "program.exe": "MZ\x90\x00\x03\x00\x00\x00"} {
		c.Upload("/partners/agreements", "paper.file", name, []byte(content), "paper.asked", "1", "do", "save", "title.en", "A paper", "tie", "tie-sc003").
			Want(http.StatusUnprocessableEntity).See(name)
	}
	c.Upload("/partners/agreements", "annexes.file", "list.csv", []byte("a,b\n1,2\n"), "annexes.asked", "1", "paper.asked", "1", "paper", kept[0], "do", "save",
		"title.en", "A paper", "tie", "tie-sc003", "save", "change").Want(http.StatusSeeOther)
	page := c.Follow().Want(200).See("signed.pdf", "PDF · 69 B", "list.csv")
	at := regexp.MustCompile(`/partners/agreements/[^/"]+/file/[0-9a-f]{64}`).FindString(page.Body)
	got := c.Get(at).Want(200)
	if got.Body != aPaper || got.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("got %q of type %s", got.Body, got.Header.Get("Content-Type"))
	}
	c.Get(at[:strings.LastIndex(at, "/")] + "/" + strings.Repeat("0", 64)).Want(http.StatusNotFound)
	kerneltest.NewRemote(t, srv.URL).Get(at).Want(http.StatusSeeOther)

	// What was never received cannot be attached by its digest.
	made := strings.Replace(kept[0], `"digest":"`, `"digest":"00`, 1)
	made = regexp.MustCompile(`"digest":"([0-9a-f]{64})[0-9a-f]*"`).ReplaceAllString(made, `"digest":"$1"`)
	c.Post("/partners/agreements", "paper.asked", "1", "paper", made, "do", "save", "title.en", "Another", "tie", "tie-sc003").
		Want(http.StatusUnprocessableEntity).See("is no longer there")

	// Several files in one field, and one is taken away again.
	record := at[:strings.Index(at, "/file/")]
	edit := c.Get(record + "/edit").Want(200).See("list.csv")
	vid := regexp.MustCompile(`name="vid" value="([^"]+)"`).FindStringSubmatch(edit.Body)[1]
	c.Upload(record, "annexes.file", "more.csv", []byte("c\n3\n"), "vid", vid, "annexes.asked", "1", "annexes", keptIn(t, edit, "annexes")[0], "paper.asked", "1",
		"do", "save", "save", "correct", "why", "the second annex was missing", "title.en", "A paper").Want(http.StatusSeeOther)
	c.Follow().Want(200).See("list.csv", "more.csv").Unseen("signed.pdf")
	c.Get(record+"/history").Want(200).See("signed.pdf", "more.csv")
	c.Get(at).Want(200) // the earlier version still has it

	// A draft keeps it: it was uploaded while the form was being filled.
	up := c.Upload("/partners/agreements/upload?field=paper", "paper.file", "early.pdf", []byte(aPaper+" "))
	up.Want(200).See(`"name":"early.pdf"`)
	value := regexp.MustCompile(`"value":("(?:[^"\\]|\\.)*")`).FindStringSubmatch(up.Body)[1]
	value = strings.ReplaceAll(strings.Trim(value, `"`), `\"`, `"`)
	c.Post("/partners/agreements/draft?form=agreement/new", "paper.asked", "1", "paper", value, "title.en", "Begun").Want(200)
	c.Get("/partners/agreements/new").Want(200).See("early.pdf", "Begun")
}
