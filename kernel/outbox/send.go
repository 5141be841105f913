package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/seal"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

var me = access.Program("outbox")

// How the outbox works through a dispatch.
const (
	lease      = 60 * 1000 // for how long a process holds one without saying so again
	spreadStep = 5000      // how many messages are written in one transaction
	batch      = 1000      // how many are read at once
	flushAt    = 128       // of how many the results are written together at least, when there are so many
	flushMost  = 384       // and at most
	unwritten  = 256       // how many may wait to be written besides: so many in all may go out again after a kill
	flushEvery = 200 * time.Millisecond
	sayAgain   = 100 // after so many of these a process says that it still holds a dispatch, though nothing was answered
)

// Pauses before a message, or a channel, is tried again.
const (
	firstPause   = 30 * time.Second
	longestPause = 30 * time.Minute
	firstDown    = 5 * time.Second
	longestDown  = 5 * time.Minute
)

func growing(first, longest time.Duration, tried int64) time.Duration {
	if tried > 20 {
		return longest
	}
	return min(first<<max(tried, 0), longest)
}

// dispatch is one that is being worked on.
type dispatch struct {
	id, kind, subject, chain, channel, state, reached string
	urgent                                            bool
	terms                                             terms
	expires, madeAt, fails                            int64
}

// key is that of a message of the dispatch.
func (d *dispatch) key(target string) string { return d.id + "." + target }

// Round takes one dispatch of a channel of which something is due, and hands over what is; false when nothing is.
func (o *Outbox) Round(ctx context.Context, w *Way, single bool) (worked bool, err error) {
	d, err := o.take(ctx, w, single)
	if err != nil || d == nil {
		return false, err
	}
	switch {
	case d.state == replacing:
		return true, o.close(ctx, d, Replaced)
	case o.Store.Clock.Now() >= d.expires:
		return true, o.close(ctx, d, Late)
	}
	return true, o.drain(ctx, w, d)
}

// take holds the first dispatch of which something is to be done: what is urgent before the rest, and older before newer.
func (o *Outbox) take(ctx context.Context, w *Way, single bool) (*dispatch, error) {
	quiet := o.Quiet.until(o.Store.Clock.At(o.Store.Clock.Now()))
	const due = "EXISTS (SELECT 1 FROM outbox m WHERE m.dispatch = d.id AND m.state = 'waiting' AND m.next_at <= ?)"
	const columns = "SELECT d.id, d.kind, d.subject, d.chain, d.channel, d.state, d.urgent, d.terms, d.reached, d.expires, d.made_at, d.fails FROM dispatch d WHERE d.channel = ? "
	var d *dispatch
	find := func(v *store.View) error {
		query, args := columns+`AND d.state IN ('spreading', 'open', 'replacing') AND d.lease_until < ? AND d.not_before <= ?
AND (d.state = 'replacing' OR d.expires <= ? OR d.urgent = 1 OR CAST(? AS BIGINT) = 0 OR d.expires <= ?)
AND (d.state <> 'open' OR d.expires <= ? OR `+due+` OR NOT EXISTS (SELECT 1 FROM outbox m WHERE m.dispatch = d.id AND m.state = 'waiting'))
ORDER BY d.urgent DESC, d.made_at, d.id LIMIT 1`, []any{w.Name, v.Now, v.Now, v.Now, quiet, quiet, v.Now, v.Now}
		if single {
			query, args = columns+"AND d.state = 'standing' AND d.lease_until < ? AND d.not_before <= ? AND "+due+" ORDER BY d.id LIMIT 1", []any{w.Name, v.Now, v.Now, v.Now}
		}
		var x dispatch
		var urgent int64
		var text string
		err := raw.ReadOne(v, query, args, &x.id, &x.kind, &x.subject, &x.chain, &x.channel, &x.state, &urgent, &text, &x.reached, &x.expires, &x.madeAt, &x.fails)
		if fault.KindOf(err) == fault.Missing && err != nil {
			d = nil
			return nil
		}
		if err != nil {
			return err
		}
		x.urgent = urgent == 1
		d = &x
		return json.Unmarshal([]byte(text), &x.terms)
	}
	if err := o.Store.Look(ctx, me, store.AsOf{}, find); err != nil || d == nil {
		return nil, err
	}
	err := o.Store.Update(ctx, me, func(tx *store.Tx) error {
		if err := find(&tx.View); err != nil || d == nil {
			return err
		}
		n, err := raw.Exec(tx, "UPDATE dispatch SET holder = ?, lease_until = ? WHERE id = ? AND lease_until < ?", o.holder(), tx.Now+lease, d.id, tx.Now)
		if n == 0 {
			d = nil
		}
		return err
	})
	return d, err
}

// spread writes the messages of a dispatch, for those who are to be told, in steps: what is written twice is there once. It
// tells whether they are still to be told when all are written, and after each step that there are more.
func (o *Outbox) spread(ctx context.Context, w *Way, d *dispatch, step func()) (still bool, err error) {
	for done := false; !done; {
		top, n := "", 0
		err := o.Store.Update(ctx, me, func(tx *store.Tx) error {
			err := raw.ReadOne(&tx.View, `SELECT coalesce(max(id), ''), count(*) FROM (SELECT id FROM subscriber WHERE channel = ? AND state = 'active' AND id > ? ORDER BY id LIMIT ?) q`,
				[]any{w.Name, d.reached, spreadStep}, &top, &n)
			if err != nil {
				return err
			}
			if n == 0 {
				top = d.reached
			} else if err := d.write(tx, w, top); err != nil {
				return err
			}
			state := spreading
			if n < spreadStep {
				state = open
			}
			held, err := raw.Exec(tx, "UPDATE dispatch SET reached = ?, lease_until = ?, state = ? WHERE id = ? AND state = 'spreading' AND holder = ?", top, tx.Now+lease, state, d.id, o.holder())
			still = held > 0
			return err
		})
		if err != nil || !still {
			return false, err
		}
		d.reached, done = top, n < spreadStep
		step()
	}
	return true, nil
}

// write writes the messages of the readers up to one.
func (d *dispatch) write(tx *store.Tx, w *Way, top string) error {
	const insert = `INSERT INTO outbox (dispatch, target, lang, state, why, answer, attempt, next_at, done_at, units)
SELECT CAST(? AS TEXT), s.id, s.lang, CAST(? AS TEXT), '', '', 0, CAST(? AS BIGINT), CAST(? AS BIGINT), 0 FROM subscriber s WHERE s.channel = ? AND s.state = 'active' AND s.id > ? AND s.id <= ?`
	const settle = " ON CONFLICT (dispatch, target) DO NOTHING"
	where, of := "", []any{w.Name, d.reached, top}
	if len(d.terms.Not) > 0 {
		where = " AND s.area NOT IN (?" + strings.Repeat(", ?", len(d.terms.Not)-1) + ")"
		for _, a := range d.terms.Not {
			of = append(of, a)
		}
	}
	if len(d.terms.Same) > 0 && d.terms.Before != "" {
		had := " AND s.lang IN (?" + strings.Repeat(", ?", len(d.terms.Same)-1) + ") AND EXISTS (SELECT 1 FROM outbox b WHERE b.dispatch = ? AND b.target = s.id AND b.lang = s.lang AND b.state IN ('sent', 'same'))"
		args := append([]any{d.id, Same, d.madeAt, tx.Now}, of...)
		for _, l := range d.terms.Same {
			args = append(args, string(l))
		}
		args = append(args, dispatchID(d.terms.Before, d.channel))
		if _, err := raw.Exec(tx, insert+where+had+settle, args...); err != nil {
			return err
		}
	}
	_, err := raw.Exec(tx, insert+where+settle, append([]any{d.id, Waiting, d.madeAt, int64(0)}, of...)...)
	return err
}

// close ends a dispatch: what of it waits comes to nothing, and why.
func (o *Outbox) close(ctx context.Context, d *dispatch, state string) error {
	return o.Store.Update(ctx, me, func(tx *store.Tx) error {
		if _, err := raw.Exec(tx, "UPDATE outbox SET state = ?, done_at = ? WHERE dispatch = ? AND state = 'waiting'", state, tx.Now, d.id); err != nil {
			return err
		}
		_, err := raw.Exec(tx, "UPDATE dispatch SET state = 'over', ended_at = ?, lease_until = 0 WHERE id = ?", tx.Now, d.id)
		return err
	})
}

// item is one message that is due.
type item struct {
	target, sealed string
	lang           translate.Lang
	attempt        int64
	asked          int64
	bounced        int64
}

// result is what became of it.
type result struct {
	item
	err   error
	units int
}

// drain hands over what of a dispatch is due, over as many connections as the channel has, and writes down what became of it
// as it goes.
func (o *Outbox) drain(ctx context.Context, w *Way, d *dispatch) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r := &run{o: o, w: w, d: d, stop: stop, more: make(chan struct{}, 1), whole: make(chan struct{}), items: make(chan item, batch), results: make(chan result, unwritten), said: map[translate.Lang]*saying{}}
	if w.PerSecond > 0 {
		pace := time.NewTicker(time.Second / time.Duration(w.PerSecond))
		defer pace.Stop()
		r.pace = pace.C
	}
	// What is written is handed over while the rest is being written.
	var spreads error
	if d.state != spreading {
		close(r.whole)
	} else {
		go func() {
			defer close(r.whole)
			still, err := o.spread(ctx, w, d, r.grown)
			if spreads = err; err != nil || !still {
				stop()
			}
		}()
	}
	var lines sync.WaitGroup
	reading := make(chan error, 1)
	go func() { reading <- r.read(ctx); close(r.items) }()
	for range max(w.Lines, 1) {
		lines.Go(func() { r.line(ctx) })
	}
	go func() { lines.Wait(); close(r.results) }()
	err := r.collect(ctx)
	stop()
	for range r.results { // lines that still run must not wait for the one that failed
	}
	if e := <-reading; err == nil && !errors.Is(e, context.Canceled) {
		err = e
	}
	<-r.whole
	if err == nil && !errors.Is(spreads, context.Canceled) {
		err = spreads
	}
	return errors.Join(err, r.end(ctx))
}

// grown tells the reader that more was written.
func (r *run) grown() {
	select {
	case r.more <- struct{}{}:
	default:
	}
}

// run is one passage through a dispatch.
type run struct {
	o       *Outbox
	w       *Way
	d       *dispatch
	stop    context.CancelFunc
	pace    <-chan time.Time
	more    chan struct{} // more was written
	whole   chan struct{} // closed when all is
	items   chan item
	results chan result
	key     *seal.Key
	mu      sync.Mutex
	said    map[translate.Lang]*saying
	down    error // why the channel as a whole takes nothing
	handed  bool
}

// saying is what is told in a language, or why nothing is.
type saying struct {
	content *Content
	err     error
}

// read gives the lines what is due, in the order in which it is, once.
func (r *run) read(ctx context.Context) error {
	var now, at int64
	last := ""
	for first := true; ; first = false {
		var list []item
		all := false
		select {
		case <-r.whole:
			all = true
		default:
		}
		err := r.o.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) error {
			list = list[:0]
			if first {
				now, at = v.Now, -1
				if r.w.Targets == nil {
					key, _, err := r.o.unlock(v, true)
					if err != nil && fault.KindOf(err) != fault.Missing {
						return err
					}
					r.key = key
				}
			}
			rows, err := raw.Read(v, `SELECT m.target, m.lang, m.attempt, m.next_at, coalesce(s.sealed, ''), coalesce(s.asked, 0), coalesce(s.bounced, 0) FROM outbox m LEFT JOIN subscriber s ON s.id = m.target
WHERE m.dispatch = ? AND m.state = 'waiting' AND m.next_at <= ? AND (m.next_at, m.target) > (?, ?) ORDER BY m.next_at, m.target LIMIT ?`, r.d.id, now, at, last, batch)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var it item
				var lang string
				if err := rows.Scan(&it.target, &lang, &it.attempt, &at, &it.sealed, &it.asked, &it.bounced); err != nil {
					return err
				}
				it.lang, last = translate.Lang(lang), it.target
				list = append(list, it)
			}
			return rows.Close()
		})
		if err != nil {
			return err
		}
		for _, it := range list {
			if r.pace != nil {
				select {
				case <-r.pace:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			select {
			case r.items <- it:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if len(list) == batch {
			continue
		}
		if all {
			return nil
		}
		select {
		case <-r.more:
		case <-r.whole:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// line hands over over one connection, which it opens when there is something to hand over, and again when it is lost.
func (r *run) line(ctx context.Context) {
	var hand *Hand
	defer func() {
		if hand != nil {
			hand.Close()
		}
	}()
	for it := range r.items {
		if ctx.Err() != nil {
			return // what was not begun waits
		}
		p, units, err := r.parcel(ctx, it)
		if err == nil && hand != nil && hand.Lost() {
			hand.Close()
			hand = nil
		}
		if err == nil && hand == nil {
			var e error
			if hand, e = r.w.Open(ctx); e != nil {
				hand = nil
				r.fail(e)
				return
			}
		}
		if err == nil {
			err = hand.Give(context.WithoutCancel(ctx), p) // what was begun is ended
		}
		if pause, is := errors.AsType[*Pause](err); is && pause.Whole {
			r.fail(err)
			return
		}
		if err != nil && p != nil {
			err = &answered{err: err, address: p.To}
		}
		r.results <- result{it, err, units}
	}
}

// answered is an error that may name the address it is about.
type answered struct {
	err     error
	address string
}

// Error gives the text.
func (a *answered) Error() string { return a.err.Error() }

// Unwrap gives the cause.
func (a *answered) Unwrap() error { return a.err }

// fail ends the passage: the channel as a whole takes nothing now.
func (r *run) fail(err error) {
	r.mu.Lock()
	if r.down == nil {
		r.down = err
	}
	r.mu.Unlock()
	r.stop()
}

// errGone says that the reader has left.
var errGone = errors.New("the reader has left")

// parcel makes the message to one target. What is wrong with it is wrong for good, unless the database failed.
func (r *run) parcel(ctx context.Context, it item) (*Parcel, int, error) {
	c, err := r.content(ctx, it.lang)
	if err != nil {
		return nil, 0, err
	}
	p := &Parcel{Key: r.d.key(it.target), To: it.target, Lang: it.lang, Content: c, At: r.o.Store.Clock.At(r.d.madeAt), Expires: r.d.expires, Urgent: r.d.urgent, Chain: r.d.chain}
	if c.Follows != "" {
		p.Follows = dispatchID(c.Follows, r.d.channel) + "." + it.target
	}
	if r.w.Targets == nil {
		if it.sealed == "" || r.key == nil {
			return nil, 0, errGone
		}
		address, token, err := opened(r.key, it.target, it.sealed)
		if err != nil {
			return nil, 0, err
		}
		p.To, p.Link = address, r.o.Link(it.lang, token)
	}
	if r.d.kind == KindAsked { // asked again it is another question
		p.At = r.o.Store.Clock.At(r.o.Store.Clock.Now())
		p.Key += "." + strconv.FormatInt(it.asked, 10)
	}
	units := 0
	switch r.w.Name {
	case SMS:
		p.Text = strings.ReplaceAll(c.Short, "{link}", p.Link)
		units = CountUnits(p.Text).Parts
	default:
		p.Text = strings.ReplaceAll(c.Text, "{link}", p.Link)
	}
	return p, units, nil
}

// content is what is told in a language, composed once for the passage.
func (r *run) content(ctx context.Context, l translate.Lang) (*Content, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.said[l]
	if s == nil {
		s = &saying{}
		compose := r.o.Kinds[r.d.kind]
		if compose == nil {
			return nil, fault.New(fault.Invalid, "outbox.unknown", nil)
		}
		s.err = r.o.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) (err error) {
			s.content, err = compose(v, r.d.subject, l)
			return err
		})
		if s.err == nil && s.content == nil {
			s.err = fault.New(fault.Invalid, "outbox.nothing", nil)
		}
		if s.err == nil || fault.KindOf(s.err) != fault.Defect {
			r.said[l] = s
		}
	}
	return s.content, s.err
}

// collect writes down what became of messages, together, and stops the passage when it may not go on.
func (r *run) collect(ctx context.Context) error {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	var done []result
	idle := 0
	flush := func() error {
		for more := true; more && len(done) < flushMost; { // what came while the last ones were being written
			select {
			case x, open := <-r.results:
				if more = open; open {
					r.handed = r.handed || x.err == nil
					done = append(done, x)
				}
			default:
				more = false
			}
		}
		if idle++; len(done) == 0 && idle < sayAgain {
			return nil
		}
		idle = 0
		ok, err := r.flush(ctx, done)
		done = done[:0]
		if !ok {
			r.stop()
		}
		return err
	}
	for {
		select {
		case x, more := <-r.results:
			if !more {
				return flush()
			}
			r.handed = r.handed || x.err == nil
			if done = append(done, x); len(done) < flushAt {
				continue
			}
		case <-tick.C:
		}
		if err := flush(); err != nil {
			return err
		}
	}
}

// flush writes results, and tells whether the passage may go on.
func (r *run) flush(ctx context.Context, done []result) (ok bool, err error) {
	err = r.o.Store.Update(context.WithoutCancel(ctx), me, func(tx *store.Tx) error {
		if err := r.write(tx, done); err != nil {
			return err
		}
		var until int64
		err := raw.ReadOne(&tx.View, "SELECT lease_until FROM dispatch WHERE id = ? AND holder = ? AND state IN ('spreading', 'open', 'standing') AND expires > ?", []any{r.d.id, r.o.holder(), tx.Now}, &until)
		if ok = err == nil; fault.KindOf(err) == fault.Missing {
			return nil
		}
		// Written each time, it would lose to whoever writes the messages meanwhile, or they to it, on PostgreSQL.
		if ok && until < tx.Now+lease/2 {
			err = raw.Put(tx, "UPDATE dispatch SET lease_until = ? WHERE id = ?", tx.Now+lease, r.d.id)
		}
		if err != nil || r.d.urgent {
			return err
		}
		if end := r.o.Quiet.until(r.o.Store.Clock.At(tx.Now)); end > 0 && r.d.expires > end {
			ok = false
			return nil
		}
		var urgent int
		err = raw.ReadOne(&tx.View, "SELECT count(*) FROM dispatch WHERE channel = ? AND urgent = 1 AND state IN ('spreading', 'open') AND not_before <= ? AND lease_until < ?", []any{r.d.channel, tx.Now, tx.Now}, &urgent)
		ok = urgent == 0
		return err
	})
	return ok, err
}

func (r *run) write(tx *store.Tx, done []result) error {
	sent := map[int][]string{}
	for _, x := range done {
		if x.err == nil {
			sent[x.units] = append(sent[x.units], x.target)
			if x.bounced > 0 {
				if _, err := raw.Exec(tx, "UPDATE subscriber SET bounced = 0 WHERE id = ?", x.target); err != nil {
					return err
				}
			}
			continue
		}
		if err := r.failed(tx, x); err != nil {
			return err
		}
	}
	most := flushAt
	if tx.Engine() == store.Postgres {
		// Until the server has counted a new dispatch it takes it for small, and reads all of it for a list of targets. One by one
		// they cost little, since they go together.
		most = 1
	}
	for units, targets := range sent {
		slices.Sort(targets)
		for size := most; size > 0; size /= 2 { // few statements are prepared
			for len(targets) >= size {
				if err := r.sent(tx, units, targets[:size]); err != nil {
					return err
				}
				targets = targets[size:]
			}
		}
	}
	return nil
}

func (r *run) sent(tx *store.Tx, units int, targets []string) error {
	in := " IN (?" + strings.Repeat(", ?", len(targets)-1) + ")"
	ids := make([]any, len(targets))
	for i, t := range targets {
		ids[i] = t
	}
	if r.d.kind == KindAsked { // nothing stays of a question
		return raw.Put(tx, "DELETE FROM outbox WHERE dispatch = ? AND target"+in, append([]any{r.d.id}, ids...)...)
	}
	return raw.Put(tx, "UPDATE outbox SET state = 'sent', why = '', answer = '', attempt = attempt + 1, done_at = ?, units = ? WHERE dispatch = ? AND target"+in, append([]any{tx.Now, int64(units), r.d.id}, ids...)...)
}

// failed writes down that a message did not get through, and when it is tried again if it is.
func (r *run) failed(tx *store.Tx, x result) error {
	text, address := "", ""
	if a, is := errors.AsType[*answered](x.err); is {
		text, address = a.Error(), a.address
	}
	if found := fault.All(x.err); len(found) > 0 && found[0].Args["answer"] != nil {
		text, _ = found[0].Args["answer"].(string)
	}
	state, why, next := Waiting, "later", tx.Now+growing(firstPause, longestPause, x.attempt).Milliseconds()
	switch pause, is := errors.AsType[*Pause](x.err); {
	case errors.Is(x.err, errGone):
		state, why = Gone, ""
	case fault.KindOf(x.err) == fault.Invalid && text != "":
		state, why = Refused, "refused"
	case fault.KindOf(x.err) != fault.Defect:
		state, why = Refused, "withheld"
	case is:
		next = max(next, tx.Now+pause.For.Milliseconds())
	}
	if state != Waiting && r.d.kind == KindAsked { // nothing stays of a question
		if _, err := raw.Exec(tx, "DELETE FROM outbox WHERE dispatch = ? AND target = ?", r.d.id, x.target); err != nil || state != Refused {
			return err
		}
		_, err := raw.Exec(tx, "DELETE FROM subscriber WHERE id = ? AND state = 'asked'", x.target)
		return err
	}
	ended := int64(0)
	if state != Waiting {
		ended = tx.Now
	}
	if state == Gone && r.w.Targets == nil { // what a browser has taken back is kept no longer
		if _, err := raw.Exec(tx, "DELETE FROM subscriber WHERE id = ?", x.target); err != nil {
			return err
		}
	}
	// Another process may have gone on, and handed it over.
	n, err := raw.Exec(tx, "UPDATE outbox SET state = ?, why = ?, answer = ?, attempt = attempt + 1, next_at = ?, done_at = ? WHERE dispatch = ? AND target = ? AND state = 'waiting'",
		state, why, scrubbed(text, address), next, ended, r.d.id, x.target)
	if _, is := errors.AsType[*nobody](x.err); err != nil || n == 0 || !is || r.w.Targets != nil {
		return err
	}
	if _, err := raw.Exec(tx, "UPDATE subscriber SET bounced = bounced + 1 WHERE id = ?", x.target); err != nil {
		return err
	}
	_, err = raw.Exec(tx, "DELETE FROM subscriber WHERE id = ? AND bounced >= ?", x.target, mostBounces)
	return err
}

// end lets go of the dispatch; when the channel took nothing it waits, and when nothing of it waits it is over.
func (r *run) end(ctx context.Context) error {
	return r.o.Store.Update(context.WithoutCancel(ctx), me, func(tx *store.Tx) error {
		if r.d.state == standing {
			if err := sweep(tx); err != nil {
				return err
			}
		}
		if r.down != nil && !errors.Is(r.down, context.Canceled) {
			wait := growing(firstDown, longestDown, r.d.fails)
			if p, is := errors.AsType[*Pause](r.down); is {
				wait = max(wait, p.For)
			}
			text := r.down.Error()
			if found := fault.All(r.down); len(found) > 0 && found[0].Args["answer"] != nil {
				text, _ = found[0].Args["answer"].(string)
			}
			_, err := raw.Exec(tx, "UPDATE dispatch SET lease_until = 0, fails = fails + 1, trouble = ?, trouble_at = CASE WHEN trouble = '' THEN ? ELSE trouble_at END, not_before = ? WHERE id = ? AND holder = ?",
				scrubbed(text, ""), tx.Now, tx.Now+wait.Milliseconds(), r.d.id, r.o.holder())
			return err
		}
		if r.handed {
			if _, err := raw.Exec(tx, "UPDATE dispatch SET fails = 0, trouble = '', trouble_at = 0 WHERE id = ? AND (fails > 0 OR trouble <> '')", r.d.id); err != nil {
				return err
			}
		}
		_, err := raw.Exec(tx, `UPDATE dispatch SET lease_until = 0,
ended_at = CASE WHEN state = 'open' AND NOT EXISTS (SELECT 1 FROM outbox m WHERE m.dispatch = dispatch.id AND m.state = 'waiting') THEN ? ELSE ended_at END,
state = CASE WHEN state = 'open' AND NOT EXISTS (SELECT 1 FROM outbox m WHERE m.dispatch = dispatch.id AND m.state = 'waiting') THEN 'over' ELSE state END
WHERE id = ? AND holder = ?`, tx.Now, r.d.id, r.o.holder())
		return err
	})
}
