package notices

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"yunqiao/kernel/access"
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
	// Tongues are the languages of the countries beside which a notice holds, by country code.
	Tongues map[string]string
	// Sender names the office in messages: its own domain.
	Sender string
	// Web is where the public pages are, such as https://office.example.
	Web string
	// Names are those of the office in the languages of its texts; Phone is where readers ask.
	Names translate.Text
	Phone string
	// PlaceNames gives the names of places by id.
	PlaceNames func(v *store.View, ids []string) ([]translate.Text, error)
}

// Load gives a notice with its situation.
func (d *Desk) Load(v *store.View, id string) (*Notice, *Situation, error) {
	n, err := record.Load(v, Notices, id)
	if err != nil {
		return nil, nil, err
	}
	s, err := record.Load(v, Situations, n.Situation)
	return n, s, err
}

// Chain lists the notices of a chain that were issued, in their order.
func (d *Desk) Chain(v *store.View, first string) ([]*Notice, error) {
	if first == "" {
		return nil, nil
	}
	return record.Select(v, Notices, "WHERE (x.id = ? OR x.first = ?) AND x.message <> '' ORDER BY x.issued, x.id", first, first)
}

// Issue issues a notice that was proposed, in the name of who issues it. A second person does so; one person alone only
// with a reason, which is kept and looked at by another afterwards. Denied and Invalid otherwise, also when a language of
// the gate is not approved, and with all that is wrong with the message.
func (d *Desk) Issue(tx *store.Tx, id, override string) (n *Notice, err error) {
	defer fault.Wrap(&err, "issuing notice %s", id)
	n, s, err := d.Load(&tx.View, id)
	if err != nil {
		return nil, err
	}
	if n.State != Proposed {
		return nil, fault.New(fault.Invalid, "notices.not_proposed", nil)
	}
	override = strings.TrimSpace(override)
	if tx.Who.ID == n.Proposer && override == "" {
		return nil, fault.New(fault.Denied, "notices.two_people", nil)
	}
	spoken, err := d.ready(n, s)
	if err != nil {
		return nil, err
	}
	chain, err := d.Chain(&tx.View, n.First)
	if err != nil {
		return nil, err
	}
	at := time.UnixMilli(tx.Now).In(script.Location(n.Zone)).Truncate(time.Second)
	if err := d.number(tx, n, at); err != nil {
		return nil, err
	}
	m, err := d.message(&tx.View, n, s, spoken, chain, at)
	if err != nil {
		return nil, err
	}
	raw, err := m.XML()
	if err != nil {
		return nil, err
	}
	n.Message, n.Issued, n.State, n.Second = string(raw), alert.Stamp(at), Issued, tx.Who.ID
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
	was := tx.Who
	tx.Who = access.Program("notices")
	defer func() { tx.Who = was }()
	if err := record.Save(tx, Notices, n, record.How{Act: record.ActCorrect}); err != nil {
		return nil, err
	}
	then := map[string]string{"cancel": Cancelled, "end": Ended}[n.Act]
	if then == "" {
		then = Replaced
	}
	for _, o := range chain {
		if o.State != Issued || o.ID == n.ID {
			continue
		}
		o.State = then
		if err := record.Save(tx, Notices, o, record.How{Act: record.ActCorrect}); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// ready says the notice in each language that is approved, and refuses when one of the gate is not.
func (d *Desk) ready(n *Notice, s *Situation) ([]Spoken, error) {
	all, err := Coverage(n, s)
	if err != nil {
		return nil, err
	}
	var wrong []*fault.Error
	var out []Spoken
	texts := map[translate.Lang]string{}
	for _, one := range all {
		if one.State == Approved && !script.Stops(one.Found) {
			out = append(out, one)
			texts[one.Lang] = script.Join(one.Text)
			continue
		}
		if slices.Contains(d.Gate(n, s), one.Lang) {
			wrong = append(wrong, fault.New(fault.Invalid, "notices.gate", fault.Args{"lang": script.Name(one.Lang), "state": one.State}))
		}
	}
	return out, fault.Join(wrong)
}

// number gives a notice the next number of its year, and a code that nobody guesses.
func (d *Desk) number(tx *store.Tx, n *Notice, at time.Time) error {
	year := strconv.Itoa(at.Year())
	var count int64
	if err := tx.One("SELECT count(*) FROM {notice} x WHERE x.number LIKE ?", []any{year + "-%"}, &count); err != nil {
		return err
	}
	n.Number = year + "-" + strconv.FormatInt(count+1, 10)
	n.Code = n.Number
	return nil
}

// message puts a notice into the form in which it travels. A first notice that began in the past holds from now on.
func (d *Desk) message(v *store.View, n *Notice, s *Situation, spoken []Spoken, chain []*Notice, at time.Time) (*alert.Message, error) {
	m := &alert.Message{Identifier: d.Sender + "-" + n.ID, Sender: d.Sender, Sent: at, Status: "Actual", Type: "Alert", Scope: "Public", Codes: []string{n.Number}}
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
	shape, err := n.outline()
	if err != nil {
		return nil, err
	}
	starts, err := n.At(n.Starts)
	if err != nil {
		return nil, err
	}
	expires := n.Until()
	if expires.Sub(at) > 24*time.Hour {
		m.Note = n.Act + " until " + n.Ends
	}
	for _, one := range spoken {
		i := alert.Info{Language: script.Tag(one.Lang), Categories: []string{s.Category}, Event: one.Event, Urgency: s.Urgency, Severity: s.Severity, Certainty: s.Certainty,
			EventCodes: []alert.Pair{{Name: d.Sender + ":situation", Value: s.Key}}, Effective: at, Expires: expires, SenderName: d.Names.Show(one.Lang), Headline: script.Join(one.Headline),
			Description: script.Join(one.Text), Instruction: script.Join(one.Advice), Web: d.Web + "/p/" + string(one.Lang) + "/" + n.Code, Contact: d.Phone}
		if s.Response != "" {
			i.ResponseTypes = []string{s.Response}
		}
		if starts.After(at) {
			i.Onset = starts
		} else {
			i.Onset = at
		}
		var names []string
		for _, p := range places {
			names = append(names, p.Show(one.Lang))
		}
		area := alert.Area{Desc: strings.Join(names, ", ")}
		if area.Desc == "" {
			area.Desc = d.Names.Show(one.Lang)
		}
		if shape != nil {
			area.Polygons = [][]alert.Point{shape}
		}
		i.Areas = []alert.Area{area}
		m.Infos = append(m.Infos, i)
	}
	return m, nil
}

// Follow begins the next notice of a chain as a draft: the same facts, until something is changed.
func (d *Desk) Follow(tx *store.Tx, id, act, situation string) (*Notice, error) {
	o, s, err := d.Load(&tx.View, id)
	if err != nil {
		return nil, err
	}
	if o.State != Issued {
		return nil, fault.New(fault.Invalid, "notices.not_in_force", nil)
	}
	n := Notices.New()
	n.ID = clock.NewID(tx.Now)
	n.Unit, n.Level, n.Sample = o.Unit, o.Level, o.Sample
	n.Situation, n.Facts, n.More, n.Standings, n.Scope, n.Only, n.Zone, n.Starts, n.Ends = o.Situation, o.Facts, o.More, o.Standings, o.Scope, o.Only, o.Zone, o.Starts, o.Ends
	n.Places, n.Outline, n.Countries, n.Act, n.First, n.Follows, n.Title = o.Places, o.Outline, o.Countries, act, o.First, o.ID, o.Title
	if act == "cancel" || act == "end" {
		if situation == "" {
			return nil, fault.At("situation", "notices.needs_closing", nil)
		}
		n.Situation, n.More, n.Standings = situation, nil, nil
		n.Ends = time.UnixMilli(tx.Now).In(script.Location(n.Zone)).Add(24 * time.Hour).Format(local)
		n.Facts = append(slices.Clone(o.Facts), Given{Name: "number", Kind: string(script.KindText), Names: translate.Text{"en": o.Number, "zh": o.Number}})
		if s, err = record.Load(&tx.View, Situations, situation); err != nil {
			return nil, err
		}
	}
	if one, err := Speak(n, s, Source); err == nil {
		n.Title = translate.Text{Source: script.Join(one.Headline)}
	}
	return n, record.Save(tx, Notices, n, record.How{})
}
