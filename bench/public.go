package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/alert"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/notices"
)

// public is what readers without an account ask for: the page of a notice, beside a server of files that sends the same
// bytes from a folder; and how long after a change every page and feed in every language says the new.
func (b *bench) public(ctx context.Context) error {
	a, _, err := b.tending(ctx, "benchpublic")
	if err != nil {
		return err
	}
	id, err := proposed(ctx, a.Store)
	if err != nil {
		return err
	}
	head, err := headOf(ctx, a)
	if err != nil {
		return err
	}
	message, err := issued(ctx, a, head, id)
	if err != nil {
		return err
	}
	addr, err := b.serve(a.Answers())
	if err != nil {
		return err
	}
	list, err := fetch(addr, "/p/en")
	if err != nil {
		return err
	}
	path := regexp.MustCompile(`/p/en/n/[^"?]+`).FindString(list)
	if path == "" {
		return fmt.Errorf("the public list names no notice: %.200s", list)
	}
	page, err := fetch(addr, path)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "bench-files")
	if err != nil {
		return err
	}
	b.stop = append(b.stop, func() { _ = os.RemoveAll(folder) })
	if err := os.WriteFile(filepath.Join(folder, "page.html"), []byte(page), 0o600); err != nil {
		return err
	}
	files, err := b.serve(http.FileServer(http.Dir(folder)))
	if err != nil {
		return err
	}
	limit := drive(files, 16, *span, func(int, int) []byte { return get("/page.html") })
	got := drive(addr, 16, *span, func(int, int) []byte { return get(path) })
	ratio := got.perSecond / limit.perSecond
	report(line{journey: "public page of a notice, 16 readers", engine: b.engine, limit: limit.String(), got: fmt.Sprintf("%s, %d bytes a page", got, len(page)), ratio: fmt.Sprintf("%.2f", ratio),
		cpu: b.byCPU(limit.cpu, got.cpu), aim: "0.50, 5000/s, p99 5 ms", ok: ratio >= 0.5 && got.perSecond >= 5000 && got.p99 < 5*time.Millisecond && got.failed == 0})
	b.judged(message)
	next, err := followed(ctx, a, id)
	if err != nil {
		return err
	}
	return b.change(addr, path, func() error {
		_, err := issued(ctx, a, head, next)
		return err
	})
}

// headOf is the head of the office, who signs what others proposed.
func headOf(ctx context.Context, a *app.App) (head access.Who, err error) {
	err = a.Store.Look(ctx, access.Program("bench"), store.AsOf{}, func(v *store.View) (err error) {
		head, err = a.Tree.WhoByLogin(v, "head")
		return err
	})
	return head, err
}

// issued issues a notice that waits for its second person, and gives what is sent.
func issued(ctx context.Context, a *app.App, head access.Who, id string) (message string, err error) {
	err = a.Store.Update(ctx, head, func(tx *store.Tx) error {
		n, err := a.Notices.Issue(tx, id, "", false)
		if err == nil {
			message = n.Message
		}
		return err
	})
	return message, err
}

// newNumber is the telephone number to which the change goes over.
const newNumber = "+000 55 0199"

// followed is an update of a notice with another telephone number, which waits for its second person.
func followed(ctx context.Context, a *app.App, id string) (next string, err error) {
	err = a.Store.Update(ctx, access.Program("bench"), func(tx *store.Tx) error {
		n, err := a.Notices.Follow(tx, id, "update", "", false)
		if err != nil {
			return err
		}
		for i := range n.Facts {
			if n.Facts[i].Kind == "phone" {
				n.Facts[i].Value = newNumber
			}
		}
		n.State, next = notices.Proposed, n.ID
		return record.Save(tx, notices.Notices, n, record.How{Why: "bench"})
	})
	return next, err
}

// change measures from the commit of a change until every page and feed was fetched again, one after the other, each saying
// the new number where it said the old.
func (b *bench) change(addr, path string, issue func() error) error {
	var all []string
	for _, l := range translate.Langs {
		at := "/p/" + string(l)
		all = append(all, at, strings.Replace(path, "/p/en", at, 1), at+"/archive", at+"/atom.xml", at+"/rss.xml")
	}
	told := map[string]bool{}
	round := func(number string) (time.Duration, error) {
		begin := time.Now()
		for _, at := range all {
			text, err := fetch(addr, at)
			if err != nil {
				return 0, err
			}
			if has := strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), number); number != newNumber {
				told[at] = has
			} else if told[at] && !has {
				return 0, fmt.Errorf("%s does not say the new number", at)
			}
		}
		return time.Since(begin), nil
	}
	if _, err := round("+000 55 0100"); err != nil {
		return err
	}
	warm, err := round("+000 55 0100")
	if err != nil {
		return err
	}
	if !told["/p/en"] {
		return errors.New("the public list does not say the number")
	}
	if err := issue(); err != nil {
		return err
	}
	// Nothing told the pages that there is something new: they find it out when they look again.
	begin := time.Now()
	for {
		text, err := fetch(addr, "/p/en")
		if err != nil {
			return err
		}
		if strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), newNumber) {
			break
		}
		if time.Since(begin) > 10*time.Second {
			return errors.New("the public list never says the new number")
		}
	}
	found := time.Since(begin)
	took, err := round(newNumber)
	if err != nil {
		return err
	}
	took += found
	report(line{journey: fmt.Sprintf("a change on all %d public pages and feeds", len(all)), engine: b.engine, limit: fmt.Sprintf("%.1f ms unchanged", ms(warm)), got: fmt.Sprintf("%.1f ms", ms(took)),
		ratio: fmt.Sprintf("%.2f", warm.Seconds()/took.Seconds()), aim: "100 ms", ok: took < 100*time.Millisecond})
	return nil
}

// judged is how fast the checker reads and judges the message of a notice, on all processors.
func (b *bench) judged(message string) {
	var n atomic.Int64
	var wg sync.WaitGroup
	begin := time.Now()
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for time.Since(begin) < time.Second {
				if _, _, err := alert.Read([]byte(message)); err != nil {
					return
				}
				n.Add(1)
			}
		})
	}
	wg.Wait()
	perSecond := float64(n.Load()) / time.Since(begin).Seconds()
	report(line{journey: "messages judged", engine: b.engine, got: fmt.Sprintf("%.0f/s, %d bytes each", perSecond, len(message)), aim: "1000/s", ok: perSecond >= 1000})
}

// fetch asks for a page as a browser does.
func fetch(addr, path string) (string, error) {
	r, err := http.Get("http://" + addr + path)
	if err != nil {
		return "", err
	}
	defer r.Body.Close() //nolint:errcheck // read only
	body, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, r.Status)
	}
	return string(body), err
}
