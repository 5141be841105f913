package figures

import (
	"errors"
	"maps"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/history"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/tally"
)

// Columns is what figures count, kept in memory: of each record type that a rule counts, the fields the rules read. At
// each question it takes in, through the asker's own View, what the history has had since; so an answer is the same on
// every process and never behind a save that the asker may have seen.
type Columns struct {
	types *record.Registry
	kept  map[string]*mirror // by record type

	mu   sync.Mutex
	wide map[string]*mirror // all fields of a type, for rules that are made while the program runs
}

// NewColumns makes the copies for the types that the rules count. They are filled at the first figure.
func NewColumns(types *record.Registry, counting []*rules.Rule) (*Columns, error) {
	c := &Columns{types: types, kept: map[string]*mirror{}}
	for _, r := range counting {
		if r.Ratio != nil {
			continue // made of two others
		}
		k := types.Kind(r.Type)
		if k == nil {
			return nil, fault.New(fault.Defect, "figures.columns.type", fault.Args{"type": r.Type, "rule": r.Key})
		}
		m := c.kept[r.Type]
		if m == nil {
			m = &mirror{kind: k}
			c.kept[r.Type] = m
		}
		m.rules = append(m.rules, r)
		for _, cond := range r.Conditions {
			for _, f := range cond.Uses {
				m.want(r.Fields()[f])
			}
		}
		for _, f := range append(slices.Clone(r.Distinct), r.Measure, r.DatedBy) {
			if f != "" {
				m.want(r.Fields()[f])
			}
		}
	}
	for _, m := range c.kept {
		// A rule that cannot be counted over columns is found now, not at the first question.
		if _, err := m.empty(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Ready fills the copies that are not filled yet, so that the first figure need not wait. Each is read through a View of
// its own, several at once; a View that sees less than a copy is told so, as ever.
func (c *Columns) Ready(look func(fn func(v *store.View) error) error) error {
	todo := make(chan *mirror, len(c.kept))
	for _, k := range slices.Sorted(maps.Keys(c.kept)) {
		todo <- c.kept[k]
	}
	close(todo)
	ended := make(chan error)
	workers := min(readers, runtime.GOMAXPROCS(0))
	for range workers {
		go func() {
			var err error
			for m := range todo {
				if err == nil {
					err = look(func(v *store.View) error { return m.with(v, func(*counters, int64) error { return nil }) })
				}
			}
			ended <- err
		}()
	}
	var all error
	for range workers {
		all = errors.Join(all, <-ended)
	}
	return all
}

// readers is how many copies are filled at once, at most: the requests of people need readers of their own.
const readers = 3

// with hands the counter of a rule to fn, with the instant as of which it must be asked.
func (c *Columns) with(v *store.View, r *rules.Rule, fn func(n *tally.Counter, known int64) error) error {
	m := c.kept[r.Type]
	if m == nil || !slices.Contains(m.rules, r) {
		m = c.wideOf(r)
	}
	if m == nil {
		return fault.New(fault.Defect, "figures.columns.type", fault.Args{"type": r.Type, "rule": r.Key})
	}
	return m.with(v, func(t *counters, known int64) error {
		n, err := t.of(r)
		if err != nil {
			return err
		}
		return fn(n, known)
	})
}

// wideOf is the copy of a type with every field a rule may read; nil where there is no such type. It is filled when it
// is first asked, as an office that makes no rules of its own has no use for it.
func (c *Columns) wideOf(r *rules.Rule) *mirror {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.wide[r.Type]
	if k := c.types.Kind(r.Type); m == nil && k != nil {
		m = &mirror{kind: k}
		names := slices.Sorted(maps.Keys(r.Fields()))
		for _, n := range names {
			m.want(r.Fields()[n])
		}
		if c.wide == nil {
			c.wide = map[string]*mirror{}
		}
		c.wide[r.Type] = m
	}
	return m
}

// counters is one table with the rules made ready for it.
type counters struct {
	table *tally.Table
	mu    sync.Mutex
	ready map[*rules.Rule]*tally.Counter
	made  int // of the ready ones, those that were made while the program ran
}

// mostMade bounds how many rules that were made while the program runs are kept ready.
const mostMade = 200

func (c *counters) of(r *rules.Rule) (*tally.Counter, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n, ok := c.ready[r]; ok {
		return n, nil
	}
	n, err := tally.Compile(r, c.table)
	if err != nil {
		return nil, err
	}
	if c.made++; c.made > mostMade {
		clear(c.ready) // whatever is asked for again is made again
		c.made = 1
	}
	c.ready[r] = n
	return n, nil
}

// mirror is the copy of one record type.
type mirror struct {
	kind   *record.Kind
	rules  []*rules.Rule
	fields []rules.Field // beyond the head, in the order of the table

	mu   sync.RWMutex
	full *counters // nil until the first figure
	next int64     // every entry of the log before this place has been taken in
	// recent are the versions taken in last, oldest first. A View that lacks one of them is behind the copy.
	recent []taken
	floor  int64 // a View whose log is shorter than this may lack versions that are no longer among the recent
	newest int64 // the latest instant of recording among the versions that are not among the recent

	seen atomic.Pointer[seen]
}

// taken is a version that was taken in, with its place in the log; -1 while it waited when it was last seen.
type taken struct {
	vid string
	idx int64
	at  int64 // recorded from
}

// maxRecent bounds how many versions are remembered one by one.
const maxRecent = 2048

func (m *mirror) want(f rules.Field) {
	known := slices.ContainsFunc(rules.Head, func(h rules.Field) bool { return h.Name == f.Name }) ||
		slices.ContainsFunc(m.fields, func(o rules.Field) bool { return o.Name == f.Name })
	if !known {
		m.fields = append(m.fields, f)
	}
}

// empty makes a table for the type with every rule ready.
func (m *mirror) empty() (*counters, error) {
	c := &counters{table: tally.NewTable(m.fields), ready: map[*rules.Rule]*tally.Counter{}}
	for _, r := range m.rules {
		n, err := tally.Compile(r, c.table)
		if err != nil {
			return nil, err
		}
		c.ready[r] = n
	}
	return c, nil
}

// sight is what one View can see of the log: how long it is, what waits, and what of it may be new to the copy.
type sight struct {
	size    int64
	ordered []history.Entry
	waiting map[string]bool
	entries []history.Entry // ordered, then waiting
}

// perRead is how many entries of the log are read at once.
const perRead = 10000

func (m *mirror) look(v *store.View, after int64) (s sight, err error) {
	if _, s.size, err = history.Checkpoint(v); err != nil {
		return s, err
	}
	s.waiting = map[string]bool{}
	for {
		ordered, waiting, err := history.Since(v, after-1, perRead, m.kind.Name)
		if err != nil {
			return s, err
		}
		s.ordered = append(s.ordered, ordered...)
		if len(ordered) == perRead {
			after = ordered[perRead-1].Idx + 1
			continue
		}
		for _, e := range waiting {
			s.waiting[e.VID] = true
		}
		s.entries = append(slices.Clone(s.ordered), waiting...)
		return s, nil
	}
}

// sight is look, unless what was seen last still stands: on SQLite, where nothing was written to the type since.
func (m *mirror) sight(v *store.View, after int64) (sight, error) {
	mark, ok := store.MarkOf(v, m.kind.Name)
	if !ok || mark.Writing || v.Engine() != store.SQLite {
		return m.look(v, after)
	}
	if k := m.seen.Load(); k != nil && k.mark == mark {
		return k.sight, nil
	}
	s, err := m.look(v, after)
	if err == nil {
		m.seen.Store(&seen{mark, s})
	}
	return s, err
}

// seen is a sight with the mark under which it stands.
type seen struct {
	mark  store.Mark
	sight sight
}

// with brings the copy up to what the View can see and hands it to fn. A View that can see less than the copy holds
// is answered as of the last instant before what it lacks; where that cannot be told apart, from a copy of its own.
func (m *mirror) with(v *store.View, fn func(c *counters, known int64) error) error {
	m.mu.RLock()
	filled, next := m.full != nil, m.next
	m.mu.RUnlock()
	if !filled {
		if err := m.fill(v); err != nil {
			return err
		}
		next = 0
		m.mu.RLock()
		next = m.next
		m.mu.RUnlock()
	}
	s, err := m.sight(v, next)
	if err != nil {
		return err
	}
	m.mu.RLock()
	if m.lacks(s) {
		m.mu.RUnlock()
		if err := m.takeIn(v, s); err != nil {
			return err
		}
		m.mu.RLock()
	}
	known, ok := m.known(v, s)
	if !ok {
		m.mu.RUnlock()
		return m.alone(v, fn)
	}
	defer m.mu.RUnlock()
	return fn(m.full, known)
}

// lacks tells whether the View can see something that the copy has yet to note.
func (m *mirror) lacks(s sight) bool {
	if s.size > m.next {
		return true
	}
	return slices.ContainsFunc(s.entries, func(e history.Entry) bool { return !m.full.table.Has(e.VID) })
}

// known finds the instant as of which the copy says what the View can see; false when there is none.
func (m *mirror) known(v *store.View, s sight) (int64, bool) {
	if s.size < m.floor {
		return 0, false
	}
	inOrder := map[string]bool{}
	for _, e := range s.ordered {
		inOrder[e.VID] = true
	}
	sees := func(t taken) bool { return t.idx >= 0 && t.idx < s.size || s.waiting[t.vid] || inOrder[t.vid] }
	missing := int64(math.MaxInt64)
	for _, t := range m.recent {
		if !sees(t) {
			missing = min(missing, t.at)
		}
	}
	if missing == math.MaxInt64 || v.KnownOn > 0 && v.KnownOn < missing {
		return v.KnownOn, true
	}
	if m.newest >= missing || slices.ContainsFunc(m.recent, func(t taken) bool { return t.at >= missing && sees(t) }) {
		return 0, false
	}
	return missing - 1, true
}

// sweepColumns are the columns of the head that a copy holds, before the fields.
var sweepColumns = []string{"vid", "id", "valid_from", "valid_to", "recorded_from", "recorded_to", "u1", "u2", "u3", "u4",
	"unit", "state", "level", "sample"}

// sweep reads versions through the View; each gets one that it must not keep.
func (m *mirror) sweep(v *store.View, ids []string, each func(x *tally.Version) error) error {
	columns := slices.Clone(sweepColumns)
	for _, f := range m.fields {
		columns = append(columns, f.Name)
	}
	vals, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range vals {
		dest[i] = &vals[i]
	}
	var values []any // of many versions in one piece of memory
	x := &tally.Version{}
	return m.kind.Sweep(v, columns, ids, dest, func() error {
		*x = tally.Version{VID: text(vals[0]), ID: text(vals[1]), ValidFrom: dayOr(vals[2], -clock.Open), ValidTo: dayOr(vals[3], clock.Open),
			RecFrom: whole(vals[4]), RecTo: tally.Held, Unit: text(vals[10]), State: text(vals[11]), Level: int8(whole(vals[12])),
			Sample: whole(vals[13]) != 0}
		if vals[5] != nil {
			x.RecTo = whole(vals[5])
		}
		for i := range x.Path {
			x.Path[i] = text(vals[6+i])
		}
		n := len(m.fields)
		if len(values)+n > cap(values) {
			values = make([]any, 0, 1000*max(n, 1))
		}
		values = append(values, vals[len(sweepColumns):]...)
		x.Values = values[len(values)-n : len(values) : len(values)]
		return each(x)
	})
}

func text(v any) string { s, _ := v.(string); return s }
func whole(v any) int64 { n, _ := v.(int64); return n }
func dayOr(v any, open clock.Day) clock.Day {
	if n, ok := v.(int64); ok {
		return clock.Day(n)
	}
	return open
}

// perAppend is how many versions are put into a table at once.
const perAppend = 500

// packed are versions as they were read for a first fill.
type packed struct {
	rows    []string
	numbers []any // of each row, those fields that come apart
}

// read makes a new table of all that the View can see, and finds the newest of what does not wait.
func (m *mirror) read(v *store.View, waiting map[string]bool) (c *counters, newest int64, err error) {
	if c, err = m.empty(); err != nil {
		return nil, 0, err
	}
	all, err := m.kind.Versions(v)
	if err != nil {
		return nil, 0, err
	}
	columns, apart := slices.Clone(tally.Head), []string(nil)
	exact := tally.Numbers(m.fields)
	for i, f := range m.fields {
		if slices.Contains(exact, i) {
			apart = append(apart, f.Name)
		} else {
			columns = append(columns, f.Name)
		}
	}
	// One goroutine reads while another puts in what was read.
	full, done := make(chan packed, 8), make(chan error, 1)
	var odd []string // ids of records of which a text holds the mark that stands between texts
	go func() {
		var failed error
		f := c.table.Fill(all)
		texts := make([]string, 0, len(columns))
		for batch := range full {
			for i, row := range batch.rows {
				if failed != nil {
					break
				}
				if texts = unpack(texts[:0], row); len(texts) != len(columns) {
					odd = append(odd, texts[1])
					continue
				}
				if !waiting[texts[0]] {
					at, _ := strconv.ParseInt(texts[4], 10, 64) // Add says if it is none
					newest = max(newest, at)
				}
				failed = f.Add(texts, batch.numbers[i*len(apart):(i+1)*len(apart)])
			}
		}
		done <- errors.Join(failed, f.Done())
	}()
	vals, dest := make([]any, len(apart)), make([]any, len(apart))
	for i := range vals {
		dest[i] = &vals[i]
	}
	batch := packed{rows: make([]string, 0, perAppend)}
	err = m.kind.SweepPacked(v, columns, apart, dest, func(row string) error {
		batch.rows, batch.numbers = append(batch.rows, row), append(batch.numbers, vals...)
		if len(batch.rows) == perAppend {
			full <- batch
			batch = packed{rows: make([]string, 0, perAppend)}
		}
		return nil
	})
	full <- batch
	close(full)
	if err = errors.Join(err, <-done); err != nil || len(odd) == 0 {
		return c, newest, err
	}
	slices.Sort(odd)
	err = m.sweep(v, slices.Compact(odd), func(x *tally.Version) error {
		if c.table.Has(x.VID) {
			return nil
		}
		if !waiting[x.VID] {
			newest = max(newest, x.RecFrom)
		}
		return c.table.Append(*x)
	})
	return c, newest, err
}

// unpack takes the texts of a packed row apart.
func unpack(texts []string, row string) []string {
	for {
		i := strings.IndexByte(row, record.PackMark[0])
		if i < 0 {
			return append(texts, row)
		}
		texts, row = append(texts, row[:i]), row[i+1:]
	}
}

// fill reads the whole type in one pass, unless somebody else was quicker.
func (m *mirror) fill(v *store.View) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.full != nil {
		return nil
	}
	_, size, err := history.Checkpoint(v)
	if err != nil {
		return err
	}
	s, err := m.look(v, size)
	if err != nil {
		return err
	}
	full, newest, err := m.read(v, s.waiting)
	if err != nil {
		return err
	}
	m.full, m.next, m.floor, m.newest = full, s.size, s.size, newest
	for _, e := range s.entries {
		m.recent = append(m.recent, taken{vid: e.VID, idx: e.Idx, at: e.At})
	}
	return nil
}

// takeIn adds what the View can see and the copy does not hold: new versions once, and what they closed.
func (m *mirror) takeIn(v *store.View, s sight) error {
	var ids []string
	m.mu.RLock()
	for _, e := range s.entries {
		if !m.full.table.Has(e.VID) {
			ids = append(ids, e.ID)
		}
	}
	m.mu.RUnlock()
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var found []tally.Version
	if len(ids) > 0 {
		if err := m.sweep(v, ids, func(x *tally.Version) error { found = append(found, *x); return nil }); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, x := range found {
		if !m.full.table.Has(x.VID) {
			if err := m.full.table.Append(x); err != nil {
				return err
			}
			m.recent = append(m.recent, taken{vid: x.VID, idx: -1, at: x.RecFrom})
		} else if x.RecTo != tally.Held {
			if err := m.full.table.CloseVersion(x.VID, x.RecTo); err != nil {
				return err
			}
		}
	}
	m.note(s)
	return nil
}

// note keeps the places that waiting versions were given, and forgets the oldest of the recent.
func (m *mirror) note(s sight) {
	places := map[string]int64{}
	for _, e := range s.ordered {
		places[e.VID] = e.Idx
	}
	for i := range m.recent {
		if idx, ok := places[m.recent[i].vid]; ok && m.recent[i].idx < 0 {
			m.recent[i].idx = idx
		}
	}
	m.next = max(m.next, s.size)
	for len(m.recent) > maxRecent && m.recent[0].idx >= 0 {
		m.floor, m.newest = max(m.floor, m.recent[0].idx+1), max(m.newest, m.recent[0].at)
		m.recent = m.recent[1:]
	}
}

// alone answers a View from a copy of its own.
func (m *mirror) alone(v *store.View, fn func(c *counters, known int64) error) error {
	c, _, err := m.read(v, nil)
	if err != nil {
		return err
	}
	return fn(c, v.KnownOn)
}

// scopeOf turns what a person may see of a type into what a table can check. Only the visibilities that types share
// are known; a type with another one cannot be counted until this knows it too, rather than be counted for everybody.
func scopeOf(k *record.Kind, who access.Who) (tally.Scope, error) {
	var s tally.Scope
	see := k.See(who)
	switch {
	case same(see, access.All):
		s.Everything = true
		return s, nil
	case same(see, access.InUnits(who)):
		if who.Known() {
			s.Open = 1
		}
	case who.OnlyApplies() && same(see, access.Filed("")(who)): // what is public, and what is their unit's
	case same(see, access.Below(who)):
		s.Open = -1
	default:
		return s, fault.New(fault.Defect, "figures.columns.sight", fault.Args{"type": k.Name})
	}
	if !who.Known() {
		return s, nil
	}
	s.Max = math.MaxInt8
	for _, seat := range who.Seats {
		if n := len(seat.Path); n > 0 && n <= access.MaxDepth {
			s.Under = append(s.Under, tally.Unit{Depth: n, Code: seat.Unit()})
		}
	}
	return s, nil
}

func same(a, b access.Cond) bool { return a.SQL == b.SQL && slices.Equal(a.Args, b.Args) }
