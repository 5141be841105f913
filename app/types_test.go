package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// everyType plays what the default pages and the API of each type are for: enter, find, change, clash, merge, bring
// back, move, import, export, withdraw. A new type needs nothing here; one whose form cannot be filled in by its
// declaration alone gets a line in testdata/forms.list.
func everyType(t *testing.T, p *play) {
	t.Helper()
	for _, k := range app.Types.Kinds {
		if k == record.SavedViews.Kind {
			continue // it has no pages: it is the tabs above the lists
		}
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			y := &typeStory{t: t, p: p, k: k, c: p.as(t, "admin")}
			if ownForm(t, p, k, "")[byTheProgram] != "" {
				y.kept()
				return
			}
			y.entered()
			y.changed()
			y.filed()
			y.sealed()
			y.looked()
			y.listed()
			y.merged()
			y.moved()
			y.imported()
			y.called()
			y.withdrawn()
		})
	}
}

// typeStory is the story of two records of one type.
type typeStory struct {
	t        *testing.T
	p        *play
	k        *record.Kind
	c        *kerneltest.Client
	one, two string
	label    string // of the first
	vids     []string
}

func (y *typeStory) at(parts ...string) string { return y.k.URL() + strings.Join(parts, "") }

// byTheProgram marks types in testdata/forms.list that only the program writes: nobody enters or changes them by hand.
const byTheProgram = "by"

// takesPictures marks types in testdata/forms.list whose files are pictures.
const takesPictures = "pictures"

func aPicture(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// kept: what only the program writes is looked at like anything else, and refused to everybody who would write it.
func (y *typeStory) kept() {
	y.c.Get(y.at("?lang=zh")).Want(200)
	y.c.Get(y.at()).Want(200)
	y.c.Get(y.at("/export?format=csv")).Want(200)
	for _, who := range people {
		c := y.p.as(y.t, who)
		if c.Get(y.at("/new")).Code == 200 {
			c.Send(nil, y.at(), formOf(y.t, y.p, y.k, "Alpha")...).Want(http.StatusForbidden)
		}
	}
}

// entered: a form is begun, kept as a draft, dropped, and filled in.
func (y *typeStory) entered() {
	y.c.Get(y.at("/new?lang=zh")).Want(200)
	y.c.Get(y.at("/new?lang=en")).Want(200)
	y.drafted(formOf(y.t, y.p, y.k, "Alpha"))
	y.one, y.two = enter(y.t, y.p, y.k, "Alpha"), enter(y.t, y.p, y.k, "Beta")
	y.label = labelOf(y.t, y.p, y.k, y.one)
	y.c.Get(y.at("/", y.one)).Want(200).See(y.label)
}

// drafted: what was typed is kept, offered again, and dropped.
func (y *typeStory) drafted(typed []string) {
	alone := entering(y.k)
	alone.Lock()
	defer alone.Unlock()
	y.c.Post(y.at("/draft?form=", url.QueryEscape(y.k.Name+"/new")), typed...).Want(200)
	y.c.Get(y.at("/new")).Want(200)
	y.c.Send(nil, y.at("/draft/drop")).Want(http.StatusSeeOther)
	y.c.Follow().Want(200)
}

var doors sync.Map

// entering keeps the forms of a type apart: whoever saves a new record has no draft of one any more, and the stories of
// other types enter records of this one as the same person.
func entering(k *record.Kind) *sync.Mutex {
	m, _ := doors.LoadOrStore(k.Name, &sync.Mutex{})
	return m.(*sync.Mutex)
}

// changed: two people have the form open; the second is shown both texts, chooses, and nothing typed is lost.
func (y *typeStory) changed() {
	edit := y.at("/", y.one, "/edit")
	mine := y.c.Get(edit).Want(200)
	theirs := y.p.as(y.t, "admin 2")
	page := theirs.Get(edit).Want(200)
	y.vids = append(y.vids, mine.Form(y.at("/", y.one)).Fields.Get("vid"))
	save := func(c *kerneltest.Client, on *kerneltest.Reply, label string) *kerneltest.Reply {
		pairs := append(another(y.t, y.p, y.k, label), "why", "a slip of the pen: "+label)
		if on.Form(y.at("/", y.one)).Has("save") {
			pairs = append(pairs, "save", record.ActCorrect)
		}
		return c.Send(on, y.at("/", y.one), pairs...)
	}
	save(theirs, page, "Gamma").Want(http.StatusSeeOther)
	y.vids = append(y.vids, y.c.Get(edit).Form(y.at("/", y.one)).Fields.Get("vid"))
	save(y.c, mine, "Delta").Want(http.StatusConflict).See("a slip of the pen: Gamma")
	y.c.Send(nil, y.at("/", y.one, "/resolve")).Want(http.StatusSeeOther)
	y.c.Follow().Want(200)
	y.label = labelOf(y.t, y.p, y.k, y.one)
	y.c.Last().See(y.label)
}

// filed: a file is received while the form is being filled in, goes with the record, and is handed out again.
func (y *typeStory) filed() {
	for _, f := range y.k.Fields {
		if f.Kind != record.KindFile || f.Carried {
			continue
		}
		name, body := "paper.pdf", []byte(aPaper)
		if ownForm(y.t, y.p, y.k, "")[takesPictures] != "" {
			name, body = "paper.png", aPicture(y.t)
		}
		up := y.c.Upload(y.at("/upload?field=", f.Name), f.Name+".file", name, body).Want(200)
		var got []struct{ Value string }
		var paper record.Doc
		if err := json.Unmarshal([]byte(up.Body), &got); err != nil || len(got) != 1 || json.Unmarshal([]byte(got[0].Value), &paper) != nil {
			y.t.Fatalf("%s: got %s, want one file", up.What, up.Body)
		}
		typed := y.c.Get(y.at("/", y.one, "/edit")).Want(200).Form(y.at("/", y.one)).Fields
		typed.Set(f.Name, got[0].Value)
		typed.Set("save", record.ActCorrect)
		typed.Set("why", "the paper was missing")
		var pairs []string
		for name, values := range typed {
			for _, v := range values {
				pairs = append(pairs, name, v)
			}
		}
		y.c.Post(y.at("/", y.one), pairs...).Want(http.StatusSeeOther)
		page := y.c.Follow().Want(200).See(name)
		at := y.at("/", y.one, "/file/", paper.Digest)
		if !strings.Contains(page.Body, at) {
			y.t.Errorf("%s: the page of the record does not lead to its file at %s", y.k.Name, at)
		}
		if file := y.c.Get(at).Want(200); file.Body != string(body) {
			y.t.Errorf("%s: got %q, want what was sent", file.What, file.Body)
		}
	}
}

// sealed: a personal value is masked on the page, and opened with a reason that stays on it.
func (y *typeStory) sealed() {
	for _, f := range y.k.Fields {
		if f.Kind != record.KindSealed {
			continue
		}
		c, at := y.p.as(y.t, "head"), y.at("/", y.one)
		c.Get(at + "/edit").Want(200)
		pairs := []string{f.Name + ".typed", "+000 55 0123", "why", "given by telephone"}
		if c.Last().Form(at).Has("save") {
			pairs = append(pairs, "save", record.ActCorrect)
		}
		c.Send(nil, at, pairs...).Want(http.StatusSeeOther)
		c.Follow().Want(200).Unseen("+000 55 0123")
		c.Get(at + "/open/" + f.Name).Want(200)
		c.Send(nil, at+"/open/"+f.Name, "why", "to call about the visit").Want(200).See("+000 55 0123")
		y.c.Get(at).Want(200).See("to call about the visit").Unseen("+000 55 0123")
	}
}

// looked: every version is there, with who, why and what differs.
func (y *typeStory) looked() {
	for _, lang := range []string{"?lang=zh", "?lang=en"} {
		y.c.Get(y.at("/", y.one, "/history", lang)).Want(200).See("a slip of the pen: Gamma")
	}
	y.c.Get(y.at("/", y.one, "/compare?a=1&b=2")).Want(200)
	for _, vid := range y.vids {
		y.c.Get(y.at("/", y.one, "/version/", vid)).Want(200)
	}
	y.c.Get(y.at("/", y.two, "/version/", y.vids[0])).Want(404)
}

// listed: the list can be filtered, kept as a view, marked and taken away, and what is taken away is what is shown.
func (y *typeStory) listed() {
	day := y.p.Store.Clock.Today().String()
	y.c.Get(y.at("?lang=zh&valid_on=", day)).Want(200)
	y.c.Get(y.at("?lang=en")).Want(200)
	for _, f := range y.k.Fields {
		if f.Kind == record.KindChoice {
			y.c.Get(y.at("?", f.Name, "=", url.QueryEscape(f.Choices[0]))).Want(200)
			break
		}
	}
	y.c.Get(y.at("?q=de")).Want(200)
	y.c.Send(nil, y.at("/views"), "name", "With de").Want(http.StatusSeeOther)
	y.c.Follow().Want(200).See("With de")
	y.c.Get(y.at("?id=", y.one, "&id=", y.two)).Want(200)
	for format, check := range map[string]func(body string) bool{
		"csv":   func(s string) bool { return strings.Count(s, y.one)+strings.Count(s, y.two) >= 2 },
		"jsonl": func(s string) bool { return strings.Count(s, "\n") == 2 },
		"xlsx":  func(s string) bool { return strings.HasPrefix(s, "PK") },
	} {
		if r := y.c.Get(y.at("/export?id=", y.one, "&id=", y.two, "&format=", format)).Want(200); !check(r.Body) {
			y.t.Errorf("%s: %.300q is not two records", r.What, r.Body)
		}
	}
	y.c.Get(y.at("/export?format=pdf")).Want(422)
	y.c.Get(y.at()).Want(200)
	y.c.Post(y.at("/bulk"), "id", y.one, "id", y.two, "do", "export").Want(http.StatusSeeOther)
	y.c.Follow().Want(200)
}

// merged: a duplicate goes into another record, its address leads there, and it can be brought back.
func (y *typeStory) merged() {
	y.c.Get(y.at("/", y.two, "/merge")).Want(200)
	y.c.Send(nil, y.at("/", y.two, "/merge"), "into", y.two, "why", "itself").Want(422)
	y.c.Send(nil, y.at("/", y.two, "/merge"), "into", y.one, "why", "").Want(422)
	y.c.Send(nil, y.at("/", y.two, "/merge"), "into", y.one, "why", "the same thing").Want(http.StatusSeeOther)
	if r := y.c.Get(y.at("/", y.two)).Want(http.StatusSeeOther); r.Header.Get("Location") != y.at("/", y.one) {
		y.t.Errorf("the merged record leads to %q", r.Header.Get("Location"))
	}
	y.c.Get(y.at("/", y.one)).Want(200)
	y.c.Post(y.at("/", y.two, "/unmerge"), "why", "they are two").Want(http.StatusSeeOther)
	y.c.Get(y.at("/", y.two)).Want(200)
}

// moved: the moves the record's page offers can be asked for.
func (y *typeStory) moved() {
	st := stateOf(y.t, y.p, y.k, y.two)
	for _, m := range y.k.Life.From(st, access.Program("test")) {
		y.c.Get(y.at("/", y.two, "/move/", m.Verb)).Want(200)
	}
	y.c.Get(y.at("/", y.two, "/move/no-such-verb")).Want(404)
}

// imported: an empty table can be had, and what is filled into it is looked at before it is loaded.
func (y *typeStory) imported() {
	if y.k.Hidden {
		return
	}
	y.c.Get(y.at("/import")).Want(200)
	r := y.c.Get(y.at("/import/template?format=csv")).Want(200)
	head, _, _ := strings.Cut(strings.TrimPrefix(r.Body, "\ufeff"), "\n")
	y.c.Get(y.at("/import")).Want(200)
	row := strings.Repeat(",", strings.Count(head, ",")) + "x"
	y.c.Upload(y.at("/import"), "file", "table.csv", []byte(head+"\n"+row+"\n")).Want(http.StatusSeeOther)
	y.c.Follow().Want(200)
}

// called: a program does the same by the API.
func (y *typeStory) called() {
	until := y.p.Store.Clock.Now() + 3_600_000
	token, _, err := y.p.Desk.Issue(context.Background(), "staff-admin", "test of "+y.k.Name, "write", until)
	if err != nil {
		y.t.Fatal(err)
	}
	c, at := y.p.as(y.t, "program "+token), "/api/v1/"+y.k.Name
	var page struct {
		Count   int
		Records []any
	}
	r := c.Call("GET", at+"?limit=500", "", nil).Want(200)
	if err := json.Unmarshal([]byte(r.Body), &page); err != nil || page.Count != len(page.Records) || page.Count < 2 {
		y.t.Errorf("%s: %d records, and count says %d: %v", r.What, len(page.Records), page.Count, err)
	}
	r = c.Call("GET", at+"/"+y.one, "", nil).Want(200)
	tag := r.Header.Get("ETag")
	var rec struct {
		Fields map[string]any
		State  string
		Unit   string
	}
	if err := json.Unmarshal([]byte(r.Body), &rec); err != nil {
		y.t.Fatal(err)
	}
	for name, v := range rec.Fields {
		if f := y.k.Field(name); v == nil || f == nil || f.Kind == record.KindSealed || f.Kind == record.KindFile {
			delete(rec.Fields, name)
		}
	}
	for i, pairs := 0, formOf(y.t, y.p, y.k, "Epsilon"); i < len(pairs); i += 2 { // what must differ between two records
		if f := y.k.Field(pairs[i]); f != nil && f.Kind == record.KindText && f.Longest > 2 {
			rec.Fields[pairs[i]] = pairs[i+1]
		}
	}
	body, err := json.Marshal(map[string]any{"fields": rec.Fields, "state": rec.State, "unit": rec.Unit, "why": "a program enters it"})
	if err != nil {
		y.t.Fatal(err)
	}
	key := http.Header{"Idempotency-Key": {y.k.Name + "-1"}}
	made := c.Call("POST", at, string(body), key).Want(201)
	if again := c.Call("POST", at, string(body), key).Want(201); again.Body != made.Body || again.Header.Get("Idempotent-Replayed") != "true" {
		y.t.Errorf("%s: asked twice with one key it made two", made.What)
	}
	place, fresh := made.Header.Get("Location"), made.Header.Get("ETag")
	c.Call("PATCH", place, `{"why":"x"}`, nil).Want(http.StatusPreconditionRequired).See("problem")
	patch := `{"act":"correct","why":"a program corrects it","level":1}`
	c.Call("PATCH", at+"/"+y.one, patch, http.Header{"If-Match": {fresh}}).Want(404)
	c.Call("PATCH", at+"/"+y.one, patch, http.Header{"If-Match": {tag}}).Want(200)
	c.Call("PATCH", at+"/"+y.one, patch, http.Header{"If-Match": {tag}}).Want(http.StatusPreconditionFailed).See("current")
	c.Call("GET", at+"/"+y.one+"/history", "", nil).Want(200).See("a slip of the pen: Gamma", "a program corrects it")
	c.Call("POST", place+"/withdraw", `{"why":"entered by mistake"}`, http.Header{"If-Match": {fresh}}).Want(200)
	c.Call("GET", place, "", nil).Want(404)
}

// withdrawn: what should not have been recorded is no longer shown, and its history stays.
func (y *typeStory) withdrawn() {
	for _, id := range []string{y.two, y.one} {
		form := y.at("/", id, "/move/withdraw")
		y.c.Get(form).Want(200)
		y.c.Send(nil, form, "why", "").Want(422)
		y.c.Send(nil, form, "why", "entered by mistake").Want(http.StatusSeeOther)
		y.c.Get(y.at("/", id)).Want(404)
	}
	y.c.Get(y.at("?id=", y.one, "&id=", y.two)).Want(200).Unseen(`href="` + y.at("/", y.one) + `"`)
}

// enter fills in the empty form of a type as the admin and gives the id of what was made.
func enter(t *testing.T, p *play, k *record.Kind, label string, more ...string) string {
	t.Helper()
	c := p.as(t, "admin")
	c.Get(k.URL() + "/new").Want(200)
	pairs := formOf(t, p, k, label)
	for i := 0; i+1 < len(more); i += 2 { // what is said outright takes the place of what the type asks for
		for j := 0; j+1 < len(pairs); j += 2 {
			if pairs[j] == more[i] {
				pairs = slices.Delete(pairs, j, j+2)
				break
			}
		}
	}
	r := func() *kerneltest.Reply {
		alone := entering(k)
		alone.Lock()
		defer alone.Unlock()
		return c.Send(nil, k.URL(), append(pairs, more...)...)
	}()
	if r.Code != http.StatusSeeOther {
		t.Fatalf("%s: the form as its declaration says is refused with %d; write what it needs into %s, one line: %s: field=value; field=value\n%s",
			k.Name, r.Code, formsFile, k.Name, r.Excerpt())
	}
	return strings.TrimPrefix(r.Header.Get("Location"), k.URL()+"/")
}

const formsFile = "testdata/forms.list"

// formOf is what a person types into the empty form of a type: what must be filled in, and every name, with the label
// in it. testdata/forms.list says what the declaration cannot: {label} stands for the label there, "any TYPE" for a record.
func formOf(t *testing.T, p *play, k *record.Kind, label string) []string {
	t.Helper()
	own := ownForm(t, p, k, label)
	var pairs []string
	for _, f := range k.Fields {
		if f.Carried {
			continue
		}
		name, value := f.Name, ""
		switch f.Kind {
		case record.KindI18n:
			name, value = f.Name+".en", label+" of "+k.Name
		case record.KindText:
			value = strings.ReplaceAll(strings.ToLower(label+"-"+k.Name), " ", "-")
			if f.Longest > 0 && f.Longest < len(value) {
				value = value[:f.Longest]
			}
		case record.KindChoice:
			value = f.Choices[0]
		case record.KindNumber:
			value = "1"
		case record.KindDay, record.KindWhen:
			value = "2020-01-01"
		case record.KindRef, record.KindRefs:
			if !f.Need || own[name] != "" {
				continue
			}
			value = anyOf(t, p, f.To)
		case record.KindMoney, record.KindSpan, record.KindParts, record.KindPlace, record.KindFile, record.KindBool, record.KindSealed:
			continue
		}
		if v, ok := own[name]; ok {
			value = v
			delete(own, name)
		} else if !f.Need && f.Kind != record.KindI18n {
			continue
		}
		pairs = append(pairs, name, value)
	}
	delete(own, byTheProgram)
	delete(own, takesPictures)
	for name, value := range own {
		pairs = append(pairs, name, value)
	}
	return pairs
}

// another is what a person types to change a record of the type: one field.
func another(t *testing.T, p *play, k *record.Kind, label string) []string {
	t.Helper()
	for _, f := range k.Fields {
		if f.Kind == record.KindI18n && !f.Carried {
			return []string{f.Name + ".en", label + " of " + k.Name}
		}
	}
	for _, f := range k.Fields {
		if f.Kind == record.KindText && f.Longest > 2 && !f.Carried {
			return []string{f.Name, strings.ToLower(label + "-" + k.Name)}
		}
	}
	for _, f := range k.Fields {
		if f.Kind == record.KindRef {
			return []string{f.Name, enter(t, p, app.Types.Kind(f.To), label+" for "+k.Name)}
		}
	}
	t.Fatalf("%s has no field that could be typed into", k.Name)
	return nil
}

func ownForm(t *testing.T, p *play, k *record.Kind, label string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(formsFile)
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]string{}
	for _, l := range policyLines(string(raw)) {
		typ, form, _ := strings.Cut(l, ":")
		if strings.TrimSpace(typ) != k.Name {
			continue
		}
		for pair := range strings.SplitSeq(form, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			if typ, ok := strings.CutPrefix(value, "any "); ok {
				value = anyOf(t, p, typ)
			}
			own[name] = strings.ReplaceAll(value, "{label}", strings.ToLower(label))
		}
	}
	return own
}

// anyOf gives the id of some record of a type, and enters one if there is none.
func anyOf(t *testing.T, p *play, typ string) string {
	t.Helper()
	k, id := app.Types.Kind(typ), ""
	err := p.Store.Look(context.Background(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
		page, err := k.List(v, record.ListQuery{Limit: 200, Sort: "id"})
		for _, rec := range page.Records {
			if h := k.Head(rec); h.Sample || strings.Contains(h.Why, "sample") || len(h.ID) < 26 {
				id = h.ID // of the pack: what other stories enter they also withdraw
				break
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if id == "" {
		id = enter(t, p, k, fmt.Sprintf("Support for %s", strings.ReplaceAll(t.Name(), "/", " ")))
	}
	return id
}

func headOf(t *testing.T, p *play, k *record.Kind, id string) (h record.Head) {
	t.Helper()
	err := p.Store.Look(context.Background(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
		rec, err := k.Load(v, id)
		if err == nil {
			h = *k.Head(rec)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func labelOf(t *testing.T, p *play, k *record.Kind, id string) string {
	h := headOf(t, p, k, id)
	if s := h.Label.Show("en"); s != "" {
		return s
	}
	return h.ID
}

func stateOf(t *testing.T, p *play, k *record.Kind, id string) string {
	return headOf(t, p, k, id).State
}

// A list page asks its own questions in its address; a field with the name of one of them is not narrowed by it.
func TestNoListIsNarrowedByTheLanguageOfItsPage(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	c := p.as(t, "officer")
	for _, k := range app.Types.Kinds {
		if f := k.Field("lang"); f == nil {
			continue
		}
		for _, lang := range translate.Staff {
			c.Get(k.URL() + "?lang=" + string(lang)).Want(200).Unseen(`class="x" href`)
		}
		c.Get(k.URL() + "?in.lang=zh&lang=en").Want(200).See(`class="x" href`)
	}
}
