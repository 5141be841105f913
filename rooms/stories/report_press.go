package stories

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Told is a story as the public may know it.
type Told struct {
	*Story
	First   time.Time // when it was published first
	Langs   []translate.Lang
	Notes   []Noted
	Gone    time.Time // when it was withdrawn; zero while it stands
	column  *Column
	where   []translate.Text
	visible []*Hung // the pictures in their order, as the text numbers them
	cover   *Hung
	folded  string
}

// Noted is what was corrected, and when.
type Noted struct {
	Text translate.Text
	At   time.Time
}

// Hung is a picture as it is shown.
type Hung struct {
	*Picture
	Width, Height int // of the widest
}

// Issue is all that the public sees of stories until something changes. It never changes itself.
type Issue struct {
	Columns []*Column
	Stories []*Told // the newest first
	numbers map[string]*Told
	hung    map[string]bool // by digest
}

// Press keeps the issue that the public reads.
type Press struct {
	Desk  *Desk
	Store *store.Store

	mu    sync.Mutex
	now   *Issue
	stamp string
	read  map[string]*Story // by version: what was read of one never changes
	sizes map[string][2]int // by digest
}

// Current is the issue of a View, with a stamp by which to tell whether it is another than before.
func (p *Press) Current(ctx context.Context, v *store.View) (*Issue, string, error) {
	stamp := ""
	for _, q := range []string{"SELECT count(*), coalesce(max(x.recorded_from), 0) FROM {story} x", "SELECT count(*), coalesce(max(x.recorded_from), 0) FROM {storycolumn} x",
		"SELECT count(*), coalesce(max(x.recorded_from), 0) FROM {storypicture} x"} {
		var n, at int64
		if err := v.One(q, nil, &n, &at); err != nil {
			return nil, "", err
		}
		stamp += " " + strconv.FormatInt(n, 10) + "." + strconv.FormatInt(at, 10)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now != nil && stamp == p.stamp {
		return p.now, stamp, nil
	}
	now, err := p.issue(ctx, v)
	if err != nil {
		return nil, "", err
	}
	p.now, p.stamp = now, stamp
	return now, stamp, nil
}

// Shows tells whether a picture is on a public page now.
func (p *Press) Shows(ctx context.Context, digest string) (is bool) {
	err := p.Store.Look(ctx, access.Program(room), store.AsOf{}, func(v *store.View) error {
		now, _, err := p.Current(ctx, v)
		if err == nil {
			is = now.hung[digest]
		}
		return err
	})
	return err == nil && is
}

func (p *Press) issue(ctx context.Context, v *store.View) (*Issue, error) {
	out := &Issue{numbers: map[string]*Told{}, hung: map[string]bool{}}
	cols, err := record.Select(v, Columns, "ORDER BY x.place_in_order, x.key, x.id")
	if err != nil {
		return nil, err
	}
	all, err := p.stories(v)
	if err != nil {
		return nil, err
	}
	pictures, err := record.Select(v, Pictures, "")
	if err != nil {
		return nil, err
	}
	hall := map[string]*Picture{}
	for _, pic := range pictures {
		hall[pic.ID] = pic
	}
	byNumber := map[string][]*Story{}
	for _, x := range all {
		byNumber[x.Number] = append(byNumber[x.Number], x)
	}
	for _, life := range byNumber { // a story and what took its place, in their order
		slices.SortFunc(life, func(a, b *Story) int { return a.At().Compare(b.At()) })
		last := life[len(life)-1]
		if last.State == Corrected { // its correction is no more
			continue
		}
		t, err := p.told(ctx, v, last, hall)
		if err != nil {
			return nil, err
		}
		t.First = life[0].At()
		for _, x := range life {
			if x.Corrects != "" {
				t.Notes = append(t.Notes, Noted{x.Note, x.At()})
			}
		}
		if last.State == Withdrawn {
			t.Gone = time.UnixMilli(last.RecordedFrom).In(script.Location(p.Desk.Zone))
		}
		if i := slices.IndexFunc(cols, func(c *Column) bool { return c.ID == last.Column }); i >= 0 {
			t.column = cols[i]
		}
		out.numbers[last.Number] = t
		if last.State == Published && t.column != nil {
			out.Stories = append(out.Stories, t)
			for _, h := range append([]*Hung{t.cover}, t.visible...) {
				if h != nil {
					out.hung[h.File.Digest] = true
				}
			}
		}
	}
	slices.SortFunc(out.Stories, func(a, b *Told) int {
		if c := b.First.Compare(a.First); c != 0 {
			return c
		}
		return strings.Compare(b.Number, a.Number)
	})
	for _, c := range cols {
		if c.State == "open" || slices.ContainsFunc(out.Stories, func(t *Told) bool { return t.Column == c.ID }) {
			out.Columns = append(out.Columns, c)
		}
	}
	return out, nil
}

// atOnce is how many stories are read with one question.
const atOnce = 200

// stories reads what was published, and of what it read before only what is new.
func (p *Press) stories(v *store.View) ([]*Story, error) {
	rows, err := v.Query("SELECT x.vid FROM {story} x WHERE x.state IN ('published', 'corrected', 'withdrawn') AND x.number <> ''")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	read := map[string]*Story{}
	var fresh []any
	for rows.Next() {
		var vid string
		if err := rows.Scan(&vid); err != nil {
			return nil, err
		}
		if read[vid] = p.read[vid]; read[vid] == nil {
			fresh = append(fresh, vid)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for part := range slices.Chunk(fresh, atOnce) {
		list, err := record.Select(v, Stories, "WHERE x.vid IN (?"+strings.Repeat(", ?", len(part)-1)+")", part...)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			read[x.VID] = x
		}
	}
	p.read = read
	out := make([]*Story, 0, len(read))
	for _, x := range read {
		if x != nil {
			out = append(out, x)
		}
	}
	return out, nil
}

// told makes of a story what the public may know of it.
func (p *Press) told(ctx context.Context, v *store.View, x *Story, hall map[string]*Picture) (*Told, error) {
	t := &Told{Story: x, Langs: x.Public(), First: x.At()}
	hang := func(id string) *Hung { // a picture that is lost keeps no story from being read
		pic := hall[id]
		if pic == nil {
			return nil
		}
		size, known := p.sizes[pic.File.Digest]
		if !known {
			w, h, err := p.Desk.Gallery.Size(ctx, pic.File.Digest)
			if err != nil {
				return nil
			}
			size = [2]int{w, h}
			if p.sizes == nil {
				p.sizes = map[string][2]int{}
			}
			p.sizes[pic.File.Digest] = size
		}
		return &Hung{Picture: pic, Width: size[0], Height: size[1]}
	}
	if x.Cover != "" {
		t.cover = hang(x.Cover)
	}
	for _, id := range x.Pictures {
		t.visible = append(t.visible, hang(id))
	}
	if len(x.Places) > 0 && p.Desk.PlaceNames != nil {
		where, err := p.Desk.PlaceNames(v, x.Places)
		if err != nil && fault.KindOf(err) != fault.Missing {
			return nil, err
		}
		t.where = where
	}
	var b strings.Builder
	for _, l := range t.Langs {
		b.WriteString("\n" + x.Title[l] + "\n" + x.Lead[l] + "\n" + Parse(x.Body[l]).Plain())
	}
	t.folded = script.Fold(b.String())
	return t, nil
}

// In lists the stories of a column in a language, the newest first; "" stands for all columns.
func (i *Issue) In(column string, l translate.Lang) []*Told {
	var out []*Told
	for _, t := range i.Stories {
		if (column == "" || t.Column == column) && slices.Contains(t.Langs, l) {
			out = append(out, t)
		}
	}
	return out
}
