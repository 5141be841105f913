// Package outbox keeps who wants to be told what the office makes public, and the messages that leave the program for
// them: a row for each target of each channel, handed over afterwards, again until it is too late when it fails.
//
// What is told, it does not know: whoever places a dispatch composes it. A message is known by its dispatch and its
// target, and goes out under that key however often it is tried. What was handed over and not yet written down when the
// program is killed goes out again, under the same key; nothing else does, and nothing is lost.
package outbox

import (
	"context"
	"embed"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"time"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/seal"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Migrations are the tables of the package.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// The channels.
const (
	Mail = "mail"
	SMS  = "sms"
	Push = "push"
	Hook = "hook"
)

// Channels are all of them, in the order in which they are shown.
var Channels = []string{Mail, SMS, Push, Hook}

// The states of a message.
const (
	Waiting  = "waiting"
	Sent     = "sent"
	Same     = "same"     // the reader has this text already
	Refused  = "refused"  // for good
	Late     = "late"     // it ran out before it could be handed over
	Replaced = "replaced" // something newer is told instead
	Gone     = "gone"     // the reader left before
)

// States are all of them.
var States = []string{Waiting, Sent, Same, Refused, Late, Replaced, Gone}

// The states of a dispatch.
const (
	spreading = "spreading" // its messages are being written
	open      = "open"
	replacing = "replacing" // something newer came
	over      = "over"
	standing  = "standing" // never over: messages are put to it one by one
)

// Content is what a message says, in one language.
type Content struct {
	Subject string
	Text    string // with {link} where the reader's own link stands
	Short   string // the same for a telephone
	JSON    []byte // the same for a program
	// Push is the same for a browser, and PushShort the least of it, for a push service that finds it too long.
	Push, PushShort []byte
	Tag             string // the language, as BCP 47 has it
	List            string // the name of the list
	Follows         string // the subject that it follows, if of any
}

// Compose says what is told of a subject in a language, as of now. What may not leave the program it refuses, with an
// error that is not a Defect.
type Compose func(v *store.View, subject string, l translate.Lang) (*Content, error)

// Parcel is one message on its way.
type Parcel struct {
	Key     string // the same however often it is tried
	Follows string // the key of the message that it follows
	To      string
	Lang    translate.Lang
	Link    string // of the reader, at which they change or leave
	Text    string
	Content *Content
	At      time.Time
	Expires int64
	Urgent  bool
	Chain   string // what it is about: what is newer of it takes its place
}

// Way is a channel as it is used.
type Way struct {
	Name      string
	Lines     int // how many connections at once; 0 is one
	PerSecond int // 0 is as many as are taken
	Open      func(ctx context.Context) (*Hand, error)
	Targets   []string // those of a channel that has no readers
}

// Hand gives messages to whoever carries them on, one after the other. Give returns nil when it was taken, an error of the
// kind Invalid when it never will be, a Pause when it says until when; anything else means later.
type Hand struct {
	Give  func(ctx context.Context, p *Parcel) error
	Lost  func() bool
	Close func()
}

// Pause is an error that says for how long to wait: with this message, or with the whole channel.
type Pause struct {
	For   time.Duration
	Whole bool
	Err   error
}

// Error gives the text for logs.
func (p *Pause) Error() string { return p.Err.Error() }

// Unwrap gives the cause.
func (p *Pause) Unwrap() error { return p.Err }

// nobody is an error that says that an address does not exist.
type nobody struct{ error }

// Unwrap gives the cause.
func (n *nobody) Unwrap() error { return n.error }

// Quiet is when readers are left alone, by the office's clock.
type Quiet struct {
	From int `toml:"from"` // the hour at which it begins
	To   int `toml:"to"`   // the hour at which it ends; the same as From for no quiet hours
}

// until is the end of the quiet hours that an instant lies in; 0 when it lies in none.
func (q Quiet) until(at time.Time) int64 {
	if q.From == q.To {
		return 0
	}
	end := time.Date(at.Year(), at.Month(), at.Day(), q.To, 0, 0, 0, at.Location())
	switch h := at.Hour(); {
	case q.From > q.To && h >= q.From:
		end = end.AddDate(0, 0, 1)
	case q.From > q.To && h < q.To, q.From < q.To && h >= q.From && h < q.To:
	default:
		return 0
	}
	return end.UnixMilli()
}

// Holds tells whether an instant lies in the quiet hours.
func (q Quiet) Holds(at time.Time) bool { return q.until(at) > 0 }

// Outbox is where messages wait and from where they leave.
type Outbox struct {
	Store *store.Store
	Log   *slog.Logger
	Seals *seal.Office
	Ways  []Way
	Quiet Quiet
	// Kinds compose, by the kind of a dispatch.
	Kinds map[string]Compose
	// Link is the address under which a reader changes or leaves, by their language and their own secret word.
	Link func(l translate.Lang, door string) string

	keys  ring
	wake  []chan struct{}
	stop  context.CancelFunc
	done  sync.WaitGroup
	named string
}

// Way gives a channel; nil when the office has none of that name.
func (o *Outbox) Way(name string) *Way {
	for i := range o.Ways {
		if o.Ways[i].Name == name {
			return &o.Ways[i]
		}
	}
	return nil
}

// Order asks that something be told.
type Order struct {
	Kind, Subject string
	Chain         string // what is open of it is told no more
	Urgent        bool   // it does not wait for the morning
	Expires       int64
	Not           []string // the areas in which it does not hold: their readers are not told
	// Before is the subject told before it, and Same the languages in which nothing changed since: whoever has that text
	// is not told again.
	Before string
	Same   []translate.Lang
}

// terms is what of an order its messages are written by.
type terms struct {
	Not    []string         `json:"not,omitempty"`
	Before string           `json:"before,omitempty"`
	Same   []translate.Lang `json:"same,omitempty"`
}

func dispatchID(subject, channel string) string { return subject + "." + channel }

// Place asks, in the transaction, that something be told over every channel, and stops what it replaces. Placed twice it
// is told once.
func (o *Outbox) Place(tx *store.Tx, x Order) error {
	if err := o.Withdraw(tx, x.Chain, x.Subject); err != nil {
		return err
	}
	text, err := json.Marshal(terms{x.Not, x.Before, x.Same})
	if err != nil {
		return err
	}
	for _, w := range o.Ways {
		state := spreading
		if w.Targets != nil {
			state = open
		}
		id := dispatchID(x.Subject, w.Name)
		n, err := raw.Exec(tx, `INSERT INTO dispatch (id, kind, subject, chain, channel, state, urgent, terms, reached, expires, made_at, ended_at, not_before, holder, lease_until, fails, trouble, trouble_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, 0, 0, '', 0, 0, '', 0) ON CONFLICT (id) DO NOTHING`, id, x.Kind, x.Subject, x.Chain, w.Name, state, flag(x.Urgent), string(text), x.Expires, tx.Now)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		for _, t := range w.Targets {
			if err := o.put(tx, id, t, "", tx.Now); err != nil {
				return err
			}
		}
	}
	raw.OnCommit(tx, o.Wake)
	return nil
}

// Withdraw stops what of a chain has not left yet, but for one subject of it.
func (o *Outbox) Withdraw(tx *store.Tx, chain, but string) error {
	if chain == "" {
		return nil
	}
	_, err := raw.Exec(tx, "UPDATE dispatch SET state = 'replacing', not_before = 0 WHERE chain = ? AND subject <> ? AND state IN ('spreading', 'open')", chain, but)
	raw.OnCommit(tx, o.Wake)
	return err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (o *Outbox) put(tx *store.Tx, dispatch, target string, l translate.Lang, at int64) error {
	_, err := raw.Exec(tx, `INSERT INTO outbox (dispatch, target, lang, state, why, answer, attempt, next_at, done_at, units) VALUES (?, ?, ?, 'waiting', '', '', 0, ?, 0, 0)
ON CONFLICT (dispatch, target) DO UPDATE SET state = 'waiting', lang = excluded.lang, next_at = excluded.next_at, attempt = 0`, dispatch, target, string(l), at)
	return err
}

// standing puts one message of its own to one reader, such as the question whether it was them who asked.
func (o *Outbox) standing(tx *store.Tx, kind, channel string, s *Subscriber) error {
	id := dispatchID(kind, channel)
	_, err := raw.Exec(tx, `INSERT INTO dispatch (id, kind, subject, chain, channel, state, urgent, terms, reached, expires, made_at, ended_at, not_before, holder, lease_until, fails, trouble, trouble_at)
VALUES (?, ?, ?, '', ?, 'standing', 1, '{}', '', ?, ?, 0, 0, '', 0, 0, '', 0) ON CONFLICT (id) DO NOTHING`, id, kind, kind, channel, int64(1)<<60, tx.Now)
	if err != nil {
		return err
	}
	raw.OnCommit(tx, o.Wake)
	return o.put(tx, id, s.ID, s.Lang, tx.Now)
}

// Again puts what failed of a subject back in line: what was refused, and at once what waits.
func (o *Outbox) Again(tx *store.Tx, subject, channel string) (n int64, err error) {
	id := dispatchID(subject, channel)
	opened, err := raw.Exec(tx, "UPDATE dispatch SET state = 'open', ended_at = 0, not_before = 0, fails = 0 WHERE id = ? AND state IN ('over', 'open') AND expires > ?", id, tx.Now)
	if err != nil || opened == 0 {
		return 0, err
	}
	n, err = raw.Exec(tx, "UPDATE outbox SET state = 'waiting', next_at = ? WHERE dispatch = ? AND state IN ('waiting', 'refused')", tx.Now, id)
	raw.OnCommit(tx, o.Wake)
	return n, err
}

// Count is how many messages of a dispatch are in a state.
type Count struct {
	Lang  translate.Lang
	State string
	Why   string
	N     int
	Tried int // those of them that were tried already
	Units int
	Last  int64
}

// Told is how far a subject was told over one channel.
type Told struct {
	Channel, State     string
	Urgent             bool
	MadeAt, EndedAt    int64
	Expires            int64
	NotBefore          int64
	Trouble            string
	TroubleAt          int64
	First, Last        int64 // when the first and the last was handed over
	Counts             []Count
	Answers            []Answer
	Total, Done, Owing int
}

// Answer is what was answered, and how often.
type Answer struct {
	State, Why, Text string
	N                int
}

// mostAnswers is how many different answers are shown.
const mostAnswers = 12

// Of tells how far a subject was told, channel by channel.
func (o *Outbox) Of(v *store.View, subject string) (out []Told, err error) {
	for _, channel := range Channels {
		t := Told{Channel: channel}
		id := dispatchID(subject, channel)
		var urgent int64
		rows, err := raw.Read(v, "SELECT state, urgent, made_at, ended_at, expires, not_before, trouble, trouble_at FROM dispatch WHERE id = ?", id)
		if err != nil {
			return nil, err
		}
		found := rows.Next()
		if found {
			err = rows.Scan(&t.State, &urgent, &t.MadeAt, &t.EndedAt, &t.Expires, &t.NotBefore, &t.Trouble, &t.TroubleAt)
		}
		if e := rows.Close(); err == nil {
			err = e
		}
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		t.Urgent = urgent == 1
		if err := o.counts(v, id, &t); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func (o *Outbox) counts(v *store.View, id string, t *Told) error {
	rows, err := raw.Read(v, `SELECT lang, state, why, count(*), sum(CASE WHEN attempt > 0 THEN 1 ELSE 0 END), sum(units), min(done_at), max(done_at)
FROM outbox WHERE dispatch = ? GROUP BY lang, state, why ORDER BY lang, state, why`, id)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c Count
		var lang string
		var first int64
		if err := rows.Scan(&lang, &c.State, &c.Why, &c.N, &c.Tried, &c.Units, &first, &c.Last); err != nil {
			return err
		}
		c.Lang = translate.Lang(lang)
		if c.State == Waiting && (t.State == replacing || t.State == over) {
			c.State = Replaced // it is written so in a moment
		}
		t.Total += c.N
		switch c.State {
		case Sent:
			t.Done += c.N
			if t.First == 0 || first < t.First {
				t.First = first
			}
			t.Last = max(t.Last, c.Last)
		case Waiting:
			t.Owing += c.N
		}
		t.Counts = append(t.Counts, c)
	}
	if err := rows.Close(); err != nil {
		return err
	}
	said, err := raw.Read(v, `SELECT state, why, answer, count(*) AS n FROM outbox WHERE dispatch = ? AND why <> '' GROUP BY state, why, answer ORDER BY n DESC, answer LIMIT ?`, id, mostAnswers)
	if err != nil {
		return err
	}
	defer said.Close()
	for said.Next() {
		var a Answer
		if err := said.Scan(&a.State, &a.Why, &a.Text, &a.N); err != nil {
			return err
		}
		t.Answers = append(t.Answers, a)
	}
	return said.Close()
}

// Wake makes the outbox look for what is to be handed over now.
func (o *Outbox) Wake() {
	for _, c := range o.wake {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Start begins to hand over until Stop: each channel by itself, and what is asked of single readers beside what is told
// to all.
func (o *Outbox) Start() {
	ctx, stop := context.WithCancel(context.Background())
	o.stop = stop
	o.free(ctx)
	for i := range o.Ways {
		for _, single := range []bool{false, true} {
			wake := make(chan struct{}, 1)
			o.wake = append(o.wake, wake)
			o.done.Go(func() { o.loop(ctx, &o.Ways[i], single, wake) })
		}
	}
}

func (o *Outbox) loop(ctx context.Context, w *Way, single bool, wake chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		for {
			worked, err := o.Round(ctx, w, single)
			if err != nil && ctx.Err() == nil {
				o.Log.Error("telling", "channel", w.Name, "err", err)
			}
			if !worked || err != nil || ctx.Err() != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-tick.C:
		}
	}
}

// free lets go of what a process held that was killed: on the embedded engine there is never another.
func (o *Outbox) free(ctx context.Context) {
	if o.Store.Engine != store.SQLite {
		return
	}
	err := o.Store.Update(ctx, me, func(tx *store.Tx) error {
		_, err := raw.Exec(tx, "UPDATE dispatch SET lease_until = 0 WHERE lease_until > 0")
		return err
	})
	if err != nil {
		o.Log.Error("freeing the outbox", "err", err)
	}
}

// Stop ends after the messages that are being handed over.
func (o *Outbox) Stop() {
	if o.stop != nil {
		o.stop()
		o.done.Wait()
	}
}

// holder is the name under which this process holds a dispatch.
func (o *Outbox) holder() string {
	o.keys.mu.Lock()
	defer o.keys.mu.Unlock()
	if o.named == "" {
		o.named = clock.Secret(8)
	}
	return o.named
}

// scrubbed is what a server answered, without the address that it answered about, and short.
func scrubbed(answer, address string) string {
	if address != "" {
		answer = strings.ReplaceAll(answer, address, "…")
		if local, _, ok := strings.Cut(address, "@"); ok && len(local) > 2 {
			answer = strings.ReplaceAll(answer, local, "…")
		}
	}
	answer = strings.Join(strings.Fields(answer), " ")
	if r := []rune(answer); len(r) > 160 {
		answer = string(r[:160]) + "…"
	}
	return answer
}
