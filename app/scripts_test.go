package app_test

import (
	"flag"
	"strings"
	"testing"

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
	for _, r := range openStage(t, "sqlite", nil).Routes() {
		if seen.seen[routeKey(r)] == 0 && r.Method != "" { // a whole subtree is listed address by address
			t.Errorf("%s: no script goes there. Write what a person does with it into app/testdata/<room>.txt (the words of scripts: go doc ./kernel/kerneltest RunScript)", routeKey(r))
		}
	}
}
