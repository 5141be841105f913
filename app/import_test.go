package app_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/rooms/partners"
)

// visitor is a client in which somebody of the office has signed in.
func visitor(t *testing.T, a *app.App, login string) *kerneltest.Client {
	t.Helper()
	c := kerneltest.NewClient(t, a.Answers())
	c.Lang = "en"
	c.Get("/sign-in").Want(200)
	c.Post("/sign-in", "login", login, "password", password, "next", "/").Want(303)
	return c
}

// work does all jobs that wait.
func work(a *app.App) {
	for a.Jobs.RunOne(context.Background()) {
	}
}

// placesWith lists the places whose code begins so.
func placesWith(t *testing.T, a *app.App, code string) (out []*partners.Place) {
	t.Helper()
	err := a.Store.Look(context.Background(), access.Program("test"), store.AsOf{}, func(v *store.View) (err error) {
		out, err = record.Select(v, partners.Places, "WHERE x.code LIKE ?", code+"%")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const aSheet = "Kennung,名称,Town,country,rank,notes\n" +
	"ZZ-1,新镇,Newtown,XB,municipality,first\n" +
	"ZZ-2,旧镇,Oldtown,XB,municipality,\n" +
	"ZZ-3,错镇,Wrongtown,XB,galaxy,third\n"

// A sheet goes through all steps as an officer takes them, in both languages.
func TestImportByPages(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "mini")
	c := visitor(t, a, "officer")
	u := partners.Places.URL()
	both := func(path string, texts ...string) {
		t.Helper()
		for _, lang := range []string{"zh", "en"} {
			c.Get(path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "lang=" + lang).Want(200)
		}
		c.Last().See(texts...)
	}
	both(u, "Import")
	both(u+"/import", "Import: ")
	for _, format := range []string{"csv", "xlsx"} {
		if r := c.Get(u + "/import/template?format=" + format).Want(200); len(r.Body) < 50 {
			t.Errorf("the empty %s has %d bytes", format, len(r.Body))
		}
	}
	c.Get(u + "/import").Want(200)
	c.Post(u + "/import").Want(422).See("Choose a file first")
	c.Upload(u+"/import", "file", "picture.csv", []byte("\x89PNG\r\n\x1a\n0000")).Want(422)

	// A table of which nothing can be loaded offers no loading.
	c.Upload(u+"/import", "file", "none.csv", []byte("name.en,rank\nNowhere,galaxy\n")).Want(303)
	empty := c.Last().Header.Get("Location")
	c.Get(empty).Want(200)
	c.Post(empty+"/plan", "map.0", "name.en", "map.1", "rank").Want(303)
	work(a)
	c.Get(empty).Want(200).See("No row can be loaded").Unseen("Load the good rows")

	c.Upload(u+"/import", "file", "places.csv", []byte(aSheet)).Want(303)
	here := c.Last().Header.Get("Location")
	both(here, "Kennung", "ZZ-1 · ZZ-2", "Newtown", "Leave out")
	columns := func(code string) []string {
		return []string{"map.0", code, "map.1", "name.zh", "map.2", "name.en", "map.3", "country", "map.4", "rank", "map.5", ""}
	}
	c.Post(here+"/plan", columns("name.en")...).Want(422).See("is filled by two columns", "Kennung")
	c.Post(here+"/plan", columns("code")...).Want(303)
	both(here, "Reading the table")
	work(a)
	both(here, "galaxy", "Newtown", "3 rows", "Load the good rows", "Rows are recognised by: Code")
	both(here+"?after=0", "Wrongtown")
	both(here+"?step=columns", "Kennung")
	if n := len(placesWith(t, a, "ZZ-")); n != 0 {
		t.Fatalf("the dry run wrote %d records", n)
	}
	both(here+"/rows", "What a row is recognised by", "An empty cell leaves what is recorded")
	c.Post(here+"/rows", "key.0", "1", "update", "1", "change", "1", "from", "soon").Want(422).See("soon")
	c.Post(here+"/rows", "key.0", "1", "update", "1", "keep", "1", "why", "from the yearbook").Want(303)
	work(a)
	c.Get(here).Want(200).See("Rows are recognised by: Code", "New")
	c.Post(here + "/check").Want(303)
	work(a)

	visitor(t, a, "haven").Get(here).Want(404) // another person's
	c.Get(here).Want(200)
	c.Post(here + "/load").Want(303)
	both(here, "You may leave this page")
	work(a)
	both(here, "Undo the import", "Loaded")
	got := placesWith(t, a, "ZZ-")
	if len(got) != 2 || got[0].Name["en"] != "Newtown" || !strings.Contains(got[0].Why, "from the yearbook") {
		t.Fatalf("loaded %+v", got)
	}
	both(u+"/"+got[0].ID, "Newtown")
	both("/imports", "places.csv", "Loaded")
	c.Post(here + "/load").Want(422).See("at another step now")

	both(here+"/undo", "Reason")
	c.Post(here+"/undo", "why", " ").Want(422)
	c.Post(here+"/undo", "why", "the wrong sheet").Want(303)
	work(a)
	both(here, "Undone", "Taken back")
	c.Last().Unseen("Undo the import")
	if n := len(placesWith(t, a, "ZZ-")); n != 0 {
		t.Errorf("%d records are left", n)
	}
	c.Get(u + "/" + got[0].ID).Want(404)

	// A sheet with nothing good in it can be looked at, not loaded.
	c.Get(u + "/import").Want(200)
	c.Upload(u+"/import", "file", "bad.csv", []byte("code,name.en,rank\nZZ-9,Bad,galaxy\n")).Want(303)
	bad := c.Last().Header.Get("Location")
	c.Get(bad).Want(200)
	c.Post(bad+"/plan", "map.0", "code", "map.1", "name.en", "map.2", "rank").Want(303)
	work(a)
	c.Get(bad).Want(200).See("galaxy")
	c.Post(bad + "/load").Want(422).See("no row that can be loaded")
}

// What the list shows as of a day is what is taken away, whatever the format.
func TestExportAsOfADay(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "mini")
	c := visitor(t, a, "head")
	for _, day := range []string{"2011-06-30", "2019-07-01", ""} {
		at := store.AsOf{}
		if day != "" {
			d, err := clock.ParseDay(day)
			if err != nil {
				t.Fatal(err)
			}
			at.ValidOn = d
		}
		want := 0
		err := a.Store.Look(context.Background(), access.Program("test"), at, func(v *store.View) (err error) {
			want, err = partners.Ties.Count(v, record.ListQuery{})
			return err
		})
		if err != nil || want == 0 {
			t.Fatal(want, err)
		}
		r := c.Get(partners.Ties.URL() + "/export?format=csv&valid_on=" + day).Want(200)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(r.Body, "\ufeff"))).ReadAll()
		if err != nil || len(rows) != want+1 {
			t.Errorf("on %q: %d rows below the header, want %d (%v)", day, len(rows)-1, want, err)
		}
		r = c.Get(partners.Ties.URL() + "/export?format=jsonl").Want(200)
		if n := strings.Count(r.Body, "\n"); n != want {
			t.Errorf("on %q: %d lines, want %d", day, n, want)
		}
		if r = c.Get(partners.Ties.URL() + "/export?format=xlsx").Want(200); !bytes.HasPrefix([]byte(r.Body), []byte("PK")) {
			t.Error("the workbook is none")
		}
	}
}

// The command goes the same way as the pages, at once.
func TestImportByCommand(t *testing.T) {
	t.Parallel()
	folder, file := anOffice(t), filepath.Join(t.TempDir(), "places.csv")
	if err := os.WriteFile(file, []byte(strings.Replace(aSheet, "rank,notes", "rank,unit", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, regexp.MustCompile(`(?m),(first|third|)$`).ReplaceAll(mustRead(t, file), []byte(",shore")), 0o600); err != nil {
		t.Fatal(err)
	}
	order := []string{"import", "place", file, "--map", "code=kennung", "--map", "name.zh=名称", "--map", "name.en=Town", "--data", folder, "--lang", "en"}
	yunqiao(t, append(order, "--dry-run")...).wants(t, 1, "Row 4: ", "galaxy", "A dry run", "2 good, 1 would be refused")
	m := yunqiao(t, append(order, "--json")...).wants(t, 1).json(t)
	if m["rows"] != 3.0 || m["loaded"] != 2.0 || m["refused"] != 1.0 || len(m["wrong"].([]any)) != 1 {
		t.Errorf("got %v", m)
	}
	yunqiao(t, order...).wants(t, 1, "0 taken in, 1 refused, 2 recorded already")
	yunqiao(t, "import", "place", file, "--map", "code=Nowhere", "--data", folder, "--lang", "en").wants(t, 1, "no column “Nowhere”")
	yunqiao(t, "export", "place", "--data", folder).wants(t, 0, "Newtown", "Oldtown")
	yunqiao(t, "verify", "--data", folder).wants(t, 0)
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
