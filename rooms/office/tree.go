package office

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Branch is a unit as it stands in the tree.
type Branch struct {
	ID, Code, Parent, Kind string
	Name                   translate.Text
	// Holds tells whether the unit exists on the day one looks at; one that has ended, or not begun, keeps its place so
	// that its records keep theirs.
	Holds bool
	From  clock.Day
}

// Chart is the tree of units as of one View.
type Chart struct {
	branches map[string]*Branch
	codes    map[string]string // code -> id
	under    map[string][]*Branch
}

// ChartOf reads the tree of units as of the View. A unit has one place: that of the version that holds on the day, or
// else of the nearest one.
func ChartOf(v *store.View) (c *Chart, err error) {
	defer fault.Wrap(&err, "reading the tree of units")
	rows, err := v.Query(`SELECT x.id, x.code, x.parent, x.kind, x.name, x.valid_from, x.valid_to FROM {unit:known} x
ORDER BY coalesce(x.valid_from, -1073741824), x.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	c = &Chart{branches: map[string]*Branch{}, codes: map[string]string{}, under: map[string][]*Branch{}}
	earlier := map[string]string{} // codes a unit no longer has
	for rows.Next() {
		b := &Branch{From: -clock.Open}
		var name string
		var from, to *int64
		if err := rows.Scan(&b.ID, &b.Code, &b.Parent, &b.Kind, &name, &from, &to); err != nil {
			return nil, err
		}
		if b.Name, err = translate.ParseText(name); err != nil {
			return nil, err
		}
		if from != nil {
			b.From = clock.Day(*from)
		}
		b.Holds = b.From <= v.ValidOn && (to == nil || clock.Day(*to) > v.ValidOn)
		earlier[b.Code] = b.ID
		// They come in the order of their days: the last one begun counts, the first one when none has begun.
		if old := c.branches[b.ID]; old == nil || b.From <= v.ValidOn {
			c.branches[b.ID] = b
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, b := range c.branches {
		c.codes[b.Code] = b.ID
	}
	for code, id := range earlier {
		if _, taken := c.codes[code]; !taken {
			c.codes[code] = id
		}
	}
	for _, b := range c.branches {
		parent := c.ID(b.Parent)
		c.under[parent] = append(c.under[parent], b)
	}
	for _, bs := range c.under {
		slices.SortFunc(bs, func(a, b *Branch) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.ID, b.ID)) })
	}
	return c, nil
}

// ID gives the id of a unit given by id or by code; "" when there is none.
func (c *Chart) ID(unit string) string {
	if c.branches[unit] != nil {
		return unit
	}
	return c.codes[unit]
}

// Branch gives a unit by id or code; nil when there is none.
func (c *Chart) Branch(unit string) *Branch { return c.branches[c.ID(unit)] }

// Under lists the units right below one, by code; those at the top for "".
func (c *Chart) Under(unit string) []*Branch { return c.under[c.ID(unit)] }

// Path gives the ids from the root down to a unit, given by id or by code; nil when there is none.
func (c *Chart) Path(unit string) []string {
	var path []string
	for id := c.ID(unit); id != ""; id = c.ID(c.branches[id].Parent) {
		// A circle cannot be saved; one that is there all the same must not hang the program.
		if len(path) > access.MaxDepth {
			return path
		}
		path = append(path, id)
	}
	slices.Reverse(path)
	return path
}

// below lists a unit and all units under it, from the top.
func (c *Chart) below(id string) []string {
	out := []string{id}
	for i := 0; i < len(out) && len(out) <= len(c.branches); i++ {
		for _, b := range c.under[out[i]] {
			out = append(out, b.ID)
		}
	}
	return out
}

// height is how many levels of units there are under one.
func (c *Chart) height(id string, limit int) int {
	h := 0
	if limit > 0 {
		for _, b := range c.under[id] {
			h = max(h, 1+c.height(b.ID, limit-1))
		}
	}
	return h
}

// place is the path a unit gets from what is being saved: its parent's, then itself.
func place(v *store.View, u *Unit) ([]string, error) {
	c, err := ChartOf(v)
	if err != nil {
		return nil, err
	}
	path := []string{u.ID}
	if u.Parent != "" {
		above := c.Path(u.Parent)
		switch {
		case u.Parent == u.ID || u.Parent == u.Code || slices.Contains(above, u.ID):
			return nil, fault.At("parent", "office.unit.circle", nil)
		case len(above) == 0:
			return nil, fault.At("parent", "office.unit.unknown", fault.Args{"unit": u.Parent})
		}
		path = append(above, u.ID)
	}
	if len(path)+c.height(u.ID, access.MaxDepth) > access.MaxDepth {
		return nil, fault.At("parent", "office.unit.deep", fault.Args{"max": access.MaxDepth})
	}
	return path, nil
}

// placed checks what a save of a unit did to the tree, and takes the records of a moved unit along.
func placed(tx *store.Tx, u *Unit) error {
	c, err := ChartOf(&tx.View)
	if err != nil {
		return err
	}
	if c.branches[u.ID] == nil {
		if len(c.under[u.ID]) > 0 || c.orphans(u.ID, u.Code) {
			return fault.New(fault.Invalid, "office.unit.has_units", nil)
		}
		return nil
	}
	var n int
	err = tx.One("SELECT count(*) FROM {unit:known} x WHERE x.id <> ? AND (x.code = ? OR x.id = ? OR x.code = ?)",
		[]any{u.ID, u.Code, u.Code, u.ID}, &n)
	if err != nil {
		return err
	}
	if n > 0 {
		return fault.At("code", "office.unit.code_taken", fault.Args{"code": u.Code})
	}
	return settle(tx, c, u.ID)
}

// orphans tells whether some unit still names a unit that is gone as its parent.
func (c *Chart) orphans(id, code string) bool {
	for _, b := range c.branches {
		if b.Parent == id || b.Parent == code {
			return true
		}
	}
	return false
}

// settle puts the records of a unit, and of all units under it, where the tree has them today.
func settle(tx *store.Tx, c *Chart, unit string) error {
	for _, id := range c.below(unit) {
		var u [access.MaxDepth]string
		path := c.Path(id)
		if len(path) > access.MaxDepth {
			return fault.At("parent", "office.unit.deep", fault.Args{"max": access.MaxDepth})
		}
		copy(u[:], path)
		var n int
		err := tx.One("SELECT count(*) FROM {unit:history} x WHERE x.id = ? AND (x.u1 <> ? OR x.u2 <> ? OR x.u3 <> ? OR x.u4 <> ?)",
			[]any{id, u[0], u[1], u[2], u[3]}, &n)
		if err != nil {
			return err
		}
		if n == 0 {
			if id == unit {
				return nil // where it was, and with it all below
			}
			continue
		}
		if err := record.Replace(tx, id, path); err != nil {
			return err
		}
	}
	return nil
}

// Settle puts all records where the tree has them today. A move saved for a day to come takes effect by it: run it when
// the program starts and when a day begins.
func Settle(tx *store.Tx) (err error) {
	defer fault.Wrap(&err, "settling the tree of units")
	c, err := ChartOf(&tx.View)
	if err != nil {
		return err
	}
	// Every unit by itself: one that stands where it did may have units below that do not.
	for id := range c.branches {
		if err := settle(tx, c, id); err != nil {
			return err
		}
	}
	return nil
}

// Tree answers from memory where units lie and who people are, for as long as nothing has been written about them. Make
// one for a store with NewTree.
type Tree struct {
	// Desks are the matters that a unit, known by its code, looks after for the whole office: its officers and heads do.
	// Set it before the tree is asked.
	Desks map[string][]string

	st *store.Store

	mu     sync.Mutex
	charts [2]charts // as Views see it, as a Tx sees it
	people map[string]known
}

// charts are the trees read under one mark, by the day they were asked for.
type charts struct {
	mark store.Mark
	m    map[clock.Day]*Chart
}

// known is a person as read at an instant.
type known struct {
	who  access.Who
	home map[string]string // the name of the unit they act from first
	gens [3]int64
	day  clock.Day
	read int64
}

const (
	maxCharts = 32
	maxPeople = 5000
	// trusted (ms) is how long a kept person may overlook what another process has written.
	trusted = 2000
)

// NewTree makes the tree of a store.
func NewTree(st *store.Store) *Tree { return &Tree{st: st, people: map[string]known{}} }

// Chart gives the tree of units as of the View.
func (t *Tree) Chart(v *store.View) (*Chart, error) {
	m, ok := store.MarkOf(v, "unit")
	if !ok || v.KnownOn != 0 || !v.Who.Known() {
		return ChartOf(v) // the public sees a smaller tree than the staff
	}
	slot := &t.charts[0]
	if m.Writing {
		slot = &t.charts[1]
	}
	t.mu.Lock()
	if slot.m != nil && slot.mark == m && slot.m[v.ValidOn] != nil {
		defer t.mu.Unlock()
		return slot.m[v.ValidOn], nil
	}
	t.mu.Unlock()
	c, err := ChartOf(v)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if slot.m == nil || slot.mark != m || len(slot.m) >= maxCharts {
		slot.mark, slot.m = m, map[clock.Day]*Chart{}
	}
	slot.m[v.ValidOn] = c
	return c, nil
}

// Path gives the ids from the root down to a unit, given by id or by code. It is what the store asks for the owner of a
// record; Invalid when there is no such unit.
func (t *Tree) Path(v *store.View, unit string) ([]string, error) {
	c, err := t.Chart(v)
	if err != nil {
		return nil, err
	}
	path := c.Path(unit)
	if len(path) == 0 {
		return nil, fault.At("unit", "office.unit.unknown", fault.Args{"unit": unit})
	}
	return slices.Clone(path), nil
}

// loginFree refuses a login that somebody else has.
func loginFree(tx *store.Tx, s *Staff) error {
	if !s.Held() {
		return nil
	}
	var n int
	if err := tx.One("SELECT count(*) FROM {staff} x WHERE x.login = ? AND x.id <> ?", []any{s.Login, s.ID}, &n); err != nil {
		return err
	}
	if n > 0 {
		return fault.At("login", "office.staff.login_taken", fault.Args{"login": s.Login})
	}
	return nil
}

// StaffByLogin gives the id of the member of staff with a login. Missing when nobody has it, or more than one.
func StaffByLogin(v *store.View, login string) (string, error) {
	var id string
	var n int
	err := v.One("SELECT coalesce(min(x.id), ''), count(*) FROM {staff} x WHERE x.login = ?", []any{login}, &id, &n)
	if err == nil && (n != 1 || login == "") {
		return "", fault.New(fault.Missing, "store.missing", nil)
	}
	return id, err
}

// seat is the path of the unit a position is in: an admin cannot give out a seat above their own.
func seat(v *store.View, p *Position) ([]string, error) {
	if p.In == "" {
		return nil, fault.At("in_unit", "record.field.required", nil)
	}
	c, err := ChartOf(v)
	if err != nil {
		return nil, err
	}
	path := c.Path(p.In)
	if len(path) == 0 {
		return nil, fault.At("in_unit", "office.unit.unknown", fault.Args{"unit": p.In})
	}
	return path, nil
}

// Who tells who a member of staff is as of the View, and from which seats they act: the positions that hold on the day,
// in units that hold on the day. Missing when there is no such person, Denied when they have no position.
func (t *Tree) Who(v *store.View, staff string) (w access.Who, err error) {
	defer fault.Wrap(&err, "who %s is", staff)
	var name string
	w.ID = staff
	if err := v.One("SELECT x.login, x.name FROM {staff} x WHERE x.id = ?", []any{staff}, &w.Login, &name); err != nil {
		return access.Who{}, err
	}
	text, err := translate.ParseText(name)
	if err != nil {
		return access.Who{}, err
	}
	w.Name = map[string]string{}
	for l, s := range text {
		w.Name[string(l)] = s
	}
	c, err := t.Chart(v)
	if err != nil {
		return access.Who{}, err
	}
	rows, err := v.Query("SELECT x.in_unit, x.role FROM {position} x WHERE x.staff = ? ORDER BY x.id", staff)
	if err != nil {
		return access.Who{}, err
	}
	defer rows.Close()
	for rows.Next() {
		var unit string
		var role access.Role
		if err := rows.Scan(&unit, &role); err != nil {
			return access.Who{}, err
		}
		b := c.Branch(unit)
		if b == nil || !b.Holds || !slices.Contains(access.Roles, role) {
			continue // a seat in a unit that is no more gives no power
		}
		if role == access.Officer || role == access.Head {
			w.Serves = append(w.Serves, t.Desks[b.Code]...)
		}
		s := access.Seat{Path: c.Path(unit), Role: role}
		if !slices.ContainsFunc(w.Seats, func(o access.Seat) bool { return o.Role == role && o.Unit() == s.Unit() }) {
			w.Seats = append(w.Seats, s)
		}
	}
	if err := rows.Err(); err != nil {
		return access.Who{}, err
	}
	if len(w.Seats) == 0 {
		return access.Who{}, fault.New(fault.Denied, NoPosition, nil)
	}
	slices.SortStableFunc(w.Seats, func(a, b access.Seat) int {
		return cmp.Or(cmp.Compare(slices.Index(access.Roles, a.Role), slices.Index(access.Roles, b.Role)), cmp.Compare(len(a.Path), len(b.Path)))
	})
	return w, nil
}

// Everyone lists all members of staff who have a seat as of the View, by login.
func (t *Tree) Everyone(v *store.View) (out []access.Who, err error) {
	defer fault.Wrap(&err, "reading who sits where")
	c, err := t.Chart(v)
	if err != nil {
		return nil, err
	}
	rows, err := v.Query("SELECT x.id, x.login, x.name, p.in_unit, p.role FROM {staff} x JOIN {position} p ON p.staff = x.id ORDER BY x.login, x.id, p.id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, login, name, unit string
		var role access.Role
		if err := rows.Scan(&id, &login, &name, &unit, &role); err != nil {
			return nil, err
		}
		b := c.Branch(unit)
		if b == nil || !b.Holds || !slices.Contains(access.Roles, role) {
			continue
		}
		if len(out) == 0 || out[len(out)-1].ID != id {
			text, err := translate.ParseText(name)
			if err != nil {
				return nil, err
			}
			w := access.Who{ID: id, Login: login, Name: map[string]string{}}
			for l, s := range text {
				w.Name[string(l)] = s
			}
			out = append(out, w)
		}
		last := &out[len(out)-1]
		last.Seats = append(last.Seats, access.Seat{Path: c.Path(unit), Role: role})
	}
	return out, rows.Err()
}

// Sitting lists who has a role in one of some units as of the View, by login; in any unit when none is named.
func (t *Tree) Sitting(v *store.View, role access.Role, units []string) (out []access.Who, err error) {
	defer fault.Wrap(&err, "reading who has a role")
	c, err := t.Chart(v)
	if err != nil {
		return nil, err
	}
	rows, err := v.Query("SELECT x.id, x.login, x.name, p.in_unit FROM {staff} x JOIN {position} p ON p.staff = x.id WHERE p.role = ? ORDER BY x.login, x.id, p.id", string(role))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, login, name, unit string
		if err := rows.Scan(&id, &login, &name, &unit); err != nil {
			return nil, err
		}
		b := c.Branch(unit)
		if b == nil || !b.Holds || len(units) > 0 && !slices.Contains(units, b.ID) {
			continue
		}
		text, err := translate.ParseText(name)
		if err != nil {
			return nil, err
		}
		w := access.Who{ID: id, Login: login, Name: map[string]string{}, Seats: []access.Seat{{Path: c.Path(unit), Role: role}}}
		for l, s := range text {
			w.Name[string(l)] = s
		}
		out = append(out, w)
	}
	return out, rows.Err()
}

// WhoByLogin is Who for somebody known by login.
func (t *Tree) WhoByLogin(v *store.View, login string) (access.Who, error) {
	id, err := StaffByLogin(v, login)
	if err != nil {
		return access.Who{}, err
	}
	return t.Who(v, id)
}

// Home is the name of the unit in which somebody has the first of their seats, by language.
func (c *Chart) Home(w access.Who) map[string]string {
	b := c.Branch(w.HomeUnit())
	if b == nil {
		return nil
	}
	out := map[string]string{}
	for l, s := range b.Name {
		out[string(l)] = s
	}
	return out
}

// Person is Who as of now, from memory while nothing has been written about staff, positions or units. A request asks it
// once, after its session. home is the name of the unit they act from first.
func (t *Tree) Person(ctx context.Context, staff string) (w access.Who, home map[string]string, err error) {
	k := known{read: t.st.Clock.Now(), gens: t.generations()}
	k.day = t.st.Clock.DayOf(k.read)
	t.mu.Lock()
	old, ok := t.people[staff]
	t.mu.Unlock()
	if ok && old.gens == k.gens && old.day == k.day && k.read-old.read < trusted {
		return old.who, old.home, nil
	}
	err = t.st.Look(ctx, access.Program("sign-in"), store.AsOf{}, func(v *store.View) (err error) {
		if k.who, err = t.Who(v, staff); err != nil {
			return err
		}
		c, err := t.Chart(v)
		if err == nil {
			k.home = c.Home(k.who)
		}
		return err
	})
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		delete(t.people, staff)
		return access.Who{}, nil, err
	}
	if len(t.people) >= maxPeople {
		clear(t.people)
	}
	t.people[staff] = k
	return k.who, k.home, nil
}

func (t *Tree) generations() [3]int64 {
	return [3]int64{t.st.Generation("staff"), t.st.Generation("position"), t.st.Generation("unit")}
}
