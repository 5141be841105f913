package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/history"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// The grades of a finding.
const (
	well  = "ok"
	watch = "warn"
	wrong = "bad"
)

// symptom is one thing the doctor looked at. Do says what to do about it.
type symptom struct {
	Check string `json:"check"`
	Grade string `json:"grade"`
	Text  string `json:"text"`
	Do    string `json:"do,omitempty"`
}

// exam is one visit of the doctor.
type exam struct {
	c     *call
	found []symptom
}

// note adds a finding; what to do stands in the phrase beside it.
func (x *exam) note(check, grade, key string, pairs ...any) {
	s := symptom{Check: check, Grade: grade, Text: x.c.Say(key, pairs...)}
	if grade != well {
		if x.c.book.Has(x.c.lang, key+"_do") {
			s.Do = x.c.Say(key+"_do", pairs...)
		}
	}
	x.found = append(x.found, s)
}

// doctor looks at everything that an operator can mend, and says what to do.
func doctor(ctx context.Context, c *call) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	x := &exam{c: c}
	x.note("version", well, "app.doctor.version", "version", ThisVersion().Version, "go", ThisVersion().Go)
	if _, err := os.Stat(cfg.Data); err != nil {
		return fault.Because(err, fault.Invalid, "app.place.empty", fault.Args{"path": cfg.Data})
	}
	x.disk(cfg)
	a, err := Attach(ctx, cfg, c.quiet())
	if err != nil {
		x.unopened(err)
	} else {
		err = errors.Join(x.inside(ctx, a), a.Close())
		if err != nil {
			return err
		}
	}
	bad, warned := 0, 0
	marks := map[string]string{well: "ok  ", watch: "!   ", wrong: "!!  "}
	var lines []string
	for _, s := range x.found {
		lines = append(lines, marks[s.Grade]+s.Text)
		if s.Do != "" {
			lines = append(lines, "      "+s.Do)
		}
		switch s.Grade {
		case wrong:
			bad++
		case watch:
			warned++
		}
	}
	lines = append(lines, "", c.Say("app.doctor.sum", "bad", bad, "warned", warned))
	if err := c.answer(map[string]any{"healthy": bad == 0, "checks": x.found}, lines...); err != nil {
		return err
	}
	if bad > 0 {
		return errNo
	}
	return nil
}

// fewBytes is the free space below which the doctor speaks of it.
const fewBytes = 1 << 30

func (x *exam) disk(cfg Config) {
	if err := probe(cfg.Data); err != nil {
		x.note("disk", wrong, fault.All(err)[0].Key, "path", cfg.Data)
		return
	}
	free, known := room(cfg.Data)
	switch {
	case !known:
		x.note("disk", well, "app.doctor.disk", "path", cfg.Data)
	case free < fewBytes:
		x.note("disk", watch, "app.doctor.space", "path", cfg.Data, "mb", free>>20)
	default:
		x.note("disk", well, "app.doctor.room", "path", cfg.Data, "gb", fmt.Sprintf("%.1f", float64(free)/(1<<30)))
	}
}

// unopened tells why the office could not be opened.
func (x *exam) unopened(err error) {
	found := fault.All(err)
	if key := store.Ailment(err); key != "" {
		x.found = append(x.found, symptom{Check: "open", Grade: wrong, Text: x.c.Say(key), Do: x.c.Say("app.doctor.open_do")})
		return
	}
	if len(found) == 0 || !x.c.book.Has(x.c.lang, found[0].Key) {
		x.found = append(x.found, symptom{Check: "open", Grade: wrong, Text: x.c.Say("app.defect", "error", err), Do: x.c.Say("app.doctor.open_do")})
		return
	}
	for _, f := range found {
		x.found = append(x.found, symptom{Check: "open", Grade: wrong, Text: x.c.book.SayMap(x.c.lang, f.Key, f.Args), Do: x.c.Say("app.doctor.open_do")})
	}
}

// lag is how long (ms) an entry may wait for its place in the log while nobody serves, and while somebody does.
const lag = 60_000

func (x *exam) inside(ctx context.Context, a *App) error {
	return a.Store.Look(ctx, access.Program("doctor"), store.AsOf{}, func(v *store.View) error {
		for _, look := range []func(*store.View, *App) error{x.integrity, x.clock, x.ledger, x.jobs, x.files} {
			if err := look(v, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// integrity lets SQLite look through its own pages. PostgreSQL has tools of its own for that.
func (x *exam) integrity(v *store.View, a *App) error {
	if a.Store.Engine == store.Postgres {
		x.note("integrity", well, "app.doctor.postgres")
		return nil
	}
	rows, err := v.Query("SELECT integrity_check FROM pragma_integrity_check")
	if err != nil {
		x.note("integrity", wrong, "app.doctor.damaged", "detail", err)
		return nil
	}
	defer rows.Close()
	first, n := "", 0
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		if n++; n == 1 {
			first = line
		}
	}
	if err := rows.Err(); err != nil {
		first = err.Error()
	}
	if first != "ok" {
		x.note("integrity", wrong, "app.doctor.damaged", "detail", first)
		return nil
	}
	x.note("integrity", well, "app.doctor.integrity")
	return nil
}

func (x *exam) clock(v *store.View, a *App) error {
	newest, err := a.newest(v.Context())
	if err != nil {
		return err
	}
	if newest > v.Now+clockSlack {
		x.note("clock", wrong, "app.clock.back", "now", instant(v.Now), "newest", instant(newest))
		return nil
	}
	x.note("clock", well, "app.doctor.clock", "now", instant(v.Now), "zone", a.Store.Clock.Zone())
	return nil
}

func (x *exam) ledger(v *store.View, a *App) error {
	var waiting, oldest int64
	if err := v.One("SELECT count(*), coalesce(min(at), 0) FROM ledger_pending", nil, &waiting, &oldest); err != nil {
		return err
	}
	_, size, err := history.Checkpoint(v)
	if err != nil {
		return err
	}
	if waiting > 0 && v.Now-oldest > lag {
		x.note("ledger", watch, "app.doctor.lag", "waiting", waiting, "minutes", (v.Now-oldest)/60_000)
		return nil
	}
	x.note("ledger", well, "app.doctor.ledger", "entries", size, "waiting", waiting)
	return nil
}

func (x *exam) jobs(v *store.View, _ *App) error {
	var failed, waiting int64
	if err := v.One("SELECT count(*) FROM job WHERE state = ?", []any{jobs.Failed}, &failed); err != nil {
		return err
	}
	if err := v.One("SELECT count(*) FROM job WHERE state = ?", []any{jobs.Waiting}, &waiting); err != nil {
		return err
	}
	if failed > 0 {
		kind, text := "", ""
		err := v.One("SELECT kind, last_error FROM job WHERE state = ? ORDER BY id DESC LIMIT 1", []any{jobs.Failed}, &kind, &text)
		if err != nil {
			return err
		}
		x.note("jobs", watch, "app.doctor.failed", "count", failed, "kind", kind, "error", text)
		return nil
	}
	x.note("jobs", well, "app.doctor.jobs", "waiting", waiting)
	return nil
}

// files looks whether every file that a record speaks of is on the shelf.
func (x *exam) files(v *store.View, a *App) error {
	seen, lost := map[string]bool{}, ""
	gone := 0
	for _, k := range Types.Kinds {
		for _, f := range k.Fields {
			if f.Kind != record.KindFile {
				continue
			}
			recs, err := k.SelectKnown(v, "WHERE x."+f.Name+" <> ''")
			if err != nil {
				return err
			}
			for _, rec := range recs {
				for _, d := range f.Docs(rec) {
					if seen[d.Digest] {
						continue
					}
					seen[d.Digest] = true
					_, there, err := a.Files.Has(v.Context(), files.Digest(d.Digest))
					if err != nil && fault.KindOf(err) != fault.Missing {
						return err
					}
					if !there {
						gone++
						lost = k.Name + " " + k.Head(rec).ID + " (" + d.Name + ")"
					}
				}
			}
		}
	}
	if gone > 0 {
		x.note("files", wrong, "app.doctor.gone", "count", gone, "first", lost, "path", filepath.Join(a.Config.Data, filesFolder))
		return nil
	}
	x.note("files", well, "app.doctor.files", "count", len(seen))
	return nil
}
