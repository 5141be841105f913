package remind

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/calendar"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/post"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Item is one thing that is due and not done.
type Item struct {
	ID     string
	Title  translate.Text
	How    translate.Text // how the day was reached
	What   translate.Text // the kind of thing it is; empty is a promise
	Due    clock.Day
	Href   string
	Unit   string   // whose it is
	Role   string   // of those in the unit who do it; "" is whoever works there
	Person string   // staff, when it is for one alone
	Barred []string // staff who are not told, because the case is their own
}

// Source is where things that are due come from.
type Source struct {
	Name string
	// Due gives what is due by a day and not done.
	Due func(v *store.View, until clock.Day) ([]Item, error)
	// Open tells which of some things are still to be done.
	Open func(v *store.View, ids []string) (map[string]bool, error)
}

// Desk is where reminders are made. The function values bind it to the rooms.
type Desk struct {
	Store    *store.Store
	Book     *translate.Book
	Calendar *calendar.Calendar // nil: every day is worked
	Settled  Settled
	Sources  []Source
	// People gives everybody who has a seat today.
	People func(v *store.View) ([]access.Who, error)
	// Instead tells who acts for whom today: for each member of staff those who stand in for them.
	Instead func(v *store.View) (map[string][]string, error)
	// Post is the office's mail server; nil sends nothing.
	Post *post.Server
	// Office is the office's name, and Site the address under which people reach the program; "" leaves links out of mail.
	Office translate.Text
	Site   string
}

var me = access.Program("reminders")

// The kinds of jobs of the desk.
const (
	DayJob  = "reminders"
	MailJob = "mail"
)

// hour in milliseconds.
const hour = 3600 * 1000

// Register lets a runner do the jobs of the desk.
func (d *Desk) Register(r *jobs.Runner) {
	r.On(DayJob, func(ctx context.Context, _ jobs.Job, _ func(done, total int64)) (string, error) {
		// The next round is asked for first: one that fails must not be the last.
		if err := d.Begin(ctx); err != nil {
			return "", err
		}
		n, err := d.Round(ctx)
		return strconv.Itoa(n), err
	})
	r.On(MailJob, func(ctx context.Context, j jobs.Job, _ func(done, total int64)) (string, error) {
		var b mailBody
		if err := json.Unmarshal([]byte(j.Body), &b); err != nil {
			return "", fault.Because(err, fault.Invalid, "remind.no_message", nil)
		}
		return d.mail(ctx, b.Message)
	})
}

// Begin asks for the round of the next full hour.
func (d *Desk) Begin(ctx context.Context) error {
	return d.Store.Update(ctx, me, func(tx *store.Tx) error {
		return jobs.Later(tx, DayJob, tx.Now/hour*hour+hour)
	})
}

// left is how many working days lie between a day and another: 0 when none does, fewer when it is past.
func (d *Desk) left(today, due clock.Day) int {
	between := func(from, to clock.Day) int {
		if d.Calendar == nil {
			return int(to - from + 1)
		}
		n, _ := d.Calendar.Between(from, to)
		return n
	}
	if due >= today {
		return between(today+1, due)
	}
	return -between(due+1, today)
}

// until is the last day that a reminder made today may speak of.
func (d *Desk) until(today clock.Day) clock.Day {
	if d.Calendar == nil {
		return today + clock.Day(d.Settled.lead())
	}
	r, err := d.Calendar.Add(today, d.Settled.lead()+1, false)
	if err != nil {
		return today + farthest
	}
	return r.Day - 1 // days of rest after the last working day count as none
}

// told is how far somebody has been reminded of one thing.
type told struct {
	mark int
	due  clock.Day
}

// The parts of a message of the day: what is theirs to do, what is due in the unit they head, and what is late below them.
const (
	Own       = "own"
	OfUnit    = "unit"
	Escalated = "escalated"
)

// Line is one thing a message speaks of.
type Line struct {
	Part    string         `json:"part"`
	Item    string         `json:"item"` // source/id
	Title   translate.Text `json:"title"`
	How     translate.Text `json:"how,omitempty"`
	Due     clock.Day      `json:"due"`
	Mark    int            `json:"mark"`
	Href    string         `json:"href,omitempty"`
	Settled bool           `json:"-"` // done since
}

// most is how many lines a message holds; the rest is counted.
const most = 100

type body struct {
	Lines []Line `json:"lines,omitempty"`
	More  int    `json:"more,omitempty"`
}

// Round makes the messages of the day for everybody whose hour has come and who has had none today, and gives their
// number. On days of rest there are none.
func (d *Desk) Round(ctx context.Context) (made int, err error) {
	defer fault.Wrap(&err, "making the messages of the day")
	var plan map[string][]Line
	err = d.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) (err error) {
		plan, err = d.plan(v)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, staff := range slices.Sorted(maps.Keys(plan)) {
		err := d.Store.Update(ctx, me, func(tx *store.Tx) error {
			ok, err := d.write(tx, staff, plan[staff])
			if ok {
				made++
			}
			return err
		})
		if err != nil {
			return made, err
		}
	}
	return made, d.forget(ctx)
}

// plan finds what is to be told to whom.
func (d *Desk) plan(v *store.View) (map[string][]Line, error) {
	if d.Calendar != nil {
		if works, _ := d.Calendar.Works(v.ValidOn); !works {
			return nil, nil
		}
	}
	people, err := d.ready(v)
	if err != nil || len(people.due) == 0 {
		return nil, err
	}
	known, err := readTold(v)
	if err != nil {
		return nil, err
	}
	away := map[clock.Day]int{}
	out := map[string][]Line{}
	for _, s := range d.Sources {
		items, err := s.Due(v, d.until(v.ValidOn))
		if err != nil {
			return nil, err
		}
		for _, it := range items {
			left, ok := away[it.Due]
			if !ok {
				left = d.left(v.ValidOn, it.Due)
				away[it.Due] = left
			}
			own, heads, above := people.whose(it)
			tell := func(staff []string, part string, before bool) {
				for _, p := range staff {
					if !people.due[p] {
						continue
					}
					mark, ok := d.Settled.reached(left, before, part != Escalated)
					if late := -left >= d.Settled.Escalate; part != Own && late && mark <= d.Settled.Escalate {
						mark, ok = d.Settled.Escalate, true
					}
					key := s.Name + "/" + it.ID
					t, had := known[key+" "+p]
					// A day that was put far off is a new one to remind of; one that moved a little is not.
					if !ok || had && t.mark >= mark && d.left(t.due, it.Due) <= d.Settled.lead() {
						continue
					}
					line := Line{Part: part, Item: key, Title: it.Title, How: it.How, Due: it.Due, Mark: mark, Href: it.Href}
					if part == OfUnit && mark >= d.Settled.Escalate {
						line.Part = Escalated
					}
					out[p] = append(out[p], line)
				}
			}
			tell(own, Own, true)
			tell(heads, OfUnit, false)
			tell(above, Escalated, false)
		}
	}
	return out, nil
}

// crowd is everybody, by seat.
type crowd struct {
	seats   map[string][]string // unit and role -> staff
	path    map[string][]string // unit -> ids from the root
	by      map[string]access.Who
	instead map[string][]string
	due     map[string]bool // those whose message of the day is to be made now
}

func (d *Desk) ready(v *store.View) (*crowd, error) {
	all, err := d.People(v)
	if err != nil {
		return nil, err
	}
	c := &crowd{seats: map[string][]string{}, path: map[string][]string{}, by: map[string]access.Who{}, due: map[string]bool{}}
	if d.Instead != nil {
		if c.instead, err = d.Instead(v); err != nil {
			return nil, err
		}
	}
	wishes, err := readWishes(v)
	if err != nil {
		return nil, err
	}
	had := map[string]bool{}
	rows, err := raw.Read(v, "SELECT staff FROM message WHERE mark = ?", dayMark(v.ValidOn))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var staff string
		if err := rows.Scan(&staff); err != nil {
			return nil, err
		}
		had[staff] = true
	}
	now := d.Store.Clock.At(v.Now).Hour()
	for _, p := range all {
		c.sit(p)
		w, ok := wishes[p.ID]
		if !ok {
			w = d.usual(p.ID)
		}
		c.due[p.ID] = !had[p.ID] && now >= w.Hour
	}
	return c, rows.Err()
}

// sit notes the seats of somebody.
func (c *crowd) sit(p access.Who) {
	c.by[p.ID] = p
	for _, s := range p.Seats {
		k := s.Unit() + " " + string(s.Role)
		c.seats[k] = append(c.seats[k], p.ID)
		for i := range s.Path {
			c.path[s.Path[i]] = s.Path[:i+1]
		}
	}
}

// Whose tells who is to do something: of all people those who sit where it lies, and who stands in for them.
func Whose(it Item, people []access.Who, instead map[string][]string) []string {
	c := &crowd{seats: map[string][]string{}, path: map[string][]string{}, by: map[string]access.Who{}, instead: instead}
	for _, p := range people {
		c.sit(p)
	}
	own, _, _ := c.whose(it)
	return own
}

func dayMark(day clock.Day) string { return "day/" + day.String() }

// whose tells who is to do something, who heads the unit, and who is told when it is late though the head does it.
func (c *crowd) whose(it Item) (own, heads, above []string) {
	at := func(unit string, role access.Role) []string { return c.seats[unit+" "+string(role)] }
	switch _, there := c.by[it.Person]; {
	case it.Person != "" && there:
		own = []string{it.Person}
	case it.Role != "":
		own = slices.Clone(at(it.Unit, access.Role(it.Role)))
	default:
		own = slices.Concat(at(it.Unit, access.Officer), at(it.Unit, access.Applicant))
		if len(own) == 0 {
			own = slices.Clone(at(it.Unit, access.Head))
		}
	}
	for _, p := range slices.Clone(own) {
		own = append(own, c.instead[p]...)
	}
	barred := func(p string) bool { return slices.Contains(it.Barred, p) }
	own = unique(slices.DeleteFunc(own, barred))
	theirs := func(p string) bool { return barred(p) || slices.Contains(own, p) }
	heads = unique(slices.DeleteFunc(slices.Clone(at(it.Unit, access.Head)), theirs))
	if len(heads) > 0 {
		return own, heads, nil
	}
	path := c.path[it.Unit]
	for i := len(path) - 2; i >= 0 && len(above) == 0; i-- {
		above = unique(slices.DeleteFunc(slices.Clone(at(path[i], access.Head)), theirs))
	}
	return own, nil, above
}

func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// write makes one person's message of the day, unless there is one. What was done meanwhile is left out.
func (d *Desk) write(tx *store.Tx, staff string, lines []Line) (bool, error) {
	if err := d.mark(&tx.View, lines); err != nil {
		return false, err
	}
	lines = slices.DeleteFunc(lines, func(l Line) bool { return l.Settled })
	if len(lines) == 0 {
		return false, nil
	}
	rank := []string{Own, Escalated, OfUnit}
	slices.SortStableFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(slices.Index(rank, a.Part), slices.Index(rank, b.Part)), cmp.Compare(a.Due, b.Due), cmp.Compare(a.Item, b.Item))
	})
	m := Message{Staff: staff, Kind: KindDay, Mark: dayMark(tx.ValidOn), Lines: lines}
	ok, err := d.put(tx, &m)
	if !ok || err != nil {
		return false, err
	}
	for _, l := range lines {
		_, err := raw.Exec(tx, `INSERT INTO message_told (item, staff, mark, due, day) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (item, staff) DO UPDATE SET mark = excluded.mark, due = excluded.due, day = excluded.day`, l.Item, staff, l.Mark, int64(l.Due), int64(tx.ValidOn))
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// mark says of lines which speak of what is done.
func (d *Desk) mark(v *store.View, lines []Line) error {
	ids := map[string][]string{}
	for _, l := range lines {
		if source, id, ok := strings.Cut(l.Item, "/"); ok {
			ids[source] = append(ids[source], id)
		}
	}
	open := map[string]bool{}
	for _, s := range d.Sources {
		if len(ids[s.Name]) == 0 {
			continue
		}
		some, err := s.Open(v, unique(ids[s.Name]))
		if err != nil {
			return err
		}
		for id, is := range some {
			open[s.Name+"/"+id] = is
		}
	}
	for i, l := range lines {
		lines[i].Settled = l.Item != "" && !open[l.Item]
	}
	return nil
}

func readTold(v *store.View) (map[string]told, error) {
	out := map[string]told{}
	rows, err := raw.Read(v, "SELECT item, staff, mark, due FROM message_told")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var item, staff string
		var t told
		if err := rows.Scan(&item, &staff, &t.mark, &t.due); err != nil {
			return nil, err
		}
		out[item+" "+staff] = t
	}
	return out, rows.Err()
}

// forget takes away what is known of things that are done: if one comes again, it is new.
func (d *Desk) forget(ctx context.Context) error {
	return d.Store.Update(ctx, me, func(tx *store.Tx) error {
		rows, err := raw.Read(&tx.View, "SELECT DISTINCT item FROM message_told ORDER BY item")
		if err != nil {
			return err
		}
		var lines []Line
		for rows.Next() {
			var l Line
			if err := rows.Scan(&l.Item); err != nil {
				return err
			}
			lines = append(lines, l)
		}
		if err := rows.Close(); err != nil {
			return err
		}
		if err := d.mark(&tx.View, lines); err != nil {
			return err
		}
		for _, l := range lines {
			if !l.Settled {
				continue
			}
			if _, err := raw.Exec(tx, "DELETE FROM message_told WHERE item = ?", l.Item); err != nil {
				return err
			}
		}
		return nil
	})
}
