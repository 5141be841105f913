// Package jobs keeps work for later as rows written in the transaction that asks for it, and runs them afterwards,
// again with growing pauses when they fail. It is also the outbox: nothing leaves the program inside a transaction.
package jobs

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// Migrations is the table of jobs.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// The states of a job.
const (
	Waiting = "waiting"
	Running = "running"
	Done    = "done"
	Failed  = "failed" // given up after MaxAttempts
)

// MaxAttempts is how often a job is tried before it waits for a person.
const MaxAttempts = 8

// lease is how long a runner may hold a job before another takes it for dead.
const lease = 10 * time.Minute

// Job is one piece of work.
type Job struct {
	ID, Kind, Body, By, State string
	RunAt                     int64
	Attempt                   int
	Done, Total               int64 // progress
	Result, LastError         string
	CreatedAt, EndedAt        int64
}

// Add asks for work in the transaction; it runs after the commit. body is encoded as JSON.
func Add(tx *store.Tx, kind string, body any) (id string, err error) {
	raws, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	id = clock.NewID(tx.Now)
	return id, raw.InsertSoon(tx, "INSERT INTO job (id, kind, body, by_who, state, run_at, attempt, lease_until, done, total, result, last_error, created_at) VALUES ",
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", id, kind, string(raws), tx.Who.ID, Waiting, tx.Now, int64(0), int64(0), int64(0), int64(0), "", "", tx.Now)
}

// AddAt asks for work that is not begun before an instant.
func AddAt(tx *store.Tx, kind string, body any, at int64) error {
	id, err := Add(tx, kind, body)
	if err != nil || at <= tx.Now {
		return err
	}
	return raw.Put(tx, "UPDATE job SET run_at = ? WHERE id = ?", at, id)
}

// nothing is the body of a job that is done now and then.
const nothing = "null"

// Later asks for work of a kind that is done now and then, unless some of it waits already.
func Later(tx *store.Tx, kind string, at int64) error {
	var n int
	if err := raw.ReadOne(&tx.View, "SELECT count(*) FROM job WHERE kind = ? AND state = 'waiting'", []any{kind}, &n); err != nil || n > 0 {
		return err
	}
	return AddAt(tx, kind, nil, at)
}

// Runner runs jobs. Make it with New, register kinds with On, then Start it.
type Runner struct {
	st    *store.Store
	kinds map[string]Work
	wake  chan struct{}
	stop  context.CancelFunc
	done  sync.WaitGroup
	log   *slog.Logger
	last  map[string]string // of work done now and then: the job of each kind that was done last
}

// Work does one job. It may report progress. An error means "try again later", unless its kind is Invalid.
type Work func(ctx context.Context, j Job, progress func(done, total int64)) (result string, err error)

// New makes a runner over a store.
func New(st *store.Store, log *slog.Logger) *Runner {
	return &Runner{st: st, kinds: map[string]Work{}, last: map[string]string{}, wake: make(chan struct{}, 1), log: log}
}

// On says what does the jobs of a kind.
func (r *Runner) On(kind string, w Work) { r.kinds[kind] = w }

// Phrase is what a kind of job is called: of a room's kind, "<room>.<what>", it stands with the words of the room.
func Phrase(kind string) string {
	if room, what, ok := strings.Cut(kind, "."); ok {
		return room + ".job." + what
	}
	return "jobs.kind." + kind
}

// Kinds lists the kinds of jobs that can be done; the page of jobs says what each is.
func (r *Runner) Kinds() []string { return slices.Sorted(maps.Keys(r.kinds)) }

// Wake makes the runner look for work now; call it after a commit that added some.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Start begins to run jobs until Stop.
func (r *Runner) Start() {
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	r.done.Add(1)
	go func() {
		defer r.done.Done()
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			for r.RunOne(ctx) {
				if ctx.Err() != nil {
					return
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-r.wake:
			case <-tick.C:
			}
		}
	}()
}

// Stop ends the runner after the job it is at.
func (r *Runner) Stop() {
	if r.stop != nil {
		r.stop()
		r.done.Wait()
	}
}

// RunOne takes one due job and runs it; false when none is due. Tests call it until it says so.
func (r *Runner) RunOne(ctx context.Context) bool {
	j, err := r.take(ctx)
	if err != nil {
		if ctx.Err() == nil && fault.KindOf(err) != fault.Missing {
			r.log.Error("taking a job", "err", err)
		}
		return false
	}
	w := r.kinds[j.Kind]
	var result string
	if w == nil {
		err = fault.New(fault.Invalid, "jobs.unknown", fault.Args{"kind": j.Kind})
	} else {
		result, err = r.run(ctx, w, j)
	}
	if e := r.end(j, result, err); e != nil {
		r.log.Error("ending a job", "job", j.ID, "err", e)
	}
	return true
}

func (r *Runner) run(ctx context.Context, w Work, j Job) (result string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	var last int64
	return w(ctx, j, func(done, total int64) {
		// Progress is for people: a few times a second is enough.
		if now := r.st.Clock.Now(); now-last > 300 || done == total {
			last = now
			_ = r.st.Update(context.Background(), access.Program("jobs"), func(tx *store.Tx) error { // a missed tick does no harm
				_, err := raw.Exec(tx, "UPDATE job SET done = ?, total = ?, lease_until = ? WHERE id = ?", done, total, tx.Now+lease.Milliseconds(), j.ID)
				return err
			})
		}
	})
}

// due tells whether any job waits, without taking a write transaction.
func (r *Runner) due(ctx context.Context) (found bool, err error) {
	err = r.st.Look(ctx, access.Program("jobs"), store.AsOf{}, func(v *store.View) error {
		var n int
		err := raw.ReadOne(v, `SELECT count(*) FROM (SELECT 1 FROM job WHERE state = 'waiting' AND run_at <= ? UNION ALL
SELECT 1 FROM job WHERE state = 'running' AND lease_until < ? LIMIT 1) q`, []any{v.Now, v.Now}, &n)
		found = n > 0
		return err
	})
	return found, err
}

func (r *Runner) take(ctx context.Context) (j Job, err error) {
	found, err := r.due(ctx)
	if err != nil {
		return j, err
	}
	if !found {
		return j, fault.New(fault.Missing, "", nil)
	}
	err = r.st.Update(ctx, access.Program("jobs"), func(tx *store.Tx) error {
		// Those first whose runner died; each question has an index that is its order.
		const one = "SELECT id, kind, body, by_who, attempt FROM job WHERE "
		err := raw.ReadOne(&tx.View, one+"state = 'running' AND lease_until < ? ORDER BY lease_until LIMIT 1",
			[]any{tx.Now}, &j.ID, &j.Kind, &j.Body, &j.By, &j.Attempt)
		if fault.KindOf(err) == fault.Missing {
			err = raw.ReadOne(&tx.View, one+"state = 'waiting' AND run_at <= ? ORDER BY run_at, id LIMIT 1",
				[]any{tx.Now}, &j.ID, &j.Kind, &j.Body, &j.By, &j.Attempt)
		}
		if err != nil {
			return err
		}
		j.Attempt++
		_, err = raw.Exec(tx, "UPDATE job SET state = 'running', attempt = ?, lease_until = ? WHERE id = ?", j.Attempt, tx.Now+lease.Milliseconds(), j.ID)
		return err
	})
	return j, err
}

func (r *Runner) end(j Job, result string, failed error) error {
	return r.st.Update(context.Background(), access.Program("jobs"), func(tx *store.Tx) error {
		state, at, text := Done, tx.Now, ""
		var ended any = tx.Now
		if failed != nil {
			text = failed.Error()
			state = Failed
			if fault.KindOf(failed) != fault.Invalid && j.Attempt < MaxAttempts {
				pause := time.Second << (2 * min(j.Attempt, 7)) // 4 s, 16 s … up to some 4 hours
				state, at, ended = Waiting, tx.Now+pause.Milliseconds(), nil
				if errors.Is(failed, context.Canceled) {
					at = tx.Now // the program is stopping: the job goes on at the next start
				}
			}
		}
		_, err := raw.Exec(tx, "UPDATE job SET state = ?, run_at = ?, result = ?, last_error = ?, ended_at = ? WHERE id = ?",
			state, at, result, text, ended, j.ID)
		if err != nil || state != Done || j.Body != nothing {
			return err
		}
		// What is done every few minutes would bury what people asked for: the last time is kept.
		was := r.last[j.Kind]
		r.last[j.Kind] = j.ID
		raw.OnUndo(tx, func() { r.last[j.Kind] = was })
		_, err = raw.Exec(tx, "DELETE FROM job WHERE id = ?", was)
		return err
	})
}

// Again puts a job that was given up back in line.
func Again(tx *store.Tx, id string) error {
	n, err := raw.Exec(tx, "UPDATE job SET state = 'waiting', attempt = 0, run_at = ?, ended_at = NULL WHERE id = ? AND state = 'failed'", tx.Now, id)
	if err == nil && n == 0 {
		return fault.New(fault.Missing, "store.missing", nil)
	}
	return err
}

const jobColumns = "id, kind, body, by_who, state, run_at, attempt, done, total, result, last_error, created_at, coalesce(ended_at, 0)"

func scan(rows store.Rows) (j Job, err error) {
	err = rows.Scan(&j.ID, &j.Kind, &j.Body, &j.By, &j.State, &j.RunAt, &j.Attempt, &j.Done, &j.Total, &j.Result, &j.LastError, &j.CreatedAt, &j.EndedAt)
	return j, err
}

// List reads the newest jobs, those of one person when by is given.
func List(v *store.View, by string, limit int) (out []Job, err error) {
	rows, err := raw.Read(v, "SELECT "+jobColumns+" FROM job WHERE by_who = ? OR ? = '' ORDER BY id DESC LIMIT ?", by, by, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		j, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, j)
	}
	return out, rows.Err()
}

// Get reads one job.
func Get(v *store.View, id string) (Job, error) {
	rows, err := raw.Read(v, "SELECT "+jobColumns+" FROM job WHERE id = ?", id)
	if err != nil {
		return Job{}, err
	}
	defer rows.Close()
	if !rows.Next() {
		return Job{}, errors.Join(fault.New(fault.Missing, "store.missing", nil), rows.Err())
	}
	return scan(rows)
}
