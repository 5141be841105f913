package notices

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/alert"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Entry is one message as the public may know it: nothing of it comes from anywhere but the message.
type Entry struct {
	*alert.Message
	Number string
	Act    string
	XML    string
	State  alert.State
	Ended  bool   // what a closed one came to: it ended as foreseen, instead of being taken back
	Newest *Entry // the last message of its chain
	First  *Entry
	// Heard are the recordings that read what it says now, by language; OnlyHeard those of them in languages without texts.
	Heard     map[string]*Recording
	OnlyHeard []*Recording
}

// In gives what a message says in a language; nil when it says nothing in it.
func (e *Entry) In(l translate.Lang) *alert.Block {
	tag := script.Tag(l)
	for i := range e.Blocks {
		if e.Blocks[i].Language == tag {
			return &e.Blocks[i]
		}
	}
	return nil
}

// Langs are the languages of a message, in the order of all languages.
func (e *Entry) Langs() []translate.Lang {
	var out []translate.Lang
	for _, l := range translate.Langs {
		if e.In(l) != nil {
			out = append(out, l)
		}
	}
	return out
}

// In area: whether a message holds at a place.
func (e *Entry) holdsAt(place string) bool {
	if place == "" || len(e.Blocks) == 0 {
		return place == ""
	}
	return slices.ContainsFunc(e.Blocks[0].Areas, func(a alert.Area) bool {
		return slices.ContainsFunc(a.Geocodes, func(p alert.Pair) bool { return strings.HasSuffix(p.Name, ":place") && p.Value == place })
	})
}

// zone is the clock by which a message tells the time.
func (e *Entry) zone() string {
	for _, i := range e.Blocks {
		for _, p := range i.Parameters {
			if strings.HasSuffix(p.Name, ":zone") {
				return p.Value
			}
		}
	}
	return ""
}

// Edition is what the public sees until something changes: every message that is for the public, with its state.
type Edition struct {
	Made    int64
	Until   int64                 // the instant at which a state changes by the clock alone
	Entries []*Entry              // the newest first
	Around  Around                // what is shown beside them
	Sounds  map[string]*Recording // by their address
	pages   sync.Map              // address -> *leaf
	folded  sync.Map              // message -> its words as they are looked for
}

// InForce lists what holds, the newest first.
func (e *Edition) InForce(place string) []*Entry {
	var out []*Entry
	for _, x := range e.Entries {
		if x.State == alert.InForce && x.holdsAt(place) {
			out = append(out, x)
		}
	}
	return out
}

// nowhere stands for all places at which no notice of an edition holds: their pages are the same.
const nowhere = "-"

// known leaves of what an address asks only that by which pages differ, so that guessed addresses share what is kept.
func (e *Edition) known(q url.Values) url.Values {
	out := url.Values{}
	if area := q.Get("area"); area != "" {
		if !slices.ContainsFunc(e.Entries, func(x *Entry) bool { return x.holdsAt(area) }) {
			area = nowhere
		}
		out.Set("area", area)
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 && n <= 1+len(e.Entries)/perPage {
		out.Set("page", strconv.Itoa(n))
	} else if err == nil && n > 1 {
		out.Set("page", strconv.Itoa(2+len(e.Entries)/perPage)) // beyond the last
	}
	return out
}

// Find gives the message with a number; nil when the public knows none.
func (e *Edition) Find(number string) *Entry {
	i := slices.IndexFunc(e.Entries, func(x *Entry) bool { return x.Number == number })
	if i < 0 {
		return nil
	}
	return e.Entries[i]
}

// afterglow is how long a feed still tells that something is over.
const afterglow = 24 * time.Hour

// Told lists what a feed tells: what holds, and for a day what is over.
func (e *Edition) Told(place string) []*Entry {
	now := time.UnixMilli(e.Made)
	var out []*Entry
	for _, x := range e.Entries {
		if !x.holdsAt(place) && !(x.State == alert.NoAlert && x.First.holdsAt(place)) {
			continue
		}
		switch {
		case x.State == alert.InForce,
			x.State == alert.NoAlert && now.Sub(x.Sent) < afterglow,
			x.State == alert.Expired && now.Sub(x.Ends()) < afterglow:
			out = append(out, x)
		}
	}
	return out
}

// Edit makes an edition out of sealed messages, as known at an instant. Whatever is not in earnest and not for everyone
// is left out, whoever handed it in.
func Edit(messages []string, now int64) *Edition {
	parsed := make([]*Entry, 0, len(messages))
	for _, raw := range messages {
		if e := entryOf(raw); e != nil {
			parsed = append(parsed, e)
		}
	}
	return edit(parsed, now)
}

// entryOf reads a message; nil when the public may not see it.
func entryOf(raw string) *Entry {
	e := readSealed(raw)
	if e == nil || !e.ForPublic() || !slices.Contains([]string{"Alert", "Update", "Cancel"}, e.Type) {
		return nil
	}
	return e
}

// readSealed reads a message of this office, for whomever it is; nil when it is none.
func readSealed(raw string) *Entry {
	m, _, err := alert.Read([]byte(raw))
	if err != nil {
		return nil
	}
	e := &Entry{Message: m, XML: raw}
	for _, c := range m.Codes {
		if act, is := strings.CutPrefix(c, "act:"); is {
			e.Act = act
		} else if e.Number == "" {
			e.Number = c
		}
	}
	return e
}

func edit(parsed []*Entry, now int64) *Edition {
	out := &Edition{Made: now, Until: 1 << 62}
	at := time.UnixMilli(now)
	for _, p := range parsed { // what was issued within one second is told a second apart; it holds all the same
		if p.Sent.After(at) {
			at = p.Sent
		}
	}
	var all []*alert.Message
	byID := map[string]*Entry{}
	for _, p := range parsed {
		e := *p
		out.Entries = append(out.Entries, &e)
		all = append(all, e.Message)
		byID[e.Identifier] = &e
	}
	slices.SortStableFunc(out.Entries, func(a, b *Entry) int { return a.Sent.Compare(b.Sent) })
	soon := func(t time.Time) {
		if ms := t.UnixMilli(); ms > now && ms < out.Until {
			out.Until = ms
		}
	}
	for _, e := range out.Entries { // in the order in which they were sent: what is referred to comes first
		e.State, e.First = alert.StateAt(e.Message, all, at), e
		for _, r := range e.References {
			if o := byID[r.Identifier]; o != nil && o.Sent.Before(e.Sent) {
				e.First = o.First
				break
			}
		}
		soon(e.Sent)
		if ends := e.Ends(); !ends.IsZero() {
			soon(ends)
			soon(ends.Add(afterglow))
		}
		soon(e.Sent.Add(afterglow))
	}
	for _, e := range out.Entries {
		if !e.Sent.After(at) {
			e.First.Newest = e
		}
	}
	for _, e := range out.Entries {
		e.Newest = e.First.Newest
		if e.Newest == nil {
			e.Newest = e
		}
		e.Ended = e.Newest.Act == "end"
	}
	slices.Reverse(out.Entries)
	return out
}

// Press keeps the edition that the public reads, in the memory of the program, and makes a new one when a notice was
// issued or the clock has moved a notice on.
type Press struct {
	Store  *store.Store
	Beside Besides // what else the pages show; nothing when it is nil

	mu      sync.Mutex
	now     *Edition
	stamp   [4]int64
	checked int64
	read    map[string]*Entry // by message: what was parsed never changes

	around      Around
	besideStamp string
	looked      int64
}

// patience is for how many milliseconds the press does not ask the database again.
const patience = 50

// Forget makes the press ask the database before it answers again.
func (p *Press) Forget() {
	p.mu.Lock()
	p.checked = 0
	p.mu.Unlock()
}

// Current is the edition of this instant.
func (p *Press) Current(ctx context.Context) (*Edition, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.Store.Clock.Now()
	if p.now != nil && now < p.now.Until && now >= p.now.Made && now-p.checked < patience && p.checked > 0 {
		return p.now, nil
	}
	err := p.Store.Look(ctx, access.Program(room), store.AsOf{}, func(v *store.View) error {
		var stamp [4]int64
		if err := v.One("SELECT count(*), coalesce(max(x.recorded_from), 0) FROM {recording} x WHERE x.state = 'current'", nil, &stamp[2], &stamp[3]); err != nil {
			return err
		}
		if err := v.One("SELECT count(*), coalesce(max(x.recorded_from), 0) FROM {notice} x WHERE x.message <> ''", nil, &stamp[0], &stamp[1]); err != nil {
			return err
		}
		changed, err := p.look(v, now)
		if err != nil {
			return err
		}
		if p.now != nil && !changed && stamp == p.stamp && now < p.now.Until && now >= p.now.Made {
			return nil
		}
		rows, err := v.Query("SELECT x.message FROM {notice} x WHERE x.message <> '' AND x.scope = 'public'")
		if err != nil {
			return err
		}
		defer rows.Close()
		var list []*Entry
		read := map[string]*Entry{}
		for rows.Next() {
			var raw string
			if err := rows.Scan(&raw); err != nil {
				return err
			}
			e, known := p.read[raw]
			if !known {
				e = entryOf(raw)
			}
			if read[raw] = e; e != nil {
				list = append(list, e)
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		p.now, p.stamp, p.read = edit(list, now), stamp, read
		p.now.Around = p.around
		sounds, err := recorded(v, "")
		p.now.attach(sounds)
		return err
	})
	if err != nil {
		return nil, err
	}
	p.checked = now
	return p.now, nil
}
