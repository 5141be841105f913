package notices

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/outbox"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Telling is how an office tells those who want to know, as its pack settles it.
type Telling struct {
	// Areas are the places of which a reader may choose one.
	Areas []string `toml:"areas"`
	// Quiet is when readers are left alone, by the office's clock.
	Quiet outbox.Quiet `toml:"quiet"`
	// Wakes are the urgencies of situations that do not wait for the morning. What is severe never does.
	Wakes []string `toml:"wakes"`
}

// Courier tells those who want to know of a notice, out of what was issued and nothing else.
type Courier struct {
	Desk   *Desk
	Outbox *outbox.Outbox
	// Pushes is the way to browsers; nil where the office has none.
	Pushes *outbox.Pushes
	// Above lists the places in which a place lies, the place itself first.
	Above func(v *store.View, place string) ([]string, error)
}

// KindNotice is the kind of what the courier has told.
const KindNotice = "notice"

// listName is how the list is called in letters.
const listName = "notices"

// errWithheld says that something is not for the public.
var errWithheld = fault.New(fault.Invalid, "notices.delivery.withheld", nil)

// cleared is the message of a notice that the public may be told now; nil when it may not. It was issued in earnest, by two
// people or with a reason, for everyone; it is the one that was issued, and nothing newer has taken its place.
func cleared(n *Notice) *Entry {
	if n == nil || n.of != nil || n.Scope != "public" || n.Issued == "" || n.Second == "" || n.Message == "" {
		return nil
	}
	closes := n.Act == "cancel" || n.Act == "end"
	if want := map[string]string{"cancel": Cancelled, "end": Ended}[n.Act]; closes && n.State != want || !closes && n.State != Issued {
		return nil
	}
	e := entryOf(n.Message)
	if e == nil || e.Number != n.Number || !strings.HasSuffix(e.Identifier, "-"+n.ID) || alert.Stamp(e.Sent) != n.Issued {
		return nil
	}
	return e
}

// Place asks that those who want to know be told of a notice that was issued.
func (k *Courier) Place(tx *store.Tx, n *Notice) (err error) {
	defer fault.Wrap(&err, "asking that notice %s be told", n.ID)
	e := cleared(n)
	if e == nil {
		if n.of != nil {
			return nil
		}
		return k.Outbox.Withdraw(tx, n.First, n.ID) // what it follows holds no more
	}
	return asRoom(tx, func() error {
		chain, err := k.Desk.Chain(&tx.View, n)
		if err != nil {
			return err
		}
		x := outbox.Order{Kind: KindNotice, Subject: n.ID, Chain: n.First, Urgent: k.urgent(e), Expires: e.Ends().UnixMilli()}
		if x.Not, err = k.untouched(&tx.View, chain); err != nil {
			return err
		}
		if before := previous(chain, n); before != nil && e.Type == "Update" {
			x.Before = before.ID
			x.Same = unchanged(entryOf(before.Message), e)
		}
		return k.Outbox.Place(tx, x)
	})
}

// previous is the notice of a chain that was told before one.
func previous(chain []*Notice, n *Notice) *Notice {
	var out *Notice
	for _, o := range chain {
		if o.ID == n.ID {
			break
		}
		if entryOf(o.Message) != nil {
			out = o
		}
	}
	return out
}

// urgent tells whether a notice does not wait for the morning.
func (k *Courier) urgent(e *Entry) bool {
	return slices.ContainsFunc(e.Blocks, func(i alert.Block) bool {
		return i.Severity == "Extreme" || i.Severity == "Severe" || slices.Contains(k.Desk.Wakes, strings.ToLower(i.Urgency))
	})
}

// untouched are those of the office's areas in which no notice of a chain holds. What a chain once said of a place, whoever is
// there must learn of its end; and a reader whose area the office knows no more is told everything.
func (k *Courier) untouched(v *store.View, chain []*Notice) (out []string, err error) {
	holds := map[string]bool{} // the places of the chain, and those they lie in
	named := map[string]bool{}
	for _, n := range chain {
		if len(n.Places) == 0 {
			return nil, nil // it holds everywhere
		}
		for _, p := range n.Places {
			named[p] = true
			above, err := k.Above(v, p)
			if err != nil {
				return nil, err
			}
			for _, a := range above {
				holds[a] = true
			}
		}
	}
	for _, area := range k.Desk.Areas {
		above, err := k.Above(v, area)
		if err != nil {
			return nil, err
		}
		if !holds[area] && !slices.ContainsFunc(above, func(a string) bool { return named[a] }) {
			out = append(out, area)
		}
	}
	return out, nil
}

// unchanged lists the languages in which a message says to its readers what the one before it said.
func unchanged(before, e *Entry) []translate.Lang {
	if before == nil {
		return nil
	}
	alike := func(l translate.Lang) bool {
		a, b := before.In(l), e.In(l)
		if a == nil || b == nil {
			return a == nil && b == nil
		}
		return a.Headline == b.Headline && a.Description == b.Description && a.Instruction == b.Instruction && a.Expires.Equal(b.Expires) && a.Severity == b.Severity
	}
	var out []translate.Lang
	for _, l := range translate.Langs {
		if !alike(l) || e.In(l) == nil && slices.ContainsFunc(translate.Staff, func(s translate.Lang) bool { return !alike(s) }) {
			continue
		}
		out = append(out, l)
	}
	return out
}

// Compose says what is told of a notice in a language; of none it says everything, for a program.
func (k *Courier) Compose(v *store.View, id string, l translate.Lang) (*outbox.Content, error) {
	var n *Notice
	err := store.AsProgram(v, room, func() (err error) {
		n, err = record.Load(v, Notices, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	e := cleared(n)
	if e == nil {
		return nil, errWithheld
	}
	if l == "" {
		return k.forPrograms(e)
	}
	c := k.letter(e, n, l)
	if k.Pushes != nil {
		c.Push, c.PushShort, err = k.shown(e, n, l)
	}
	return c, err
}

// letter writes a message as a letter and as a short text: in the language of the reader, or, where it is not there yet, in
// those of the staff under a line that says so.
func (k *Courier) letter(e *Entry, n *Notice, l translate.Lang) *outbox.Content {
	label := k.Desk.label(l)
	said, tags := []translate.Lang{l}, []string{}
	var b strings.Builder
	para := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			b.WriteString(s + "\n\n")
		}
	}
	if e.In(l) == nil {
		said = translate.Staff
		para(strings.ReplaceAll(label("not_yet"), "{language}", script.Name(l)))
	}
	out := &outbox.Content{List: listName, Follows: n.Follows}
	for _, x := range said {
		i := e.In(x)
		if i == nil {
			continue
		}
		tags = append(tags, i.Language)
		if out.Subject == "" {
			out.Subject = i.Headline
		}
		para(i.Headline)
		para(i.Description)
		para(i.Instruction)
	}
	page := k.Desk.Web + "/p/" + string(l) + "/n/" + e.Number
	fact := func(key, value string) {
		if value != "" {
			b.WriteString(label(key) + colon(l) + script.Isolated(l, value) + "\n")
		}
	}
	fact("number", e.Number)
	fact("issued", stampIn(l, e.Sent, e.zone()))
	if i := firstOf(e, l); i != nil {
		if e.Type != "Cancel" {
			fact("until", stampIn(l, i.Expires, e.zone()))
		}
		fact("phone", i.Contact)
	}
	b.WriteString(page + "\n\n-- \n" + k.Desk.Names.Show(l) + "\n" + label("leave_line") + "\n{link}\n")
	out.Text, out.Tag = b.String(), strings.Join(tags, ", ")
	out.Short = out.Subject + "\n" + page
	if e.In(l) == nil && out.Subject == "" {
		out.Subject = label("number") + " " + e.Number
	}
	return out
}

// label gives the words of the public pages in a language, or in English until somebody has read them in it.
func (d *Desk) label(l translate.Lang) func(string) string {
	words := l
	if !slices.Contains(translate.Staff, l) && !slices.Contains(d.Read, string(l)) {
		words = translate.Staff[len(translate.Staff)-1]
	}
	return func(key string) string { return publicWords[key].Show(words) }
}

// forPrograms writes a message for the programs of others: its facts, its texts, and itself as it was issued.
func (k *Courier) forPrograms(e *Entry) (*outbox.Content, error) {
	type text struct {
		Headline string `json:"headline"`
		Text     string `json:"text"`
		Advice   string `json:"advice"`
	}
	body := struct {
		Number     string          `json:"number"`
		Type       string          `json:"type"`
		Act        string          `json:"act"`
		Sent       string          `json:"sent"`
		Expires    string          `json:"expires"`
		References []string        `json:"references"`
		Page       string          `json:"page"`
		Texts      map[string]text `json:"texts"`
		CAP        string          `json:"cap"`
	}{Number: e.Number, Type: e.Type, Act: e.Act, Sent: alert.Stamp(e.Sent), Expires: alert.Stamp(e.Ends()), References: []string{}, Page: k.Desk.Web + "/p/en/n/" + e.Number, Texts: map[string]text{}, CAP: e.XML}
	for _, r := range e.References {
		body.References = append(body.References, r.Identifier)
	}
	for _, i := range e.Blocks {
		body.Texts[i.Language] = text{i.Headline, i.Description, i.Instruction}
	}
	raw, err := json.Marshal(body)
	return &outbox.Content{Subject: e.Number, JSON: raw}, err
}

// Ask composes the question whether it was the reader who asked to be told.
func (k *Courier) Ask(_ *store.View, _ string, l translate.Lang) (*outbox.Content, error) {
	label := k.Desk.label(l)
	text := strings.ReplaceAll(label("ask_text"), "{office}", k.Desk.Names.Show(l))
	return &outbox.Content{Subject: label("ask_title"), Text: text + "\n\n{link}\n\n" + label("ask_not") + "\n\n-- \n" + k.Desk.Names.Show(l) + "\n", Short: label("ask_title") + "\n{link}", Tag: script.Tag(l)}, nil
}

// Link is the address of the page at which a reader changes or leaves.
func (k *Courier) Link(l translate.Lang, door string) string {
	return k.Desk.Web + "/p/" + string(l) + "/me/" + door
}

// expect is how many are to be told of a notice in a language over a channel, and what a short text would cost.
type expect struct {
	Channel string
	Lang    translate.Lang
	N       int
	Units   outbox.Units
	Short   string
}

// Expect tells whom a notice would reach if it were issued now, from how it says itself so far.
func (k *Courier) Expect(v *store.View, n *Notice, spoken []Spoken) (out []expect, err error) {
	shares, err := k.Outbox.Shares(v)
	if err != nil {
		return nil, err
	}
	chain, err := k.Desk.Chain(v, n)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(chain, func(o *Notice) bool { return o.ID == n.ID }) {
		chain = append(chain, n)
	}
	var not []string
	err = store.AsProgram(v, room, func() (err error) {
		not, err = k.untouched(v, chain)
		return err
	})
	if err != nil {
		return nil, err
	}
	number := n.Number
	if number == "" { // as long as the one that it will get
		number = strconv.Itoa(k.Outbox.Store.Clock.At(v.Now).Year()) + "-000"
	}
	page := k.Desk.Web + "/p/%/n/" + number
	for _, channel := range []string{outbox.Mail, outbox.SMS, outbox.Push} {
		if k.Outbox.Way(channel) == nil {
			continue
		}
		for _, l := range translate.Langs {
			x := expect{Channel: channel, Lang: l}
			for _, s := range shares {
				if s.Channel == channel && s.Lang == l && !slices.Contains(not, s.Area) {
					x.N += s.N
				}
			}
			x.Short = headlineIn(spoken, l) + "\n" + strings.ReplaceAll(page, "%", string(l))
			x.Units = outbox.CountUnits(x.Short)
			if x.N > 0 {
				out = append(out, x)
			}
		}
	}
	return out, nil
}

// headlineIn is the headline in a language as it would be told: where it is not approved, in that of the source.
func headlineIn(spoken []Spoken, l translate.Lang) string {
	for _, x := range []translate.Lang{l, Source} {
		i := slices.IndexFunc(spoken, func(s Spoken) bool { return s.Lang == x && s.State == Approved })
		if i >= 0 {
			return script.Join(spoken[i].Headline)
		}
	}
	return ""
}
