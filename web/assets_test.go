package assets

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestServesWhatPagesAskFor(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"app.css", "app.js", "icons.svg", "mark.svg", "map.js", "map-worker.js", "land.geojson"} {
		p := Path(name)
		if !strings.Contains(p, "-") {
			t.Fatalf("%s is not built: go run ./devtools/assets", name)
		}
		for _, packed := range []bool{false, true} {
			r := httptest.NewRequest("GET", p, nil)
			if packed {
				r.Header.Set("Accept-Encoding", "gzip, br")
			}
			w := httptest.NewRecorder()
			Serve().ServeHTTP(w, r)
			if w.Code != 200 || w.Header().Get("ETag") == "" || w.Body.Len() == 0 {
				t.Errorf("%s: %d, %d bytes", p, w.Code, w.Body.Len())
			}
			// Its name carries a hash of what it is unpacked.
			if sum := sha256.Sum256(w.Body.Bytes()); !packed && !strings.Contains(p, hex.EncodeToString(sum[:4])) {
				t.Errorf("%s is served as something else", p)
			}
			again := httptest.NewRequest("GET", p, nil)
			again.Header = r.Header.Clone()
			again.Header.Set("If-None-Match", w.Header().Get("ETag"))
			w2 := httptest.NewRecorder()
			Serve().ServeHTTP(w2, again)
			if w2.Code != 304 {
				t.Errorf("%s asked again: %d, want 304", p, w2.Code)
			}
		}
	}
	w := httptest.NewRecorder()
	Serve().ServeHTTP(w, httptest.NewRequest("GET", Root+"names.json", nil))
	if w.Code != 404 {
		t.Errorf("names.json is served: %d", w.Code)
	}
}

// A built file that is here and not in the repository leaves every clone without it, and every test here content.
func TestBuiltFilesAreInTheRepository(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("git", "ls-files", "--", "dist").Output()
	if err != nil {
		t.Skip("not a working copy of the repository: ", err)
	}
	kept := map[string]bool{}
	for _, line := range strings.Fields(string(out)) {
		kept[line] = true
	}
	for _, name := range Names() {
		f := "dist/" + strings.TrimPrefix(Path(name), Root)
		if !kept[f] && !kept[f+".gz"] {
			t.Errorf("%s is not in the repository: git add web/dist", f)
		}
	}
}

func TestVendoredFilesAreAsListed(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("vendored.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Name, Licence, Version, Sha256 string
		KeptAt                         string `json:"kept_at"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		b, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(v.KeptAt)))
		if err != nil {
			t.Error(err)
			continue
		}
		sum := sha256.Sum256(b)
		if got := hex.EncodeToString(sum[:]); got != v.Sha256 || v.Licence == "" || v.Version == "" {
			t.Errorf("%s: sha256 %s, licence %q, version %q", v.Name, got, v.Licence, v.Version)
		}
	}
}
