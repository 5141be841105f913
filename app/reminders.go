package app

import (
	"context"
	"errors"
	"net/mail"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/deadline"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/post"
	"yunqiao/kernel/record"
	"yunqiao/kernel/remind"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/commitments"
	"yunqiao/rooms/notices"
	"yunqiao/rooms/trips"
)

// bindReminders makes the desk that tells people what is due: steps of approvals, deadlines, and what was promised.
func (a *App) bindReminders() (err error) {
	d := &remind.Desk{Store: a.Store, Book: a.Book, Calendar: a.Days.Of(workingDays), Office: a.Pack.Name, Site: strings.TrimSuffix(a.Config.Site, "/"),
		People: a.Tree.Everyone, Instead: standIns,
		Sources: []remind.Source{{Name: "notice", Due: func(*store.View, clock.Day) ([]remind.Item, error) { return nil, nil }, Open: openOf(notices.Notices.Kind, "x.state = 'issued'")},
			{Name: "step", Due: dueSteps, Open: openOf(approval.Steps.Kind, "x.state = 'open'")},
			{Name: "deadline", Due: a.dueDeadlines, Open: openOf(deadline.Deadlines.Kind, "x.state = 'waiting'")},
			{Name: "obligation", Due: dueObligations, Open: openOf(commitments.Obligations.Kind, owed)}}}
	if d.Settled, err = remind.Load(a.Pack.Files, "reminders.toml"); err != nil {
		return err
	}
	d.Post = MailServer(a.Config, a.Pack.Name)
	d.Register(a.Jobs)
	a.Reminders = d
	return nil
}

// MailServer is the mail server of the settings, in the name of an office; nil when there is none.
func MailServer(c Config, office translate.Text) *post.Server {
	if c.MailServer == "" {
		return nil
	}
	return &post.Server{Address: c.MailServer, Safety: c.MailSafety, From: mail.Address{Name: office.Show("zh"), Address: c.MailFrom}, User: c.MailUser, Password: c.MailPassword}
}

// openOf tells which records of a type still meet a condition.
func openOf(k *record.Kind, cond string) func(v *store.View, ids []string) (map[string]bool, error) {
	return func(v *store.View, ids []string) (map[string]bool, error) {
		out := map[string]bool{}
		err := store.AsProgram(v, "reminders", func() error {
			for some := range slices.Chunk(ids, 200) {
				args := make([]any, len(some))
				for i, id := range some {
					args[i] = id
				}
				rows, err := v.Query("SELECT x.id FROM {"+k.Name+"} x WHERE x.id IN ("+strings.Repeat("?, ", len(some)-1)+"?) AND "+cond, args...)
				if err != nil {
					return err
				}
				for rows.Next() {
					var id string
					if err := rows.Scan(&id); err != nil {
						return err
					}
					out[id] = true
				}
				if err := rows.Close(); err != nil {
					return err
				}
			}
			return nil
		})
		return out, err
	}
}

// standIns tells for each member of staff who acts for them on the day.
func standIns(v *store.View) (map[string][]string, error) {
	list, err := record.Select(v, approval.StandIns, "WHERE x.first_day <= ? AND x.last_day >= ? ORDER BY x.id", int64(v.ValidOn), int64(v.ValidOn))
	out := map[string][]string{}
	for _, s := range list {
		out[s.For] = append(out[s.For], s.By)
	}
	return out, err
}

// dueSteps are the steps of approvals that are open.
func dueSteps(v *store.View, until clock.Day) (out []remind.Item, err error) {
	defer fault.Wrap(&err, "reading the steps that are due")
	rows, err := v.Query(`SELECT x.id, x.due, x.due_how, x.at_unit, x.seat, x.person, x.kind, c.id, c.title, c.barred, c.opener FROM {circuitstep} x JOIN {circuit} c ON c.id = x.circuit
WHERE x.state = 'open' AND x.due <= ? ORDER BY x.due, x.id`, int64(until))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var it remind.Item
		var how, title string
		c, s := &approval.Circuit{}, &approval.Step{}
		if err := rows.Scan(&it.ID, &it.Due, &how, &it.Unit, &it.Role, &it.Person, &s.Kind, &c.ID, &title, &c.Barred, &c.Opener); err != nil {
			return nil, err
		}
		if it.Title, err = translate.ParseText(title); err != nil {
			return nil, err
		}
		if it.How, err = translate.ParseText(how); err != nil {
			return nil, err
		}
		it.Href = approval.Circuits.URL() + "/" + c.ID
		it.Barred = strings.Fields(c.Barred)
		if c.Bars(s, c.Opener) {
			it.Barred = append(it.Barred, c.Opener)
		}
		out = append(out, it)
	}
	return out, rows.Err()
}

// dueDeadlines are the deadlines that wait.
func (a *App) dueDeadlines(v *store.View, until clock.Day) (out []remind.Item, err error) {
	list, err := record.Select(v, deadline.Deadlines, "WHERE x.state = 'waiting' AND x.due <= ? ORDER BY x.due, x.id", int64(until))
	for _, d := range list {
		it := remind.Item{ID: d.ID, Title: d.Title, How: d.How, Due: d.Due, Unit: d.Holder, Person: d.Person, Href: deadline.Deadlines.URL() + "/" + d.ID}
		if k := Types.Kind(d.SourceKind); k != nil {
			it.Href = k.URL() + "/" + d.Source
		}
		out = append(out, it)
	}
	return out, err
}

// owed are the obligations of our own that run.
const owed = "x.state IN ('running', 'partly') AND x.holder <> 'theirs'"

// dueObligations are the promises of our own that are to be kept.
func dueObligations(v *store.View, until clock.Day) (out []remind.Item, err error) {
	return items(record.Select(v, commitments.Obligations, "WHERE "+owed+" AND x.due <= ? ORDER BY x.due, x.id", int64(until)))
}

func items(list []*commitments.Obligation, err error) (out []remind.Item, _ error) {
	for _, o := range list {
		it := remind.Item{ID: o.ID, Title: o.Title, Due: o.Due, Unit: o.Lead, Href: commitments.Obligations.URL() + "/" + o.ID, How: translate.Text{}}
		if o.Latest.Known() {
			it.Due = o.Latest
		}
		if it.Unit == "" {
			it.Unit = o.Unit
		}
		for _, l := range translate.Staff {
			it.How[l] = o.Reckoning
		}
		out = append(out, it)
	}
	return out, err
}

// owedBy are the promises of our own that lie with some units and are due within a month, or late.
func owedBy(v *store.View, units []string) ([]remind.Item, error) {
	if len(units) == 0 {
		return nil, nil
	}
	args := []any{int64(v.ValidOn + 31)}
	for range 2 {
		for _, u := range units {
			args = append(args, u)
		}
	}
	in := "(?" + strings.Repeat(", ?", len(units)-1) + ")"
	return items(record.Select(v, commitments.Obligations, "WHERE "+owed+" AND x.due <= ? AND (x.lead IN "+in+" OR x.lead = '' AND x.unit IN "+in+") ORDER BY x.due, x.id LIMIT 50", args...))
}

// asked are, besides what is owed, the joint groups for which some units are to confirm their people before they leave.
func (a *App) asked(v *store.View, units []string) ([]remind.Item, error) {
	out, err := owedBy(v, units)
	if err != nil {
		return nil, err
	}
	confirm, err := trips.Unconfirmed(v, units)
	for _, x := range confirm {
		out = append(out, remind.Item{ID: x.Trip, Unit: x.Unit, Title: x.Title, What: a.both("app.due.confirm"), Due: x.Exit, Href: trips.Trips.URL() + "/" + x.Trip + "#joint"})
	}
	return out, err
}

// tellOpener tells whoever filed a case what became of it.
func (a *App) tellOpener(tx *store.Tx, o approval.Outcome) error {
	kind := map[approval.Event]string{approval.Returned: remind.KindReturned, approval.Approved: remind.KindApproved, approval.Refused: remind.KindRefused}[o.Event]
	if kind == "" {
		return nil
	}
	c, err := record.Load(&tx.View, approval.Circuits, o.Circuit)
	if err != nil || c.Opener == "" {
		return err
	}
	return a.Reminders.Tell(tx, remind.Message{Staff: c.Opener, Kind: kind, Mark: kind + "/" + c.VID, Title: c.Title,
		Lines: []remind.Line{{Part: remind.Own, Title: c.Title, Due: clock.Open, Href: approval.Circuits.URL() + "/" + c.ID}}})
}

// tellRunsOut asks those who brought a notice out, and who acts for them, what is to become of it before it runs out: once, and by
// mail only while it still holds unchanged.
func (a *App) tellRunsOut(tx *store.Tx, n *notices.Notice) error {
	away, err := standIns(&tx.View)
	if err != nil {
		return err
	}
	asked := map[string]bool{"": true}
	for _, who := range append([]string{n.Proposer, n.Second}, append(away[n.Proposer], away[n.Second]...)...) {
		if asked[who] {
			continue
		}
		asked[who] = true
		err := a.Reminders.Tell(tx, remind.Message{Staff: who, Kind: remind.KindRunsOut, Mark: "runs_out/" + n.ID, Title: n.Title,
			Lines: []remind.Line{{Part: remind.Own, Item: "notice/" + n.ID, Title: n.Title, Due: a.Store.Clock.DayOf(n.Until().UnixMilli()), Href: n.URL()}}})
		if err != nil {
			return err
		}
	}
	return nil
}

// tellUrged tells those whose turn it is that somebody urges, once a day.
func (a *App) tellUrged(tx *store.Tx, c *approval.Circuit, s *approval.Step) error {
	people, err := a.Tree.Everyone(&tx.View)
	if err != nil {
		return err
	}
	away, err := standIns(&tx.View)
	if err != nil {
		return err
	}
	it := remind.Item{Unit: s.At, Role: s.Seat, Person: s.Person, Barred: strings.Fields(c.Barred)}
	for _, who := range remind.Whose(it, people, away) {
		err := a.Reminders.Tell(tx, remind.Message{Staff: who, Kind: remind.KindUrged, Mark: "urged/" + s.ID + "/" + tx.ValidOn.String(), Title: c.Title,
			Lines: []remind.Line{{Part: remind.Own, Item: "step/" + s.ID, Title: c.Title, How: s.DueHow, Due: s.Due, Href: approval.Circuits.URL() + "/" + c.ID}}})
		if err != nil {
			return err
		}
	}
	return nil
}

// redate puts right what was reckoned while the clock of the machine was wrong.
func redate(ctx context.Context, c *call) error {
	from, err := clock.ParseDay(c.val("from"))
	to, err2 := clock.ParseDay(c.val("to"))
	by, err3 := strconv.Atoi(c.val("by"))
	if err := errors.Join(err, err2, err3); err != nil {
		return fault.Because(err, fault.Invalid, "app.redate.wants", nil)
	}
	return c.own(ctx, func(a *App) error {
		n, err := a.Redate(ctx, from, to, by)
		if err != nil {
			return err
		}
		return c.answer(map[string]any{"steps": n}, c.Say("app.redate.done", "count", n))
	})
}

// Redate puts right the steps that opened on days which the clock had wrong, and gives their number.
func (a *App) Redate(ctx context.Context, from, to clock.Day, by int) (n int, err error) {
	err = a.Store.Update(ctx, access.Program("approval"), func(tx *store.Tx) (err error) {
		n, err = a.Approvals.Redate(tx, from, to, by, func(l translate.Lang, was clock.Day) string {
			return a.Book.Say(l, "app.redate.note", "day", was.String())
		})
		return err
	})
	return n, err
}

// beginReminders brings days up to date and asks for the next round of reminders.
func (a *App) beginReminders(ctx context.Context) error {
	if err := a.Store.Update(ctx, access.Program("deadlines"), func(tx *store.Tx) error { _, err := a.Deadlines.Recount(tx); return err }); err != nil {
		return err
	}
	return a.Reminders.Begin(ctx)
}
