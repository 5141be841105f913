package files

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

func packed(t testing.TB, parts map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for name, content := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func office(t testing.TB, part string, more ...string) string {
	parts := map[string][]byte{"[Content_Types].xml": []byte("<a/>"), part: []byte("<b/>")}
	for _, m := range more {
		parts[m] = []byte("x")
	}
	return packed(t, parts)
}

func keyOf(err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Key
	}
	return fmt.Sprint(err)
}

func TestReceive(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name, content string
		want          Kind
		refused       string
	}{
		"pdf":               {"a.PDF", "%PDF-1.7\n", PDF, ""},
		"png":               {"a.png", "\x89PNG\r\n\x1a\nxxxx", PNG, ""},
		"jpeg":              {"a.jpeg", "\xff\xd8\xff\xe0", JPEG, ""},
		"webp":              {"a.webp", "RIFF\x00\x00\x00\x00WEBPVP8 ", WebP, ""},
		"gif":               {"a.gif", "GIF89a..", GIF, ""},
		"docx":              {"公函.docx", office(t, "word/document.xml"), DOCX, ""},
		"xlsx":              {"a.xlsx", office(t, "xl/workbook.xml"), XLSX, ""},
		"pptx":              {"a.pptx", office(t, "ppt/presentation.xml"), PPTX, ""},
		"zip":               {"a.zip", packed(t, map[string][]byte{"a/b.txt": []byte("x")}), ZIP, ""},
		"csv":               {"a.csv", "\xef\xbb\xbf名称,数\n昆明,1\n", CSV, ""},
		"txt":               {"a.txt", "昆明", Text, ""},
		"gb text":           {"a.csv", "\xc0\xa5\xc3\xf7,1\n", TextGB, ""},
		"wide text":         {"a.txt", "\xff\xfe\x06\x66A\x00\n\x00", TextWide, ""},
		"wide html":         {"a.txt", "\xff\xfe<\x00h\x00t\x00", Kind{}, "files.unknown"},
		"wide but broken":   {"a.txt", "\xff\xfe\x00\x00\x01\x00", Kind{}, "files.unknown"},
		"old office":        {"a.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 500), Kind{}, "files.old_office"},
		"json":              {"a.geojson", `{"a":1}`, JSON, ""},
		"xml":               {"a.xml", `<?xml version="1.0"?><a><b/></a>`, XML, ""},
		"no ending":         {"report", "%PDF-1.7\n", PDF, ""},
		"cut rune":          {"a.txt", strings.Repeat("a", 64<<10-1) + "昆明", Text, ""},
		"exe":               {"a.exe", "MZ\x90\x00\x03\x00", Kind{}, "files.unknown"},
		"pdf as png":        {"a.png", "%PDF-1.7\n", Kind{}, "files.mismatch"},
		"double ending":     {"a.pdf.exe", "%PDF-1.7\n", Kind{}, "files.mismatch"},
		"xlsx as docx":      {"a.docx", office(t, "xl/workbook.xml"), Kind{}, "files.mismatch"},
		"html":              {"a.txt", "<html><script>", Kind{}, "files.unknown"},
		"html as xml":       {"a.xml", "<html></html>", Kind{}, "files.unknown"},
		"svg":               {"a.svg", `<svg onload="x"/>`, Kind{}, "files.unknown"},
		"doctype":           {"a.xml", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, Kind{}, "files.xml.doctype"},
		"broken xml":        {"a.xml", `<a><b></a>`, Kind{}, "files.xml.broken"},
		"deep xml":          {"a.xml", strings.Repeat("<a>", 300), Kind{}, "files.xml.broken"},
		"empty":             {"a.txt", "", Kind{}, "files.empty"},
		"large":             {"a.txt", strings.Repeat("a", 1<<20+1), Kind{}, "files.too_large"},
		"nul":               {"a.txt", "a\x00b", Kind{}, "files.unknown"},
		"macro":             {"a.docx", office(t, "word/document.xml", "word/vbaProject.bin"), Kind{}, "files.macro"},
		"zip slip":          {"a.zip", packed(t, map[string][]byte{"../a": []byte("x")}), Kind{}, "files.zip.path"},
		"zip slip backward": {"a.zip", packed(t, map[string][]byte{`..\a`: []byte("x")}), Kind{}, "files.zip.path"},
		"broken zip":        {"a.zip", "PK\x03\x04zzzzzzzzzz", Kind{}, "files.zip.broken"},
		"bomb":              {"a.xlsx", packed(t, map[string][]byte{"[Content_Types].xml": make([]byte, 40<<20), "xl/workbook.xml": {}}), Kind{}, "files.zip.bomb"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			in, err := Receive(strings.NewReader(test.content), test.name, 1<<20, dir)
			if test.refused != "" {
				if keyOf(err) != test.refused || fault.KindOf(err) != fault.Invalid {
					t.Errorf("got %v, want %s", err, test.refused)
				}
			} else if err != nil || !cmp.Equal(in.Kind, test.want) {
				t.Fatalf("%+v %v", in, err)
			} else {
				got, err := io.ReadAll(in.Reader())
				if err != nil || string(got) != test.content {
					t.Error("another content", err)
				}
				if err := in.Close(); err != nil {
					t.Error(err)
				}
			}
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Error("left behind:", left)
			}
		})
	}
}

// TestABombThatLies: a part may say that it is small and be large.
func TestABombThatLies(t *testing.T) {
	t.Parallel()
	bomb := []byte(packed(t, map[string][]byte{"a": make([]byte, 40<<20)}))
	at := bytes.Index(bomb, []byte("PK\x01\x02"))
	copy(bomb[at+24:at+28], []byte{10, 0, 0, 0}) // the unpacked size in the central directory
	if _, err := Receive(bytes.NewReader(bomb), "a.zip", 1<<20, t.TempDir()); !strings.HasPrefix(keyOf(err), "files.zip.") {
		t.Error(err)
	}
}

func TestSafeName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"../../etc/passwd": "passwd", `C:\Users\x\关于.docx`: "关于.docx", "a\u202Efdp.exe": "afdp.exe", "": "file", "...": "file",
		".htaccess": "htaccess", "a\x00b\n.txt": "ab.txt", "CON.txt": "_CON.txt", "lpt1": "_lpt1", `a<b>|c?.txt`: "a_b__c_.txt",
		"a.txt ": "a.txt", "\xff\xfe.txt": "txt", "e\u0301.txt": "é.txt",
	} {
		if got := SafeName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	long := SafeName(strings.Repeat("省", 300) + ".pdf")
	if len(long) > longestName || !strings.HasSuffix(long, "省.pdf") || !utf8.ValidString(long) {
		t.Error(long)
	}
}

func FuzzSafeName(f *testing.F) {
	f.Add("../a\\b:c\u202e.pdf")
	f.Fuzz(func(t *testing.T, s string) {
		got := SafeName(s)
		if got == "" || got == "." || got == ".." || strings.ContainsAny(got, "/\\\x00:") || len(got) > longestName+16 || !utf8.ValidString(got) {
			t.Errorf("%q gives %q", s, got)
		}
	})
}

// --- both shelves keep the same promises ---

func shelves(t *testing.T) map[string]Shelf {
	t.Helper()
	disk, err := OpenDisk(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bucket{t: t, kept: map[string][]byte{}}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return map[string]Shelf{"disk": disk, "s3": s3At(server.URL, "secret")}
}

func s3At(url, secret string) *S3 {
	return &S3{Endpoint: url, Region: "r-1", Bucket: "office", Prefix: "a b/文 +", KeyID: "key", Secret: secret, Clock: clock.System(time.UTC)}
}

func TestShelves(t *testing.T) {
	t.Parallel()
	for name, shelf := range shelves(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, err := Receive(strings.NewReader("昆明"), "a.txt", 1<<20, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			if _, err := shelf.Get(t.Context(), in.Digest); fault.KindOf(err) != fault.Missing {
				t.Error(err)
			}
			if _, ok, err := shelf.Has(t.Context(), in.Digest); ok || err != nil {
				t.Error(ok, err)
			}
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					if err := shelf.Put(t.Context(), in); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if size, ok, err := shelf.Has(t.Context(), in.Digest); !ok || err != nil || size != in.Size {
				t.Error(size, ok, err)
			}
			r, err := shelf.Get(t.Context(), in.Digest)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if got, err := io.ReadAll(r); err != nil || string(got) != "昆明" {
				t.Error(string(got), err)
			}
			for _, bad := range []Digest{"", "../../../etc/passwd", Digest(strings.ToUpper(string(in.Digest)))} {
				if _, err := shelf.Get(t.Context(), bad); fault.KindOf(err) != fault.Missing {
					t.Errorf("%q: %v", bad, err)
				}
			}
			gone, cancel := context.WithCancel(t.Context())
			cancel()
			if err := shelf.Put(gone, in); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
}

func TestADamagedFileIsNoticed(t *testing.T) {
	t.Parallel()
	disk, err := OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	in, err := Receive(strings.NewReader("昆明"), "a.txt", 1<<20, disk.Folder())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := disk.Put(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(disk.path(in.Digest), []byte("大理"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := disk.Get(t.Context(), in.Digest)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.ReadAll(r); keyOf(err) != "files.damaged" {
		t.Error(err)
	}
}

func TestAWrongSecretIsRefused(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&bucket{t: t, kept: map[string][]byte{}})
	defer server.Close()
	in, err := Receive(strings.NewReader("昆明"), "a.txt", 1<<20, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := s3At(server.URL, "wrong").Put(t.Context(), in); err == nil || !strings.Contains(err.Error(), "403") {
		t.Error(err)
	}
	if _, err := s3At(server.URL, "wrong").Get(t.Context(), in.Digest); err == nil || fault.KindOf(err) != fault.Defect {
		t.Error(err)
	}
	if err := (&S3{Endpoint: "ftp://x", Bucket: "b", Clock: clock.System(time.UTC)}).Put(t.Context(), in); err == nil {
		t.Error("an endpoint that is none")
	}
}

// bucket is a storage server that checks every signature from what came over the wire.
type bucket struct {
	t    *testing.T
	mu   sync.Mutex
	kept map[string][]byte
}

var authorization = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=key/(\d{8})/r-1/s3/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$`)

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func (b *bucket) signed(r *http.Request) bool {
	m := authorization.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil {
		return false
	}
	when, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil || time.Since(when).Abs() > 15*time.Minute {
		return false
	}
	path, query, _ := strings.Cut(r.RequestURI, "?")
	canonical := r.Method + "\n" + path + "\n" + query + "\n"
	for _, name := range strings.Split(m[2], ";") {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		canonical += name + ":" + strings.TrimSpace(value) + "\n"
	}
	canonical += "\n" + m[2] + "\n" + r.Header.Get("X-Amz-Content-Sha256")
	sum := sha256.Sum256([]byte(canonical))
	text := "AWS4-HMAC-SHA256\n" + r.Header.Get("X-Amz-Date") + "\n" + m[1] + "/r-1/s3/aws4_request\n" + hex.EncodeToString(sum[:])
	key := mac(mac(mac(mac([]byte("AWS4secret"), m[1]), "r-1"), "s3"), "aws4_request")
	return hex.EncodeToString(mac(key, text)) == m[3]
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !b.signed(r) {
		http.Error(w, "SignatureDoesNotMatch", http.StatusForbidden)
		return
	}
	if !strings.HasPrefix(r.URL.Path, "/office/a b/文 +") {
		b.t.Errorf("path %q", r.URL.Path)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	content, ok := b.kept[r.URL.Path]
	switch {
	case r.Method == http.MethodPut:
		body, err := io.ReadAll(r.Body)
		sum := sha256.Sum256(body)
		if err != nil || hex.EncodeToString(sum[:]) != r.Header.Get("X-Amz-Content-Sha256") {
			http.Error(w, "XAmzContentSHA256Mismatch", http.StatusBadRequest)
			return
		}
		b.kept[r.URL.Path] = body
	case !ok:
		http.Error(w, "NoSuchKey", http.StatusNotFound)
	default:
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		_, _ = w.Write(content)
	}
}

// TestSignatureOverTheKeyIsStable: equal requests sign equally, unlike ones do not.
func TestSignatureOverTheKeyIsStable(t *testing.T) {
	t.Parallel()
	s := &S3{Region: "us-east-1", KeyID: "k", Secret: "s", Clock: clock.Fixed(time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC))}
	sign := func(method, path string) string {
		req := httptest.NewRequest(method, "https://examplebucket.example"+path, nil)
		s.sign(req, digestOfNothing)
		return req.Header.Get("Authorization")
	}
	first, again := sign("GET", "/a"), sign("GET", "/a")
	if first != again || first == sign("PUT", "/a") || first == sign("GET", "/b") {
		t.Error("a signature is not of its request")
	}
}

func TestWordsAreComplete(t *testing.T) {
	t.Parallel()
	book := translate.NewBook()
	if err := book.Add(Words); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(book.Keys("zh"), book.Keys("en")); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkReceiveAndPut(b *testing.B) {
	disk, err := OpenDisk(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		n++
		in, err := Receive(strings.NewReader(fmt.Sprint(n, strings.Repeat("a", 100_000))), "a.txt", 1<<20, disk.Folder())
		if err != nil {
			b.Fatal(err)
		}
		if err := disk.Put(b.Context(), in); err != nil {
			b.Fatal(err)
		}
		in.Close()
	}
}

// Sounds are told from films that are packed alike, and from what only calls itself a sound.
func TestSounds(t *testing.T) {
	t.Parallel()
	box := func(what string) string {
		return "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + "\x00\x00\x00\x20hdlr\x00\x00\x00\x00\x00\x00\x00\x00" + what + strings.Repeat("\x00", 40)
	}
	for name, c := range map[string]struct{ raw, want string }{
		"a.mp3": {"ID3\x04\x00\x00\x00\x00\x00\x00" + strings.Repeat("\x00", 40), "audio/mpeg"}, "b.mp3": {"\xff\xfb\x90\x64" + strings.Repeat("\x00", 40), "audio/mpeg"},
		"a.ogg":    {"OggS\x00\x02" + strings.Repeat("\x00", 22) + "OpusHead" + strings.Repeat("\x00", 11), "audio/ogg"},
		"a.opus":   {"OggS\x00\x02" + strings.Repeat("\x00", 22) + "OpusHead" + strings.Repeat("\x00", 11), "audio/ogg"},
		"film.ogg": {"OggS\x00\x02" + strings.Repeat("\x00", 22) + "\x80theora" + strings.Repeat("\x00", 11), ""},
		"a.wav":    {"RIFF\x24\x00\x00\x00WAVEfmt " + strings.Repeat("\x00", 40), "audio/wav"},
		"a.m4a":    {box("soun"), "audio/mp4"}, "film.m4a": {box("vide"), ""}, "both.m4a": {box("soun") + box("vide"), ""}, "text.mp3": {"no sound at all", ""},
	} {
		in, err := Receive(strings.NewReader(c.raw), name, 1<<20, t.TempDir())
		got := ""
		if err == nil {
			got = in.Kind.Type
			_ = in.Close()
		}
		if got != c.want && !(c.want == "" && !strings.HasPrefix(got, "audio/")) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
