package app_test

import (
	"flag"
	"strings"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/kerneltest"
)

// TestHouse plays what people do, over the whole program with the small invented office, on both engines: the scripts
// of testdata, and for every type what the default pages and the API are for. Every address must have been met.
func TestHouse(t *testing.T) {
	t.Parallel()
	seen := &lookedAt{seen: map[string]int{}}
	t.Run("both", func(t *testing.T) {
		for _, engine := range []string{"sqlite", "postgres"} {
			t.Run(engine, func(t *testing.T) {
				t.Parallel()
				t.Run("types", func(t *testing.T) {
					t.Parallel()
					everyType(t, openStage(t, engine, seen))
				})
				kerneltest.RunScripts(t, "testdata/*.txt", func(tb testing.TB) kerneltest.Play { return openStage(tb, engine, seen).script(tb) })
			})
		}
	})
	if t.Failed() || strings.Contains(flag.Lookup("test.run").Value.String(), "/") {
		return // only a part was played
	}
	p := openStage(t, "sqlite", nil)
	byHand := func(pattern string) bool { // what only the program writes has all default pages, and story.kept plays the open ones
		for _, k := range app.Types.Kinds {
			if ownForm(t, p, k, "")[byTheProgram] != "" && (strings.HasPrefix(pattern, k.URL()) || strings.HasPrefix(pattern, "/api/v1/"+k.Name)) {
				return false
			}
		}
		return true
	}
	for _, r := range p.Routes() {
		if seen.seen[routeKey(r)] == 0 && r.Method != "" && byHand(r.Pattern) { // a whole subtree is listed address by address
			t.Errorf("%s: no script goes there. Write what a person does with it into app/testdata/<room>.txt (the words of scripts: go doc ./kernel/kerneltest RunScript)", routeKey(r))
		}
	}
}
