package app_test

import (
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/translate"
	"yunqiao/packs"
)

// Every pack's rules are checked against the declared types, and their own test cases pass.
func TestPackRules(t *testing.T) {
	t.Parallel()
	for _, name := range packs.Names() {
		files, err := packs.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := app.LoadRules(files)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		lists, err := app.PackLists(files)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Test(lists) {
			if !r.OK {
				t.Errorf("%s: %+v", name, r)
			}
			for _, l := range translate.Staff {
				if r.Title[l] == "" {
					t.Errorf("%s: the case %q of %s has no name in %s: name = {zh=\"...\", en=\"...\"}", r.File, r.Name, r.Rule, l)
				}
			}
		}
	}
}
