package app_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/outbox"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/notices"
)

// TestKilledOfficeTellsEverybody kills the program while it mails a notice to many readers, again and again: in the end
// everybody has it, and whoever got a letter twice got it under one number, and no more of them than one writing-down holds.
func TestKilledOfficeTellsEverybody(t *testing.T) {
	t.Parallel()
	unix(t)
	const readers, atMost = 3000, 384 + 256 + 4 // what was not written down yet, and what was on the four lines
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			box := kerneltest.OpenMailbox(t)
			k := &killed{t: t, saved: map[string]bool{}, r: rand.New(rand.NewPCG(7, 11))}
			k.prepare(engine)
			k.askAndIssue(readers)
			k.env = append(k.env, "YUNQIAO_MAIL_SERVER="+box.Address, "YUNQIAO_MAIL_SAFETY=none", "YUNQIAO_MAIL_FROM=office@shore.example")
			kills := 0
			for ; kills < 3; kills++ {
				before := len(box.Letters())
				k.serveUntil(func() bool { return len(box.Letters()) > before+300+k.r.IntN(400) })
				k.letGo()
			}
			told := map[string]map[string]int{}
			k.serveUntil(func() bool {
				told = map[string]map[string]int{}
				for _, l := range box.Letters() {
					if told[l.To] == nil {
						told[l.To] = map[string]int{}
					}
					told[l.To][l.Header.Get("Message-Id")]++
				}
				return len(told) == readers
			})
			twice := 0
			for to, under := range told {
				if len(under) != 1 {
					t.Errorf("%s got %v", to, under)
				}
				for _, n := range under {
					twice += n - 1
				}
			}
			if len(told) != readers || twice > kills*atMost {
				t.Errorf("%d of %d readers told, %d letters twice after %d kills", len(told), readers, twice, kills)
			}
			t.Logf("%d readers, %d kills, %d letters came twice", readers, kills, twice)
		})
	}
}

// open opens the office in this process.
func (k *killed) open() *app.App {
	k.t.Helper()
	dsn := ""
	if len(k.env) > 0 {
		dsn = strings.TrimPrefix(k.env[0], "YUNQIAO_DATABASE=")
	}
	a, err := app.Open(context.Background(), stageConfig(k.folder, dsn), slog.New(slog.DiscardHandler))
	if err != nil {
		k.t.Fatal(err)
	}
	return a
}

// letGo frees what the killed process held, as a minute would where several may run; that it does is tested where the outbox
// is.
func (k *killed) letGo() {
	k.t.Helper()
	for _, e := range k.env {
		dsn, is := strings.CutPrefix(e, "YUNQIAO_DATABASE=")
		if !is {
			continue
		}
		db, err := sql.Open("pgx", dsn)
		if err == nil {
			_, err = db.ExecContext(context.Background(), "UPDATE dispatch SET lease_until = 0")
		}
		if err := errors.Join(err, db.Close()); err != nil {
			k.t.Fatal(err)
		}
	}
}

// askAndIssue lets readers ask and confirm, and issues a notice, all before anything may leave.
func (k *killed) askAndIssue(readers int) {
	k.t.Helper()
	a := k.open()
	defer a.Close() //nolint:errcheck // what counts is written
	var links []string
	a.Outbox.Ways = []outbox.Way{{Name: outbox.Mail, Open: func(context.Context) (*outbox.Hand, error) {
		return &outbox.Hand{Lost: func() bool { return false }, Close: func() {}, Give: func(_ context.Context, p *outbox.Parcel) error { links = append(links, p.Link); return nil }}, nil
	}}}
	in := func(who access.Who, fn func(tx *store.Tx) error) {
		k.t.Helper()
		if err := a.Store.Update(context.Background(), who, fn); err != nil {
			k.t.Fatal(err)
		}
	}
	me := access.Program("test")
	in(me, func(tx *store.Tx) error {
		for i := range readers {
			l := translate.Langs[i%len(translate.Langs)]
			if err := a.Outbox.Ask(tx, outbox.Mail, fmt.Sprintf("r%d@reader.example", i), l, "", fmt.Sprint("network ", i)); err != nil {
				return err
			}
		}
		return nil
	})
	if _, err := a.Outbox.Round(context.Background(), &a.Outbox.Ways[0], true); err != nil || len(links) != readers {
		k.t.Fatalf("%d asked, %v", len(links), err)
	}
	id := ""
	in(me, func(tx *store.Tx) error {
		for _, l := range links {
			s, err := a.Outbox.ByDoor(&tx.View, l[strings.LastIndex(l, "/")+1:])
			if err == nil {
				err = a.Outbox.Confirm(tx, s)
			}
			if err != nil {
				return err
			}
		}
		sit, err := record.Load(&tx.View, notices.Situations, "sit-boil-water")
		if err != nil {
			return err
		}
		n := notices.Notices.New()
		n.ID, n.Unit, n.Level, n.Sample, n.Title = clock.NewID(tx.Now), sit.Unit, sit.Level, true, sit.Name
		n.Situation, n.Scope, n.Zone, n.Act, n.Starts = sit.ID, "public", "Asia/Shanghai", "alert", "2026-11-20T08:00"
		n.Ends = time.UnixMilli(tx.Now).Add(40 * time.Hour).Format("2006-01-02T15:04")
		for _, slot := range sit.Slots {
			g := notices.Given{Name: slot.Name, Kind: slot.Kind, Names: translate.Text{"zh": "黑文", "en": "Haven"}}
			if slot.Kind == "phone" {
				g.Names, g.Value = nil, "+000 55 0100"
			}
			n.Facts = append(n.Facts, g)
		}
		if err := record.Save(tx, notices.Notices, n, record.How{}); err != nil {
			return err
		}
		id, n.State = n.ID, notices.Proposed
		return record.Save(tx, notices.Notices, n, record.How{Why: "test"})
	})
	var head access.Who
	kerneltest.Read(k.t, a.Store, me, func(v *store.View) (err error) {
		head, err = a.Tree.WhoByLogin(v, "head")
		return err
	})
	in(head, func(tx *store.Tx) error { _, err := a.Notices.Issue(tx, id, "", false); return err })
}

// serveUntil lets the program run until something has happened, and kills it.
func (k *killed) serveUntil(done func() bool) {
	k.t.Helper()
	c := k.run("serve", "--listen", "127.0.0.1:0")
	out, err := c.StderrPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		k.t.Fatal(err)
	}
	log, lines := "", bufio.NewScanner(out)
	for lines.Scan() {
		log += lines.Text() + "\n"
		if addressIn.MatchString(lines.Text()) {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // it ends with the program
	for n := 0; !done(); n++ {
		if n > 9000 {
			k.t.Errorf("it did not happen within three minutes:\n%s", log)
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err := c.Process.Signal(syscall.SIGKILL); err != nil {
		k.t.Fatal(err)
	}
	_ = c.Wait() // it was killed
}
