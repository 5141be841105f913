package app_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/kerneltest"
)

// speech is a sound of so many seconds, of 8000 bytes each.
func speech(seconds int, sign byte) []byte {
	data := bytes.Repeat([]byte{sign}, seconds*8000)
	le := binary.LittleEndian
	b := append([]byte("RIFF"), le.AppendUint32(nil, uint32(36+len(data)))...)
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
	b = le.AppendUint32(le.AppendUint32(b, 8000), 8000)
	b = append(b, "\x01\x00\x08\x00data"...)
	return append(le.AppendUint32(b, uint32(len(data))), data...)
}

// TestRecordingsAreHeardAsLongAsTheyAreRight takes recordings of a notice in, before and after it is issued: the message names
// them, the page plays them, whole and in parts, and when the notice says something else nothing of them is heard.
func TestRecordingsAreHeardAsLongAsTheyAreRight(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := openStage(t, engine, nil)
			officer, head, public := p.as(t, "officer"), p.as(t, "head"), p.as(t, "nobody")
			on := officer.Get("/notices/write?situation=sit-boil-water")
			n := officer.Send(on, "/notices/write", "f.place.en", "Haven", "f.place.zh", "黑文市", "f.hotline", "+000 55 0100").Want(303).Header.Get("Location")
			take := func(name string, raw []byte, pairs ...string) *kerneltest.Reply {
				officer.Get(n + "/recordings").Want(200)
				return officer.Upload(n+"/recordings", "audio.file", name, raw, append([]string{"speaker", "announcer"}, pairs...)...)
			}
			zh, shan, late := speech(63, 1), speech(5, 2), speech(2, 3)
			take("zh.wav", zh, "tongue", "zh").Want(303)
			take("shan.wav", shan, "tongue", "-", "tag", "shn", "tongue_name", "လိၵ်ႈတႆး").Want(303)
			take("a.txt", []byte("no sound"), "tongue", "zh").Want(422)
			take("a.wav", []byte("<html>"), "tongue", "zh").Want(422)
			take("a.wav", speech(600, 1), "tongue", "zh").Want(422)
			take("a.wav", zh, "tongue", "-", "tag", "Shan!", "tongue_name", "x").Want(422)
			take("a.wav", zh, "tongue", "-", "tag", "shn").Want(422)
			officer.Get(n+"/recordings").Want(200).See("1:03", "announcer", "Reads the present text", "လိၵ်ႈတႆး")
			issue := func(at string) string {
				t.Helper()
				officer.Get(at).Want(200)
				officer.Post(at+"/do", "do", "propose").Want(303)
				head.Get(at).Want(200)
				head.Post(at+"/do", "do", "issue").Want(303)
				found := regexp.MustCompile(`/p/en/n/([0-9-]+)`).FindStringSubmatch(head.Get(at).Body)
				if found == nil {
					t.Fatal("it has no number")
				}
				return found[1]
			}
			number := issue(n)
			message := officer.Get(n + "/message.xml").Want(200).Body
			sum := sha1.Sum(zh)
			if strings.Count(message, "<resource>") != 3 || !strings.Contains(message, "<digest>"+hex.EncodeToString(sum[:])+"</digest>") || !strings.Contains(message, "<mimeType>audio/wav</mimeType>") || !strings.Contains(message, "<size>504044</size>") {
				t.Fatalf("the message names %d recordings:\n%s", strings.Count(message, "<resource>"), message)
			}
			_, found, err := alert.Read([]byte(message))
			if err != nil || slices.ContainsFunc(found, func(f alert.Finding) bool { return f.Severity == alert.Wrong }) {
				t.Errorf("our own checker: %v, %v", found, err)
			}
			judge := exec.Command("xmllint", "--nonet", "--noout", "--schema", "../kernel/alert/testdata/CAP-v1.2.xsd", "-")
			judge.Stdin = strings.NewReader(message)
			if out, err := judge.CombinedOutput(); err != nil {
				t.Errorf("the schema: %s", out)
			}
			take("en.wav", late, "tongue", "en").Want(303)
			srcs := func(path string) (out []string) {
				t.Helper()
				for _, m := range regexp.MustCompile(`<audio controls preload="none" src="([^"]+)"`).FindAllStringSubmatch(public.Get(path).Want(200).Body, -1) {
					out = append(out, m[1])
				}
				return out
			}
			heard := map[string]int{"zh": 2, "en": 2, "lo": 1}
			for l, want := range heard {
				if got := srcs("/p/" + l + "/n/" + number); len(got) != want {
					t.Errorf("on the page in %s: %v", l, got)
				}
				if got := srcs("/p/" + l); len(got) != 0 {
					t.Errorf("on the front page in %s: %v", l, got)
				}
			}
			at := srcs("/p/zh/n/" + number)[0]
			ask := func(pairs ...string) *httptest.ResponseRecorder {
				r, w := httptest.NewRequest("GET", at, nil), httptest.NewRecorder()
				for i := 0; i < len(pairs); i += 2 {
					r.Header.Set(pairs[i], pairs[i+1])
				}
				p.answers.ServeHTTP(w, r)
				return w
			}
			whole := ask()
			if whole.Code != 200 || !bytes.Equal(whole.Body.Bytes(), zh) || whole.Header().Get("Content-Type") != "audio/wav" || whole.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("whole: %d, %d bytes, %v", whole.Code, whole.Body.Len(), whole.Header())
			}
			if w := ask("Range", "bytes=44-143"); w.Code != http.StatusPartialContent || !bytes.Equal(w.Body.Bytes(), zh[44:144]) {
				t.Errorf("in part: %d, %d bytes", w.Code, w.Body.Len())
			}
			if w := ask("Range", "bytes=99999999-"); w.Code != http.StatusRequestedRangeNotSatisfiable {
				t.Errorf("beyond its end: %d", w.Code)
			}
			if w := ask("If-None-Match", whole.Header().Get("ETag")); w.Code != http.StatusNotModified {
				t.Errorf("what is there already: %d", w.Code)
			}
			// What is taken out of use is heard no more.
			newest := regexp.MustCompile(`href="(/notices/recordings/[0-9a-z]{26})"`).FindStringSubmatch(officer.Get(n + "/recordings").Body)[1]
			officer.Get(newest + "/move/retire").Want(200)
			officer.Post(newest+"/move/retire", "vid", "").Want(303)
			if got := srcs("/p/en/n/" + number); len(got) != 1 {
				t.Errorf("what is out of use is heard: %v", got)
			}
			// The next notice says something else: nothing that was recorded for this one is played any more.
			next := officer.Post(n+"/follow", "do", "update").Want(303).Header.Get("Location")
			officer.Send(officer.Get(next), "/notices/write", "f.hotline", "+000 55 0199").Want(303)
			next = strings.TrimSuffix(next, "/write")
			officer.Get(next + "/recordings").Want(200).See("No recordings yet.")
			second := issue(next)
			for l := range heard {
				for _, nr := range []string{number, second} {
					if got := srcs("/p/" + l + "/n/" + nr); len(got) != 0 {
						t.Errorf("%s in %s still plays %v", nr, l, got)
					}
				}
			}
			public.Get("/p/audio/" + strings.Repeat("a", 64) + ".wav").Want(404)
		})
	}
}
