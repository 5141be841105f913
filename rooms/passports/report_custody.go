package passports

import (
	"cmp"
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// carrying ties the types to each other. It stands apart from their declarations because each hook reads the others.
func carrying(kinds ...*record.Kind) []*record.Kind {
	Passports.Before(fillPassport)
	Loans.Before(fillLoan).Then(loaned)
	UnitLocks.Before(fillLock)
	return kinds
}

func missing(err error) bool { return fault.KindOf(err) == fault.Missing }

// fillPassport carries over the loan the passport is out on, and dates what happens today.
func fillPassport(v *store.View, p *Passport) error {
	p.Loan = ""
	if p.ID != "" {
		out, err := record.Select(v, Loans, "WHERE x.passport = ? AND x.state = 'handed_out' ORDER BY x.id LIMIT 1", p.ID)
		if err != nil {
			return err
		}
		if len(out) > 0 {
			p.Loan = out[0].ID
		}
	}
	switch p.State {
	case "in_custody":
		if p.VID != "" && p.Received >= clock.Open {
			p.Received = v.ValidOn
		}
		p.LostOn = clock.Open
	case "cancelled":
		if p.CancelledOn >= clock.Open {
			p.CancelledOn = v.ValidOn
		}
		if p.CancelWhy == "" && p.LostOn < clock.Open {
			p.CancelWhy = "lost"
		}
	}
	return nil
}

// fillLoan carries over whose passport it is, reckons the day of return, reads the stamps against the approval, and holds
// the moment of handing over to the rules.
func fillLoan(v *store.View, l *Loan) error {
	l.Countries, l.Been = countryCodes(l.Countries), countryCodes(l.Been)
	p, err := record.Load(v, Passports, l.Passport)
	if missing(err) {
		l.reckoned(v.ValidOn)
		return nil
	}
	if err != nil {
		return err
	}
	l.Holder, l.Traveller, l.Keeper = p.Holder, p.Traveller, p.Keeper
	if l.State == "handed_out" {
		l.Handed, l.Back, l.LostOn = min(l.Handed, v.ValidOn), clock.Open, clock.Open
	}
	l.reckoned(v.ValidOn)
	l.Findings = ""
	if l.State == "returned" || l.Proof != "" {
		l.Findings = codesOf(l.CheckStamps())
	}
	if l.State != "handed_out" {
		return nil
	}
	if l.VID != "" {
		old, err := record.Load(v, Loans, l.ID)
		if err != nil && !missing(err) {
			return err
		}
		if err == nil && old.State == "handed_out" {
			return nil
		}
	}
	return mayGoOut(v, l, p)
}

// mayGoOut refuses to hand out what is not there, what is not valid long enough, and a second passport of one holder.
func mayGoOut(v *store.View, l *Loan, p *Passport) error {
	if p.State != "in_custody" && p.State != "lent" {
		return fault.At("passport", "passports.loan.not_in_custody", nil)
	}
	if home := l.ComesBack(); home < clock.Open && p.Expires < clock.Open && Short(p.Expires, home) {
		return fault.At("passport", "passports.loan.short", fault.Args{"expires": p.Expires.String(), "home": home.String(), "months": ResidualMonths})
	}
	out, err := record.Select(v, Loans, "WHERE x.state = 'handed_out' ORDER BY x.handed_on, x.id")
	if err != nil {
		return err
	}
	for _, o := range out {
		if o.ID != l.ID && (o.Passport == l.Passport || sameHolder(o, l)) {
			return fault.At("passport", "passports.loan.other_out", fault.Args{"day": o.Handed.String(), "due": o.Due.String()})
		}
	}
	return nil
}

// sameHolder tells whether two loans are of one person: by the traveller, or where that is not known, by name and unit.
func sameHolder(a, b *Loan) bool {
	if a.Traveller != "" || b.Traveller != "" {
		return a.Traveller == b.Traveller
	}
	if a.Keeper != b.Keeper || a.Holder.Empty() {
		return false
	}
	for lang, s := range a.Holder {
		if s != "" && b.Holder[lang] != s {
			return false
		}
	}
	return true
}

// loaned brings a loan to its passport, and ends the lock that it caused.
func loaned(tx *store.Tx, l *Loan) error {
	p, err := record.Load(&tx.View, Passports, l.Passport)
	if err != nil {
		if missing(err) {
			return nil
		}
		return err
	}
	was := *p
	switch {
	case l.State == "handed_out" && p.State == "in_custody":
		p.State = "lent"
	case l.State == "returned" && p.State == "lent" && p.Loan == l.ID:
		p.State = "in_custody"
	case l.State == "lost" && p.State == "lent" && p.Loan == l.ID && !p.Loss.Empty():
		p.State, p.LostOn = "lost", l.LostOn
	}
	if err := fillPassport(&tx.View, p); err != nil {
		return err
	}
	if p.State != was.State || p.Loan != was.Loan {
		if err := record.Save(tx, Passports, p, record.How{Why: l.Why}); err != nil {
			return err
		}
	}
	return endLock(tx, l)
}

// endLock writes down that a lock ended because the passport came back, or was lost: nobody decides that.
func endLock(tx *store.Tx, l *Loan) error {
	last := min(l.Back, l.LostOn)
	if l.State != "returned" && l.State != "lost" || last >= clock.Open {
		return nil
	}
	due := l.DueOn(last)
	lock, err := lockOf(&tx.View, l.ID)
	if err != nil {
		return err
	}
	if lock == nil {
		if due >= clock.Open || last <= due+LockAfter+1 {
			return nil
		}
		lock = newLock(l, due+LockAfter+1)
	}
	if lock.State == "ended" && lock.Ended == last {
		return nil
	}
	lock.State, lock.Ended = "ended", last
	return store.AsProgram(&tx.View, program, func() error {
		return record.Save(tx, UnitLocks, lock, record.How{Why: due.String() + " → " + last.String()})
	})
}

func newLock(l *Loan, began clock.Day) *UnitLock {
	k := UnitLocks.New()
	k.Unit, k.Level, k.Sample = l.Unit, l.Level, l.Sample
	k.Locked, k.Loan, k.Began = l.Keeper, l.ID, began
	return k
}

func fillLock(v *store.View, k *UnitLock) error {
	l, err := record.Load(v, Loans, k.Loan)
	if err != nil {
		if missing(err) {
			return nil
		}
		return err
	}
	k.Holder = l.Holder
	return nil
}

func lockOf(v *store.View, loan string) (*UnitLock, error) {
	all, err := record.Select(v, UnitLocks, "WHERE x.loan = ? ORDER BY x.began DESC, x.id LIMIT 1", loan)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all[0], nil
}

// Journey is what the custody of passports needs to know of an approved journey. Cancelled is clock.Open while it stands.
type Journey struct {
	ID        string
	Title     translate.Text
	Approval  string // number of the approval; "" when it is not approved
	Departs   clock.Day
	Days      int
	Countries []string
	Cancelled clock.Day
}

// put writes what was approved into a loan.
func (j *Journey) put(l *Loan) {
	l.Trip, l.Approval, l.Departs, l.Countries, l.CancelledOn = j.ID, j.Approval, j.Departs, countryCodes(strings.Join(j.Countries, " ")), j.Cancelled
	l.Days = record.Num{}
	if j.Days > 0 {
		l.Days = record.N(float64(j.Days))
	}
}

// Moved brings the new days, countries or the cancellation of a journey to the passports that are lent or asked for on it:
// the day of return moves with the journey, and the one before stays on record.
func (r *Room) Moved(tx *store.Tx, j Journey, why string) (err error) {
	defer fault.Wrap(&err, "moving the loans of journey %s", j.ID)
	all, err := record.Select(&tx.View, Loans, "WHERE x.trip = ? AND x.state IN ('asked', 'handed_out') ORDER BY x.id", j.ID)
	if err != nil {
		return err
	}
	return store.AsProgram(&tx.View, program, func() error {
		for _, l := range all {
			j.put(l)
			if l.State == "asked" && j.Cancelled < clock.Open {
				l.State = "dropped"
			}
			if err := record.Save(tx, Loans, l, record.How{Why: why}); err != nil {
				return err
			}
		}
		return nil
	})
}

// program is the name under which the room writes what follows from somebody else's act.
const program = "passports"

// Lock is a unit whose new applications are held up on a day, with the passport that is the reason.
type Lock struct {
	Unit   string
	Loan   *Loan
	Holder translate.Text
	From   clock.Day
	Days   int       // overdue
	Lift   *UnitLock // what lifts it on that day; nil when nothing does
}

// Locked tells for which passports new applications of a unit are held up on the day of the View.
func (r *Room) Locked(v *store.View, unit string) ([]Lock, error) {
	all, err := ReadLocks(v)
	return slices.DeleteFunc(all, func(l Lock) bool { return l.Unit != unit || l.Lift != nil }), err
}

// ReadLocks reads every lock that the loans of the day make, the lifted ones too. Nothing is stored: the answer of any past
// day is the one that was true then.
func ReadLocks(v *store.View) (out []Lock, err error) {
	defer fault.Wrap(&err, "reading which units are locked")
	loans, err := loansOut(v)
	if err != nil {
		return nil, err
	}
	lifts, err := record.Select(v, UnitLocks, "WHERE x.lifted_on <= ? ORDER BY x.lifted_on, x.id", int64(v.ValidOn))
	if err != nil {
		return nil, err
	}
	for _, l := range loans {
		if l.StandsOn(v.ValidOn) != UnitLocked {
			continue
		}
		due := l.DueOn(v.ValidOn)
		k := Lock{Unit: l.Keeper, Loan: l, Holder: l.Holder, From: due + LockAfter + 1, Days: int(v.ValidOn - due)}
		for _, x := range lifts {
			if x.Loan == l.ID && x.Holds(v.ValidOn) {
				k.Lift = x
			}
		}
		out = append(out, k)
	}
	return out, nil
}

// loansOut reads the loans that were out on the day of the View, the first due first.
func loansOut(v *store.View) ([]*Loan, error) {
	all, err := record.Select(v, Loans, "WHERE x.handed_on <= ? AND x.state IN ('handed_out', 'returned', 'lost') AND (x.back_on IS NULL OR x.back_on > ?) ORDER BY coalesce(x.due, 4611686018427387904), x.id",
		int64(v.ValidOn), int64(v.ValidOn))
	return slices.DeleteFunc(all, func(l *Loan) bool { return !l.OutOn(v.ValidOn) }), err
}

// Counter is what the keeper has to do on a day.
type Counter struct {
	Asked    []*Loan // to hand out by the day
	Coming   []*Loan // asked for later
	DueSoon  []*Loan // due within seven days
	Overdue  []*Loan // the longest first
	Abroad   []*Loan // out, and not due soon
	Returned []*Loan // came back in the last seven days, the latest first
	Locks    []Lock
	Found    []*Passport // that the question names
	Passport map[string]*Passport
}

// ReadCounter reads the queue of the counter. A question keeps what belongs to the holders it names.
func ReadCounter(v *store.View, question string) (c Counter, err error) {
	defer fault.Wrap(&err, "reading the counter of passports")
	c.Passport = map[string]*Passport{}
	all, err := record.Select(v, Passports, "ORDER BY x.expires, x.id")
	if err != nil {
		return c, err
	}
	words := strings.Fields(strings.ToLower(question))
	for _, p := range all {
		c.Passport[p.ID] = p
		if len(words) > 0 && names(p.Holder, words) {
			c.Found = append(c.Found, p)
		}
	}
	fits := func(l *Loan) bool {
		return c.Passport[l.Passport] != nil && (len(words) == 0 || names(l.Holder, words))
	}
	asked, err := record.Select(v, Loans, "WHERE x.state = 'asked' ORDER BY coalesce(x.wanted_on, x.departs, 0), x.id")
	if err != nil {
		return c, err
	}
	for _, l := range asked {
		switch {
		case !fits(l):
		case l.Wanted < clock.Open && l.Wanted > v.ValidOn:
			c.Coming = append(c.Coming, l)
		default:
			c.Asked = append(c.Asked, l)
		}
	}
	out, err := loansOut(v)
	if err != nil {
		return c, err
	}
	for _, l := range out {
		switch st := l.StandsOn(v.ValidOn); {
		case !fits(l):
		case st != Lent:
			c.Overdue = append(c.Overdue, l)
		case l.DueOn(v.ValidOn) <= v.ValidOn+7:
			c.DueSoon = append(c.DueSoon, l)
		default:
			c.Abroad = append(c.Abroad, l)
		}
	}
	slices.SortStableFunc(c.Overdue, func(a, b *Loan) int { return cmp.Compare(a.DueOn(v.ValidOn), b.DueOn(v.ValidOn)) })
	back, err := record.Select(v, Loans, "WHERE x.back_on <= ? AND x.back_on > ? ORDER BY x.back_on DESC, x.id", int64(v.ValidOn), int64(v.ValidOn-7))
	if err != nil {
		return c, err
	}
	for _, l := range back {
		if fits(l) {
			c.Returned = append(c.Returned, l)
		}
	}
	c.Locks, err = ReadLocks(v)
	return c, err
}

// names tells whether a name has all words, in one of its languages.
func names(t translate.Text, words []string) bool {
	for _, s := range t {
		s = strings.ToLower(s)
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(s, w) }) {
			return true
		}
	}
	return false
}

// loansOf reads the loans of a passport, the latest first.
func loansOf(v *store.View, passport string) ([]*Loan, error) {
	return record.Select(v, Loans, "WHERE x.passport = ? ORDER BY coalesce(x.handed_on, x.wanted_on, 0) DESC, x.id DESC", passport)
}

// outOn finds the loan a passport was out on on a day.
func outOn(all []*Loan, day clock.Day) *Loan {
	for _, l := range all {
		if l.OutOn(day) {
			return l
		}
	}
	return nil
}

// Lift lifts the lock that a loan makes, by the person of the transaction.
func Lift(tx *store.Tx, loan, ground string, until clock.Day, reason translate.Text) (err error) {
	defer fault.Wrap(&err, "lifting the lock of loan %s", loan)
	l, err := record.Load(&tx.View, Loans, loan)
	if err != nil {
		return err
	}
	if l.StandsOn(tx.ValidOn) != UnitLocked {
		return fault.New(fault.Invalid, "passports.unitlock.not_locked", nil)
	}
	k, err := lockOf(&tx.View, loan)
	if err != nil {
		return err
	}
	if k == nil {
		k = newLock(l, l.DueOn(tx.ValidOn)+LockAfter+1)
	}
	k.State, k.LiftedBy, k.LiftedOn, k.Ground, k.Until, k.Reason = "lifted", tx.Who.ID, tx.ValidOn, ground, until, reason
	return record.Save(tx, UnitLocks, k, record.How{Why: strings.Join(reason.All(), " / ")})
}

// Lose writes down that a passport was lost, and what its holder stated; the loan it was out on ends with it.
func Lose(tx *store.Tx, id string, on clock.Day, loss, police translate.Text) (err error) {
	defer fault.Wrap(&err, "writing down the loss of passport %s", id)
	p, err := record.Load(&tx.View, Passports, id)
	if err != nil {
		return err
	}
	var found []*fault.Error
	if on > tx.ValidOn {
		found = append(found, fault.At("lost_on", "passports.passport.lost_when", nil))
	}
	if loss.Empty() {
		found = append(found, fault.At("loss", "passports.passport.needs_loss", nil))
	}
	if err := fault.Join(found); err != nil {
		return err
	}
	why := strings.Join(loss.All(), " / ")
	loan := p.Loan
	p.State, p.LostOn, p.Loss, p.Police = "lost", on, loss, police
	if err := record.Save(tx, Passports, p, record.How{Why: why}); err != nil || loan == "" {
		return err
	}
	l, err := record.Load(&tx.View, Loans, loan)
	if err != nil {
		return err
	}
	l.State, l.LostOn = "lost", on
	return record.Save(tx, Loans, l, record.How{Why: why})
}
