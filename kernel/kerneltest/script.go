package kerneltest

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"yunqiao/kernel/form"
)

// SignIn gives a client of the running product signed in as somebody; "nobody" is the public.
type SignIn func(tb testing.TB, who string) *Client

// Word is a word of scripts that a product adds, such as one that does the work that waits.
type Word func(s *Script, rest string) error

// Play is what a script plays in.
type Play struct {
	In    SignIn
	Words map[string]Word
	// Kept is what {name} stands for from the beginning.
	Kept map[string]string
}

// RunScripts runs every script that the pattern names, each as a subtest of its own with a product of its own, which
// open starts.
func RunScripts(t *testing.T, pattern string, open func(tb testing.TB) Play) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no script at %s: %v", pattern, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			RunScript(t, file, string(raw), open(t))
		})
	}
}

// RunScript runs one script. The words of a line:
//
//	# a comment
//	as ana@europe                    the client of a person; "as nobody" is the public
//	lang zh                          the language the client asks for from here on
//	GET /partners                    fetches; the page is checked
//	send /partners a=b; c=d d        fills in the form of the page that goes to this address, and sends it whole;
//	                                 a field the page does not have is an error; ";;" stands for a semicolon
//	click History                    goes where the link or button with these words leads
//	follow                           goes where the last reply sends the client
//	POST /partners a=b; c=d d        sends a form that need not be on any page
//	UPLOAD /import file=a.csv; a=b   sends a form with a file; its content is in the lines with a bar, of a .docx as
//	                                 packs write forms, of a .png its size, as 640x480
//	CALL PATCH /api/v1/tie/7         sends what a program sends; its JSON is in the lines with a bar
//	with If-Match: {tag}             a header of the next CALL
//	| …                              goes on with the line before
//
//	code 303                         the status of the last reply
//	to /partners/p1                  where the last reply sends the client
//	see some text                    the text is in the reply
//	unseen some text                 the text is not in the reply
//	lines 3                          so many lines are in the reply
//	header Content-Type: text/csv    the header of the reply begins so
//	keep name from /a/*              keeps the part of the last Location that stands for the star; {name} uses it
//	keep name in value="*"           keeps the part of the reply's text that stands for the star
//	keep name of ETag                keeps a header of the reply
func RunScript(tb testing.TB, name, text string, p Play) {
	tb.Helper()
	lines, err := readScript(text, p.Words)
	if err != nil {
		tb.Fatalf("%s:%v", name, err)
	}
	s := &Script{tb: tb, play: p, clients: map[string]*Client{}, kept: map[string]string{}, header: http.Header{}}
	for k, v := range p.Kept {
		s.kept[k] = v
	}
	for _, l := range lines {
		if err := s.run(l); err != nil {
			tb.Fatalf("%s:%d: %s %s: %v", name, l.number, l.word, l.rest, err)
		}
		if tb.Failed() {
			tb.Fatalf("%s:%d: %s %s", name, l.number, l.word, l.rest)
		}
	}
}

type line struct {
	number     int
	word, rest string
	more       []string // the lines with a bar
}

func readScript(text string, words map[string]Word) ([]line, error) {
	var lines []line
	for i, raw := range strings.Split(text, "\n") {
		s := strings.TrimSpace(raw)
		if more, ok := strings.CutPrefix(s, "|"); ok {
			if len(lines) == 0 {
				return nil, fmt.Errorf("%d: there is no line to go on with", i+1)
			}
			last := &lines[len(lines)-1]
			last.more = append(last.more, strings.TrimPrefix(more, " "))
			continue
		}
		if s == "" || strings.HasPrefix(s, "#") {
			continue
		}
		word, rest, _ := strings.Cut(s, " ")
		l := line{number: i + 1, word: word, rest: strings.TrimSpace(rest)}
		switch word {
		case "follow":
		case "as", "GET", "POST", "UPLOAD", "CALL", "with", "send", "click", "code", "to", "see", "unseen", "lines", "header", "keep", "lang":
			if l.rest == "" {
				return nil, fmt.Errorf("%d: %q wants something after it", l.number, word)
			}
		default:
			if words[word] == nil {
				return nil, fmt.Errorf("%d: scripts have no word %q", l.number, word)
			}
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// Script is a script as it runs.
type Script struct {
	tb      testing.TB
	play    Play
	clients map[string]*Client
	now     *Client
	kept    map[string]string
	header  http.Header
}

// Keep keeps a text under a name, for {name} in later lines.
func (s *Script) Keep(name, value string) { s.kept[name] = value }

func (s *Script) filled(text string) string {
	for name, value := range s.kept {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

func (s *Script) run(l line) error {
	s.tb.Helper()
	rest, body := s.filled(l.rest), s.filled(strings.Join(l.more, "\n"))
	if l.word == "as" {
		if s.clients[rest] == nil {
			s.clients[rest] = s.play.In(s.tb, rest)
		}
		s.now = s.clients[rest]
		return nil
	}
	if word := s.play.Words[l.word]; word != nil {
		return word(s, rest)
	}
	if s.now == nil {
		return fmt.Errorf(`nobody acts yet; begin with "as nobody" or "as somebody@unit"`)
	}
	path, after, _ := strings.Cut(rest, " ")
	switch l.word {
	case "lang":
		s.now.Lang = rest
		return nil
	case "GET":
		s.now.Get(rest)
		return nil
	case "with":
		name, value, _ := strings.Cut(rest, ":")
		s.header.Set(name, strings.TrimSpace(value))
		return nil
	case "CALL":
		header := s.header
		s.header = http.Header{}
		s.now.Call(path, strings.TrimSpace(after), body, header)
		return nil
	case "POST", "send":
		pairs, err := readForm(after, l.more, s.filled)
		if err != nil {
			return err
		}
		if l.word == "send" {
			s.now.Send(nil, path, pairs...)
		} else {
			s.now.Post(path, pairs...)
		}
		return nil
	case "UPLOAD":
		pairs, err := readForm(after, nil, nil)
		if err != nil || len(pairs) < 2 {
			return fmt.Errorf("the first field is the file's, with its name: %w", err)
		}
		content := []byte(body + "\n")
		if strings.HasSuffix(pairs[1], ".docx") {
			if content, err = form.Make(body, "en"); err != nil {
				return err
			}
		}
		if strings.HasSuffix(pairs[1], ".png") {
			if content, err = drawn(body); err != nil {
				return err
			}
		}
		s.now.Upload(path, pairs[0], pairs[1], content, pairs[2:]...)
		return nil
	}
	last := s.now.Last()
	if last == nil {
		return fmt.Errorf("nothing was fetched yet")
	}
	return s.check(l.word, rest, last)
}

func (s *Script) check(word, rest string, last *Reply) error {
	s.tb.Helper()
	location := last.Header.Get("Location")
	switch word {
	case "code":
		if want, err := strconv.Atoi(rest); err != nil || want != last.Code {
			return fmt.Errorf("%s gave %d\n%s", last.What, last.Code, last.Excerpt())
		}
	case "to":
		if location != rest {
			return fmt.Errorf("%s sends to %q", last.What, location)
		}
	case "follow":
		s.now.Follow()
	case "click":
		s.now.Click(rest)
	case "see":
		if !last.Has(rest) {
			return fmt.Errorf("%s (%d) does not show it\n%s", last.What, last.Code, last.Excerpt())
		}
	case "unseen":
		if last.Has(rest) {
			return fmt.Errorf("%s shows it", last.What)
		}
	case "lines":
		if n := strings.Count(strings.TrimRight(last.Body, "\n")+"\n", "\n"); strconv.Itoa(n) != rest {
			return fmt.Errorf("%s has %d lines\n%s", last.What, n, last.Excerpt())
		}
	case "header":
		name, value, _ := strings.Cut(rest, ":")
		if got := last.Header.Get(name); !strings.HasPrefix(got, strings.TrimSpace(value)) {
			return fmt.Errorf("%s says %s: %s", last.What, name, got)
		}
	case "keep":
		return s.keep(rest, last)
	}
	return nil
}

func (s *Script) keep(rest string, last *Reply) error {
	name, how, _ := strings.Cut(rest, " ")
	where, pattern, _ := strings.Cut(how, " ")
	before, after, star := strings.Cut(strings.TrimSpace(pattern), "*")
	switch {
	case where == "of" && last.Header.Get(pattern) != "":
		s.kept[name] = last.Header.Get(pattern)
		return nil
	case where == "from" && star:
		location := last.Header.Get("Location")
		value, fits := strings.CutPrefix(location, before)
		value, fits2 := strings.CutSuffix(value, after)
		if fits && fits2 {
			s.kept[name] = value
			return nil
		}
		return fmt.Errorf("%s sends to %q, which the pattern does not fit", last.What, location)
	case where == "in" && star && after != "":
		_, tail, found := strings.Cut(last.Body, before)
		if value, _, ends := strings.Cut(tail, after); found && ends {
			s.kept[name] = value
			return nil
		}
	}
	return fmt.Errorf("%s has nothing that fits\n%s", last.What, last.Excerpt())
}

// readForm reads "a=b; c=d" and one pair a line as pairs.
func readForm(text string, more []string, filled func(string) string) ([]string, error) {
	const kept = "\x00"
	var parts []string
	if strings.TrimSpace(text) != "" {
		parts = strings.Split(strings.ReplaceAll(text, ";;", kept), ";")
	}
	for _, m := range more {
		parts = append(parts, filled(m))
	}
	var pairs []string
	for _, part := range parts {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("a form is name=value; name=value, and %q is not", part)
		}
		pairs = append(pairs, name, strings.ReplaceAll(value, kept, ";"))
	}
	return pairs, nil
}

// drawn is a picture of a size such as 640x480.
func drawn(size string) ([]byte, error) {
	var w, h int
	if _, err := fmt.Sscanf(size, "%dx%d", &w, &h); err != nil {
		return nil, fmt.Errorf("a picture has a size such as 640x480: %w", err)
	}
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7)
	}
	var b bytes.Buffer
	err := png.Encode(&b, m)
	return b.Bytes(), err
}
