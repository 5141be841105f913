package notices

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Channel is what the exchange with partners stands on: the office's key, and the shelf of what came in.
type Channel struct {
	Key    ed25519.PrivateKey
	Shelf  files.Shelf
	Folder string
	// PlaceByName finds the places that are called so in any language.
	PlaceByName func(v *store.View, name string) ([]string, error)
	// Say gives a phrase, for what a partner is told.
	Say func(l translate.Lang, key string, args fault.Args) string
	// Due keeps what is due of a partner: the check of its contacts, and its sign of life when that is missing.
	Due func(tx *store.Tx, p *Partner) error
	// Hosts are those to whose programs messages may be sent.
	Hosts []string
}

// Arrival is a message as it came: its bytes, and what was said of it beside them.
type Arrival struct {
	Raw       []byte
	Name      string
	Partner   string // "" tells the partner by the sender
	Number    int    // in the channel; 0 when nothing was said
	Before    string
	Signature string

	vouched bool // it lay in a package whose signature was good
}

// Take takes a message of a partner: it is kept as it came, judged, and answered, and what it says becomes a draft. What
// is refused is never taken for an alert. A message that came before gives the one that is kept.
func (d *Desk) Take(tx *store.Tx, in Arrival) (x *ChannelMessage, err error) {
	defer fault.Wrap(&err, "taking a message of a partner")
	if len(in.Raw) > mostMessage {
		return nil, fault.At("message", "notices.channel.large", fault.Args{"kb": mostMessage / 1000})
	}
	m, found, bad := alert.Read(in.Raw)
	if bad != nil {
		var whose bool
		if m, whose = alert.Whose(in.Raw); !whose {
			return nil, atField("message", bad)
		}
	}
	if m.Identifier == "" || m.Sender == "" || m.Sent.IsZero() {
		return nil, fault.At("message", "notices.channel.nameless", nil)
	}
	if m.Sender == d.Sender {
		return nil, fault.At("message", "notices.channel.ours", nil)
	}
	p, err := partnerOf(&tx.View, in.Partner, m.Sender)
	if err != nil {
		return nil, err
	}
	has, good := p.Fits(in.Raw, in.Signature, tx.ValidOn)
	if good = good || in.vouched; has && !good {
		return nil, fault.At("signature", "notices.channel.signature", fault.Args{"name": p.Name.Show(Source)})
	}
	var earlier []*ChannelMessage
	err = asRoom(tx, func() (err error) {
		earlier, err = record.Select(&tx.View, ChannelMessages, "WHERE x.partner = ? AND x.way = 'in' AND x.sender = ? AND x.identifier = ? ORDER BY x.at, x.id", p.ID, m.Sender, m.Identifier)
		return err
	})
	if err != nil {
		return nil, err
	}
	sum := digestOf(in.Raw)
	for _, o := range earlier {
		if o.Digest != sum {
			continue
		}
		if o.Number.Set || in.Number == 0 {
			return o, nil
		}
		if err := o.count(tx, in.Number); err != nil { // it came before its number was known
			return nil, err
		}
		return o, asRoom(tx, func() error { return record.Save(tx, ChannelMessages, o, record.How{Act: record.ActCorrect}) })
	}
	x = d.begin(tx, p, WayIn)
	x.Kind, x.Sender, x.Identifier, x.Sent, x.Status, x.Scope = strings.ToLower(m.Type), m.Sender, m.Identifier, alert.Stamp(m.Sent), m.Status, m.Scope
	x.Digest, x.Before, x.Signed, x.raw = sum, in.Before, good, in.Raw
	if good && !in.vouched {
		x.Signature = strings.TrimSpace(in.Signature)
	}
	if in.Number == 0 {
		in.Number = numberIn(m)
	}
	x.Found = foundOf(found)
	if m.Status == "System" {
		x.Kind = systemKind(m)
	}
	if !slices.Contains(ChannelKinds, x.Kind) {
		x.Kind = "unknown"
	}
	x.Title = d.titleOfMessage(x.Kind, m, nil)
	if err := x.count(tx, in.Number); err != nil {
		return nil, err
	}
	if x.Original, err = d.keep(tx, in); err != nil {
		return nil, err
	}
	switch {
	case bad != nil:
		x.Verdict = Refused
		for _, e := range fault.All(bad) {
			x.note(e.Key, alert.Wrong, e.Field, e.Args)
		}
	case len(earlier) > 0:
		x.Verdict = Differs
		x.note("notices.channel.differs", alert.Wrong, "identifier", nil)
	default:
		if err := d.follow(tx, p, x, m); err != nil {
			return nil, err
		}
	}
	if err := asRoom(tx, func() error { return record.Save(tx, ChannelMessages, x, record.How{}) }); err != nil {
		return nil, err
	}
	if err := d.reply(tx, p, x, m); err != nil {
		return nil, err
	}
	return x, asRoom(tx, func() error { return d.due(tx, p) }) // it was heard of
}

// atField says where on the form something is wrong.
func atField(field string, err error) error {
	for _, e := range fault.All(err) {
		if e.Field == "" {
			e.Field = field
		}
	}
	return err
}

// partnerOf is the partner a message comes from: the one that was named, or the one with its sender.
func partnerOf(v *store.View, id, sender string) (*Partner, error) {
	if id != "" {
		p, err := record.Load(v, Partners, id)
		if err == nil && p.Sender != "" && p.Sender != sender {
			err = fault.At("partner", "notices.channel.other_sender", fault.Args{"sender": sender})
		}
		return p, err
	}
	all, err := record.Select(v, Partners, "WHERE x.sender = ? AND x.state = 'current' ORDER BY x.id", sender)
	if err == nil && len(all) != 1 {
		err = fault.At("partner", "notices.channel.stranger", fault.Args{"sender": sender})
	}
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// begin makes an empty message of the channel.
func (d *Desk) begin(tx *store.Tx, p *Partner, way string) *ChannelMessage {
	x := ChannelMessages.New()
	x.ID = clock.NewID(tx.Now)
	x.Unit, x.Level, x.Sample = p.Unit, p.Level, p.Sample
	x.Partner, x.Way, x.At = p.ID, way, record.N(float64(tx.Now))
	return x
}

// keep puts what came in on the shelf, as it came.
func (d *Desk) keep(tx *store.Tx, in Arrival) (doc record.Doc, err error) {
	name := in.Name
	if !strings.HasSuffix(strings.ToLower(name), ".xml") {
		name = strings.TrimSuffix(name, ".cap") + ".xml"
	}
	if name == ".xml" {
		name = "message.xml"
	}
	f, err := files.Receive(bytes.NewReader(in.Raw), name, mostMessage, d.Channel.Folder)
	if err != nil {
		return doc, atField("message", err)
	}
	defer f.Close() //nolint:errcheck // the shelf has its own copy
	return record.Doc{Digest: string(f.Digest), Name: f.Name, Type: f.Kind.Type, Size: f.Size}, d.Channel.Shelf.Put(tx.Context(), f)
}

// note adds what was found.
func (x *ChannelMessage) note(key string, s alert.Severity, place string, args fault.Args) {
	raw, err := json.Marshal(args)
	if err != nil || args == nil || len(raw) > 2000 {
		raw = nil
	}
	if len(place) > 120 {
		place = ""
	}
	x.Found = append(x.Found, Found{Key: key, Severity: severities[s], Place: place, Args: string(raw)})
}

func foundOf(list []alert.Finding) []Found {
	x := &ChannelMessage{}
	for _, f := range list {
		x.note(f.Key(), f.Severity, f.At, f.Args)
	}
	return x.Found
}

// channelCode begins the code by which a message of the channel carries its number.
const channelCode = "channel:"

func numberIn(m *alert.Message) int {
	for _, c := range m.Codes {
		if s, is := strings.CutPrefix(c, channelCode); is {
			if n, err := strconv.Atoi(s); err == nil && n > 0 && n < 1<<40 {
				return n
			}
		}
	}
	return 0
}

// systemKind tells signs of life from requests to send something again.
func systemKind(m *alert.Message) string {
	if strings.HasPrefix(m.Note, missingNote) {
		return "request"
	}
	return "beat"
}

// missingNote begins the note of a request to send messages again; their numbers follow, with spaces between.
const missingNote = "missing "

// count gives a message its number: the next one of ours, or the one the partner gave it. A number of the partner that
// came before is kept as none, and said so.
func (x *ChannelMessage) count(tx *store.Tx, number int) error {
	if x.Way == WayIn {
		if number == 0 {
			return nil
		}
		var n int64
		err := asRoom(tx, func() error {
			return tx.One("SELECT count(*) FROM {channelmessage} x WHERE x.partner = ? AND x.way = 'in' AND x.number = ?", []any{x.Partner, float64(number)}, &n)
		})
		if err == nil && n > 0 {
			x.note("notices.channel.number_twice", alert.Doubt, "", fault.Args{"n": number})
			return nil
		}
		x.Number = record.N(float64(number))
		return err
	}
	last, err := lastOf(tx, x.Partner, x.Way)
	if err != nil {
		return err
	}
	x.Number = record.N(1)
	if last != nil {
		x.Number, x.Before = record.N(last.Number.Value+1), last.Digest
	}
	return nil
}

// lastOf is the message with the highest number of a direction; nil when there is none.
func lastOf(tx *store.Tx, partner, way string) (out *ChannelMessage, err error) {
	err = asRoom(tx, func() error {
		all, err := record.Select(&tx.View, ChannelMessages, "WHERE x.partner = ? AND x.way = ? AND x.number IS NOT NULL ORDER BY x.number DESC LIMIT 1", partner, way)
		if len(all) > 0 {
			out = all[0]
		}
		return err
	})
	return out, err
}

// titleOfMessage is how a message is called: its headline in the languages of the staff, or its kind and what it answers.
func (d *Desk) titleOfMessage(kind string, m *alert.Message, answers *ChannelMessage) translate.Text {
	out := translate.Text{}
	for _, b := range m.Blocks {
		text := b.Headline
		if text == "" {
			text = b.Event
		}
		if l := langOf(b.Language); slices.Contains(translate.Staff, l) && out[l] == "" {
			out[l] = script.Clean(text)
		}
	}
	for _, b := range m.Blocks {
		if out.Empty() && b.Headline+b.Event != "" {
			out[translate.Staff[len(translate.Staff)-1]] = script.Clean(strings.TrimSpace(b.Headline + " " + b.Event))
		}
	}
	if !out.Empty() {
		return out
	}
	for _, l := range translate.Staff {
		out[l] = kind
		if d.Channel.Say != nil {
			out[l] = d.Channel.Say(l, ChannelMessages.Phrase("kind", kind), nil)
		}
		about := m.Identifier
		if answers != nil {
			about = answers.Title.Show(l)
		}
		out[l] += " · " + about
	}
	return out
}

// follow does what a message says, as far as a program may: everything that would reach a reader becomes a draft.
func (d *Desk) follow(tx *store.Tx, p *Partner, x *ChannelMessage, m *alert.Message) error {
	x.Verdict = Noted
	if m.Status == "System" {
		return d.alive(tx, p, x, m)
	}
	switch m.Type {
	case "Ack":
		return d.acknowledged(tx, p, x, m)
	case "Error":
		return d.complained(tx, p, x, m)
	}
	if m.Status == "Test" || m.Status == "Draft" {
		x.note("notices.channel.no_draft", alert.Note, "status", fault.Args{"status": m.Status})
		return nil
	}
	var about *Notice
	err := asRoom(tx, func() (err error) { about, err = d.about(&tx.View, p, m); return err })
	if err != nil {
		return err
	}
	if about != nil && !about.kind().Edit(tx.Who, about.Path[:]) {
		x.leadTo(about)
		x.note("notices.channel.not_yours", alert.Doubt, "", nil)
		return nil
	}
	if m.Type != "Alert" && about == nil {
		x.note("notices.channel.unknown_reference", alert.Doubt, "references", nil)
	}
	if ends := m.Ends(); m.Type != "Cancel" && !ends.IsZero() && ends.UnixMilli() <= tx.Now {
		x.note("notices.channel.run_out", alert.Note, "expires", nil)
		return nil
	}
	if m.Type == "Cancel" {
		if about == nil {
			return nil
		}
		return d.takeBack(tx, x, m, about)
	}
	return d.draft(tx, x, m, about, "")
}

// about finds the notice that an earlier message of the same partner became, out of what a message refers to. Of a chain
// it is the newest.
func (d *Desk) about(v *store.View, p *Partner, m *alert.Message) (*Notice, error) {
	drill := m.Status == "Exercise"
	for _, r := range slices.Backward(m.References) {
		if r.Same(m.Ref()) {
			continue
		}
		all, err := record.Select(v, ChannelMessages, "WHERE x.partner = ? AND x.way = 'in' AND x.sender = ? AND x.identifier = ? AND x.verdict = 'taken' ORDER BY x.at DESC", p.ID, r.Sender, r.Identifier)
		if err != nil {
			return nil, err
		}
		for _, o := range all {
			id := o.Notice
			if drill {
				id = o.Drill
			}
			if id == "" {
				continue
			}
			n, err := load(v, id, drill)
			if err != nil {
				return nil, err
			}
			return d.newest(v, n)
		}
	}
	return nil, nil
}

// newest is the notice of a chain that holds, or that is still to be issued; the notice itself when there is none.
func (d *Desk) newest(v *store.View, n *Notice) (*Notice, error) {
	chain, err := d.Chain(v, n)
	if err != nil {
		return nil, err
	}
	for _, o := range slices.Backward(chain) {
		if o.State == Issued {
			return o, nil
		}
	}
	return n, nil
}

// takeBack does what a cancel says of a notice: a draft is dropped, and for one that was issued the withdrawal is drafted.
func (d *Desk) takeBack(tx *store.Tx, x *ChannelMessage, m *alert.Message, n *Notice) error {
	drill := n.of != nil
	switch n.State {
	case Drafted, Proposed:
		n.State = Dropped
		if err := save(tx, n, record.How{Why: d.because("notices.page.why.received", m.Identifier)}); err != nil {
			return err
		}
	case Issued:
		o, err := d.Follow(tx, n.ID, "cancel", "", drill)
		if err != nil {
			return err
		}
		n = o
	default:
		x.note("notices.channel.over", alert.Note, "references", nil)
	}
	x.Verdict = Taken
	x.leadTo(n)
	return nil
}

func (x *ChannelMessage) leadTo(n *Notice) {
	if n.of != nil {
		x.Drill = n.ID
		return
	}
	x.Notice = n.ID
}

// draft makes a draft of a message, with what it surely says filled in. About is the notice it changes; nil when it is a
// first one. Without a situation that is surely meant somebody says which one it is.
func (d *Desk) draft(tx *store.Tx, x *ChannelMessage, m *alert.Message, about *Notice, situation string) error {
	var s *Situation
	var err error
	switch {
	case situation != "":
		s, err = record.Load(&tx.View, Situations, situation)
	case about != nil:
		s, err = record.Load(&tx.View, Situations, about.Situation)
	default:
		s, err = situationOf(&tx.View, m)
	}
	if err != nil {
		return err
	}
	if s == nil {
		x.Verdict = Asking
		return nil
	}
	drill := m.Status == "Exercise"
	n := begin(drill)
	switch {
	case about == nil:
		n.Act, n.Situation, n.Scope = "alert", s.ID, "public"
		n.Sample = x.Sample
	case about.State == Issued:
		if n, err = d.Follow(tx, about.ID, "update", "", drill); err != nil {
			return err
		}
	case about.State == Drafted || about.State == Proposed:
		n = about
		n.State = Drafted // what was proposed before the update came is not what would be issued now
	default: // it is over: what comes after is a notice of its own
		n.Act, n.Situation, n.Scope = "alert", s.ID, "public"
		n.Sample = x.Sample
	}
	n.factsOf(m, s, d.Zone, time.UnixMilli(tx.Now))
	if m.Scope != "Public" || n.Scope == "restricted" {
		n.Scope, n.Only = "restricted", onlyFor(m, d.Names)
	}
	if err := d.placesOf(tx, n, m); err != nil {
		return err
	}
	n.Received = string(x.raw)
	n.Title = titleOf(n, s)
	how := record.How{Why: d.because("notices.page.why.received", m.Identifier)}
	if n.VID == "" {
		how = record.How{}
	}
	if err := save(tx, n, how); err != nil {
		return err
	}
	x.Verdict = Taken
	x.leadTo(n)
	return nil
}

// because is a reason in the languages of the staff, with what it is about.
func (d *Desk) because(key, about string) string {
	out := translate.Text{}
	for _, l := range translate.Staff {
		out[l] = about
		if d.Channel.Say != nil {
			out[l] = d.Channel.Say(l, key, nil) + " " + about
		}
	}
	return out.JSON()
}

// onlyFor says for whom a message is that is not for everyone.
func onlyFor(m *alert.Message, office translate.Text) translate.Text {
	if m.Restriction == "" {
		return office
	}
	out := translate.Text{}
	for _, l := range translate.Staff {
		out[l] = script.Clean(m.Restriction)
	}
	return out
}

// situationOf is the situation that a message surely means: it names it, or calls the event as we call the situation.
func situationOf(v *store.View, m *alert.Message) (*Situation, error) {
	all, err := Beginnings(v)
	if err != nil {
		return nil, err
	}
	var out *Situation
	for _, s := range all {
		for _, b := range m.Blocks {
			named := slices.ContainsFunc(b.EventCodes, func(p alert.Pair) bool { return strings.HasSuffix(p.Name, ":situation") && p.Value == s.Key })
			called := s.Name[langOf(b.Language)] != "" && strings.EqualFold(s.Name[langOf(b.Language)], b.Event)
			if !named && !called {
				continue
			}
			if out != nil && out.ID != s.ID {
				return nil, nil // the languages do not agree, so it is not sure
			}
			out = s
		}
	}
	return out, nil
}

// placesOf finds the places of ours that a message names: by our own code for them, or by their name.
func (d *Desk) placesOf(tx *store.Tx, n *Notice, m *alert.Message) error {
	if len(m.Blocks) == 0 {
		return nil
	}
	var out []string
	add := func(id string) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	for _, b := range m.Blocks {
		for _, a := range b.Areas {
			for _, g := range a.Geocodes {
				if g.Name != d.Sender+":place" {
					continue
				}
				if _, err := d.PlaceNames(&tx.View, []string{g.Value}); err == nil {
					add(g.Value)
				}
			}
			if d.Channel.PlaceByName == nil {
				continue
			}
			ids, err := d.Channel.PlaceByName(&tx.View, a.Desc)
			if err != nil {
				return err
			}
			if len(ids) == 1 { // where several are called so, nobody knows which one is meant
				add(ids[0])
			}
		}
	}
	if len(out) > 0 {
		n.Places = out
	}
	return nil
}

// ourNotice finds the notice that a reference of a partner means; nil when it is none of ours, or not as it was sent.
func (d *Desk) ourNotice(v *store.View, r alert.Ref) (*Notice, error) {
	id, is := strings.CutPrefix(r.Identifier, d.Sender+"-")
	if !is || r.Sender != d.Sender {
		return nil, nil
	}
	n, err := load(v, id, false)
	if fault.KindOf(err) == fault.Missing {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	at, err := time.Parse(time.RFC3339, n.Issued)
	if n.Message == "" || err != nil || !at.Equal(r.Sent) {
		return nil, nil
	}
	return n, nil
}

// ourMessage finds the message of the channel that a reference of a partner means; nil when it was not sent to it.
func ourMessage(v *store.View, p *Partner, r alert.Ref) (*ChannelMessage, error) {
	all, err := record.Select(v, ChannelMessages, "WHERE x.partner = ? AND x.way = 'out' AND x.sender = ? AND x.identifier = ? ORDER BY x.at DESC", p.ID, r.Sender, r.Identifier)
	if err != nil {
		return nil, err
	}
	for _, o := range all {
		if at, err := time.Parse(time.RFC3339, o.Sent); err == nil && at.Equal(r.Sent) {
			return o, nil
		}
	}
	return nil, nil
}

// acknowledged notes that a partner has a notice, by its own message. One that says so of a notice it was not asked
// about, or that is none of ours, is refused.
func (d *Desk) acknowledged(tx *store.Tx, p *Partner, x *ChannelMessage, m *alert.Message) error {
	x.Verdict = Refused
	if len(m.References) == 0 {
		return nil // the checker has said so
	}
	var acks []*Acknowledgement
	foreign := false // it speaks of something that was not sent to it
	err := asRoom(tx, func() error {
		for _, r := range m.References {
			n, err := d.ourNotice(&tx.View, r)
			if err != nil {
				return err
			}
			if n != nil {
				all, err := record.Select(&tx.View, Acknowledgements, "WHERE x.notice = ? AND x.partner = ? ORDER BY x.id", n.ID, p.ID)
				if err != nil {
					return err
				}
				if len(all) == 0 {
					foreign = true
					x.note("notices.channel.not_asked", alert.Wrong, "references", fault.Args{"number": n.Number})
					continue
				}
				acks, x.Notice = append(acks, all[0]), n.ID
				continue
			}
			o, err := ourMessage(&tx.View, p, r)
			if err != nil {
				return err
			}
			if o == nil {
				foreign = true
				x.note("notices.channel.not_ours", alert.Wrong, "references", fault.Args{"identifier": r.Identifier})
				continue
			}
			x.Answers = o.ID
		}
		return nil
	})
	if err != nil || foreign {
		x.Notice, x.Answers = "", ""
		return err
	}
	x.Verdict = Taken
	for _, a := range acks {
		a.Message = x.ID
		if err := Acknowledge(tx, a, "file", script.Clean(m.Source)); err != nil {
			return err
		}
	}
	return nil
}

// complained keeps what a partner could not take of ours, beside what it is about.
func (d *Desk) complained(tx *store.Tx, p *Partner, x *ChannelMessage, m *alert.Message) error {
	x.note("notices.channel.complaint", alert.Doubt, "note", fault.Args{"note": m.Note})
	return asRoom(tx, func() error {
		for _, r := range m.References {
			n, err := d.ourNotice(&tx.View, r)
			if err != nil {
				return err
			}
			if n != nil {
				x.Notice = n.ID
				continue
			}
			o, err := ourMessage(&tx.View, p, r)
			if err != nil {
				return err
			}
			if o != nil {
				x.Answers = o.ID
			}
		}
		return nil
	})
}

// alive looks over a sign of life: what it lists and we do not have went missing.
func (d *Desk) alive(tx *store.Tx, p *Partner, x *ChannelMessage, m *alert.Message) error {
	return asRoom(tx, func() error {
		for _, r := range m.References {
			if r.Sender != m.Sender {
				continue
			}
			var n int64
			if err := tx.One("SELECT count(*) FROM {channelmessage} x WHERE x.partner = ? AND x.way = 'in' AND x.sender = ? AND x.identifier = ?", []any{p.ID, r.Sender, r.Identifier}, &n); err != nil {
				return err
			}
			if n == 0 {
				x.note("notices.channel.lost", alert.Wrong, "references", fault.Args{"identifier": r.Identifier, "sent": alert.Stamp(r.Sent)})
			}
		}
		return nil
	})
}

// reply answers a message: that it is here, or why it cannot be taken. What only answers is not answered again, unless it
// is refused, and no refusal of a refusal.
func (d *Desk) reply(tx *store.Tx, p *Partner, x *ChannelMessage, m *alert.Message) error {
	refused := x.Verdict == Refused || x.Verdict == Differs
	if m.Type == "Error" || m.Type == "Ack" && !refused || strings.ContainsAny(m.Identifier+m.Sender, " ,<&\t\r\n") {
		return nil
	}
	o := &alert.Message{Type: "Ack", References: []alert.Ref{m.Ref()}, Status: m.Status}
	if !slices.Contains(alert.Statuses, o.Status) {
		o.Status = "Actual"
	}
	if refused {
		o.Type = "Error"
		for _, f := range x.Found {
			if f.Severity == "wrong" {
				o.Note += d.sayFound(translate.Staff[len(translate.Staff)-1], f) + "\n"
			}
		}
		if o.Note = strings.TrimSpace(o.Note); o.Note == "" {
			o.Note = "refused"
		}
	}
	if o.Status == "Exercise" && o.Note == "" {
		o.Note = m.Note
		if o.Note == "" {
			o.Note = "Exercise"
		}
	}
	_, err := d.send(tx, p, o, x, "", nil)
	return err
}

// sayFound says what was found, with its place where the standard gives one.
func (d *Desk) sayFound(l translate.Lang, f Found) string {
	text := f.Key
	if d.Channel.Say != nil {
		text = d.Channel.Say(l, f.Key, f.args())
	}
	if f.Place != "" {
		text = f.Place + ": " + text
	}
	return text
}

// args are the values of the phrase.
func (f Found) args() fault.Args {
	out := fault.Args{}
	if f.Args != "" {
		_ = json.Unmarshal([]byte(f.Args), &out) // written by note
	}
	return out
}

// send writes a message to a partner into the channel, with the next number: one made for it alone, or a notice as it was
// issued.
func (d *Desk) send(tx *store.Tx, p *Partner, m *alert.Message, answers *ChannelMessage, notice string, issued []byte) (*ChannelMessage, error) {
	x := d.begin(tx, p, WayOut)
	x.Verdict, x.Notice = SentAway, notice
	if err := x.count(tx, 0); err != nil {
		return nil, err
	}
	if issued == nil {
		at := time.UnixMilli(tx.Now).In(script.Location(d.zone())).Truncate(time.Second)
		for _, r := range m.References { // an answer is never older than its question, whatever the clocks say
			if at.Before(r.Sent) {
				at = r.Sent
			}
		}
		m.Identifier, m.Sender, m.Sent, m.Scope, m.Addresses = d.Sender+"-"+x.ID, d.Sender, at, "Private", p.Sender
		if m.Addresses == "" {
			m.Addresses = p.ID
		}
		m.Codes = append(m.Codes, channelCode+strconv.Itoa(int(x.Number.Value)))
		raw, err := m.XML()
		if err != nil {
			return nil, err
		}
		issued = raw
	}
	issued = bytes.TrimSpace(issued) // texts are kept without the space around them
	x.Body, x.Digest = string(issued), digestOf(issued)
	x.Kind, x.Sender, x.Identifier, x.Sent, x.Status, x.Scope = strings.ToLower(m.Type), m.Sender, m.Identifier, alert.Stamp(m.Sent), m.Status, m.Scope
	if m.Status == "System" {
		x.Kind = systemKind(m)
	}
	if answers != nil {
		x.Answers, x.Notice, x.Drill = answers.ID, answers.Notice, answers.Drill
	}
	x.Title = d.titleOfMessage(x.Kind, m, answers)
	if len(d.Channel.Key) > 0 {
		x.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(d.Channel.Key, issued))
	}
	if hook, err := url.Parse(p.Webhook); err == nil && p.Webhook != "" && hook.Scheme == "https" && slices.Contains(d.Channel.Hosts, hook.Host) {
		if _, err := jobs.Add(tx, HookJob, x.ID); err != nil {
			return nil, err
		}
	}
	return x, asRoom(tx, func() error { return record.Save(tx, ChannelMessages, x, record.How{}) })
}

// zone is where the office's clock hangs.
func (d *Desk) zone() string {
	if slices.Contains(script.Zones(), d.Zone) {
		return d.Zone
	}
	return script.Zones()[0]
}

// Settle makes the draft of a message that waits for its situation.
func (d *Desk) Settle(tx *store.Tx, id, situation string) (*ChannelMessage, error) {
	x, err := record.Load(&tx.View, ChannelMessages, id)
	if err != nil {
		return nil, err
	}
	if x.Verdict != Asking {
		return nil, fault.New(fault.Invalid, "notices.channel.settled", nil)
	}
	if situation == "" {
		return nil, fault.At("situation", "notices.channel.no_situation", nil)
	}
	m, err := d.Reread(&tx.View, x)
	if err != nil {
		return nil, err
	}
	if err := d.draft(tx, x, m, nil, situation); err != nil {
		return nil, err
	}
	return x, asRoom(tx, func() error { return record.Save(tx, ChannelMessages, x, record.How{Act: record.ActCorrect}) })
}

// Text gives the bytes of a message, as they came or went.
func (d *Desk) Text(v *store.View, x *ChannelMessage) (raw []byte, err error) {
	if x.Way == WayOut {
		return []byte(x.Body), nil
	}
	digest, err := files.ParseDigest(x.Original.Digest)
	if err != nil {
		return nil, err
	}
	f, err := d.Channel.Shelf.Get(v.Context(), digest)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = b.ReadFrom(f)
	return b.Bytes(), errors.Join(err, f.Close())
}

// Reread reads a message again, as far as it can be read.
func (d *Desk) Reread(v *store.View, x *ChannelMessage) (*alert.Message, error) {
	raw, err := d.Text(v, x)
	if err != nil {
		return nil, err
	}
	x.raw = raw
	if m, _, err := alert.Read(raw); err == nil {
		return m, nil
	}
	m, _ := alert.Whose(raw)
	if m == nil {
		m = &alert.Message{}
	}
	return m, nil
}

// RepliesTo lists what answered a message of the channel, in either direction.
func RepliesTo(v *store.View, id string) ([]*ChannelMessage, error) {
	return record.Select(v, ChannelMessages, "WHERE x.answers = ? ORDER BY x.at, x.id", id)
}
