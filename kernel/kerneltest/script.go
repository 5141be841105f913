package kerneltest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// SignIn gives a client of the running product signed in as somebody; "nobody" is the public.
type SignIn func(tb testing.TB, who string) *Client

// Visit is one request of a script, for the test that holds routes to scripts.
type Visit struct{ Method, Path string }

// RunScripts runs every script that the pattern names, each as a subtest of its own with a product of its own, which
// open starts. It gives the visits of all scripts.
func RunScripts(t *testing.T, pattern string, open func(tb testing.TB) SignIn) []Visit {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no script at %s: %v", pattern, err)
	}
	var visits []Visit
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := readScript(string(raw))
		if err != nil {
			t.Errorf("%s:%v", file, err)
			continue
		}
		for _, l := range lines {
			if l.word == "GET" || l.word == "POST" {
				path, _, _ := strings.Cut(l.rest, " ")
				visits = append(visits, Visit{l.word, path})
			}
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			runLines(t, file, lines, open(t))
		})
	}
	return visits
}

// RunScript runs one script. The words of a line:
//
//	# a comment
//	as ana@europe                    the client of a person; "as nobody" is the public
//	GET /partners                    fetches; the page is checked
//	POST /partners a=b; c=d d        sends a form; ";;" stands for a semicolon within a value
//	code 303                         the status of the last reply
//	to /partners/p1                  where the last reply sends the client
//	follow                           goes there
//	see some text                    the text is in the reply
//	unseen some text                 the text is not in the reply
//	keep name from /a/*              keeps the part of the last Location that stands for the star; {name} uses it
//	lang zh                          the language the client asks for from here on
func RunScript(tb testing.TB, name, text string, in SignIn) {
	tb.Helper()
	lines, err := readScript(text)
	if err != nil {
		tb.Fatalf("%s:%v", name, err)
	}
	runLines(tb, name, lines, in)
}

type line struct {
	number     int
	word, rest string
}

func readScript(text string) ([]line, error) {
	var lines []line
	for i, raw := range strings.Split(text, "\n") {
		s := strings.TrimSpace(raw)
		if s == "" || strings.HasPrefix(s, "#") {
			continue
		}
		word, rest, _ := strings.Cut(s, " ")
		l := line{i + 1, word, strings.TrimSpace(rest)}
		switch word {
		case "follow":
		case "as", "GET", "POST", "code", "to", "see", "unseen", "keep", "lang":
			if l.rest == "" {
				return nil, fmt.Errorf("%d: %q wants something after it", l.number, word)
			}
		default:
			return nil, fmt.Errorf("%d: scripts have no word %q", l.number, word)
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// script is a script as it runs.
type script struct {
	tb      testing.TB
	in      SignIn
	clients map[string]*Client
	now     *Client
	kept    map[string]string
}

func runLines(tb testing.TB, name string, lines []line, in SignIn) {
	tb.Helper()
	s := &script{tb: tb, in: in, clients: map[string]*Client{}, kept: map[string]string{}}
	for _, l := range lines {
		if err := s.run(l); err != nil {
			tb.Fatalf("%s:%d: %s %s: %v", name, l.number, l.word, l.rest, err)
		}
	}
}

func (s *script) run(l line) error {
	s.tb.Helper()
	rest := l.rest
	for name, value := range s.kept {
		rest = strings.ReplaceAll(rest, "{"+name+"}", value)
	}
	if l.word == "as" {
		if s.clients[rest] == nil {
			s.clients[rest] = s.in(s.tb, rest)
		}
		s.now = s.clients[rest]
		return nil
	}
	if s.now == nil {
		return fmt.Errorf(`nobody acts yet; begin with "as nobody" or "as somebody@unit"`)
	}
	switch l.word {
	case "lang":
		s.now.Lang = rest
		return nil
	case "GET":
		s.now.Get(rest)
		return nil
	case "POST":
		path, form, _ := strings.Cut(rest, " ")
		pairs, err := readForm(form)
		if err != nil {
			return err
		}
		s.now.Post(path, pairs...)
		return nil
	}
	last := s.now.Last()
	if last == nil {
		return fmt.Errorf("nothing was fetched yet")
	}
	return s.check(l.word, rest, last)
}

func (s *script) check(word, rest string, last *Reply) error {
	s.tb.Helper()
	location := last.Header.Get("Location")
	switch word {
	case "code":
		if want, err := strconv.Atoi(rest); err != nil || want != last.Code {
			return fmt.Errorf("%s gave %d\n%s", last.What, last.Code, last.excerpt())
		}
	case "to":
		if location != rest {
			return fmt.Errorf("%s sends to %q", last.What, location)
		}
	case "follow":
		s.now.Follow()
	case "see":
		if !last.Has(rest) {
			return fmt.Errorf("%s (%d) does not show it\n%s", last.What, last.Code, last.excerpt())
		}
	case "unseen":
		if last.Has(rest) {
			return fmt.Errorf("%s shows it", last.What)
		}
	case "keep":
		name, pattern, ok := strings.Cut(rest, " from ")
		before, after, star := strings.Cut(strings.TrimSpace(pattern), "*")
		value, fits := strings.CutPrefix(location, before)
		value, fits2 := strings.CutSuffix(value, after)
		if !ok || !star || !fits || !fits2 {
			return fmt.Errorf("%s sends to %q, which the pattern does not fit", last.What, location)
		}
		s.kept[name] = value
	}
	return nil
}

// readForm reads "a=b; c=d" as pairs.
func readForm(text string) ([]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	const kept = "\x00"
	var pairs []string
	for part := range strings.SplitSeq(strings.ReplaceAll(text, ";;", kept), ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("a form is name=value; name=value, and %q is not", part)
		}
		pairs = append(pairs, name, strings.ReplaceAll(value, kept, ";"))
	}
	return pairs, nil
}
