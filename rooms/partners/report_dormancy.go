package partners

import (
	"slices"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Contact is a post on the partner's side, and who holds it as of the View.
type Contact struct {
	Body, Post Named
	Holder     *Named // nil when nobody is known to hold it
	Since      clock.Day
}

// Heartbeat is one line of the dormancy list.
type Heartbeat struct {
	Tie          *Tie
	Own, Partner Named
	Country      translate.Text
	Verdict
	Contacts []Contact
	Next     *Occasion
}

// Dormancy is the ties that exchanges should keep alive, as of a View, with the answer for each.
type Dormancy struct {
	Day    clock.Day
	Counts map[Pulse]int
	Lines  []Heartbeat // the most pressing first, then the longest without an exchange
	// Logs are the statements of completeness that there are.
	Logs []*ExchangeLog
}

// ReadDormancy judges every tie as of the View. A filter of pulses limits the lines, not the counts.
func ReadDormancy(v *store.View, p *rules.Pack, only ...Pulse) (d Dormancy, err error) {
	defer fault.Wrap(&err, "reading dormancy")
	d = Dormancy{Day: v.ValidOn, Counts: map[Pulse]int{}}
	ties, err := record.Select(v, Ties, "WHERE x.state IN ("+marks(len(alive))+") ORDER BY x.id", anys(alive)...)
	if err != nil {
		return d, err
	}
	byTie, err := exchangesOf(v, nil)
	if err != nil {
		return d, err
	}
	if d.Logs, err = record.Select(v, ExchangeLogs, "ORDER BY x.id"); err != nil {
		return d, err
	}
	var places, lands []string
	for _, t := range ties {
		b := Heartbeat{Tie: t, Verdict: judge(dormancyRule(p, t.Kind, v.ValidOn), t, byTie[t.ID], d.Logs, v.ValidOn)}
		d.Counts[b.Pulse]++
		if len(only) > 0 && !slices.Contains(only, b.Pulse) {
			continue
		}
		if next := occasions(p, t, byTie[t.ID], v.ValidOn); len(next) > 0 {
			b.Next = &next[0]
		}
		d.Lines = append(d.Lines, b)
		places, lands = append(places, t.OwnPlace, t.Partner), append(lands, t.Country)
	}
	a, err := readAtlas(v, places, lands)
	if err != nil {
		return d, err
	}
	contacts, err := contactsAt(v, places)
	if err != nil {
		return d, err
	}
	for i := range d.Lines {
		b := &d.Lines[i]
		b.Own, b.Partner = Named{b.Tie.OwnPlace, a.name(b.Tie.OwnPlace)}, Named{b.Tie.Partner, a.name(b.Tie.Partner)}
		b.Country, b.Contacts = a.land(b.Tie.Country), contacts[b.Tie.Partner]
	}
	slices.SortStableFunc(d.Lines, func(a, b Heartbeat) int {
		if a.Pulse != b.Pulse {
			return slices.Index(Pulses, a.Pulse) - slices.Index(Pulses, b.Pulse)
		}
		return int(a.lastDay() - b.lastDay())
	})
	return d, nil
}

func (h *Heartbeat) lastDay() clock.Day {
	if h.Last == nil {
		return 0
	}
	return h.Last.Day.Latest()
}

// exchangesOf reads the exchanges of a tie, or of all ties, newest first.
func exchangesOf(v *store.View, tie *string) (map[string][]*Exchange, error) {
	tail, args := "ORDER BY x.day DESC, x.id", []any{}
	if tie != nil {
		tail, args = "WHERE x.tie = ? "+tail, append(args, *tie)
	}
	all, err := record.Select(v, Exchanges, tail, args...)
	out := map[string][]*Exchange{}
	for _, e := range all {
		out[e.Tie] = append(out[e.Tie], e)
	}
	return out, err
}

// contactsAt reads the posts at places, with who is known to hold them.
func contactsAt(v *store.View, places []string) (out map[string][]Contact, err error) {
	defer fault.Wrap(&err, "reading contacts")
	out = map[string][]Contact{}
	seen := map[string]bool{}
	for _, p := range places {
		seen[p] = true
	}
	for part := range batches(keys(seen)) {
		rows, err := v.Query(`SELECT b.place, b.id, b.label, p.id, p.label, coalesce(h.valid_from, -1073741824), coalesce(n.id, ''), coalesce(n.label, '')
FROM {body} b JOIN {post} p ON p.body = b.id
LEFT JOIN {holding} h ON h.post = p.id LEFT JOIN {person} n ON n.id = h.person
WHERE b.place IN (`+marks(len(part))+`) ORDER BY b.id, p.id, n.id`, anys(part)...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var c Contact
			var place, body, post, person, name string
			var since int64
			if err := rows.Scan(&place, &c.Body.ID, &body, &c.Post.ID, &post, &since, &person, &name); err != nil {
				rows.Close()
				return nil, err
			}
			if c.Body.Name, err = translate.ParseText(body); err == nil {
				c.Post.Name, err = translate.ParseText(post)
			}
			if err == nil && person != "" {
				c.Holder, c.Since = &Named{ID: person}, clock.Day(since)
				c.Holder.Name, err = translate.ParseText(name)
			}
			if err != nil {
				rows.Close()
				return nil, err
			}
			out[place] = append(out[place], c)
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
