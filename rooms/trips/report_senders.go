package trips

import (
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// SenderOf is the unit that sends a member: the one named, or the member's own.
func SenderOf(m *Member, p *Traveller) string {
	if m.Sender != "" || p == nil {
		return m.Sender
	}
	return p.In
}

// sentBy gives the current members of a trip by the unit that sends them, those of the organiser left out, and the units
// in the order of their members.
func sentBy(v *store.View, t *Trip) (units []string, by map[string][]*Member, err error) {
	by = map[string][]*Member{}
	err = store.AsProgram(v, program, func() error {
		members, err := record.Select(v, Members, "WHERE x.trip = ? AND x.state = 'current' ORDER BY x.number, x.id", t.ID)
		if err != nil {
			return err
		}
		for _, m := range members {
			p, err := record.Load(v, Travellers, m.Traveller)
			if err != nil && fault.KindOf(err) != fault.Missing {
				return err
			}
			u := SenderOf(m, p)
			if u == "" || u == t.Organiser {
				continue
			}
			if !slices.Contains(units, u) {
				units = append(units, u)
			}
			by[u] = append(by[u], m)
		}
		return nil
	})
	return units, by, err
}

// Senders are the units that send somebody to a trip, besides its organiser.
func Senders(v *store.View, t *Trip) ([]string, error) {
	units, _, err := sentBy(v, t)
	return units, err
}

// Asking is a trip for which a unit is to confirm its people.
type Asking struct {
	Trip, Unit string
	Title      translate.Text
	Exit       clock.Day
}

// Unconfirmed lists what some units are to confirm: approved trips on which people of theirs go and are not confirmed yet.
func Unconfirmed(v *store.View, units []string) (out []Asking, err error) {
	defer fault.Wrap(&err, "reading what is to be confirmed")
	if len(units) == 0 {
		return nil, nil
	}
	args := make([]any, len(units))
	for i, u := range units {
		args[i] = u
	}
	err = store.AsProgram(v, program, func() error {
		rows, err := v.Query("SELECT DISTINCT t.id, coalesce(nullif(x.sender, ''), p.in_unit) AS of_unit, t.title, t.exit_day FROM {tripmember} x JOIN {trip} t ON t.id = x.trip JOIN {traveller} p ON p.id = x.traveller "+
			"WHERE x.consent = 'asked' AND x.state = 'current' AND t.state IN ('approved', 'amendment_pending') AND coalesce(nullif(x.sender, ''), p.in_unit) IN (?"+strings.Repeat(", ?", len(units)-1)+") ORDER BY t.id", args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a Asking
			var title string
			var exit *int64
			if err := rows.Scan(&a.Trip, &a.Unit, &title, &exit); err != nil {
				return err
			}
			if a.Title, err = translate.ParseText(title); err != nil {
				return err
			}
			if a.Exit = clock.Open; exit != nil {
				a.Exit = clock.Day(*exit)
			}
			out = append(out, a)
		}
		return rows.Err()
	})
	return out, err
}

// AskedOf notes that a unit was asked for its people. What it said before, and those who were confirmed, stay.
func AskedOf(tx *store.Tx, tripID, unit string) error {
	return consent(tx, tripID, unit, "asked", func(was string) bool { return was == "" || was == "not_needed" })
}

// Confirmed notes what a unit said of its people: confirmed, or refused.
func Confirmed(tx *store.Tx, tripID, unit, says string) error {
	return consent(tx, tripID, unit, says, func(was string) bool { return was != says })
}

func consent(tx *store.Tx, tripID, unit, says string, when func(was string) bool) error {
	t, err := record.Load(&tx.View, Trips, tripID)
	if err != nil {
		return err
	}
	_, by, err := sentBy(&tx.View, t)
	if err != nil {
		return err
	}
	return store.AsProgram(&tx.View, program, func() error {
		for _, m := range by[unit] {
			if !when(m.Consent) {
				continue
			}
			m.Consent = says
			if err := record.Save(tx, Members, m, record.How{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Filed puts a paper that was made from the case into the file of a trip, so that the list of what is missing knows of it.
// A paper that the list does not ask for is left alone.
func Filed(tx *store.Tx, tripID, kind, number string, file record.Doc, title translate.Text) error {
	if !slices.Contains(Papers, kind) {
		return nil
	}
	return store.AsProgram(&tx.View, program, func() error {
		t, err := record.Load(&tx.View, Trips, tripID)
		if err != nil {
			return err
		}
		have, err := record.Select(&tx.View, Documents, "WHERE x.trip = ? AND x.kind = ? ORDER BY x.id LIMIT 1", tripID, kind)
		if err != nil {
			return err
		}
		d := Documents.New()
		d.Unit, d.Level, d.Sample, d.Trip, d.Kind, d.Title = t.Unit, t.Level, t.Sample, tripID, kind, title
		if len(have) > 0 {
			d = have[0]
		}
		d.State, d.File, d.Number, d.Day = "got", file, number, tx.ValidOn
		return record.Save(tx, Documents, d, record.How{})
	})
}
