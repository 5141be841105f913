package notices

import (
	"reflect"
	"slices"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/alert"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// room is the name under which the room writes what only the program may write.
const room = "notices"

// The guards read notices, so they cannot stand in their declarations.
func init() {
	Notices.Before(proposed)
	Drills.Before(func(v *store.View, x *Drill) error { x.of = x; return proposed(v, &x.Notice) })
	Notices.Then(guard)
	Drills.Then(func(tx *store.Tx, x *Drill) error { x.of = x; return guard(tx, &x.Notice) })
	Acknowledgements.Then(func(tx *store.Tx, _ *Acknowledgement) error { return byProgram(tx) })
	ChannelMessages.Then(func(tx *store.Tx, _ *ChannelMessage) error { return byProgram(tx) })
	TextLinks.Then(func(tx *store.Tx, _ *TextLink) error { return byProgram(tx) })
	ContactChecks.Before(func(v *store.View, x *ContactCheck) error {
		if !x.Title.Empty() {
			return nil
		}
		p, err := record.Load(v, Partners, x.Partner)
		if err == nil {
			x.Title = titleOfCheck(p, x.Day.String())
		}
		return err
	})
	ContactChecks.Then(checked)
	Partners.Then(func(tx *store.Tx, _ *Partner) error { return jobs.Later(tx, ChannelJob, tx.Now+tickPause) })
	Situations.Then(func(_ *store.Tx, s *Situation) error { return readByAnother(s.Standings) })
}

// byProgram refuses a save that does not come from this room: what it keeps of others is not written by hand.
func byProgram(tx *store.Tx) error {
	if !ours(tx.Who) {
		return fault.New(fault.Denied, "notices.guard.program", nil)
	}
	return nil
}

func ours(w access.Who) bool { return w.ID == access.Program(room).ID }

// kindOf is the type of notices in earnest, or of exercises.
func kindOf(drill bool) *record.Kind {
	if drill {
		return Drills.Kind
	}
	return Notices.Kind
}

// kind is the type a notice is kept as.
func (x *Notice) kind() *record.Kind { return kindOf(x.of != nil) }

// URL is the address of a notice's page.
func (x *Notice) URL() string { return x.kind().URL() + "/" + x.ID }

// load reads a notice, or an exercise.
func load(v *store.View, id string, drill bool) (*Notice, error) {
	if !drill {
		return record.Load(v, Notices, id)
	}
	x, err := record.Load(v, Drills, id)
	if err != nil {
		return nil, err
	}
	x.of = x
	return &x.Notice, nil
}

// begin makes an empty notice, or an exercise.
func begin(drill bool) *Notice {
	if !drill {
		return Notices.New()
	}
	x := Drills.New()
	x.of = x
	return &x.Notice
}

// save writes a notice as what it is.
func save(tx *store.Tx, x *Notice, how record.How) error {
	if x.of != nil {
		return record.Save(tx, Drills, x.of, how)
	}
	return record.Save(tx, Notices, x, how)
}

// asRoom does something in the name of the room: what nobody writes by hand.
func asRoom(tx *store.Tx, do func() error) error { return store.AsProgram(&tx.View, room, do) }

// pastOf is the version of a notice before the one that is being written; nil when it is the first.
func pastOf(v *store.View, x *Notice) (*Notice, error) {
	all, err := x.kind().History(v, x.ID)
	if err != nil {
		return nil, err
	}
	for _, rec := range all {
		o, is := rec.(*Notice)
		if !is {
			o = &rec.(*Drill).Notice
		}
		if o.Rev == x.Rev-1 {
			return o, nil
		}
	}
	return nil, nil
}

// proposed notes who proposes a notice: whoever brings it out of the draft.
func proposed(v *store.View, x *Notice) error {
	if x.Act == "" {
		x.Act = "alert"
	}
	switch {
	case x.State == Drafted:
		x.Proposer = ""
	case x.State == Proposed && x.Proposer == "":
		x.Proposer = v.Who.ID
	}
	return nil
}

// guard runs inside every save of a notice, by whatever way it comes: an issued notice never changes, only the program
// issues, and what was proposed is issued as it was proposed.
func guard(tx *store.Tx, x *Notice) error {
	if ours(tx.Who) {
		return nil
	}
	past, err := pastOf(&tx.View, x)
	if err != nil {
		return err
	}
	if x.Message != "" || past != nil && past.Message != "" {
		return fault.New(fault.Invalid, "notices.guard.issued", nil)
	}
	if !slices.Contains([]string{Drafted, Proposed, Dropped}, x.State) {
		return fault.New(fault.Invalid, "notices.guard.by_hand", nil)
	}
	if x.Act != "alert" {
		o, err := load(&tx.View, x.Follows, x.of != nil)
		if err != nil {
			return err
		}
		if o.First != x.First || o.Message == "" {
			return fault.New(fault.Invalid, "notices.guard.chain", nil)
		}
	} else if x.First != "" {
		return fault.New(fault.Invalid, "notices.guard.chain", nil)
	}
	if x.Number+x.Second+x.Override+x.Reviewed+x.Issued+x.Langs != "" {
		return fault.New(fault.Invalid, "notices.guard.program", nil)
	}
	if x.Received != "" && x.Scope == "public" { // what a partner did not tell everyone stays with those it told
		if m, _, err := alert.Read([]byte(x.Received)); err != nil || m.Scope != "Public" {
			return fault.At("scope", "notices.channel.not_public", nil)
		}
	}
	if err := readByAnother(x.Standings); err != nil || x.State != Proposed {
		return err
	}
	switch {
	case past == nil || past.State != Proposed:
		if x.Proposer != tx.Who.ID {
			return fault.New(fault.Invalid, "notices.guard.program", nil)
		}
	case past.Proposer != x.Proposer || !sameContent(past, x):
		return fault.New(fault.Invalid, "notices.guard.proposed", nil)
	}
	return nil
}

// sameContent tells whether two versions would be issued as the same message.
func sameContent(a, b *Notice) bool {
	return reflect.DeepEqual(contentOf(a), contentOf(b))
}

func contentOf(x *Notice) []any {
	facts := make([][]string, len(x.Facts))
	for i, g := range x.Facts {
		facts[i] = []string{g.Name, g.Kind, g.Names.JSON(), g.Value, g.Until, g.Unit}
	}
	return []any{x.Situation, facts, x.More.JSON(), x.Scope, x.Only.JSON(), x.Zone, x.Starts, x.Ends, strings.Join(x.Places, " "), x.Outline, x.Act, x.Follows}
}

// readByAnother holds that nobody approves their own translation: a text becomes approved when somebody who reads the
// language says so, and the reader is another than the translator.
func readByAnother(list []Standing) error {
	for _, one := range list {
		if one.State == Approved && one.Reader != "" && one.Reader == one.Translator {
			return fault.At("standings", "notices.situation.own_reader", fault.Args{"lang": one.Lang})
		}
	}
	return nil
}
