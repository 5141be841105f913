package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// accessList says for every type what each of the sample people sees and may write.
const accessList = "testdata/access.list"

const newAccess = "is new: go test ./app -run TestAccess -update, and read the line it adds"

// visitors are the people of the matrix: the officer is of the unit the records belong to, the reader, the applicant
// and the second officer (haven) of another.
var visitors = []string{"nobody", "reader", "applicant", "haven", "officer", "head", "admin"}

// The three records of each type, all of the Eastern Division: one public, one internal, one restricted.
const levels = "pir"

// TestAccess asks on every way there is what each person sees of every type: the list, its count, the record, the
// search, the export, the API. All ways must say the same, and it must be what the table says.
func TestAccess(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	got := map[string]map[string]string{} // type -> line, by engine
	t.Run("both", func(t *testing.T) {
		for _, engine := range []string{"sqlite", "postgres"} {
			t.Run(engine, func(t *testing.T) {
				t.Parallel()
				p := openStage(t, engine, nil)
				for _, k := range app.Types.Kinds {
					if k == record.SavedViews.Kind {
						continue // everybody has their own; see TestViewsArePersonal
					}
					if ownForm(t, p, k, "")[byTheProgram] != "" {
						continue // TestHouse holds that nobody enters it; who sees it, the room's own tests say
					}
					line := accessLine(t, p, k)
					mu.Lock()
					if got[k.Name] == nil {
						got[k.Name] = map[string]string{}
					}
					got[k.Name][engine] = line
					mu.Unlock()
				}
			})
		}
	})
	raw, err := os.ReadFile(accessList)
	if err != nil && !*update {
		t.Fatal(err)
	}
	known := map[string]string{}
	for _, l := range policyLines(string(raw)) {
		typ, cells, _ := strings.Cut(l, " ")
		known[typ] = strings.Join(strings.Fields(cells), " ")
	}
	head := ""
	for l := range strings.Lines(string(raw)) {
		if strings.HasPrefix(l, "#") {
			head += l
		}
	}
	for typ, lines := range got {
		line := lines["sqlite"]
		if line != lines["postgres"] {
			t.Errorf("%s: SQLite shows %q, PostgreSQL %q", typ, line, lines["postgres"])
		}
		switch {
		case known[typ] == "" && *update:
			known[typ] = line
		case known[typ] == "":
			t.Errorf("%s: %s", typ, newAccess)
		case known[typ] != line:
			t.Errorf("%s: got  %s\n\twant %s (%s; the people are %v)", typ, line, known[typ], accessList, visitors)
		}
	}
	for typ := range known {
		if got[typ] == nil {
			t.Errorf("%s: %s has a line for it, but there is no such type", typ, accessList)
		}
	}
	if *update {
		for _, typ := range slices.Sorted(maps.Keys(known)) {
			head += fmt.Sprintf("%-14s", typ)
			for _, cell := range strings.Fields(known[typ]) {
				head += fmt.Sprintf(" %-10s", cell)
			}
			head = strings.TrimRight(head, " ") + "\n"
		}
		if err := os.WriteFile(accessList, []byte(head), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// accessLine enters the three records and says what each visitor sees of them: their letters, and which they may write.
func accessLine(t *testing.T, p *play, k *record.Kind) string {
	t.Helper()
	ids := make([]string, len(levels))
	for i := range levels {
		ids[i] = enter(t, p, k, "Matrix "+levels[i:i+1], belonging(k, i)...)
		if h := headOf(t, p, k, ids[i]); h.Level != i || !slices.Contains(h.Path[:], "unit-shore-east") {
			t.Fatalf("%s: entered with level %d in the Eastern Division, kept with level %d in %q", k.Name, i, h.Level, h.Path)
		}
	}
	var cells []string
	for _, who := range visitors {
		cells = append(cells, accessCell(t, p, k, who, ids))
	}
	return strings.Join(cells, " ")
}

// belonging is what puts a record into the Eastern Division with a level.
func belonging(k *record.Kind, level int) []string {
	more := []string{"level", strconv.Itoa(level), "unit", "unit-shore-east"}
	for _, f := range k.Fields { // of some types the record itself says where it belongs
		if f.Kind == record.KindRef && f.To == "unit" && !f.Carried {
			more = append(more, f.Name, "unit-shore-east")
		}
	}
	return more
}

var countOf = regexp.MustCompile(`(\d+) records?\b`)

func accessCell(t *testing.T, p *play, k *record.Kind, who string, ids []string) string {
	t.Helper()
	c := p.as(t, who)
	query := "?id=" + strings.Join(ids, "&id=")
	link := func(id string) string { return `href="` + k.URL() + "/" + id + `"` }
	list := c.Get(k.URL() + query)
	if list.Code == 303 {
		outside(t, c, k, who, ids)
		return "-"
	}
	export := c.Get(k.URL() + "/export" + query + "&format=jsonl")
	api := c.Call("GET", "/api/v1/"+k.Name+"?limit=500&filter=id:is:"+strings.Join(ids, ","), "", nil)
	search := c.Get("/search?type=" + k.Name + "&q=matrix")
	var page struct {
		Count   int
		Records []struct{ ID string }
	}
	if err := json.Unmarshal([]byte(api.Want(200).Body), &page); err != nil {
		t.Fatal(err)
	}
	sees, writes := "", ""
	for i, id := range ids {
		said := map[string]bool{
			"list":    strings.Contains(list.Body, link(id)),
			"record":  c.Get(k.URL()+"/"+id).Code == 200,
			"history": c.Get(k.URL()+"/"+id+"/history").Code == 200,
			"export":  strings.Contains(export.Body, `"`+id+`"`),
			"API":     c.Call("GET", "/api/v1/"+k.Name+"/"+id, "", nil).Code == 200,
			"API list": slices.ContainsFunc(page.Records, func(r struct{ ID string }) bool {
				return r.ID == id
			}),
		}
		if searchable(k) {
			said["search"] = strings.Contains(search.Body, link(id))
		}
		want := said["record"]
		for way, is := range said {
			if is != want {
				t.Errorf("%s, %s, %c: on the page of the record %v, by %s %v", k.Name, who, levels[i], want, way, is)
			}
		}
		if want {
			sees += levels[i : i+1]
		}
		if c.Get(k.URL()+"/"+id+"/edit").Code == 200 {
			writes += levels[i : i+1]
		}
	}
	counted := countOf.FindStringSubmatch(kerneltest.Words(list.Doc))
	rows := strings.Count(export.Body, "\n")
	if len(counted) < 2 || counted[1] != strconv.Itoa(len(sees)) || rows != len(sees) || page.Count != len(sees) {
		t.Errorf("%s, %s: sees %q, but the list counts %q, the export has %d rows, the API counts %d", k.Name, who, sees, counted, rows, page.Count)
	}
	whole(t, p, c, k, who)
	if sees == "" {
		sees = "-"
	}
	if writes != "" {
		sees += "+" + writes
	}
	return sees
}

// whole holds the count of everything a person sees of a type against the list itself, on page and API.
func whole(t *testing.T, p *play, c *kerneltest.Client, k *record.Kind, who string) {
	t.Helper()
	var page struct {
		Count   int
		Records []any
	}
	r := c.Call("GET", "/api/v1/"+k.Name+"?limit=500", "", nil)
	if err := json.Unmarshal([]byte(r.Body), &page); err != nil {
		t.Fatal(err)
	}
	counted := countOf.FindStringSubmatch(kerneltest.Words(c.Get(k.URL()).Doc))
	if page.Count != len(page.Records) || len(counted) < 2 || counted[1] != strconv.Itoa(page.Count) {
		t.Errorf("%s, %s: the page counts %q, the API counts %d and lists %d", k.Name, who, counted, page.Count, len(page.Records))
	}
}

// outside: who has not signed in gets nothing on any way.
func outside(t *testing.T, c *kerneltest.Client, k *record.Kind, who string, ids []string) {
	t.Helper()
	if who != "nobody" {
		t.Errorf("%s: %s is sent to the door", k.Name, who)
	}
	for _, id := range ids {
		for _, path := range []string{k.URL() + "/" + id, k.URL() + "/" + id + "/history", k.URL() + "/export?format=csv&id=" + id, "/search?q=matrix"} {
			c.Get(path).Want(303)
		}
		c.Call("GET", "/api/v1/"+k.Name+"/"+id, "", nil).Want(401)
	}
	c.Call("GET", "/api/v1/"+k.Name, "", nil).Want(401)
	c.Call("GET", "/api/v1/search?q=matrix", "", nil).Want(401)
}

func searchable(k *record.Kind) bool {
	return slices.ContainsFunc(k.Fields, func(f *record.Field) bool { return f.Weight > 0 && f.Kind == record.KindI18n })
}

// TestViewsArePersonal: what one person keeps as a view no other sees.
func TestViewsArePersonal(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	c := p.as(t, "head")
	c.Get("/partners/ties?country=XB").Want(200)
	c.Send(nil, "/partners/ties/views", "name", "Ties of the head").Want(303)
	c.Get("/partners/ties").Want(200).See("Ties of the head")
	p.as(t, "admin").Get("/partners/ties").Want(200).Unseen("Ties of the head")
	err := p.Store.Look(context.Background(), access.Who{ID: "staff-admin"}, store.AsOf{}, func(v *store.View) error {
		n, err := record.SavedViews.Count(v, record.ListQuery{})
		if n != 0 {
			t.Errorf("the admin counts %d views of others", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
