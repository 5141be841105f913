package notices

import (
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"time"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

// ChannelMessage is one message of the channel between this office and a partner, in either direction. Each direction
// counts its messages, so that both sides know when one is missing. The program writes it.
type ChannelMessage struct {
	record.Head
	Title      translate.Text
	Partner    string
	Way        string
	Number     record.Num
	Kind       string
	Sender     string
	Identifier string
	Sent       string
	Status     string
	Scope      string
	Verdict    string
	Found      []Found
	Original   record.Doc // what came in, as it came
	Body       string     // what went out, as it went
	Digest     string     // of either
	Before     string     // the digest of the message before it in its direction
	Signature  string
	Signed     bool
	Notice     string
	Drill      string
	Answers    string
	At         record.Num // instant in milliseconds

	raw []byte // what came in, while it is in hand
}

// Found is one thing that was found in a message when it came in: a phrase with its values, and the place.
type Found struct {
	Key, Severity, Place, Args string
}

// The directions of the channel.
const (
	WayIn  = "in"
	WayOut = "out"
)

// ChannelKinds are the kinds of messages: those of the standard, the signs of life and requests of the
// channel itself, and what the standard does not know, which is refused.
var ChannelKinds = []string{"alert", "update", "cancel", "ack", "error", "beat", "request", "unknown"}

// The verdicts on a message.
const (
	Taken    = "taken"    // a draft was made of it, or it did what it says
	Asking   = "asking"   // somebody has to say which situation it is
	Noted    = "noted"    // kept, and nothing else follows from it
	Differs  = "differs"  // its identifier came before with other content
	Refused  = "refused"  // it cannot be what it says it is
	SentAway = "sent_out" // ours
)

// Verdicts are all of them.
var Verdicts = []string{Taken, Asking, Noted, Differs, Refused, SentAway}

var severities = map[alert.Severity]string{alert.Note: "note", alert.Doubt: "doubt", alert.Wrong: "wrong"}

// ChannelMessages is the type of messages of the channel.
var ChannelMessages = record.Define("notices", "channelmessage", func(x *ChannelMessage) *record.Head { return &x.Head },
	record.I18n("title", func(x *ChannelMessage) *translate.Text { return &x.Title }).Carry().Search().List(),
	record.Ref("partner", "noticepartner", func(x *ChannelMessage) *string { return &x.Partner }).Carry().List(),
	record.Choice("way", func(x *ChannelMessage) *string { return &x.Way }, WayIn, WayOut).Carry().List(),
	record.Number("number", func(x *ChannelMessage) *record.Num { return &x.Number }).Carry().List(),
	record.Choice("kind", func(x *ChannelMessage) *string { return &x.Kind }, ChannelKinds...).Carry().List(),
	record.Text("sender", func(x *ChannelMessage) *string { return &x.Sender }).Max(200).Carry(),
	record.Text("identifier", func(x *ChannelMessage) *string { return &x.Identifier }).Max(400).Carry().Search(),
	record.Text("sent", func(x *ChannelMessage) *string { return &x.Sent }).Max(40).Carry(),
	record.Text("status", func(x *ChannelMessage) *string { return &x.Status }).Max(20).Carry(),
	record.Text("scope", func(x *ChannelMessage) *string { return &x.Scope }).Max(20).Carry(),
	record.Choice("verdict", func(x *ChannelMessage) *string { return &x.Verdict }, Verdicts...).Carry().List(),
	record.Parts("found", func(x *ChannelMessage) *[]Found { return &x.Found },
		record.Text("finding", func(p *Found) *string { return &p.Key }).Required().Max(80),
		record.Choice("severity", func(p *Found) *string { return &p.Severity }, "note", "doubt", "wrong").Required(),
		record.Text("found_at", func(p *Found) *string { return &p.Place }).Max(120),
		record.Text("with", func(p *Found) *string { return &p.Args }).Max(2000),
	).Carry(),
	record.File("original", func(x *ChannelMessage) *record.Doc { return &x.Original }).Carry(),
	record.Text("body", func(x *ChannelMessage) *string { return &x.Body }).Max(mostMessage).Carry(),
	record.Text("digest", func(x *ChannelMessage) *string { return &x.Digest }).Max(64).Carry(),
	record.Text("before", func(x *ChannelMessage) *string { return &x.Before }).Max(64).Carry(),
	record.Text("signature", func(x *ChannelMessage) *string { return &x.Signature }).Max(120).Carry(),
	record.Bool("signed", func(x *ChannelMessage) *bool { return &x.Signed }).Carry(),
	record.Ref("notice", "notice", func(x *ChannelMessage) *string { return &x.Notice }).Carry().List(),
	record.Ref("drill", "drill", func(x *ChannelMessage) *string { return &x.Drill }).Carry(),
	record.Ref("answers", "channelmessage", func(x *ChannelMessage) *string { return &x.Answers }).Carry(),
	record.Number("at", func(x *ChannelMessage) *record.Num { return &x.At }).Carry(),
).At("/notices/channel", "link").SortBy("at", true).
	LabelBy(func(x *ChannelMessage) translate.Text { return x.Title })

// mostMessage bounds a message of a partner: far above what alerts are, and what a draft keeps of it.
const mostMessage = 200_000

// ContactCheck is that somebody tried whether the duty desk of a partner answers.
type ContactCheck struct {
	record.Head
	Title   translate.Text
	Partner string
	Day     clock.Day
	Desk    string // which desk of the partner, and never who sits there
	Reached string
	Note    translate.Text
}

// ContactChecks is the type of contact checks.
var ContactChecks = record.Define("notices", "contactcheck", func(x *ContactCheck) *record.Head { return &x.Head },
	record.I18n("title", func(x *ContactCheck) *translate.Text { return &x.Title }).Search(),
	record.Ref("partner", "noticepartner", func(x *ContactCheck) *string { return &x.Partner }).Required().List(),
	record.DayOf("day", func(x *ContactCheck) *clock.Day { return &x.Day }).Required().List(),
	record.Text("desk", func(x *ContactCheck) *string { return &x.Desk }).Max(120).List(),
	record.Choice("reached", func(x *ContactCheck) *string { return &x.Reached }, "yes", "no").Required().List(),
	record.I18n("note", func(x *ContactCheck) *translate.Text { return &x.Note }),
).At("/notices/checks", "check").SortBy("day", true).
	LabelBy(func(x *ContactCheck) translate.Text { return x.Title })

// Key is a public key of a partner, as it was handed over on paper: base64 of 32 bytes of Ed25519.
type Key struct {
	Text  string
	Since clock.Day
	Until clock.Day // the day from which it no longer counts
	Note  string
}

// DutyDesk is a desk of a partner that answers the telephone, in the order in which they are called.
type DutyDesk struct {
	Name  string
	Phone string
}

// Public reads the key.
func (k Key) Public() (ed25519.PublicKey, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(k.Text))
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return nil, fault.At("public_keys", "notices.channel.no_key", nil)
	}
	return raw, nil
}

// Holds tells whether the key counts on a day.
func (k Key) Holds(day clock.Day) bool {
	return (!k.Since.Known() || k.Since <= day) && (!k.Until.Known() || day < k.Until)
}

// checkPartner holds keys to their form.
func checkPartner(x *Partner) (wrong []*fault.Error) {
	for _, k := range x.Keys {
		if _, err := k.Public(); err != nil {
			wrong = append(wrong, fault.All(err)...)
		}
	}
	return wrong
}

// Fits tells whether a partner has keys that count on a day, and whether one of them signed the bytes.
func (x *Partner) Fits(raw []byte, signature string, day clock.Day) (has, good bool) {
	sig, err := base64.StdEncoding.DecodeString(strings.TrimSpace(signature))
	for _, k := range x.Keys {
		pub, bad := k.Public()
		if bad != nil || !k.Holds(day) {
			continue
		}
		has = true
		if err == nil && ed25519.Verify(pub, raw, sig) {
			return true, true
		}
	}
	return has, false
}

// langOf is the language of ours in which a block speaks; "" when it is none.
func langOf(tag string) translate.Lang {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	for _, l := range translate.Langs {
		if strings.EqualFold(script.Tag(l), tag) || string(l) == base {
			return l
		}
	}
	return ""
}

// zoneOf is the clock by which a message tells the time: the one it names, or one that agreed with it at the time.
func zoneOf(m *alert.Message, ours string) string {
	zones := script.Zones()
	for _, b := range m.Blocks {
		for _, p := range b.Parameters {
			for _, z := range zones {
				if strings.HasSuffix(p.Name, ":zone") && p.Value == z {
					return z
				}
			}
		}
	}
	_, want := m.Sent.Zone()
	for _, z := range append([]string{ours}, zones...) {
		if _, got := m.Sent.In(script.Location(z)).Zone(); got == want {
			return z
		}
	}
	return ours
}

// phoneIn is a text that is a telephone number and nothing else; "" when it is not.
func phoneIn(s string) string {
	s = strings.TrimSpace(s)
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-() ", r):
			return ""
		}
	}
	if digits < 5 || digits > 15 {
		return ""
	}
	return s
}

// factsOf takes over from a message what it surely says: when, where, and where to ask. What is not sure stays open.
func (x *Notice) factsOf(m *alert.Message, s *Situation, ours string, now time.Time) {
	x.Zone = zoneOf(m, ours)
	there := script.Location(x.Zone)
	x.Starts, x.Ends = "", now.In(there).Add(s.Lasts()).Format(local)
	if ends := m.Ends(); !ends.IsZero() {
		x.Ends = ends.In(there).Format(local)
	}
	if len(m.Blocks) == 0 {
		return
	}
	first := &m.Blocks[0]
	begins := first.Onset
	if begins.IsZero() {
		begins = first.Effective
	}
	if !begins.IsZero() && begins.Before(x.Until()) {
		x.Starts = begins.In(there).Format(local)
	}
	x.Outline = ""
	if g := groundOf(first); g != nil {
		if again, err := readGround(g.String()); err == nil && len(again.String()) <= mostOutline {
			x.Outline = again.String()
		}
	}
	where := translate.Text{}
	for _, b := range m.Blocks {
		if l := langOf(b.Language); l != "" && len(b.Areas) == 1 && where[l] == "" {
			where[l] = script.Clean(b.Areas[0].Desc)
		}
	}
	phone := phoneIn(first.Contact)
	for _, b := range m.Blocks {
		if phoneIn(b.Contact) != phone {
			phone = "" // it differs between the languages: somebody has to ask
		}
	}
	places := 0
	for _, slot := range s.Slots {
		if slot.Kind == string(script.KindPlace) {
			places++
		}
	}
	var facts []Given
	for _, slot := range s.Slots {
		g := Given{Name: slot.Name, Kind: slot.Kind}
		switch script.Kind(slot.Kind) {
		case script.KindPlace:
			if g.Names = where; places != 1 || where.Empty() {
				continue
			}
		case script.KindPhone:
			if g.Value = phone; phone == "" {
				continue
			}
		default:
			continue
		}
		facts = append(facts, g)
	}
	for _, g := range x.Facts { // what was known before and the message does not say stays
		if !hasFact(facts, g.Name) {
			facts = append(facts, g)
		}
	}
	x.Facts = facts
}

func hasFact(list []Given, name string) bool {
	for _, g := range list {
		if g.Name == name {
			return true
		}
	}
	return false
}
