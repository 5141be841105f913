package app_test

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
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

// Personal values come in from tables under the names of their columns: what is kept of the file, of the rows and of the
// records holds none of them readable, and with the import its key is gone. Each opening is written down with its reason.
func TestSealedValuesComeInByTable(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	order := func(columns map[string]string, table string) app.ImportReport {
		t.Helper()
		at := filepath.Join(t.TempDir(), "passports.csv")
		if err := os.WriteFile(at, []byte(table), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(at)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close() //nolint:errcheck // read only
		rep, err := p.Import(t.Context(), app.ImportOrder{Kind: app.Types.Kind("passport"), Name: "passports.csv", File: f, Columns: columns, Lang: "en"})
		if err != nil {
			t.Fatal(err)
		}
		return rep
	}
	const one, two, late = "QQ7654321", "QQ7654322", "QQ7654399"
	head := "id,unit,state,holder.en,kind,keeper,ground.en,护照号码,expires\n"
	rep := order(nil, head+"pp-1,shore-east,in_custody,A driver,service,shore-east,Old list,"+one+",2033-01-31\npp-2,shore-east,in_custody,A clerk,service,shore-east,Old list,"+two+",2033/1/31\npp-3,shore-east,in_custody,A cook,service,shore-east,Old list,"+strings.Repeat("Q", 21)+",2033-01-31\n")
	if rep.Loaded != 2 || rep.Refused != 1 || len(rep.Wrong) != 1 || !strings.Contains(rep.Wrong[0].Text, "20") || rep.Wrong[0].Row != 4 {
		t.Fatalf("loaded %d, refused %d: %v; want two loaded and the one of row 4 that is too long refused", rep.Loaded, rep.Refused, rep.Wrong)
	}
	// A correction of one that is there, and an empty cell that leaves the other alone.
	if rep := order(nil, head+"pp-1,shore-east,in_custody,A driver,service,shore-east,Old list,"+late+",2033-01-31\npp-2,shore-east,in_custody,A clerk,service,shore-east,New list,,2033-01-31\n"); rep.Loaded != 2 || rep.Refused != 0 {
		t.Fatalf("again: loaded %d, refused %d: %v", rep.Loaded, rep.Refused, rep.Wrong)
	}
	err := p.Store.Update(t.Context(), access.Program("test"), func(tx *store.Tx) error {
		_, err := record.ImportKey(tx, p.Site.Seals, rep.Batch)
		return err
	})
	if fault.KindOf(err) != fault.Missing {
		t.Errorf("the key of an import that has come in: %v, want that it is gone", err)
	}
	unreadable(t, p.Config.Data, one, two, late)
	c := p.as(t, "officer")
	for id, want := range map[string]string{"pp-1": late, "pp-2": two} {
		at := "/passports/all/" + id
		c.Get(at).Want(200).See("••••").Unseen(want)
		c.Get(at + "/open/number").Want(200)
		c.Post(at+"/open/number", "why", "").Want(http.StatusUnprocessableEntity).Unseen(want)
		c.Post(at+"/open/number", "why", "to fill in the visa form").Want(200).See(want)
		c.Get(at).Want(200).See("to fill in the visa form").Unseen(want)
	}
	c.Get("/passports/all/export?format=csv").Want(200).Unseen(two, late)
	// A column of another name that a person gives the field is sealed before its rows are looked at; the table as it came is
	// taken off the shelf.
	const three = "QQ1111111"
	if rep := order(map[string]string{"number": "Booklet"}, "id,unit,state,holder.en,kind,keeper,ground.en,Booklet\npp-4,shore-east,in_custody,A guide,service,shore-east,Old list,"+three+"\n"); rep.Loaded != 1 || rep.Refused != 0 {
		t.Errorf("a column of another name: loaded %d, refused %d: %v", rep.Loaded, rep.Refused, rep.Wrong)
	}
	unreadable(t, p.Config.Data, three)
	c.Get("/passports/all/pp-4").Want(200).See("••••").Unseen(three)
	c.Post("/passports/all/pp-4/open/number", "why", "to fill in the visa form").Want(200).See(three)
	if rep, err := p.Verify(t.Context(), ""); err != nil {
		t.Error(rep, err)
	}
}

// unreadable looks into every file of a folder for what nobody may read there.
func unreadable(t *testing.T, folder string, secrets ...string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		files++
		for _, secret := range secrets {
			if bytes.Contains(raw, []byte(secret)) {
				t.Errorf("%s holds a number readable", filepath.Base(path))
			}
		}
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("looked into %d files: %v", files, err)
	}
}
