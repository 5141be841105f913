package app_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/alert"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/calendar"
	"yunqiao/kernel/deadline"
	"yunqiao/kernel/history"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/paper"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/signin"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/aid"
	"yunqiao/rooms/articles"
	"yunqiao/rooms/boundary"
	"yunqiao/rooms/commitments"
	"yunqiao/rooms/desk"
	"yunqiao/rooms/events"
	"yunqiao/rooms/figures"
	"yunqiao/rooms/mechanisms"
	"yunqiao/rooms/notices"
	"yunqiao/rooms/office"
	"yunqiao/rooms/papers"
	"yunqiao/rooms/partners"
	"yunqiao/rooms/passports"
	"yunqiao/rooms/releases"
	"yunqiao/rooms/services"
	"yunqiao/rooms/stories"
	"yunqiao/rooms/trips"
	"yunqiao/rooms/visits"
)

// typePhrases lists the phrases that a declared type needs.
func typePhrases(k *record.Kind) []string {
	out := []string{k.Room + ".title", k.Phrase("name"), k.Phrase("plural"), k.Phrase("for")}
	for _, f := range k.Fields {
		out = append(out, k.Phrase("field", f.Name))
		for _, c := range f.Choices {
			out = append(out, k.Phrase(f.Name, c))
		}
		for _, p := range f.Parts {
			out = append(out, k.Phrase("field", f.Name, p.Name))
			for _, c := range p.Choices {
				out = append(out, k.Phrase(f.Name, p.Name, c))
			}
		}
	}
	for _, s := range k.Life.States {
		out = append(out, k.Phrase("state", s.Key))
	}
	for _, m := range k.Life.Moves {
		out = append(out, k.Phrase("move", m.Verb))
	}
	return out
}

// allWords are the phrases of the types and of the kernel below them.
func allWords(t *testing.T) *translate.Book {
	t.Helper()
	b := translate.NewBook()
	for name, words := range map[string]fs.FS{"record": record.Words, "jobs": jobs.Words, "history": history.Words,
		"script": script.Words, "store": store.Words, "lifecycle": lifecycle.Words, "approval": approval.Words, "deadline": deadline.Words, "calendar": calendar.Words, "desk": desk.Words,
		"signin": signin.Words, "office": office.Words, "partners": partners.Words, "mechanisms": mechanisms.Words,
		"commitments": commitments.Words, "aid": aid.Words, "boundary": boundary.Words, "visits": visits.Words, "events": events.Words, "services": services.Words, "passports": passports.Words, "trips": trips.Words, "papers": papers.Words, "figures": figures.Words, "releases": releases.Words, "notices": notices.Words, "stories": stories.Words, "articles": articles.Words, "alert": alert.Words, "paper": paper.Words} {
		if err := b.Add(words); err != nil {
			t.Fatalf("words of %s: %v", name, err)
		}
	}
	return b
}

func TestEveryTypeHasItsPhrases(t *testing.T) {
	t.Parallel()
	b := allWords(t)
	for _, k := range app.Types.Kinds {
		for _, key := range typePhrases(k) {
			for _, l := range translate.Staff {
				if !b.Has(l, key) {
					t.Errorf("%s: phrase %s is missing; add it to words/%s.json of %s", l, key, l, k.Room)
				}
			}
		}
	}
}

func TestBothBooksHaveTheSamePhrasesAndPlaces(t *testing.T) {
	t.Parallel()
	b := allWords(t)
	zh, en := b.Keys("zh"), b.Keys("en")
	for _, key := range append(slices.Clone(zh), en...) {
		if !b.Has("zh", key) || !b.Has("en", key) {
			t.Errorf("%s is in one book only", key)
			continue
		}
		if a, c := gapsOf(b.Say("zh", key)), gapsOf(b.Say("en", key)); !slices.Equal(a, c) {
			t.Errorf("%s: places %v in zh and %v in en", key, a, c)
		}
		if strings.TrimSpace(b.Say("zh", key)) == "" || strings.TrimSpace(b.Say("en", key)) == "" {
			t.Errorf("%s is empty", key)
		}
	}
}

var gap = regexp.MustCompile(`\{[a-z_]+\}`)

func gapsOf(s string) []string {
	out := gap.FindAllString(s, -1)
	slices.Sort(out)
	return slices.Compact(out)
}

var (
	faultKey = regexp.MustCompile(`fault\.(?:New|At|Because)\((?:[^"\n]*?|"[^"]*", )"([a-z_]+\.[a-z_.]+)"(?:, fault\.Args\{([^}]*)\})?`)
	argName  = regexp.MustCompile(`"([a-z_]+)":`)
)

// Every fault of these packages has a phrase, and the phrase asks for nothing the fault does not bring.
func TestEveryFaultHasItsPhrase(t *testing.T) {
	t.Parallel()
	b := allWords(t)
	for _, dir := range []string{"kernel/record", "kernel/store", "kernel/internal/raw", "kernel/lifecycle", "kernel/jobs",
		"kernel/history", "kernel/script", "kernel/signin", "kernel/approval", "kernel/deadline", "kernel/calendar", "rooms/desk", "rooms/office", "rooms/partners", "rooms/mechanisms", "rooms/commitments", "rooms/boundary", "rooms/visits", "rooms/events", "rooms/services", "rooms/passports", "rooms/trips", "rooms/figures", "rooms/releases", "rooms/notices", "kernel/alert"} {
		files, err := filepath.Glob("../" + dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range faultKey.FindAllStringSubmatch(string(text), -1) {
				key, given := m[1], []string{}
				for _, a := range argName.FindAllStringSubmatch(m[2], -1) {
					given = append(given, "{"+a[1]+"}")
				}
				for _, l := range translate.Staff {
					if !b.Has(l, key) {
						t.Errorf("%s: %s: phrase %s is missing", f, l, key)
						continue
					}
					for _, p := range gapsOf(b.Say(l, key)) {
						if !slices.Contains(given, p) {
							t.Errorf("%s: %s: phrase %s has the place %s, the fault gives %v", f, l, key, p, given)
						}
					}
				}
			}
		}
	}
}

// The parts of a record that every type has, its acts and the findings of a check of the history have names too.
// The page of work in the background says in words what each piece of work is.
func TestEveryKindOfJobIsNamed(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "mini")
	kinds := append(a.Jobs.Kinds(), notices.MachineJob) // that one is bound only where a machine is set up
	if len(kinds) < 9 {
		t.Errorf("got the kinds %v, want all", kinds)
	}
	for _, kind := range kinds {
		for _, l := range translate.Staff {
			if key := jobs.Phrase(kind); !a.Book.Has(l, key) {
				t.Errorf("%s: phrase %s is missing", l, key)
			}
		}
	}
	visitor(t, a, "admin").Get("/jobs").Want(200).Unseen("⟦")
}

func TestWhatEveryRecordHasIsNamed(t *testing.T) {
	t.Parallel()
	b := allWords(t)
	var keys []string
	for _, c := range []string{"id", "state", "unit", "level", "sample", "sources", "claims", "valid_from", "valid_to", "recorded_from", "by_who", "act", "why"} {
		keys = append(keys, "record.head."+c)
	}
	for _, a := range []string{record.ActNew, record.ActChange, record.ActCorrect, record.ActWithdraw, record.ActCarry, record.ActMerge, record.ActUnmerge} {
		keys = append(keys, "record.act."+a)
	}
	for n := range 3 {
		keys = append(keys, fmt.Sprintf("record.level.%d", n))
	}
	for _, s := range []string{jobs.Waiting, jobs.Running, jobs.Done, jobs.Failed} {
		keys = append(keys, "jobs.state."+s)
	}
	for _, f := range []string{"version_gone", "version_changed", "entry_gone", "tree", "checkpoint", "older"} {
		keys = append(keys, "history.verify."+f)
	}
	for _, s := range signin.Scopes {
		keys = append(keys, "signin.scope."+string(s))
	}
	for _, key := range keys {
		for _, l := range translate.Staff {
			if !b.Has(l, key) {
				t.Errorf("%s: phrase %s is missing", l, key)
			}
		}
	}
}
