// Yunqiao-verify checks, offline and without the program that made them, that a record is in the signed log of an
// office, and that the log only grew since an older checkpoint. It needs the files and nothing else.
package main

import (
	"embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/translate"
)

//go:embed words
var words embed.FS

// The exit codes: what was to be shown holds, does not hold, or could not be looked at.
const (
	holds = iota
	fails
	unclear
)

func main() { os.Exit(run(os.Args[1:], os.Getenv("LANG"), os.Stdout, os.Stderr)) }

// verdict is what --json prints.
type verdict struct {
	Holds bool `json:"holds"`
	// Trusted tells whether the signature was checked against a key that the user gave.
	Trusted bool            `json:"trusted"`
	Origin  string          `json:"origin,omitempty"`
	Size    int64           `json:"size,omitempty"`
	Root    string          `json:"root,omitempty"`
	Signed  string          `json:"signed,omitempty"`
	Index   *int64          `json:"index,omitempty"`
	Entry   json.RawMessage `json:"entry,omitempty"`
	Older   *int64          `json:"older,omitempty"`
	Release *ledger.Release `json:"release,omitempty"`
	Digest  string          `json:"digest,omitempty"`
	Reason  string          `json:"reason,omitempty"`
	Text    []string        `json:"text"`
}

type question struct {
	proof, key, older, growth, page string
	lang                            translate.Lang
	asJSON                          bool
}

func run(args []string, machine string, out, problems io.Writer) int {
	book := translate.NewBook()
	if err := errors.Join(book.Add(ledger.Words), book.Add(words)); err != nil {
		fmt.Fprintln(problems, err)
		return unclear
	}
	q := question{lang: "en"}
	if strings.HasPrefix(machine, "zh") {
		q.lang = "zh"
	}
	set := flag.NewFlagSet("yunqiao-verify", flag.ContinueOnError)
	set.SetOutput(problems)
	set.StringVar(&q.key, "key", "", "the office's public key, or a file that holds it")
	set.StringVar(&q.older, "older", "", "file of an older checkpoint that you kept")
	set.StringVar(&q.growth, "growth", "", "file that shows how the log grew since then")
	set.StringVar(&q.page, "page", "", "the page of a sealed release")
	lang := set.String("lang", string(q.lang), "zh or en")
	set.BoolVar(&q.asJSON, "json", false, "print the verdict as JSON")
	set.Usage = func() { fmt.Fprintln(problems, book.Say(q.lang, "verify.usage")) }
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return holds // who asks for help was answered
		}
		return unclear
	}
	q.lang = "en"
	if strings.HasPrefix(*lang, "zh") {
		q.lang = "zh"
	}
	q.proof = set.Arg(0)
	if set.NArg() > 1 || q.proof == "" && q.growth == "" || (q.older == "") != (q.growth == "") {
		set.Usage()
		return unclear
	}
	v, err := answer(q, book)
	code := holds
	if err != nil {
		v.Holds, code = false, unclear
		v.Reason, v.Text = "verify.unreadable", append(v.Text, book.Say(q.lang, "verify.unreadable", "error", err))
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			v.Text[len(v.Text)-1] = book.Say(q.lang, "verify.no_file", "path", e.Path)
		}
		if e, ok := errors.AsType[*fault.Error](err); ok {
			code = fails
			v.Reason = e.Key
			v.Text[len(v.Text)-1] = book.Say(q.lang, "verify.fails") + " " + book.SayMap(q.lang, e.Key, e.Args)
		}
	}
	show(v, q.asJSON, out)
	return code
}

func show(v verdict, asJSON bool, out io.Writer) {
	if !asJSON {
		fmt.Fprintln(out, strings.Join(v.Text, "\n"))
		return
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // a terminal that went away needs no answer
}

// answer looks at the files. What it has shown so far stays in the verdict when a later step fails.
func answer(q question, book *translate.Book) (verdict, error) {
	v := verdict{Text: []string{}}
	say := func(key string, pairs ...any) { v.Text = append(v.Text, book.Say(q.lang, key, pairs...)) }
	trusted, err := readKey(q.key)
	if err != nil {
		return v, err
	}
	v.Trusted = trusted != ""
	var of ledger.Checkpoint
	if q.proof != "" {
		raw, err := readFile(q.proof)
		if err != nil {
			return v, err
		}
		p, err := ledger.ParseProof(raw)
		if err != nil {
			return v, err
		}
		if err := p.Verify(trusted); err != nil {
			return v, err
		}
		if of, err = p.Signed(trusted); err != nil {
			return v, err
		}
		v.Index = &p.Index
		if json.Valid([]byte(p.Entry)) {
			v.Entry = json.RawMessage(p.Entry)
		}
		describe(&v, of)
		say("verify.proof", "index", p.Index, "origin", of.Origin, "size", of.Size, "time", v.Signed)
		sealed, err := ledger.SealedIn(p.Entry)
		switch {
		case err == nil:
			if err := release(q, &v, sealed, say); err != nil {
				return v, err
			}
		case q.page != "" || strings.Contains(p.Entry, `"type":"sealedcopy"`):
			return v, err
		default:
			say("verify.entry", "entry", p.Entry)
		}
	}
	if q.page != "" && q.proof == "" {
		return v, fault.New(fault.Invalid, "verify.page_alone", nil)
	}
	if q.growth != "" {
		before, after, err := growth(q, trusted)
		if err != nil {
			return v, err
		}
		if q.proof != "" && (after.Size != of.Size || after.Root != of.Root || after.Origin != of.Origin) {
			return v, fault.New(fault.Invalid, "verify.two_logs", fault.Args{"proof": of.Size, "growth": after.Size})
		}
		describe(&v, after)
		v.Older = &before.Size
		say("verify.growth", "older", before.Size, "when", moment(before.Time), "newer", after.Size, "time", v.Signed)
	}
	v.Holds = true
	if v.Trusted {
		say("verify.trusted", "origin", v.Origin)
		return v, nil
	}
	say("verify.untrusted")
	return v, nil
}

// release tells what a sealed release says, and compares the page that was made of it.
func release(q question, v *verdict, s ledger.Sealed, say func(key string, pairs ...any)) error {
	r := s.Release
	v.Release, v.Digest = &r, s.Digest
	records := map[string]bool{}
	for _, f := range r.Figures {
		for _, e := range f.Counted {
			records[e.VID] = true
		}
	}
	title := r.Title[string(q.lang)]
	if title == "" {
		title = r.Title["en"]
	}
	say("verify.release", "code", r.Code, "title", title, "figures", len(r.Figures), "records", len(records), "known", moment(r.KnownOn),
		"sealed", moment(r.SealedAt), "signed", len(r.Signed), "digest", s.Digest)
	for i, f := range r.Figures {
		said := ""
		for _, x := range r.Said[string(q.lang)] {
			if x.Figure == i {
				said = x.Text
				break
			}
		}
		say("verify.release_figure", "said", said, "key", f.Key, "version", f.Rule.Version, "day", f.ValidOn, "value", f.Value, "records", len(f.Counted))
	}
	if r.Supersedes != "" {
		say("verify.release_supersedes", "code", r.Supersedes)
	}
	if q.page == "" {
		return nil
	}
	raw, err := readFile(q.page)
	if err != nil {
		return err
	}
	if got := ledger.SHA256(raw); got != s.Page {
		return fault.New(fault.Invalid, "verify.page_other", fault.Args{"found": got, "sealed": s.Page})
	}
	say("verify.page")
	return nil
}

func growth(q question, trusted string) (before, after ledger.Checkpoint, err error) {
	older, err := readFile(q.older)
	if err != nil {
		return before, after, err
	}
	raw, err := readFile(q.growth)
	if err != nil {
		return before, after, err
	}
	g, err := ledger.ParseGrowth(raw)
	if err != nil {
		return before, after, err
	}
	return g.Verify(trusted, string(older))
}

func describe(v *verdict, c ledger.Checkpoint) {
	v.Origin, v.Size, v.Root, v.Signed = c.Origin, c.Size, c.Root.String(), moment(c.Time)
}

func moment(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04:05 UTC") }

// readKey takes a key as it is, or the name of a file that holds it.
func readKey(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if strings.Count(s, "+") >= 2 {
		if _, err := os.Stat(s); err != nil {
			return s, nil
		}
	}
	raw, err := readFile(s)
	return strings.TrimSpace(string(raw)), err
}

// readFile reads at most what any such file may have.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, 32<<20))
}
