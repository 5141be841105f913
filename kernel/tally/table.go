// Package tally counts record versions over columns held in memory, as of any (valid on, known on). It keeps, of one
// record type, the ids, the four times, the scope and the fields that figures count; it holds no texts for people and
// is filled from the history by its caller. A counting rule is compiled from the very tree that kernel/rules checked,
// and must answer for every row as that rule's Explain would. The rule to know: the same question on the same versions
// has the same answer, and an expression that cannot be compiled is refused when the rule is loaded.
package tally

import (
	"embed"
	"math"
	"strings"
	"sync"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/rules"
)

// Words are the phrases of this package.
//
//go:embed words
var Words embed.FS

// Held stands for "still held to be so" where an instant of the end of a belief is given.
const Held int64 = math.MaxInt64

// Depth is how many levels of the unit tree a row carries.
const Depth = 4

// Version is one version of a record, as the history hands it over.
type Version struct {
	VID, ID            string
	ValidFrom, ValidTo clock.Day // -clock.Open and clock.Open where open
	RecFrom, RecTo     int64     // milliseconds; RecTo is 0 or Held while the version is held
	Path               [Depth]string
	Unit, State        string
	Level              int8
	Sample             bool
	// Values are in the order of the fields the table was made with; nil is unknown. Fields of the head (id, state,
	// unit, level, sample) take their values from above, whatever stands here.
	Values []any
}

const (
	noDay   = math.MinInt32
	noWhole = math.MinInt64
	pathSep = "\x1f"
)

// column is one field of every row.
type column struct {
	field rules.Field
	code  codes // Text, Choice (number in dict), Bool (0, 1)
	dict  *dict
	day   []int32 // Day; When, earliest
	late  []int32 // When, latest
	num   []float64
	whole []int64
	small []int8 // the level: a Whole kept narrow
	slim  bool   // small is in use
	nulls bool   // some row's Day, Number or Whole is unknown
	// lastOne is the text put last while the table is filled, and lastCode its number.
	lastOne  string
	lastCode uint32
}

// Table is the versions of one record type. Many may read while one appends.
type Table struct {
	mu     sync.RWMutex
	given  []int // column of each field the table was made with; -1 for one of the head
	cols   []*column
	byName map[string]int
	n      int

	vids            dict
	ids             *dict
	from, to        []int32
	recFrom, recTo  []int64
	paths           dict
	path            codes
	keys            map[string]*key
	unitAt          [][Depth]string // of each path code
	lastPath        uint32          // of the version added last
	level           *column
	state, unit     *column
	sample, idField *column

	momentMu sync.Mutex
	moments  []*moment // the latest asked for, newest last
}

// NewTable makes an empty table for a record type with these fields.
func NewTable(fields []rules.Field) *Table {
	t := &Table{byName: map[string]int{}, keys: map[string]*key{}}
	for _, f := range rules.Head {
		t.addColumn(f)
	}
	t.idField, t.state, t.unit = t.cols[t.byName["id"]], t.cols[t.byName["state"]], t.cols[t.byName["unit"]]
	t.level, t.sample = t.cols[t.byName["level"]], t.cols[t.byName["sample"]]
	t.ids, t.level.slim = t.idField.dict, true
	for _, f := range fields {
		if _, head := t.byName[f.Name]; head {
			t.given = append(t.given, -1)
			continue
		}
		t.given = append(t.given, t.addColumn(f))
	}
	return t
}

func (t *Table) addColumn(f rules.Field) int {
	c := &column{field: f}
	if f.Kind == rules.Text || f.Kind == rules.Choice {
		c.dict = &dict{}
		c.dict.add("") // the empty text is always number 0
	}
	t.byName[f.Name] = len(t.cols)
	t.cols = append(t.cols, c)
	return len(t.cols) - 1
}

// Len is the number of versions.
func (t *Table) Len() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.n
}

// Append adds versions. Either all of them are added or, with an error that names the first unfit one, none.
func (t *Table) Append(versions ...Version) error {
	ready := make([][]any, len(versions))
	all := make([]any, 0, len(versions)*len(t.given)) // one piece of memory for the values of all
	for i, v := range versions {
		var vals []any
		var err error
		vals, all, err = t.fit(v, all)
		if err != nil {
			return err
		}
		ready[i] = vals
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, v := range versions {
		if _, fresh := t.vids.add(v.VID); !fresh {
			t.vids.cut(t.n)
			return fault.New(fault.Defect, "tally.version_twice", fault.Args{"vid": v.VID})
		}
	}
	for i, v := range versions {
		t.add(v, ready[i])
	}
	return nil
}

// fit brings the values into their one form before anything is added.
func (t *Table) fit(v Version, all []any) (out, rest []any, err error) {
	if len(v.Values) != len(t.given) {
		return nil, all, fault.New(fault.Defect, "tally.values", fault.Args{"vid": v.VID, "got": len(v.Values), "want": len(t.given)})
	}
	n := len(all)
	all = all[:n+len(v.Values)]
	out = all[n:len(all):len(all)]
	for i, x := range v.Values {
		if t.given[i] < 0 {
			continue
		}
		if out[i], err = rules.Value(t.cols[t.given[i]].field, x); err != nil {
			return nil, all, fault.Because(err, fault.Defect, "tally.value", fault.Args{"vid": v.VID, "field": t.cols[t.given[i]].field.Name})
		}
	}
	return out, all, nil
}

// add adds a version whose vid has its number.
func (t *Table) add(v Version, vals []any) {
	if v.RecTo == 0 {
		v.RecTo = Held
	}
	t.from, t.to = append(t.from, int32(v.ValidFrom)), append(t.to, int32(v.ValidTo))
	t.recFrom, t.recTo = append(t.recFrom, v.RecFrom), append(t.recTo, v.RecTo)
	// Most versions lie where the one before them does, or near it.
	p, fresh := t.lastPath, false
	if t.n == 0 || v.Path != t.unitAt[p] {
		p, fresh = t.paths.add(strings.Join(v.Path[:], pathSep))
	}
	t.lastPath = p
	if fresh {
		t.unitAt = append(t.unitAt, v.Path)
	}
	t.path.append(p)
	t.idField.put(v.ID)
	t.state.put(v.State)
	t.unit.put(v.Unit)
	t.sample.put(v.Sample)
	t.level.small = append(t.level.small, v.Level)
	for i, c := range t.given {
		if c >= 0 {
			t.cols[c].put(vals[i])
		}
	}
	t.n++
	t.noteRow(t.n - 1)
	for _, k := range t.keys {
		k.extend(t)
	}
}

func (c *column) put(v any) {
	switch c.field.Kind {
	case rules.Text, rules.Choice:
		s, _ := v.(string)
		n, _ := c.dict.add(s)
		c.code.append(n)
	case rules.Bool:
		var n uint32
		if b, _ := v.(bool); b {
			n = 1
		}
		c.code.append(n)
	case rules.Day:
		d, ok := v.(clock.Day)
		c.nulls = c.nulls || !ok
		c.day = append(c.day, pick(ok, int32(d), noDay))
	case rules.When:
		w, _ := v.(clock.When)
		c.day, c.late = append(c.day, int32(w.Earliest())), append(c.late, int32(w.Latest()))
	case rules.Number:
		f, ok := v.(float64)
		c.nulls = c.nulls || !ok
		c.num = append(c.num, pick(ok, f, math.NaN()))
	case rules.Whole:
		n, ok := v.(int64)
		c.nulls = c.nulls || !ok
		c.whole = append(c.whole, pick(ok, n, noWhole))
	}
}

func pick[T any](ok bool, a, b T) T {
	if ok {
		return a
	}
	return b
}

// CloseVersion says that a version is no longer held to be so from the instant recTo on.
func (t *Table) CloseVersion(vid string, recTo int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	row, ok := t.vids.find(vid)
	if !ok {
		return fault.New(fault.Missing, "tally.no_version", fault.Args{"vid": vid})
	}
	t.recTo[row] = recTo
	t.noteRow(int(row))
	return nil
}

// key is what makes one counted thing: a field, or a tuple of fields numbered as they come.
type key struct {
	cols  []*column
	only  *codes // the column itself, when one text field is the key
	chain []pairs
	code  []uint32
}

// keyFor finds or makes the key of a list of fields. The caller holds the lock for writing.
func (t *Table) keyFor(fields []string) *key {
	name := strings.Join(fields, pathSep)
	if k, ok := t.keys[name]; ok {
		return k
	}
	k := &key{}
	parts := 0
	for _, f := range fields {
		c := t.cols[t.byName[f]]
		k.cols = append(k.cols, c)
		parts += c.parts()
	}
	if parts == 1 && k.cols[0].dict != nil {
		k.only = &k.cols[0].code
	} else {
		k.chain = make([]pairs, parts)
		k.extend(t)
	}
	t.keys[name] = k
	return k
}

// parts is how many 32-bit pieces tell two values of the column apart.
func (c *column) parts() int {
	if c.field.Kind == rules.When || c.field.Kind == rules.Whole && !c.slim {
		return 2
	}
	return 1
}

func (c *column) part(row, i int) uint32 {
	switch {
	case c.field.Kind == rules.When && i == 1:
		return uint32(c.late[row])
	case c.field.Kind == rules.When, c.field.Kind == rules.Day:
		return uint32(c.day[row])
	case c.slim:
		return uint32(c.small[row])
	case c.field.Kind == rules.Whole:
		return uint32(c.whole[row] >> (32 * i))
	}
	return c.code.at(row)
}

func (k *key) extend(t *Table) {
	if k.only != nil {
		return
	}
	for row := len(k.code); row < t.n; row++ {
		var at uint32
		n := 0
		for _, c := range k.cols {
			for i := range c.parts() {
				at = k.chain[n].add(at, c.part(row, i))
				n++
			}
		}
		k.code = append(k.code, at)
	}
}

func (k *key) at(row int) uint32 {
	if k.only != nil {
		return k.only.at(row)
	}
	return k.code[row]
}

// size is how many different keys there are.
func (k *key) size() int {
	if k.only != nil {
		return k.cols[0].dict.len()
	}
	return len(k.chain[len(k.chain)-1].items)
}

// Has tells whether a version stands in the table.
func (t *Table) Has(vid string) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	_, ok := t.vids.find(vid)
	return ok
}
