package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/outbox"
	letters "yunqiao/kernel/post"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/notices"
)

var readerCount = flag.Int("readers", 100_000, "readers who are told of a notice")

// mailLines is over how many connections both sides send.
const mailLines = 8

// sink is a mail server on this machine that takes every letter and keeps none.
type sink struct {
	address string
	ln      net.Listener
	taken   atomic.Int64
	want    int64
	all     chan struct{}
}

func openSink() (*sink, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{address: ln.Addr().String(), ln: ln}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return s, nil
}

// expect counts from nothing, and says on a channel when so many letters were taken.
func (s *sink) expect(n int) <-chan struct{} {
	s.taken.Store(0)
	s.want, s.all = int64(n), make(chan struct{})
	return s.all
}

func (s *sink) serve(c net.Conn) {
	defer c.Close()
	r := bufio.NewReaderSize(c, 16<<10)
	say := func(text string) { _, _ = c.Write([]byte(text)) } // the sender has gone
	say("220 sink\r\n")
	letter := false
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		switch {
		case letter && bytes.Equal(line, []byte(".\r\n")):
			letter = false
			n := s.taken.Add(1)
			say("250 taken\r\n")
			if n == s.want {
				close(s.all)
			}
		case letter:
		case bytes.HasPrefix(line, []byte("DATA")):
			letter = true
			say("354 go on\r\n")
		case bytes.HasPrefix(line, []byte("EHLO")):
			say("250-sink\r\n250 8BITMIME\r\n")
		case bytes.HasPrefix(line, []byte("QUIT")):
			say("221 bye\r\n")
			return
		default:
			say("250 ok\r\n")
		}
	}
}

// deliver is a notice told to all readers by mail, from the moment at which it is approved to the last letter that the server
// took, with a row for each of what was sent to whom in which language. Its limit is a loop over the same mail library, with
// the same letters to as many addresses out of memory.
func (b *bench) deliver(ctx context.Context) error {
	a, db, err := b.tending(ctx, "benchdeliver")
	if err != nil {
		return err
	}
	s, err := openSink()
	if err != nil {
		return err
	}
	defer s.ln.Close() //nolint:errcheck // the run is over
	server := &letters.Server{Address: s.address, Safety: letters.Open, From: mail.Address{Name: "Shore", Address: "office@shore.example"}}
	a.Outbox.Ways = []outbox.Way{outbox.ByMail(server, mailLines, 0)}
	n := *readerCount
	if err := b.enrol(ctx, a.Store, a.Outbox, n); err != nil {
		return err
	}
	for _, q := range []string{"UPDATE subscriber SET state = 'active', since = 1", "DELETE FROM outbox", "DELETE FROM dispatch"} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	if b.engine == "postgres" { // what the engine does by itself within minutes
		if _, err := db.ExecContext(ctx, "VACUUM ANALYZE"); err != nil {
			return err
		}
	}
	id, err := proposed(ctx, a.Store)
	if err != nil {
		return err
	}
	head, err := headOf(ctx, a)
	if err != nil {
		return err
	}
	a.Outbox.Start()
	defer a.Outbox.Stop()
	all, before, begin := s.expect(n), spent(), time.Now()
	if _, err := issued(ctx, a, head, id); err != nil {
		return err
	}
	<-all
	took, cpu := time.Since(begin), spent()-before
	told, err := settled(ctx, a.Store, a.Outbox, id, n)
	if err != nil {
		return err
	}
	bare, sample, err := bareLetters(ctx, a, id, server, s, n)
	if err != nil {
		return err
	}
	perSecond := float64(n) / took.Seconds()
	report(line{journey: fmt.Sprintf("a notice mailed to %d readers", n), engine: b.engine, limit: fmt.Sprintf("%.0f letters/s, %d bytes each", bare.perSecond, sample), got: fmt.Sprintf("%.0f letters/s, %.1f s in all, %d rows sent", perSecond, took.Seconds(), told),
		ratio: fmt.Sprintf("%.2f", perSecond/bare.perSecond), cpu: fmt.Sprintf("%.2f", bare.cpu.Seconds()/cpu.Seconds()), aim: "0.80", ok: perSecond >= 0.8*bare.perSecond && told == n})
	return nil
}

// enrol lets readers ask, as they would on the public pages, a thousand in one transaction.
func (b *bench) enrol(ctx context.Context, st *store.Store, o *outbox.Outbox, n int) error {
	begin := time.Now()
	for from := 0; from < n; from += 1000 {
		err := st.Update(ctx, access.Program("bench"), func(tx *store.Tx) error {
			for i := from; i < min(from+1000, n); i++ {
				l := translate.Langs[i%len(translate.Langs)]
				if err := o.Ask(tx, outbox.Mail, readerAddress(i), l, "", fmt.Sprint("network ", i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	fmt.Printf("%d readers asked on %s in %v\n", n, b.engine, time.Since(begin).Round(time.Second))
	return nil
}

func readerAddress(i int) string { return fmt.Sprintf("reader-%06d@reader.example", i) }

// pace is how fast letters went.
type pace struct {
	perSecond float64
	cpu       time.Duration
}

// bareLetters sends the same letters to as many addresses over the same library, out of memory.
func bareLetters(ctx context.Context, a *app.App, id string, server *letters.Server, s *sink, n int) (pace, int, error) {
	said := map[translate.Lang]*outbox.Content{}
	size := 0
	err := a.Store.Look(ctx, access.Program("bench"), store.AsOf{}, func(v *store.View) error {
		for _, l := range translate.Langs {
			c, err := a.Outbox.Kinds[notices.KindNotice](v, id, l)
			if err != nil {
				return err
			}
			said[l], size = c, size+len(c.Text)
		}
		return nil
	})
	if err != nil {
		return pace{}, 0, err
	}
	all, work := s.expect(n), make(chan int, 1000)
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	at := time.Now()
	before := spent()
	for range mailLines {
		wg.Go(func() {
			line, err := server.Dial(ctx)
			for i := range work {
				if err == nil {
					l := translate.Langs[i%len(translate.Langs)]
					link := fmt.Sprintf("https://shore.example/p/%s/me/%032d", l, i)
					c := said[l]
					err = line.Send(ctx, letters.Letter{ID: fmt.Sprintf("%026d.mail.%026d", 0, i), To: readerAddress(i), Subject: c.Subject, Text: strings.ReplaceAll(c.Text, "{link}", link), At: at, Lang: c.Tag, List: c.List, Leave: link})
				}
				if err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
			if err == nil {
				line.Close()
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
	if e := failed.Load(); e != nil {
		return pace{}, 0, *e
	}
	<-all
	took := time.Since(at)
	return pace{float64(n) / took.Seconds(), spent() - before}, size / len(translate.Langs), nil
}

// proposed is a notice in earnest that waits for its second person.
func proposed(ctx context.Context, st *store.Store) (id string, err error) {
	err = st.Update(ctx, access.Program("bench"), func(tx *store.Tx) error {
		sit, err := record.Load(&tx.View, notices.Situations, "sit-boil-water")
		if err != nil {
			return err
		}
		n := notices.Notices.New()
		n.ID, n.Unit, n.Level, n.Sample = clock.NewID(tx.Now), sit.Unit, sit.Level, true
		n.Starts = time.UnixMilli(tx.Now).Add(8 * time.Hour).Format("2006-01-02T15:04")
		n.Situation, n.Scope, n.Zone, n.Act, n.Ends = sit.ID, "public", "Asia/Shanghai", "alert", time.UnixMilli(tx.Now).Add(30*time.Hour).Format("2006-01-02T15:04")
		for _, slot := range sit.Slots {
			g := notices.Given{Name: slot.Name, Kind: slot.Kind, Names: translate.Text{"zh": "黑文", "en": "Haven"}}
			if slot.Kind == "phone" {
				g.Names, g.Value = nil, "+000 55 0100"
			}
			n.Facts = append(n.Facts, g)
		}
		n.Title = sit.Name
		if err := record.Save(tx, notices.Notices, n, record.How{}); err != nil {
			return err
		}
		n.State = notices.Proposed
		id = n.ID
		return record.Save(tx, notices.Notices, n, record.How{Why: "bench"})
	})
	return id, err
}

// settled waits until what was taken is written down, and counts it.
func settled(ctx context.Context, st *store.Store, o *outbox.Outbox, id string, n int) (sent int, err error) {
	for range 600 {
		err = st.Look(ctx, access.Program("bench"), store.AsOf{}, func(v *store.View) error {
			all, err := o.Of(v, id)
			for _, t := range all {
				sent = t.Done
			}
			return err
		})
		if err != nil || sent >= n {
			return sent, err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return sent, nil
}
