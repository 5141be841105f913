package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"yunqiao/kernel/ledger"
)

func put(t *testing.T, dir, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestVerify(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var hashes []ledger.Hash
	read := func(at []int64) ([]ledger.Hash, error) {
		out := make([]ledger.Hash, len(at))
		for i, x := range at {
			out[i] = hashes[x]
		}
		return out, nil
	}
	var leaves []ledger.Hash
	entry := func(n int) []byte { return fmt.Appendf(nil, `{"n":%d}`, n) }
	for n := range 20 {
		leaves = append(leaves, ledger.Leaf(entry(n)))
	}
	if _, err := ledger.Append(0, leaves, read, func(_ int64, h []ledger.Hash) error { hashes = append(hashes, h...); return nil }); err != nil {
		t.Fatal(err)
	}
	signing, verifying, err := ledger.NewKey("office.example/log")
	if err != nil {
		t.Fatal(err)
	}
	_, stranger, err := ledger.NewKey("office.example/log")
	if err != nil {
		t.Fatal(err)
	}
	checkpoint := func(size int64) string {
		root, err := ledger.Root(size, read)
		if err != nil {
			t.Fatal(err)
		}
		text, err := ledger.Sign(signing, ledger.Checkpoint{Origin: "office.example/log", Size: size, Root: root, Time: 1660521600000})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	p, err := ledger.MakeProof(entry(3), 3, checkpoint(20), verifying, read)
	if err != nil {
		t.Fatal(err)
	}
	g, err := ledger.MakeGrowth(11, checkpoint(20), verifying, read)
	if err != nil {
		t.Fatal(err)
	}
	proof := put(t, dir, "proof.json", p.JSON())
	p.Entry = `{"n":4}`
	forged := put(t, dir, "forged.json", p.JSON())
	grown := put(t, dir, "growth.json", g.JSON())
	older := put(t, dir, "older.txt", []byte(checkpoint(11)))
	wrong := put(t, dir, "wrong.txt", []byte(checkpoint(10)))
	trusted := put(t, dir, "office.key", []byte(verifying+"\n"))
	tests := map[string]struct {
		args []string
		code int
		want string
	}{
		"holds, key in a file":    {[]string{"--key", trusted, proof}, holds, "entry 3"},
		"holds, key as text":      {[]string{"--key", verifying, proof}, holds, "that you gave"},
		"holds, in Chinese":       {[]string{"--lang", "zh", "--key", verifying, proof}, holds, "成立"},
		"holds, key not given":    {[]string{proof}, holds, "not who signed"},
		"another key":             {[]string{"--key", stranger, proof}, fails, "another public key"},
		"forged":                  {[]string{"--key", trusted, forged}, fails, "Does not hold"},
		"forged, in Chinese":      {[]string{"--lang=zh", forged}, fails, "不成立"},
		"grown":                   {[]string{"--key", trusted, "--older", older, "--growth", grown}, holds, "nothing before it was rewritten"},
		"proof and grown":         {[]string{"--key", trusted, "--older", older, "--growth", grown, proof}, holds, "entry 3"},
		"grown from another":      {[]string{"--older", wrong, "--growth", grown}, fails, "Does not hold"},
		"older without growth":    {[]string{"--older", older, proof}, unclear, "Usage"},
		"nothing":                 {nil, unclear, "Usage"},
		"no such file":            {[]string{filepath.Join(dir, "none")}, unclear, "none cannot be read"},
		"a file that is no proof": {[]string{trusted}, fails, "not a complete proof"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			code := run(test.args, "C", &out, &out)
			if code != test.code || !strings.Contains(out.String(), test.want) {
				t.Errorf("code %d, want %d:\n%s", code, test.code, &out)
			}
		})
	}
	t.Run("json", func(t *testing.T) {
		t.Parallel()
		var out strings.Builder
		if code := run([]string{"--json", "--key", trusted, "--older", older, "--growth", grown, proof}, "zh_CN.UTF-8", &out, &out); code != holds {
			t.Fatal(code, out.String())
		}
		var v verdict
		if err := json.Unmarshal([]byte(out.String()), &v); err != nil {
			t.Fatal(err)
		}
		if !v.Holds || !v.Trusted || *v.Index != 3 || *v.Older != 11 || v.Size != 20 || len(v.Text) != 4 {
			t.Errorf("%s", &out)
		}
	})
}

// TestStaysSmall keeps the verifier free of everything that would make it harder to trust.
func TestStaysSmall(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(out)) {
		switch path {
		case "yunqiao/cmd/yunqiao-verify", "yunqiao/kernel/ledger", "yunqiao/kernel/clock", "yunqiao/kernel/fault", "yunqiao/kernel/translate":
			continue
		}
		if !strings.HasPrefix(path, "golang.org/x/mod/sumdb/") && !strings.HasPrefix(path, "golang.org/x/mod/internal/") {
			t.Errorf("the verifier needs %s", path)
		}
	}
}
