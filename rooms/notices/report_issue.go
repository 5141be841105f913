package notices

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Desk issues notices.
type Desk struct {
	// Habits are the settings of notices that differ between offices.
	Habits
	// Web is where the public pages are, such as https://office.example.
	Web string
	// PlaceNames gives the names of places by id.
	PlaceNames func(v *store.View, ids []string) ([]translate.Text, error)
	// PlaceCodes gives the codes of places that hold on the day, each under the name of its system; nil knows none.
	PlaceCodes func(v *store.View, ids []string) ([][]alert.Pair, error)
	// Tell asks, in the transaction that issues a notice, that those who want to know be told; nil tells nobody.
	Tell func(tx *store.Tx, n *Notice) error
	// RunsOut asks those who brought a notice out what is to become of it before it runs out; nil asks nobody.
	RunsOut func(tx *store.Tx, n *Notice) error
	// Machine drafts texts in other languages; nil when the office has none.
	Machine Machine
	// Channel is what the exchange with partners stands on.
	Channel Channel
}

// Habits are the settings of notices that differ between offices.
type Habits struct {
	// Sender names the office in messages: its own domain.
	Sender string `toml:"sender"`
	// Names are those of the office in the languages of its texts; Phone is where readers ask.
	Names translate.Text `toml:"name"`
	Phone string         `toml:"phone"`
	// Zone is where the office's clock hangs.
	Zone string `toml:"zone"`
	// Tongues are the languages of the countries beside which a notice holds, by country code.
	Tongues map[string]string `toml:"tongues"`
	// Read are the languages in which somebody who reads them has looked through the words of the public pages. In the
	// others they are drafts, and the pages are called in the last of the office's own languages.
	Read []string `toml:"read"`
	Telling
	// Hosts are those of partners to whose programs messages may be sent.
	Hosts []string `toml:"hosts"`
	// Prompts are how many minutes before a notice runs out its people are asked what is to become of it, by the kind of its situation.
	Prompts map[string]int `toml:"prompts"`
}

// Load gives a notice, or an exercise, with its situation.
func (d *Desk) Load(v *store.View, id string, drill bool) (*Notice, *Situation, error) {
	n, err := load(v, id, drill)
	if err != nil {
		return nil, nil, err
	}
	s, err := record.Load(v, Situations, n.Situation)
	return n, s, err
}

// Chain lists the notices of a chain that were issued, in their order.
func (d *Desk) Chain(v *store.View, n *Notice) ([]*Notice, error) {
	first := n.First
	if first == "" {
		first = n.ID
	}
	if n.of == nil {
		return record.Select(v, Notices, "WHERE (x.id = ? OR x.first = ?) AND x.message <> '' ORDER BY x.issued, x.id", first, first)
	}
	all, err := record.Select(v, Drills, "WHERE (x.id = ? OR x.first = ?) AND x.message <> '' ORDER BY x.issued, x.id", first, first)
	var out []*Notice
	for _, x := range all {
		x.of = x
		out = append(out, &x.Notice)
	}
	return out, err
}

// Issue issues a notice that was proposed, in the name of who issues it. A second person does so; one person alone only
// with a reason, which is kept and looked at by another afterwards. Denied and Invalid otherwise, also when a language of
// the gate is not approved, and with all that is wrong with the message.
func (d *Desk) Issue(tx *store.Tx, id, override string, drill bool) (n *Notice, err error) {
	defer fault.Wrap(&err, "issuing notice %s", id)
	n, s, err := d.Load(&tx.View, id, drill)
	if err != nil {
		return nil, err
	}
	if n.State != Proposed {
		return nil, fault.New(fault.Invalid, "notices.not_proposed", nil)
	}
	if !n.kind().Edit(tx.Who, n.Path[:]) {
		return nil, fault.New(fault.Denied, "record.denied.unit", nil)
	}
	override = strings.TrimSpace(override)
	if tx.Who.ID == n.Proposer && override == "" {
		return nil, fault.New(fault.Denied, "notices.two_people", nil)
	}
	spoken, err := d.ready(n, s)
	if err != nil {
		return nil, err
	}
	chain, err := d.Chain(&tx.View, n)
	if err != nil {
		return nil, err
	}
	if err := d.mayFollow(n, s, chain); err != nil {
		return nil, err
	}
	at := time.UnixMilli(tx.Now).In(script.Location(n.Zone)).Truncate(time.Second)
	if len(chain) > 0 { // no message is as old as the one it answers, whatever the machine's clock says
		if last, err := time.Parse(time.RFC3339, chain[len(chain)-1].Issued); err == nil && !at.After(last) {
			at = last.Add(time.Second).In(at.Location())
		}
	}
	if err := d.number(tx, n, at); err != nil {
		return nil, err
	}
	m, err := d.message(&tx.View, n, s, spoken, chain, at)
	if err != nil {
		return nil, err
	}
	if n.of == nil && n.Scope == "public" {
		list, err := recorded(&tx.View, "")
		if err != nil {
			return nil, err
		}
		d.heard(m, list)
	}
	raw, err := m.XML()
	if err != nil {
		return nil, err
	}
	n.Message, n.Issued, n.State, n.Second = string(raw), alert.Stamp(at), Issued, tx.Who.ID
	then := map[string]string{"cancel": Cancelled, "end": Ended}[n.Act]
	if then != "" {
		n.State = then
	} else {
		then = Replaced // what those before it become
	}
	if tx.Who.ID == n.Proposer {
		n.Override = override
	}
	if n.First == "" {
		n.First = n.ID
	}
	var langs []string
	n.Title = translate.Text{}
	for _, one := range spoken {
		langs = append(langs, string(one.Lang))
		if slices.Contains(translate.Staff, one.Lang) {
			n.Title[one.Lang] = script.Join(one.Headline)
		}
	}
	n.Langs = strings.Join(langs, " ")
	err = asRoom(tx, func() error {
		if err := save(tx, n, record.How{Act: record.ActCorrect}); err != nil {
			return err
		}
		for _, o := range chain {
			if o.State != Issued || o.ID == n.ID {
				continue
			}
			o.State = then
			if err := save(tx, o, record.How{Act: record.ActCorrect}); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && d.Tell != nil {
		err = d.Tell(tx, n)
	}
	return n, err
}

// mayFollow holds a notice to its act: what follows a chain follows one that was not closed; an extension lasts longer,
// and a narrowing holds in fewer places; what closes a chain says so in its text.
func (d *Desk) mayFollow(n *Notice, s *Situation, chain []*Notice) error {
	closes := s.Kind == "ends" || s.Kind == "takes_back"
	if (n.Act == "cancel" || n.Act == "end") != closes {
		return fault.At("situation", "notices.needs_closing", nil)
	}
	if n.Act == "alert" {
		return nil
	}
	i := slices.IndexFunc(chain, func(o *Notice) bool { return o.State == Issued })
	if i < 0 {
		return fault.New(fault.Invalid, "notices.not_in_force", nil)
	}
	switch o := chain[i]; {
	case n.Act == "extend" && !n.Until().After(o.Until()):
		return fault.At("ends", "notices.not_longer", nil)
	case n.Act == "narrow" && (len(n.Places) == 0 || len(n.Places) > len(o.Places) ||
		slices.ContainsFunc(n.Places, func(p string) bool { return !slices.Contains(o.Places, p) }) || len(n.Places) == len(o.Places) && n.Outline == o.Outline):
		return fault.At("places", "notices.not_narrower", nil)
	}
	return nil
}

// ready says the notice in each language that is approved, and refuses when one of the gate is not.
func (d *Desk) ready(n *Notice, s *Situation) ([]Spoken, error) {
	all, err := Coverage(n, s)
	if err != nil {
		return nil, err
	}
	var wrong []*fault.Error
	var out []Spoken
	gate := d.Gate(n, s)
	for _, one := range all {
		if one.State == Approved && !script.Stops(one.Found) {
			out = append(out, one)
			continue
		}
		if slices.Contains(gate, one.Lang) {
			wrong = append(wrong, fault.New(fault.Invalid, "notices.gate", fault.Args{"lang": script.Name(one.Lang)}))
		}
	}
	return out, fault.Join(wrong)
}

// number gives a notice the next number of its year. Two that are issued at once cannot get the same one: the table
// refuses the second.
func (d *Desk) number(tx *store.Tx, n *Notice, at time.Time) error {
	year := strconv.Itoa(at.Year())
	query := "SELECT count(*) FROM {notice} x WHERE x.number LIKE ?"
	if n.of != nil {
		year = "X" + year
		query = "SELECT count(*) FROM {drill} x WHERE x.number LIKE ?"
	}
	var count int64
	err := asRoom(tx, func() error { return tx.One(query, []any{year + "-%"}, &count) })
	n.Number = year + "-" + strconv.FormatInt(count+1, 10)
	return err
}

// message puts a notice into the form in which it travels. A first notice that began in the past holds from now on.
func (d *Desk) message(v *store.View, n *Notice, s *Situation, spoken []Spoken, chain []*Notice, at time.Time) (*alert.Message, error) {
	m := &alert.Message{Identifier: d.Sender + "-" + n.ID, Sender: d.Sender, Sent: at, Status: "Actual", Type: "Alert", Scope: "Public", Codes: []string{n.Number, "act:" + n.Act}}
	if n.of != nil {
		m.Status, m.Note = "Exercise", "Exercise "+n.Number
	}
	if n.Scope == "restricted" {
		m.Scope, m.Restriction = "Restricted", n.Only.Show(Source)
	}
	switch n.Act {
	case "update", "extend", "narrow":
		m.Type = "Update"
	case "cancel", "end":
		m.Type = "Cancel"
	}
	if m.Type != "Alert" {
		var before []*alert.Message
		for _, o := range chain {
			b, _, err := alert.Read([]byte(o.Message))
			if err != nil {
				return nil, err
			}
			before = append(before, b)
		}
		m.References = alert.Follow(before, at)
	}
	places, err := d.PlaceNames(v, n.Places)
	if err != nil {
		return nil, err
	}
	var codes [][]alert.Pair
	if d.PlaceCodes != nil {
		if codes, err = d.PlaceCodes(v, n.Places); err != nil {
			return nil, err
		}
	}
	shape, err := readGround(n.Outline)
	if err != nil {
		return nil, err
	}
	starts, err := n.At(n.Starts)
	if err != nil {
		return nil, err
	}
	expires := n.Until()
	if m.Note == "" && expires.Sub(at) > 24*time.Hour {
		m.Note = n.Act + " until " + n.Ends
	}
	for _, one := range spoken {
		i := alert.Block{Language: script.Tag(one.Lang), Categories: []string{word(alert.Categories, s.Category)}, Event: one.Event, Urgency: word(alert.Urgencies, s.Urgency), Severity: word(alert.Severities, s.Severity), Certainty: word(alert.Certainties, s.Certainty),
			EventCodes: []alert.Pair{{Name: d.Sender + ":situation", Value: s.Key}}, Effective: at, Onset: at, Expires: expires, SenderName: d.Names.Show(one.Lang), Headline: script.Join(one.Headline),
			Description: script.Join(one.Text), Instruction: script.Join(one.Advice), Web: d.Web + "/p/" + string(one.Lang) + "/n/" + n.Number, Contact: d.Phone,
			Parameters: []alert.Pair{{Name: d.Sender + ":zone", Value: n.Zone}}}
		if s.Response != "" {
			i.ResponseTypes = []string{word(alert.ResponseTypes, s.Response)}
		}
		if starts.After(at) {
			i.Onset = starts
		}
		i.Areas = d.areas(n, places, codes, one.Lang)
		if shape != nil {
			if len(i.Areas) > 1 { // it is of all of them together, and not of the first
				var names []string
				for _, a := range i.Areas {
					names = append(names, a.Desc)
				}
				all, err := script.List(one.Lang, names)
				if err != nil {
					return nil, err
				}
				i.Areas = append(i.Areas, alert.Area{Desc: all})
			}
			shape.onto(&i.Areas[len(i.Areas)-1])
		}
		m.Blocks = append(m.Blocks, i)
	}
	return m, nil
}

// areas are the places of a notice, each with its codes. Where no place of the register was chosen, the place of its facts
// is named, and the office's own only when there is none either.
func (d *Desk) areas(n *Notice, places []translate.Text, codes [][]alert.Pair, l translate.Lang) (out []alert.Area) {
	for k, id := range n.Places {
		if k >= len(places) {
			continue
		}
		a := alert.Area{Desc: places[k].Show(l), Geocodes: []alert.Pair{{Name: d.Sender + ":place", Value: id}}}
		if k < len(codes) {
			a.Geocodes = append(a.Geocodes, codes[k]...)
		}
		out = append(out, a)
	}
	for _, g := range n.Facts {
		if len(n.Places) == 0 && g.Kind == string(script.KindPlace) && g.Names.Show(l) != "" {
			out = append(out, alert.Area{Desc: g.Names.Show(l)})
		}
	}
	if len(out) == 0 {
		out = []alert.Area{{Desc: d.Names.Show(l)}}
	}
	return out
}

// Follow begins the next notice of a chain as a draft: the same facts, until something is changed. What closes a chain
// says so in a situation of its own.
func (d *Desk) Follow(tx *store.Tx, id, act, situation string, drill bool) (*Notice, error) {
	o, s, err := d.Load(&tx.View, id, drill)
	if err != nil {
		return nil, err
	}
	if o.State != Issued {
		return nil, fault.New(fault.Invalid, "notices.not_in_force", nil)
	}
	if !slices.Contains(Acts[1:], act) {
		return nil, fault.At("step", "notices.follows_nothing", nil)
	}
	n := begin(drill)
	n.ID = clock.NewID(tx.Now)
	n.Unit, n.Level, n.Sample = o.Unit, o.Level, o.Sample
	n.Situation, n.Facts, n.More, n.Standings, n.Scope, n.Only, n.Zone, n.Starts, n.Ends = o.Situation, o.Facts, o.More, o.Standings, o.Scope, o.Only, o.Zone, o.Starts, o.Ends
	n.Places, n.Outline, n.Countries, n.Act, n.First, n.Follows, n.Title, n.Received = o.Places, o.Outline, o.Countries, act, o.First, o.ID, o.Title, o.Received
	if act == "cancel" || act == "end" {
		if s, err = d.closing(&tx.View, act, situation); err != nil {
			return nil, err
		}
		n.Situation, n.More, n.Standings, n.Starts = s.ID, nil, nil, ""
		n.Ends = time.UnixMilli(tx.Now).In(script.Location(n.Zone)).Add(24 * time.Hour).Format(local)
		n.Facts = slices.DeleteFunc(slices.Clone(o.Facts), func(g Given) bool { return g.Name == "number" })
		n.Facts = append(n.Facts, Given{Name: "number", Kind: string(script.KindText), Names: translate.Text{"en": o.Number, "zh": o.Number}})
	}
	if act == "extend" { // by as much again, until somebody says otherwise
		n.Ends = o.Until().Add(s.Lasts()).Format(local)
	}
	n.Title = titleOf(n, s)
	return n, save(tx, n, record.How{})
}

// closes are the kinds of situations with which an act closes a chain.
var closes = map[string]string{"cancel": "takes_back", "end": "ends"}

// closings are the situations of a kind with which a notice can be closed by what it says already: the general one first,
// then those of its own category.
func closings(v *store.View, n *Notice, kind string) ([]*Situation, error) {
	s, err := record.Load(v, Situations, n.Situation)
	if err != nil {
		return nil, err
	}
	all, err := record.Select(v, Situations, "WHERE x.kind = ? AND x.state = 'current' ORDER BY x.key", kind)
	all = slices.DeleteFunc(all, func(o *Situation) bool {
		return slices.ContainsFunc(o.Slots, func(want Slot) bool {
			return !want.OfNotice() && !slices.ContainsFunc(n.Facts, func(g Given) bool { return g.Name == want.Name && g.Kind == want.Kind })
		})
	})
	rank := func(o *Situation) int {
		switch {
		case len(o.Slots) == 0:
			return 0
		case o.Category == s.Category:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(all, func(a, b *Situation) int { return rank(a) - rank(b) })
	return all, err
}

// closing is the situation with which a chain is closed: the one asked for, or the general one.
func (d *Desk) closing(v *store.View, act, id string) (*Situation, error) {
	if id != "" {
		s, err := record.Load(v, Situations, id)
		if err == nil && s.Kind != closes[act] {
			err = fault.At("situation", "notices.needs_closing", nil)
		}
		return s, err
	}
	all, err := record.Select(v, Situations, "WHERE x.kind = ? AND x.state = 'current' ORDER BY x.key", closes[act])
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(s *Situation) bool { return len(s.Slots) == 0 })
	if i < 0 {
		return nil, fault.At("situation", "notices.needs_closing", nil)
	}
	return all[i], nil
}

// titleOf is how a draft is called among the staff: what it says, in the languages of the staff.
func titleOf(n *Notice, s *Situation) translate.Text {
	out := translate.Text{}
	for _, l := range translate.Staff {
		if one, err := Speak(n, s, l); err == nil && len(one.Headline) > 0 {
			out[l] = script.Join(one.Headline)
		}
	}
	if out.Empty() {
		for _, l := range translate.Staff {
			out[l] = s.Name[l]
		}
	}
	return out
}

// Review notes that somebody else looked at a notice one person had issued alone.
func (d *Desk) Review(tx *store.Tx, id string, drill bool) error {
	n, err := load(&tx.View, id, drill)
	if err != nil {
		return err
	}
	if n.Override == "" || n.Reviewed != "" {
		return fault.New(fault.Invalid, "notices.no_override", nil)
	}
	if tx.Who.ID == n.Second {
		return fault.New(fault.Denied, "notices.two_people", nil)
	}
	n.Reviewed = tx.Who.ID
	return asRoom(tx, func() error { return save(tx, n, record.How{Act: record.ActCorrect}) })
}
