package api

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMembersInOrder: members are given in the order of their names, and of two of one name the last one, as the
// decoder has it.
func TestMembersInOrder(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"a":1,"b":"x"}`, `{"b":{"z":[1,{"a":2}]},"a":"q\"{"}`, `{"a":1,"a":2}`, `{"b":1,"a":2,"b":3,"a":4}`, ` { "n\u00e4" : 1 , "m" : [ ] } `} {
		got, ok := inOrder([]byte(body))
		var want map[string]json.RawMessage
		if err := json.Unmarshal([]byte(body), &want); err != nil || !ok {
			t.Fatal(body, err, ok)
		}
		found := map[string]json.RawMessage{}
		for i, m := range got {
			if i > 0 && got[i-1].name >= m.name {
				t.Errorf("%s: %q stands before %q", body, got[i-1].name, m.name)
			}
			found[m.name] = m.value
		}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("%s (-decoder +ours):\n%s", body, diff)
		}
	}
	if _, ok := inOrder([]byte(`[1]`)); ok {
		t.Error("a list was taken for an object")
	}
}
