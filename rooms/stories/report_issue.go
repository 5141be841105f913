package stories

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Desk publishes stories.
type Desk struct {
	// Names are those of the office in the languages of its texts; Web is where the public site is.
	Names translate.Text
	Web   string
	// Zone is where the office's clock hangs.
	Zone string
	// Hotlines are telephone numbers of the office: in a text they name nobody.
	Hotlines []string
	Gallery  *Gallery
	// PlaceNames gives the names of places by id.
	PlaceNames func(v *store.View, ids []string) ([]translate.Text, error)
}

// PublishJob is the kind of the job that publishes what is due.
const PublishJob = "stories.publish"

// Check is something that should be looked at before a story is published.
type Check struct {
	Lang  translate.Lang // "" when it is about all of it
	Field string         // of the form
	Key   string
	Args  fault.Args
	Stops bool // it cannot be published like this
}

// Checks looks a story over: what keeps it from being published first, then what is worth a look.
func (d *Desk) Checks(ctx context.Context, v *store.View, x *Story) ([]Check, error) {
	var out []Check
	add := func(stops bool, l translate.Lang, field, key string, args fault.Args) {
		if args == nil {
			args = fault.Args{}
		}
		if l != "" {
			args["lang"] = script.Name(l)
		}
		out = append(out, Check{l, field, key, args, stops})
	}
	if x.Column != "" {
		if col, err := record.Load(v, Columns, x.Column); err != nil {
			return nil, err
		} else if col.State != "open" {
			add(true, "", "in_column", "stories.check.column", nil)
		}
	}
	written, public := x.Written(), x.Public()
	if len(public) == 0 {
		add(true, "", "title", "stories.check.nothing", nil)
	}
	if x.Corrects != "" && x.Note[Source] == "" {
		add(true, Source, "note", "stories.no_note", nil)
	}
	var missing []string
	for _, l := range translate.Langs {
		if !slices.Contains(written, l) {
			missing = append(missing, script.Name(l))
		}
	}
	if err := d.checkPictures(ctx, v, x, add); err != nil {
		return nil, err
	}
	bodies := map[translate.Lang]string{}
	for _, l := range written {
		stops := slices.Contains(public, l)
		p := Parse(x.Body[l])
		for _, e := range p.Wrong {
			add(stops, l, "body", e.Key, e.Args)
		}
		for n := range p.Placed() {
			if n < 1 || n > len(x.Pictures) {
				add(stops, l, "body", "stories.check.no_picture", fault.Args{"n": n})
			}
		}
		switch x.Standing(l) {
		case Untranslated:
			add(false, l, "body", "stories.check.half", nil)
		case Draft:
			add(false, l, "body", "stories.check.unread", nil)
		case Stale:
			add(false, l, "body", "stories.check.stale", nil)
		}
		if x.Lead[l] == "" {
			add(false, l, "lead", "stories.check.no_lead", nil)
		}
		bodies[l] = p.Plain()
		for field, text := range map[string]string{"title": x.Title[l], "lead": x.Lead[l], "body": bodies[l]} {
			found, err := script.Look(l, text)
			if err != nil {
				return nil, err
			}
			found = append(found, script.Persons(l, text, d.Hotlines)...)
			for _, f := range found {
				add(stops && f.Severity == script.Stop, l, field, f.Key, f.Args)
			}
		}
	}
	for l, f := range script.SameText(bodies) {
		add(slices.Contains(public, l), l, "body", f.Key, f.Args)
	}
	if x.Cover == "" {
		add(false, "", "cover", "stories.check.no_cover", nil)
	}
	if len(missing) > 0 {
		add(false, "", "title", "stories.check.missing", fault.Args{"langs": strings.Join(missing, " · ")})
	}
	slices.SortStableFunc(out, func(a, b Check) int { return order(a) - order(b) })
	return out, nil
}

func order(c Check) int {
	n := 100 + slices.Index(translate.Langs, c.Lang)*4 + slices.Index([]string{"title", "lead", "body"}, c.Field)
	if c.Stops {
		n -= 100
	}
	return n
}

func (d *Desk) checkPictures(ctx context.Context, v *store.View, x *Story, add func(bool, translate.Lang, string, string, fault.Args)) error {
	public := x.Public()
	for _, id := range x.All() {
		p, err := record.Load(v, Pictures, id)
		if err != nil {
			return err
		}
		name := fault.Args{"name": Pictures.Head(p).Label.Show(Source)}
		if d.Gallery != nil {
			if _, err := d.Gallery.Seen(ctx, p.File.Digest, widths[0]); err != nil {
				add(true, "", "pictures", "stories.check.broken", name)
			}
		}
		for _, l := range x.Written() {
			if p.Alt[l] == "" {
				add(slices.Contains(public, l), l, "pictures", "stories.check.no_alt", fault.Args{"name": name["name"]})
			}
		}
	}
	return nil
}

// mayAct loads a story that somebody acts on, and holds that they may write it.
func mayAct(tx *store.Tx, id string, states ...string) (*Story, error) {
	x, err := record.Load(&tx.View, Stories, id)
	if err != nil {
		return nil, err
	}
	if !Stories.Edit(tx.Who, x.Path[:]) {
		return nil, fault.New(fault.Denied, "record.denied.unit", nil)
	}
	if !slices.Contains(states, x.State) {
		return nil, fault.New(fault.Invalid, "stories.other_state", nil)
	}
	return x, nil
}

// When is the instant at which a story is to be published; zero is at once.
func (d *Desk) When(x *Story) time.Time {
	if x.Goes == "" {
		return time.Time{}
	}
	t, _ := time.ParseInLocation(local, x.Goes, script.Location(d.Zone)) // checked when it was saved
	return t
}

// Approve publishes a story that was proposed, or has it published at its time. Another person does so than who wrote or
// proposed it: Denied otherwise. Invalid with all that stops it.
func (d *Desk) Approve(ctx context.Context, tx *store.Tx, id string) (x *Story, err error) {
	defer fault.Wrap(&err, "approving story %s", id)
	if x, err = mayAct(tx, id, InReview); err != nil {
		return nil, err
	}
	if tx.Who.ID == x.Writer || tx.Who.ID == x.Proposer {
		return nil, fault.New(fault.Denied, "stories.two_people", nil)
	}
	checks, err := d.Checks(ctx, &tx.View, x)
	if err != nil {
		return nil, err
	}
	for _, c := range checks {
		if c.Stops {
			return nil, fault.New(fault.Invalid, "stories.check.stops", nil)
		}
	}
	if x.Corrects != "" {
		o, err := record.Load(&tx.View, Stories, x.Corrects)
		if err != nil {
			return nil, err
		}
		if o.State != Published {
			return nil, fault.New(fault.Invalid, "stories.guard.over", nil)
		}
	}
	x.Publisher = tx.Who.ID
	if at := d.When(x).UnixMilli(); x.Goes != "" && at > tx.Now {
		x.State = Scheduled
		if err := asRoom(tx, func() error { return record.Save(tx, Stories, x, record.How{}) }); err != nil {
			return nil, err
		}
		return x, jobs.AddAt(tx, PublishJob, nil, at)
	}
	return x, asRoom(tx, func() error { return d.publish(tx, x) })
}

// publish makes a story public, in the name of the room.
func (d *Desk) publish(tx *store.Tx, x *Story) error {
	at := time.UnixMilli(tx.Now).In(script.Location(d.Zone)).Truncate(time.Second)
	if x.Number == "" {
		year := strconv.Itoa(at.Year())
		var n int64
		if err := tx.One("SELECT count(*) FROM {story} x WHERE x.number LIKE ? AND x.corrects = ''", []any{year + "-%"}, &n); err != nil {
			return err
		}
		x.Number = year + "-" + strconv.FormatInt(n+1, 10)
	}
	x.State, x.Published = Published, at.Format(time.RFC3339)
	if x.Corrects != "" {
		o, err := record.Load(&tx.View, Stories, x.Corrects)
		if err != nil {
			return err
		}
		o.State = Corrected
		if err := record.Save(tx, Stories, o, record.How{}); err != nil {
			return err
		}
	}
	return record.Save(tx, Stories, x, record.How{})
}

// Due publishes the stories whose time has come. A correction of a story that was withdrawn meanwhile goes back to whoever
// wrote it.
func (d *Desk) Due(tx *store.Tx) error {
	list, err := record.Select(&tx.View, Stories, "WHERE x.state = 'scheduled' ORDER BY x.goes, x.id")
	if err != nil {
		return err
	}
	return asRoom(tx, func() error {
		for _, x := range list {
			if d.When(x).UnixMilli() > tx.Now {
				continue
			}
			if x.Corrects != "" {
				o, err := record.Load(&tx.View, Stories, x.Corrects)
				if err != nil {
					return err
				}
				if o.State != Published {
					x.State = Drafted
					if err := record.Save(tx, Stories, x, record.How{Why: o.State}); err != nil {
						return err
					}
					continue
				}
			}
			if err := d.publish(tx, x); err != nil {
				return err
			}
		}
		return nil
	})
}

// HasRead notes that somebody who reads a language has read the story in it: from now on it may be public in it. Denied to
// whoever wrote it; Invalid while a picture has no words in the language.
func (d *Desk) HasRead(tx *store.Tx, id string, l translate.Lang, yes bool) (err error) {
	defer fault.Wrap(&err, "reading story %s in %s", id, l)
	x, err := mayAct(tx, id, Drafted, InReview, Scheduled, Published)
	if err != nil {
		return err
	}
	if l == Source || x.Standing(l) == Untranslated {
		return fault.New(fault.Invalid, "stories.nothing_to_read", nil)
	}
	one := Standing{Lang: string(l)}
	if had := x.standingIn(l); had != nil {
		one = *had
	}
	if one.Translator == "" {
		one.Translator = x.Writer
	}
	if one.State, one.Of, one.Reader, one.On = Draft, "", "", 0; yes {
		if tx.Who.ID == one.Translator {
			return fault.New(fault.Denied, "stories.own_reader", fault.Args{"lang": script.Name(l)})
		}
		for _, id := range x.All() {
			p, err := record.Load(&tx.View, Pictures, id)
			if err != nil {
				return err
			}
			if p.Alt[l] == "" {
				return fault.New(fault.Invalid, "stories.check.no_alt", fault.Args{"lang": script.Name(l), "name": Pictures.Head(p).Label.Show(l)})
			}
		}
		one.State, one.Of, one.Reader, one.On = Approved, x.Fingerprints(l), tx.Who.ID, tx.ValidOn
	}
	x.Standings = append(slices.DeleteFunc(slices.Clone(x.Standings), func(s Standing) bool { return s.Lang == string(l) }), one)
	return asRoom(tx, func() error { return record.Save(tx, Stories, x, record.How{Act: record.ActCorrect}) })
}

// Correct begins the correction of a published story, or gives the one that was begun.
func (d *Desk) Correct(tx *store.Tx, id string) (_ *Story, err error) {
	defer fault.Wrap(&err, "correcting story %s", id)
	o, err := mayAct(tx, id, Published)
	if err != nil {
		return nil, err
	}
	begun, err := record.Select(&tx.View, Stories, "WHERE x.corrects = ? AND x.state IN ('draft', 'in_review', 'scheduled') ORDER BY x.id LIMIT 1", o.ID)
	if err != nil || len(begun) > 0 {
		return append(begun, nil)[0], err
	}
	x := Stories.New()
	x.Unit, x.Level, x.Sample, x.Sources = o.Unit, o.Level, o.Sample, o.Sources
	x.Title, x.Number, x.Column, x.Lead, x.Body = o.Title, o.Number, o.Column, o.Lead, o.Body
	x.Cover, x.Pictures, x.Video, x.Places, x.Ties, x.Editions = o.Cover, o.Pictures, o.Video, o.Places, o.Ties, o.Editions
	x.Corrects, x.Writer, x.State = o.ID, tx.Who.ID, Drafted
	for _, s := range o.Standings {
		if s.State == Approved && o.Standing(translate.Lang(s.Lang)) == Approved {
			s.Of = x.Fingerprints(translate.Lang(s.Lang))
		}
		x.Standings = append(x.Standings, s)
	}
	return x, asRoom(tx, func() error { return record.Save(tx, Stories, x, record.How{}) })
}
