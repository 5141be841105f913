package notices

import (
	"crypto/ed25519"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// ChannelJob is the kind of the job that looks after the channel: calls that are due, and signs of life.
const ChannelJob = "notices.channel"

// HookJob is the kind of the job that hands a message to a partner's program.
const HookJob = "notices.hook"

const (
	hour      = 3_600_000 // milliseconds
	soonest   = hour / 4  // between two calls for one acknowledgement
	tickPause = hour / 12
	lastRefs  = 10  // messages that a sign of life lists
	mostGaps  = 100 // missing numbers that are listed
)

// Heard is when a partner's last message came, of whatever kind; 0 when none ever did.
func Heard(v *store.View, partner string) (at int64, err error) {
	var f float64
	err = v.One("SELECT coalesce(max(x.at), 0) FROM {channelmessage} x WHERE x.partner = ? AND x.way = 'in'", []any{partner}, &f)
	return int64(f), err
}

// Missed tells since when a partner's sign of life is missing at an instant; 0 when it is not. Before the first one came
// the agreement itself counts as one.
func Missed(v *store.View, p *Partner, now int64) (since int64, err error) {
	if p.State != "current" || !p.Beat.Set || p.Beat.Value <= 0 {
		return 0, nil
	}
	heard, err := Heard(v, p.ID)
	if err != nil {
		return 0, err
	}
	if heard == 0 {
		heard = p.RecordedFrom
	}
	if due := heard + int64(p.Beat.Value*hour); due <= now {
		return due, nil
	}
	return 0, nil
}

// Gaps lists the numbers of a partner's messages that are missing: below the highest that came, and not here.
func Gaps(v *store.View, partner string) (out []int, err error) {
	rows, err := v.Query("SELECT x.number FROM {channelmessage} x WHERE x.partner = ? AND x.way = 'in' AND x.number IS NOT NULL ORDER BY x.number", partner)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	next := 1
	for rows.Next() {
		var f float64
		if err := rows.Scan(&f); err != nil {
			return nil, err
		}
		for ; next < int(f) && len(out) < mostGaps; next++ {
			out = append(out, next)
		}
		next = int(f) + 1
	}
	return out, rows.Err()
}

// Beat sends a partner a sign of life: it lists the last messages, so that the other side sees what it lacks.
func (d *Desk) Beat(tx *store.Tx, p *Partner) error {
	last, err := record.Select(&tx.View, ChannelMessages, "WHERE x.partner = ? AND x.way = 'out' AND x.kind <> 'beat' ORDER BY x.number DESC LIMIT ?", p.ID, lastRefs)
	if err != nil {
		return err
	}
	m := &alert.Message{Type: "Alert", Status: "System"}
	for _, o := range slices.Backward(last) {
		if at, err := time.Parse(time.RFC3339, o.Sent); err == nil {
			m.References = append(m.References, alert.Ref{Sender: o.Sender, Identifier: o.Identifier, Sent: at})
		}
	}
	_, err = d.send(tx, p, m, nil, "", nil)
	return err
}

// AskAgain asks a partner for the messages that are missing.
func (d *Desk) AskAgain(tx *store.Tx, id string) error {
	p, err := record.Load(&tx.View, Partners, id)
	if err != nil {
		return err
	}
	gaps, err := Gaps(&tx.View, id)
	if err == nil && len(gaps) == 0 {
		err = fault.New(fault.Invalid, "notices.channel.no_gap", nil)
	}
	if err != nil {
		return err
	}
	_, err = d.send(tx, p, &alert.Message{Type: "Alert", Status: "System", Note: missingNote + strings.Trim(joined(gaps, " "), " ")}, nil, "", nil)
	return err
}

func joined(list []int, by string) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.Itoa(n)
	}
	return strings.Join(out, by)
}

// Tick does what is due on the channel: the next desk is to be called for each acknowledgement that is late, and the duty
// officer where no desk is left; partners get their sign of life, and those that are silent become work. It asks to be
// done again.
func (d *Desk) Tick(tx *store.Tx) (err error) {
	defer fault.Wrap(&err, "looking after the channel")
	err = asRoom(tx, func() error {
		late, err := record.Select(&tx.View, Acknowledgements, "WHERE x.given IS NULL AND x.next_call <= ? ORDER BY x.next_call, x.id", float64(tx.Now))
		if err != nil {
			return err
		}
		for _, a := range late {
			if err := d.call(tx, a); err != nil {
				return err
			}
		}
		all, err := record.Select(&tx.View, Partners, "WHERE x.state = 'current' AND x.beat > 0 ORDER BY x.id")
		if err != nil {
			return err
		}
		for _, p := range all {
			var last float64
			if err := tx.One("SELECT coalesce(max(x.at), 0) FROM {channelmessage} x WHERE x.partner = ? AND x.way = 'out' AND x.kind = 'beat'", []any{p.ID}, &last); err != nil {
				return err
			}
			if int64(last+p.Beat.Value*hour) <= tx.Now {
				if err := d.Beat(tx, p); err != nil {
					return err
				}
			}
			if err := d.due(tx, p); err != nil {
				return err
			}
		}
		return d.prompt(tx)
	})
	if err != nil {
		return err
	}
	return jobs.Later(tx, ChannelJob, tx.Now+tickPause)
}

// prompt asks what is to become of the notices that run out soon. Who is asked once about a notice is not asked again.
func (d *Desk) prompt(tx *store.Tx) error {
	if d.RunsOut == nil {
		return nil
	}
	all, err := record.Select(&tx.View, Notices, "WHERE x.state = 'issued' ORDER BY x.id")
	if err != nil {
		return err
	}
	for _, n := range all {
		s, err := record.Load(&tx.View, Situations, n.Situation)
		if err != nil {
			return err
		}
		if d.soon(n, s, time.UnixMilli(tx.Now)) {
			if err := d.RunsOut(tx, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// soon tells whether a notice runs out so soon that somebody is asked what is to become of it.
func (d *Desk) soon(n *Notice, s *Situation, now time.Time) bool {
	left := n.Until().Sub(now)
	return n.State == Issued && left > 0 && left <= time.Duration(d.Prompts[s.Kind])*time.Minute
}

// due tells whoever keeps deadlines what is due of a partner.
func (d *Desk) due(tx *store.Tx, p *Partner) error {
	if d.Channel.Due == nil {
		return nil
	}
	return d.Channel.Due(tx, p)
}

// call notes the next desk of a partner as the one to be called; after the last one it is the duty officer's.
func (d *Desk) call(tx *store.Tx, a *Acknowledgement) error {
	p, err := record.Load(&tx.View, Partners, a.Partner)
	if err != nil {
		return err
	}
	one := Call{At: record.N(float64(tx.Now))}
	pause := max(int64(a.Due.Value-a.Asked.Value)/2, soonest)
	if k := len(a.Calls); k < len(p.Desks) {
		one.Desk, one.Phone = p.Desks[k].Name, p.Desks[k].Phone
		a.Next = record.N(float64(tx.Now + pause))
	} else {
		a.Next = record.Num{}
	}
	a.Calls = append(a.Calls, one)
	return record.Save(tx, Acknowledgements, a, record.How{Act: record.ActCorrect})
}

// OnDuty tells whether no desk of the partner is left to be called.
func (a *Acknowledgement) OnDuty() bool {
	return !a.Given.Set && len(a.Calls) > 0 && a.Calls[len(a.Calls)-1].Desk == ""
}

// OurKey is the public key of this office, as partners enter it.
func (d *Desk) OurKey() string {
	if len(d.Channel.Key) == 0 {
		return ""
	}
	return base64.StdEncoding.EncodeToString(d.Channel.Key.Public().(ed25519.PublicKey))
}

// checked carries a contact check over to the partner it was of.
func checked(tx *store.Tx, x *ContactCheck) error {
	if x.Reached != "yes" {
		return nil
	}
	return asRoom(tx, func() error {
		p, err := record.Load(&tx.View, Partners, x.Partner)
		if err != nil || p.Checked.Known() && p.Checked >= x.Day {
			return err
		}
		p.Checked = x.Day
		return record.Save(tx, Partners, p, record.How{Act: record.ActCorrect, Why: x.Title.JSON()})
	})
}

// Package gives some of what went to a partner in one signed file: those numbers, or what belongs to a notice.
func (d *Desk) Package(v *store.View, partner, notice string, from, to int) ([]byte, error) {
	p, err := record.Load(v, Partners, partner)
	if err != nil {
		return nil, err
	}
	if to == 0 {
		to = 1 << 30
	}
	all, err := record.Select(v, ChannelMessages, "WHERE x.partner = ? AND x.way = 'out' AND x.number >= ? AND x.number <= ? AND (? = '' OR x.notice = ?) ORDER BY x.number LIMIT 200", p.ID, float64(from), float64(to), notice, notice)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fault.New(fault.Missing, "notices.channel.no_messages", nil)
	}
	b := &alert.Bundle{From: d.Sender, To: p.Sender, Made: alert.Stamp(time.UnixMilli(v.Now).In(script.Location(d.zone())))}
	for _, x := range all {
		if err := b.Add(int(x.Number.Value), x.Before, []byte(x.Body)); err != nil {
			return nil, err
		}
	}
	return b.Zip(d.Channel.Key)
}

// The verdicts on a package.
const (
	PackageGood     = "good"
	PackageKnown    = "known"
	PackageGap      = "gap"
	PackageUnsigned = "signature"
	PackageBroken   = "chain"
	PackageOthers   = "addressee"
	PackageTorn     = "torn"
)

// Brought is what came of a package.
type Brought struct {
	Verdict  string
	Messages []*ChannelMessage
	New      int
	Missing  []int
	At       int   // the number at which the chain breaks
	Because  error // why it is no whole package
}

// TakePackage takes the messages of a package that a partner made. Nothing of it is taken when its signature is not by a
// key of the partner, when it is for another office, or when its chain does not fit what is here.
func (d *Desk) TakePackage(tx *store.Tx, partner string, raw []byte) (*Brought, error) {
	p, err := record.Load(&tx.View, Partners, partner)
	if err != nil {
		return nil, err
	}
	b, err := alert.OpenBundle(raw)
	if fault.KindOf(err) == fault.Invalid {
		return &Brought{Verdict: PackageTorn, Because: err}, nil
	}
	if err != nil {
		return nil, err
	}
	signed := slices.ContainsFunc(p.Keys, func(k Key) bool {
		pub, err := k.Public()
		return err == nil && k.Holds(tx.ValidOn) && b.SignedBy(pub)
	})
	switch {
	case !signed:
		return &Brought{Verdict: PackageUnsigned}, nil
	case b.From != p.Sender || b.To != d.Sender:
		return &Brought{Verdict: PackageOthers}, nil
	}
	out := &Brought{Verdict: PackageGood, At: b.Breaks()}
	if out.At == 0 {
		if out.At, err = d.joins(tx, p, b); err != nil {
			return nil, err
		}
	}
	if out.At > 0 {
		out.Verdict = PackageBroken
		return out, nil
	}
	for _, one := range b.Messages {
		x, err := d.Take(tx, Arrival{Raw: one.Raw, Name: one.File, Partner: p.ID, Number: one.Number, Before: one.Before, vouched: true})
		if err != nil {
			return nil, err
		}
		if x.RecordedFrom == tx.Now {
			out.New++
		}
		out.Messages = append(out.Messages, x)
	}
	err = asRoom(tx, func() (err error) { out.Missing, err = Gaps(&tx.View, p.ID); return err })
	switch {
	case out.New == 0:
		out.Verdict = PackageKnown
	case len(out.Missing) > 0:
		out.Verdict = PackageGap
	}
	return out, err
}

// joins tells at which number a package does not fit what came before; 0 when it fits.
func (d *Desk) joins(tx *store.Tx, p *Partner, b *alert.Bundle) (at int, err error) {
	err = asRoom(tx, func() error {
		for _, one := range b.Messages {
			for _, n := range []int{one.Number - 1, one.Number} {
				all, err := record.Select(&tx.View, ChannelMessages, "WHERE x.partner = ? AND x.way = 'in' AND x.number = ?", p.ID, float64(n))
				if err != nil {
					return err
				}
				want := map[bool]string{true: one.SHA256, false: one.Before}[n == one.Number]
				if len(all) > 0 && all[0].Digest != want {
					at = one.Number
					return nil
				}
			}
		}
		return nil
	})
	return at, err
}

// asksFor are the numbers that a partner's request asks for again.
func asksFor(note string) (out []int) {
	for s := range strings.FieldsSeq(strings.TrimPrefix(note, missingNote)) {
		if n, err := strconv.Atoi(s); err == nil && n > 0 && len(out) < mostGaps {
			out = append(out, n)
		}
	}
	return out
}

// titleOfCheck is how a contact check is called.
func titleOfCheck(p *Partner, day string) translate.Text {
	out := translate.Text{}
	for _, l := range translate.Staff {
		out[l] = p.Name.Show(l) + " · " + day
	}
	return out
}
