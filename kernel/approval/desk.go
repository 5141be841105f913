package approval

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Start begins a circuit for an ask on its route, in the name of who files it. Invalid when one is running already for
// the same record.
func (d *Desk) Start(tx *store.Tx, a Ask, r Route) (c *Circuit, err error) {
	defer fault.Wrap(&err, "beginning an approval")
	running, err := d.Of(&tx.View, a.Subject)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(running, func(c *Circuit) bool { return c.State == Running || c.State == Back }) {
		return nil, fault.New(fault.Invalid, "approval.runs_already", nil)
	}
	c = Circuits.New()
	c.ID = clock.NewID(tx.Now)
	c.Title, c.SubjectKind, c.Subject, c.Matter, c.Filed, c.Opener = a.Title, a.Subject.Kind, a.Subject.ID, a.Matter, a.On, tx.Who.ID
	c.Rank, c.Countries, c.Days, c.Persons = a.Rank, strings.Join(a.Countries, " "), record.N(float64(a.Days)), record.N(float64(a.Persons))
	c.Line, c.LineVersion, c.Grant, c.Approver, c.Citation, c.Series = r.Line.ID, r.Line.VID, r.Cover.Grant, r.Line.Approver, r.Line.Citation, r.Series
	c.Unit, c.Level, c.Sample, c.State, c.Round, c.Aside = a.Unit, a.Level, a.Sample, Running, record.N(1), r.asideJSON()
	c.Barred = strings.Join(a.People, " ")
	if len(r.Steps) > 0 {
		c.Now = r.Steps[0].Number
	}
	opener := tx.Who
	err = store.AsProgram(&tx.View, program, func() error {
		if opener.System {
			c.Opener = ""
		}
		if err := record.Save(tx, Circuits, c, record.How{}); err != nil {
			return err
		}
		for _, p := range r.Steps {
			s := Steps.New()
			s.Name, s.Circuit, s.Number, s.Kind, s.At, s.Seat, s.Ends = p.Name, c.ID, p.Number, p.Kind, p.Unit, p.Seat, p.Ends
			s.Unit, s.Level, s.Sample, s.Round, s.Matter, s.State = a.Unit, a.Level, a.Sample, record.N(1), a.Matter, Waiting
			if s.Name.Empty() {
				s.Name = r.Line.Title
			}
			s.Days = p.Days
			if p.Number == c.Now {
				if err := d.open(tx, s); err != nil {
					return err
				}
			}
			if err := record.Save(tx, Steps, s, record.How{}); err != nil {
				return err
			}
		}
		return d.told(tx, Outcome{Subject: a.Subject, Event: Began, Circuit: c.ID})
	})
	return c, err
}

// open makes a step the one that is to act, and computes by when.
func (d *Desk) open(tx *store.Tx, s *Step) error {
	if !s.Days.Set && !s.Opened.Known() {
		s.Days = s.Urged // steps filed before they had days of their own kept them there until they opened
	}
	s.State, s.Opened, s.Urged, s.UrgedOn = Open, tx.ValidOn, record.Num{}, clock.Open
	if d.Due == nil || s.Days.Value < 1 {
		return nil
	}
	var err error
	s.Due, s.DueHow, err = d.Due(tx, tx.ValidOn, int(s.Days.Value))
	return err
}

func (d *Desk) told(tx *store.Tx, o Outcome) error {
	if tell := d.Told[o.Subject.Kind]; tell != nil {
		if err := tell(tx, o); err != nil {
			return err
		}
	}
	if d.Heard != nil {
		return d.Heard(tx, o)
	}
	return nil
}

// Of reads the circuits of a record, the newest first.
func (d *Desk) Of(v *store.View, s Subject) ([]*Circuit, error) {
	return record.Select(v, Circuits, "WHERE x.subject_kind = ? AND x.subject = ? ORDER BY x.id DESC", s.Kind, s.ID)
}

// StepsOf reads the steps of a circuit in their order.
func StepsOf(v *store.View, circuit string) ([]*Step, error) {
	return record.Select(v, Steps, "WHERE x.circuit = ? ORDER BY x.number, x.id", circuit)
}

// Act is what somebody does at a step.
type Act struct {
	Step    string
	Verb    string // agree, disagree, approve, refuse, send_back, seen, hand_over, add, copy, urge
	Opinion string
	Gaps    []Gap
	Anew    bool           // send_back: it begins anew when it comes again, instead of with who sent it back
	To      string         // hand_over: staff; add, copy: unit
	Name    translate.Text // copy: what the step of whoever takes note is called
	Seat    string         // add: the role that signs
	Number  string         // of a paper that a body outside gave
	Body    string         // who decided outside
	Day     clock.Day
	Rules   any // what the rules had said, kept with the decision
	Version string
	Base    string // the vid of the step the person saw
}

// MayAct tells for whom a person may act at a step: ok for themselves, or forWhom for somebody they stand in for.
func (d *Desk) MayAct(v *store.View, c *Circuit, s *Step, who access.Who) (ok bool, forWhom string, err error) {
	if s.State != Open || c.State != Running && s.Kind != "note" || who.System {
		return false, "", nil
	}
	if c.Bars(s, who.ID) {
		return false, "", nil
	}
	if s.Person == who.ID || s.Person == "" && sits(who, s) {
		return true, "", nil
	}
	return d.standsIn(v, c, s, who)
}

// sits tells whether somebody has the seat that acts at a step.
func sits(who access.Who, s *Step) bool {
	return slices.ContainsFunc(who.Seats, func(x access.Seat) bool { return x.Unit() == s.At && string(x.Role) == s.Seat })
}

// standsIn tells whether somebody may act for one who is away, and for whom. Who stands in for somebody barred is barred.
func (d *Desk) standsIn(v *store.View, c *Circuit, s *Step, who access.Who) (bool, string, error) {
	list, err := record.Select(v, StandIns, "WHERE x.by_whom = ? AND x.first_day <= ? AND x.last_day >= ? ORDER BY x.id", who.ID, int64(v.ValidOn), int64(v.ValidOn))
	if err != nil {
		return false, "", err
	}
	for _, x := range list {
		if x.Matter != "" && x.Matter != s.Matter || c.Bars(s, x.For) {
			continue
		}
		if s.Person == x.For {
			return true, x.For, nil
		}
		if s.Person != "" {
			continue
		}
		away, err := d.Who(v, x.For)
		if err != nil {
			if fault.KindOf(err) == fault.Denied || fault.KindOf(err) == fault.Missing {
				continue // they have left: a stand-in ends with the position
			}
			return false, "", err
		}
		if sits(away, s) {
			return true, x.For, nil
		}
	}
	return false, "", nil
}

// verbs are what may be done at each kind of step.
var verbs = map[string][]string{
	"review": {"agree", "send_back"}, "opinion": {"agree", "disagree"}, "countersign": {"agree", "disagree", "send_back"},
	"decide": {"approve", "refuse", "send_back"}, "higher": {"approve", "refuse", "send_back"}, "note": {"seen"},
}

// VerbsOf lists what may be done at a step, besides handing it over and adding a signer.
func VerbsOf(s *Step) []string { return verbs[s.Kind] }

// Do does one act at a step. Denied when the person may not act there; Stale when the step changed since they saw it;
// Invalid when the act does not fit, an opinion or the list of gaps is missing, or the power that was used no longer stands.
func (d *Desk) Do(tx *store.Tx, a Act) (err error) {
	defer fault.Wrap(&err, "acting at a step of an approval")
	s, err := record.Load(&tx.View, Steps, a.Step)
	if err != nil {
		return err
	}
	c, err := record.Load(&tx.View, Circuits, s.Circuit)
	if err != nil {
		return err
	}
	if a.Base != "" && a.Base != s.VID || s.State != Open || c.State != Running && s.Kind != "note" {
		return fault.New(fault.Stale, "approval.moved_on", nil)
	}
	ok, behalf, err := d.MayAct(&tx.View, c, s, tx.Who)
	if err != nil {
		return err
	}
	if !ok {
		if c.Bars(s, tx.Who.ID) {
			return fault.New(fault.Denied, "approval.own_case", nil)
		}
		return fault.New(fault.Denied, "approval.not_yours", nil)
	}
	actor := tx.Who
	return store.AsProgram(&tx.View, program, func() error {
		switch a.Verb {
		case "hand_over":
			return d.handOver(tx, c, s, a, actor)
		case "add":
			return d.add(tx, c, s, a, actor)
		case "copy":
			return d.copied(tx, c, s, a, actor)
		}
		return d.answer(tx, c, s, a, actor, behalf)
	})
}

func (d *Desk) answer(tx *store.Tx, c *Circuit, s *Step, a Act, actor access.Who, behalf string) error {
	if !slices.Contains(verbs[s.Kind], a.Verb) {
		return fault.New(fault.Invalid, "approval.verb", nil)
	}
	if a.Opinion == "" && a.Verb != "seen" {
		return fault.At("opinion", "approval.needs_opinion", nil)
	}
	if a.Verb == "send_back" {
		return d.sendBack(tx, c, s, a, actor, behalf)
	}
	if err := d.finish(tx, s, a.Verb, a.Opinion, actor, behalf); err != nil {
		return err
	}
	if s.Kind == "decide" || s.Kind == "higher" {
		return d.decide(tx, c, s, a, actor, behalf)
	}
	return d.advance(tx, c)
}

func (d *Desk) finish(tx *store.Tx, s *Step, outcome, opinion string, actor access.Who, behalf string) error {
	s.State, s.Outcome, s.Opinion, s.Actor, s.For, s.On = Done, outcome, opinion, actor.ID, behalf, tx.ValidOn
	return record.Save(tx, Steps, s, record.How{Why: opinion})
}

// decide writes the decision and ends the circuit.
func (d *Desk) decide(tx *store.Tx, c *Circuit, s *Step, a Act, actor access.Who, behalf string) error {
	if a.Verb == "approve" && c.Grant != "" {
		stands, err := d.Stands(&tx.View, c.Grant, tx.ValidOn)
		if err != nil {
			return err
		}
		if !stands {
			return fault.New(fault.Invalid, "approval.power_gone", nil)
		}
	}
	x := Decisions.New()
	x.Title, x.SubjectKind, x.Subject, x.Version, x.Matter, x.Outcome, x.Opinion = c.Title, c.SubjectKind, c.Subject, a.Version, c.Matter, a.Verb, a.Opinion
	x.By, x.For, x.At, x.Grant, x.Circuit, x.Step, x.Day = actor.ID, behalf, s.At, c.Grant, c.ID, s.ID, tx.ValidOn
	x.Unit, x.Level, x.Sample = c.Unit, c.Level, c.Sample
	if a.Rules != nil {
		b, err := json.Marshal(a.Rules)
		if err != nil {
			return err
		}
		x.Rules = string(b)
	}
	switch {
	case s.Kind == "higher":
		x.Outside, x.Body, x.Number = true, c.Approver, a.Number
		if a.Verb == "approve" && a.Number == "" {
			return fault.At("number", "approval.needs_number", nil)
		}
		if a.Day != 0 && a.Day < clock.Open {
			if a.Day > tx.ValidOn {
				return fault.At("day", "approval.future", nil)
			}
			x.Day = a.Day
		}
	case a.Verb == "approve" && c.Series != "":
		year := x.Day.Time().Year()
		var last int64
		err := tx.One("SELECT coalesce(max(x.serial), 0) FROM {decision} x WHERE x.series = ? AND x.day >= ? AND x.day <= ?",
			[]any{c.Series, int64(clock.DayFrom(year, 1, 1)), int64(clock.DayFrom(year, 12, 31))}, &last)
		if err != nil {
			return err
		}
		x.Series, x.Serial = c.Series, record.N(float64(last+1))
		x.Number = c.Series + "〔" + strconv.Itoa(year) + "〕" + strconv.FormatInt(last+1, 10)
	}
	if err := record.Save(tx, Decisions, x, record.How{Why: a.Opinion}); err != nil {
		return err
	}
	c.State, c.Decision, c.Number = No, x.ID, x.Number
	event := Refused
	if a.Verb == "approve" {
		c.State, event = Over, Approved
	}
	if err := d.dropWaiting(tx, c); err != nil {
		return err
	}
	if err := record.Save(tx, Circuits, c, record.How{Why: a.Opinion}); err != nil {
		return err
	}
	return d.told(tx, Outcome{Subject: Subject{c.SubjectKind, c.Subject}, Event: event, Circuit: c.ID, Decision: x.ID, Number: x.Number, Opinion: a.Opinion, Outside: x.Outside})
}

// dropWaiting ends the steps that will not come any more; those who take note of what was approved do so now.
func (d *Desk) dropWaiting(tx *store.Tx, c *Circuit) error {
	steps, err := StepsOf(&tx.View, c.ID)
	if err != nil {
		return err
	}
	for _, s := range steps {
		switch {
		case s.State != Waiting && s.State != Open:
			continue
		case s.Kind == "note" && c.State == Over:
			if err := d.open(tx, s); err != nil {
				return err
			}
		default:
			s.State = Dropped
		}
		if err := record.Save(tx, Steps, s, record.How{}); err != nil {
			return err
		}
	}
	return nil
}

// advance opens the next steps when those that are open are done: all of them, one, or more than half, as the line says.
// What can no longer be reached sends it back with the opinions that stand against it.
func (d *Desk) advance(tx *store.Tx, c *Circuit) error {
	steps, err := StepsOf(&tx.View, c.ID)
	if err != nil {
		return err
	}
	var now []*Step
	next := record.Num{}
	for _, s := range steps {
		switch {
		case s.Round != c.Round || s.Kind == "note":
		case s.Number == c.Now && s.State != Dropped:
			now = append(now, s)
		case s.State == Waiting && s.Number.Value > c.Now.Value && (!next.Set || s.Number.Value < next.Value):
			next = s.Number
		}
	}
	met, lost := reached(now)
	switch {
	case lost:
		var gaps []Gap
		for _, s := range now {
			if s.Outcome == "disagree" {
				gaps = append(gaps, Gap{Rule: "approval.against", Text: s.Opinion})
			}
		}
		return d.back(tx, c, gaps, c.Now, now[0].Opinion)
	case !met:
		return nil
	}
	was := c.Now
	for _, s := range now {
		if s.State == Open { // one was enough
			s.State = Dropped
			if err := record.Save(tx, Steps, s, record.How{}); err != nil {
				return err
			}
		}
	}
	if !next.Set {
		return fault.New(fault.Defect, "approval.no_end", nil)
	}
	c.Now = next
	if err := record.Save(tx, Circuits, c, record.How{}); err != nil {
		return err
	}
	event := Event("")
	for _, s := range steps {
		if s.Round != c.Round || s.Number != next || s.State != Waiting {
			continue
		}
		switch {
		case s.Kind == "higher":
			event = WentUp
		case s.Kind == "opinion" && event == "":
			event = Asked
		}
		if err := d.open(tx, s); err != nil {
			return err
		}
		if err := record.Save(tx, Steps, s, record.How{}); err != nil {
			return err
		}
	}
	subject := Subject{c.SubjectKind, c.Subject}
	if len(now) > 0 && now[0].Kind == "opinion" {
		if err := d.told(tx, Outcome{Subject: subject, Event: Answered, Circuit: c.ID}); err != nil {
			return err
		}
	} else if was.Value <= 1 && event == "" {
		event = Accepted
	}
	if event == "" {
		return nil
	}
	return d.told(tx, Outcome{Subject: subject, Event: event, Circuit: c.ID})
}

// reached tells whether steps side by side have come to what their line asks for, or no longer can. Those that only say an
// opinion are done when all have spoken, whatever they said.
func reached(now []*Step) (met, lost bool) {
	if len(now) == 0 {
		return true, false
	}
	yes, no, open := 0, 0, 0
	for _, s := range now {
		switch {
		case s.State == Open:
			open++
		case s.Kind == "opinion": // counts neither way
		case s.Outcome == "disagree":
			no++
		default:
			yes++
		}
	}
	all := yes + no + open
	switch {
	case yes+no == 0:
		return open == 0, false
	case now[0].Ends == "any":
		return yes > 0, yes == 0 && open == 0
	case now[0].Ends == "majority":
		return 2*yes > all, 2*no >= all
	}
	return open == 0 && no == 0, no > 0
}

// sendBack sends a circuit back with everything that is missing, in one list; who sends back says why in the opinion, each
// time. Nothing here can tell what was there to be seen the first time: the lists of all rounds stay side by side on record.
func (d *Desk) sendBack(tx *store.Tx, c *Circuit, s *Step, a Act, actor access.Who, behalf string) error {
	if len(a.Gaps) == 0 {
		return fault.At("gaps", "approval.needs_gaps", nil)
	}
	for i := range a.Gaps {
		a.Gaps[i].Text = strings.TrimSpace(a.Gaps[i].Text)
		if a.Gaps[i].Text == "" {
			return fault.At("gaps", "approval.needs_gaps", nil)
		}
	}
	if err := d.finish(tx, s, "send_back", a.Opinion, actor, behalf); err != nil {
		return err
	}
	at := c.Now
	if a.Anew {
		at = record.Num{}
	}
	return d.back(tx, c, a.Gaps, at, a.Opinion)
}

func (d *Desk) back(tx *store.Tx, c *Circuit, gaps []Gap, at record.Num, why string) error {
	c.State, c.Gaps, c.ResumeAt = Back, gaps, at
	steps, err := StepsOf(&tx.View, c.ID)
	if err != nil {
		return err
	}
	for _, o := range steps {
		if o.Round == c.Round && o.Number == c.Now && o.State == Open && o.Kind != "note" {
			o.State = Dropped
			if err := record.Save(tx, Steps, o, record.How{}); err != nil {
				return err
			}
		}
	}
	if err := record.Save(tx, Circuits, c, record.How{Why: why}); err != nil {
		return err
	}
	return d.told(tx, Outcome{Subject: Subject{c.SubjectKind, c.Subject}, Event: Returned, Circuit: c.ID, Gaps: gaps, Opinion: why})
}

// Resume files a circuit again after it was sent back: every gap must have been answered, mended or with a reason why it
// cannot be. It goes on with who sent it back, or from the start. The steps that are behind it stay as they were done.
func (d *Desk) Resume(tx *store.Tx, circuit string, gaps []Gap) (err error) {
	defer fault.Wrap(&err, "filing an approval again")
	c, err := record.Load(&tx.View, Circuits, circuit)
	if err != nil {
		return err
	}
	if c.State != Back {
		return fault.New(fault.Stale, "approval.moved_on", nil)
	}
	if err := d.mine(tx, c); err != nil {
		return err
	}
	open := 0
	for i := range c.Gaps {
		if i < len(gaps) {
			c.Gaps[i].Mended, c.Gaps[i].Answer = gaps[i].Mended, strings.TrimSpace(gaps[i].Answer)
		}
		if !c.Gaps[i].Mended && c.Gaps[i].Answer == "" {
			open++
		}
	}
	if open > 0 {
		return fault.At("gaps", "approval.gaps_open", fault.Args{"open": open, "count": len(c.Gaps)})
	}
	return store.AsProgram(&tx.View, program, func() error {
		steps, err := StepsOf(&tx.View, c.ID)
		if err != nil {
			return err
		}
		round := c.Round
		c.Round, c.State = record.N(round.Value+1), Running
		from := c.ResumeAt.Value
		first := record.Num{}
		for _, s := range steps {
			if s.Round != round || s.Kind != "note" && s.Number.Value < from || s.Kind == "note" && s.State != Waiting {
				continue // a copy that was given stays given
			}
			again := Steps.New()
			again.Name, again.Circuit, again.Number, again.Kind, again.At, again.Seat, again.Person, again.Ends = s.Name, s.Circuit, s.Number, s.Kind, s.At, s.Seat, s.Person, s.Ends
			again.Unit, again.Level, again.Sample, again.Matter, again.Round, again.State, again.Added, again.Days = s.Unit, s.Level, s.Sample, s.Matter, c.Round, Waiting, s.Added, s.Days
			if !first.Set && s.Kind != "note" {
				first = s.Number
			}
			if s.Number == first {
				if err := d.open(tx, again); err != nil {
					return err
				}
			}
			if err := record.Save(tx, Steps, again, record.How{}); err != nil {
				return err
			}
			if s.State == Waiting {
				s.State = Dropped
				if err := record.Save(tx, Steps, s, record.How{}); err != nil {
					return err
				}
			}
		}
		c.Now = first
		if err := record.Save(tx, Circuits, c, record.How{}); err != nil {
			return err
		}
		return d.told(tx, Outcome{Subject: Subject{c.SubjectKind, c.Subject}, Event: Resumed, Circuit: c.ID})
	})
}

// mine asks that the person who acts may act for who asked: the opener, or somebody of the asking unit who may file.
func (d *Desk) mine(tx *store.Tx, c *Circuit) error {
	if tx.Who.System || tx.Who.ID == c.Opener || slices.ContainsFunc(tx.Who.Seats, func(s access.Seat) bool { return s.Unit() == c.Unit && s.Role != access.Reader }) {
		return nil
	}
	return fault.New(fault.Denied, "approval.not_yours", nil)
}

// Withdraw takes a circuit back before the step that is open has acted. Denied when somebody has acted since it was filed
// or came again; it is then for the one whose turn it is to send it back.
func (d *Desk) Withdraw(tx *store.Tx, circuit, why string) (err error) {
	defer fault.Wrap(&err, "withdrawing an approval")
	c, err := record.Load(&tx.View, Circuits, circuit)
	if err != nil {
		return err
	}
	if c.State != Running && c.State != Back {
		return fault.New(fault.Stale, "approval.moved_on", nil)
	}
	if why == "" {
		return fault.At("why", "approval.needs_reason", nil)
	}
	if err := d.mine(tx, c); err != nil {
		return err
	}
	steps, err := StepsOf(&tx.View, c.ID)
	if err != nil {
		return err
	}
	if c.State == Running && slices.ContainsFunc(steps, func(s *Step) bool { return s.Round == c.Round && s.State == Done && s.Kind != "note" }) {
		return fault.New(fault.Invalid, "approval.acted_already", nil)
	}
	return store.AsProgram(&tx.View, program, func() error {
		c.State = Taken
		if err := d.dropWaiting(tx, c); err != nil {
			return err
		}
		if err := record.Save(tx, Circuits, c, record.How{Why: why}); err != nil {
			return err
		}
		return d.told(tx, Outcome{Subject: Subject{c.SubjectKind, c.Subject}, Event: Withdrawn, Circuit: c.ID, Opinion: why})
	})
}

// GivenUp ends what still runs about a subject that was given up, or is no longer asked for, in its own room: its steps wait
// for nobody, and the subject is not told.
func (d *Desk) GivenUp(tx *store.Tx, s Subject, why string) (err error) {
	defer fault.Wrap(&err, "ending the approval of what was given up")
	return store.AsProgram(&tx.View, program, func() error {
		all, err := d.Of(&tx.View, s)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.State != Running && c.State != Back {
				continue
			}
			c.State = Taken
			if err := d.dropWaiting(tx, c); err != nil {
				return err
			}
			if err := record.Save(tx, Circuits, c, record.How{Why: why}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Urge reminds those whose turn it is, once a day at most.
func (d *Desk) Urge(tx *store.Tx, circuit string) (err error) {
	defer fault.Wrap(&err, "urging an approval")
	c, err := record.Load(&tx.View, Circuits, circuit)
	if err != nil {
		return err
	}
	if err := d.mine(tx, c); err != nil {
		return err
	}
	steps, err := StepsOf(&tx.View, c.ID)
	if err != nil {
		return err
	}
	return store.AsProgram(&tx.View, program, func() error {
		urged := 0
		for _, s := range steps {
			if s.State != Open || s.UrgedOn == tx.ValidOn {
				continue
			}
			s.Urged, s.UrgedOn = record.N(s.Urged.Value+1), tx.ValidOn
			if err := record.Save(tx, Steps, s, record.How{}); err != nil {
				return err
			}
			urged++
			if d.Nudged != nil {
				if err := d.Nudged(tx, c, s); err != nil {
					return err
				}
			}
		}
		if urged == 0 {
			return fault.New(fault.Invalid, "approval.urged_already", nil)
		}
		return nil
	})
}

// handOver gives a step to another person, with the reason. Whoever takes it over must have the role that the step asks for,
// at its unit or above it, and the case must not be their own.
func (d *Desk) handOver(tx *store.Tx, c *Circuit, s *Step, a Act, actor access.Who) error {
	if a.Opinion == "" {
		return fault.At("opinion", "approval.needs_reason", nil)
	}
	to, err := d.Who(&tx.View, a.To)
	if err != nil || a.To == "" {
		return fault.At("to", "approval.nobody", nil)
	}
	above, err := d.Above(&tx.View, s.At)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(to.Seats, func(x access.Seat) bool { return string(x.Role) == s.Seat && slices.Contains(above, x.Unit()) }) {
		return fault.At("to", "approval.no_seat", nil)
	}
	if c.Bars(s, a.To) {
		return fault.At("to", "approval.their_case", nil)
	}
	s.Person, s.Handed = a.To, actor.ID+": "+a.Opinion
	return record.Save(tx, Steps, s, record.How{Why: a.Opinion})
}

// add puts a signer beside the step that is open.
func (d *Desk) add(tx *store.Tx, c *Circuit, s *Step, a Act, actor access.Who) error {
	if a.Opinion == "" {
		return fault.At("opinion", "approval.needs_reason", nil)
	}
	unit, err := d.seated(&tx.View, &a)
	if err != nil {
		return err
	}
	if s.Kind == "decide" || s.Kind == "higher" {
		return d.before(tx, c, s, unit, a, actor)
	}
	x, err := d.signer(tx, c, s, s.Number, unit, a, actor)
	if err != nil {
		return err
	}
	return record.Save(tx, Steps, x, record.How{Why: a.Opinion})
}

// copied lets a unit take note of a case while it goes its way: nothing waits for it.
func (d *Desk) copied(tx *store.Tx, c *Circuit, s *Step, a Act, actor access.Who) error {
	unit, err := d.seated(&tx.View, &a)
	if err != nil {
		return err
	}
	steps, err := StepsOf(&tx.View, c.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(steps, func(o *Step) bool { return o.Kind == "note" && o.At == unit && o.State != Dropped }) {
		return fault.At("to", "approval.copied_already", nil)
	}
	x := Steps.New()
	x.Name, x.Circuit, x.Number, x.Kind, x.At, x.Seat, x.Ends, x.Added = a.Name, c.ID, s.Number, "note", unit, a.Seat, "all", actor.ID
	x.Unit, x.Level, x.Sample, x.Round, x.Matter = c.Unit, c.Level, c.Sample, c.Round, c.Matter
	if x.Name.Empty() {
		x.Name = s.Name
	}
	if err := d.open(tx, x); err != nil {
		return err
	}
	return record.Save(tx, Steps, x, record.How{Why: a.Opinion})
}

// seated finds the unit of an act, and the role that acts there, which somebody must have: a step for nobody would hold the case
// up for good.
func (d *Desk) seated(v *store.View, a *Act) (unit string, err error) {
	if unit, err = d.Unit(v, a.To); err != nil {
		return "", err
	}
	if unit == "" {
		return "", fault.At("to", "approval.no_such_unit", nil)
	}
	if !slices.Contains(Seats, a.Seat) {
		a.Seat = string(access.Head)
	}
	if d.Sits == nil {
		return unit, nil
	}
	ok, err := d.Sits(v, unit, a.Seat)
	if err == nil && !ok {
		err = fault.At("to", "approval.nobody_there", nil)
	}
	return unit, err
}

// signer is a step beside another, with as many working days as that one has.
func (d *Desk) signer(tx *store.Tx, c *Circuit, s *Step, number record.Num, unit string, a Act, actor access.Who) (*Step, error) {
	x := Steps.New()
	x.Name, x.Circuit, x.Number, x.Kind, x.At, x.Seat, x.Ends, x.Added = s.Name, c.ID, number, "countersign", unit, a.Seat, "all", actor.ID
	x.Unit, x.Level, x.Sample, x.Round, x.Matter, x.Days = c.Unit, c.Level, c.Sample, c.Round, c.Matter, s.Days
	return x, d.open(tx, x)
}

// before puts a signer in front of the deciding step, which waits meanwhile.
func (d *Desk) before(tx *store.Tx, c *Circuit, s *Step, unit string, a Act, actor access.Who) error {
	x, err := d.signer(tx, c, s, record.N(s.Number.Value-0.5), unit, a, actor)
	if err != nil {
		return err
	}
	if x.Number == c.Now {
		x.Number = record.N(s.Number.Value - 0.25)
	}
	s.State = Waiting
	c.Now = x.Number
	if err := record.Save(tx, Steps, s, record.How{Why: a.Opinion}); err != nil {
		return err
	}
	if err := record.Save(tx, Steps, x, record.How{Why: a.Opinion}); err != nil {
		return err
	}
	return record.Save(tx, Circuits, c, record.How{})
}

// Redate puts right the open steps that opened on days which the office's clock had wrong, as it had them: they opened by so
// many days later, or earlier, and the days by which they are due are reckoned anew. note says so beside the new day. It gives the
// number of steps.
func (d *Desk) Redate(tx *store.Tx, from, to clock.Day, by int, note func(l translate.Lang, was clock.Day) string) (n int, err error) {
	defer fault.Wrap(&err, "putting steps right that opened under a wrong clock")
	if by == 0 || to < from {
		return 0, fault.New(fault.Invalid, "approval.redate_nothing", nil)
	}
	steps, err := record.Select(&tx.View, Steps, "WHERE x.state = 'open' AND x.opened >= ? AND x.opened <= ? ORDER BY x.id", int64(from), int64(to))
	if err != nil {
		return 0, err
	}
	return len(steps), store.AsProgram(&tx.View, program, func() error {
		for _, s := range steps {
			was := s.Due
			s.Opened += clock.Day(by)
			if d.Due != nil && s.Days.Value >= 1 {
				if s.Due, s.DueHow, err = d.Due(tx, s.Opened, int(s.Days.Value)); err != nil {
					return err
				}
				for _, l := range translate.Staff {
					s.DueHow[l] += note(l, was)
				}
			}
			if err := record.Save(tx, Steps, s, record.How{Act: record.ActCorrect, Why: "approval.redated"}); err != nil {
				return err
			}
		}
		return nil
	})
}
