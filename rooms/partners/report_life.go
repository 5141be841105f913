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

// Said is one claim with the source it comes from, fit to be shown.
type Said struct {
	record.Claim
	Title   translate.Text // of the source; nil when it is not on record
	Address string
	Shown   translate.Text // the name of the record a claimed reference means; nil otherwise
}

// Contest is what sources say of one field, the preferred claim first.
type Contest struct {
	Field   string
	Claims  []Said
	Differ  bool // two of them say different things
	Settled bool // one is preferred
}

// Life is one tie with all that hangs on it.
type Life struct {
	Tie     *Tie   // as of the View's day, or else the version nearest before it, or the first
	Holds   bool   // a version holds on the day
	Stages  []*Tie // every version held at the View's instant, the oldest first
	Own     Named
	Partner Named
	Country translate.Text
	Parties []Named

	Exchanges  []*Exchange  // newest first
	Agreements []*Agreement // newest first
	Contests   []Contest
	Sources    []Said // what the record as a whole rests on
	Verdict    Verdict
	Next       []Occasion
	Contacts   []Contact

	SameOwn, SamePartner, SameCountry []*Tie // other ties that hold on the day
}

// ReadLife reads one tie's life as known at the View's instant.
func ReadLife(v *store.View, p *rules.Pack, id string) (l Life, err error) {
	defer fault.Wrap(&err, "reading the life of tie %s", id)
	recs, err := Ties.SelectKnown(v, "WHERE x.id = ? ORDER BY coalesce(x.valid_from, -1073741824)", id)
	if err != nil {
		return l, err
	}
	if len(recs) == 0 {
		return l, fault.New(fault.Missing, "store.missing", nil)
	}
	for _, r := range recs {
		t := r.(*Tie)
		l.Stages = append(l.Stages, t)
		if l.Tie == nil || t.From <= v.ValidOn {
			l.Tie, l.Holds = t, t.From <= v.ValidOn && v.ValidOn < t.To
		}
	}
	t := l.Tie
	byTie, err := exchangesOf(v, &id)
	if err != nil {
		return l, err
	}
	l.Exchanges = byTie[id]
	if l.Agreements, err = record.Select(v, Agreements, "WHERE x.tie = ? ORDER BY x.signed DESC, x.id", id); err != nil {
		return l, err
	}
	logs, err := record.Select(v, ExchangeLogs, "ORDER BY x.id")
	if err != nil {
		return l, err
	}
	l.Verdict = Verdict{Pulse: NoRule, Falls: clock.Open}
	if l.Holds && slices.Contains(alive, t.State) {
		l.Verdict = judge(dormancyRule(p, t.Kind, v.ValidOn), t, l.Exchanges, logs, v.ValidOn)
	}
	l.Next = occasions(p, t, l.Exchanges, v.ValidOn)
	if err := l.neighbours(v); err != nil {
		return l, err
	}
	places := []string{t.OwnPlace, t.Partner}
	for _, q := range t.Parties {
		places = append(places, q.Place)
	}
	for _, c := range t.Claims {
		if f := Ties.Field(c.Field); f != nil && f.To == "place" {
			places = append(places, c.Value)
		}
	}
	a, err := readAtlas(v, places, []string{t.Country})
	if err != nil {
		return l, err
	}
	l.Own, l.Partner, l.Country = Named{t.OwnPlace, a.name(t.OwnPlace)}, Named{t.Partner, a.name(t.Partner)}, a.land(t.Country)
	for _, q := range t.Parties {
		l.Parties = append(l.Parties, Named{q.Place, a.name(q.Place)})
	}
	contacts, err := contactsAt(v, []string{t.Partner})
	if err != nil {
		return l, err
	}
	l.Contacts = contacts[t.Partner]
	if l.Contests, err = contests(v, Ties.Kind, &t.Head); err != nil {
		return l, err
	}
	l.Sources, err = sourcesOf(v, &t.Head)
	return l, err
}

// neighbours reads the other ties of the same places and country that hold on the day.
func (l *Life) neighbours(v *store.View) error {
	t := l.Tie
	ties, err := record.Select(v, Ties, "WHERE x.id <> ? AND (x.own = ? OR x.partner = ? OR x.country = ?) ORDER BY x.signed DESC, x.id LIMIT 500",
		t.ID, t.OwnPlace, t.Partner, t.Country)
	for _, o := range ties {
		switch {
		case o.Partner == t.Partner:
			l.SamePartner = append(l.SamePartner, o)
		case o.OwnPlace == t.OwnPlace:
			l.SameOwn = append(l.SameOwn, o)
		default:
			l.SameCountry = append(l.SameCountry, o)
		}
	}
	return err
}

// contests groups a record's claims by field and names their sources.
func contests(v *store.View, k *record.Kind, h *record.Head) ([]Contest, error) {
	titles, err := titlesOf(v, claimed(h))
	if err != nil {
		return nil, err
	}
	refs, err := meant(v, k, h)
	if err != nil {
		return nil, err
	}
	var out []Contest
	for _, c := range h.Claims {
		if slices.ContainsFunc(out, func(o Contest) bool { return o.Field == c.Field }) {
			continue
		}
		x := Contest{Field: c.Field}
		for _, c := range h.ClaimsOn(c.Field) {
			s := Said{Claim: c, Shown: refs[c.Value]}
			if src := titles[c.Source]; src != nil {
				s.Title, s.Address = src.Title, src.Location
			}
			x.Differ = x.Differ || len(x.Claims) > 0 && x.Claims[0].Value != c.Value
			x.Settled = x.Settled || c.Preferred
			x.Claims = append(x.Claims, s)
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Contest) int {
		switch {
		case a.Differ == b.Differ:
			return 0
		case a.Differ:
			return -1
		}
		return 1
	})
	return out, nil
}

func claimed(h *record.Head) []string {
	seen := map[string]bool{}
	for _, c := range h.Claims {
		if c.Source != "" {
			seen[c.Source] = true
		}
	}
	return keys(seen)
}

// meant names the places that claimed references mean.
func meant(v *store.View, k *record.Kind, h *record.Head) (map[string]translate.Text, error) {
	seen := map[string]bool{}
	for _, c := range h.Claims {
		if f := k.Field(c.Field); f != nil && f.Kind == record.KindRef && f.To == "place" && c.Value != "" {
			seen[c.Value] = true
		}
	}
	return Places.Labels(v, keys(seen))
}

// titlesOf reads sources by id; what this person may not see is left out.
func titlesOf(v *store.View, ids []string) (map[string]*record.Source, error) {
	out := map[string]*record.Source{}
	for part := range batches(ids) {
		all, err := record.Select(v, record.Sources, "WHERE x.id IN ("+marks(len(part))+")", anys(part)...)
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			out[s.ID] = s
		}
	}
	return out, nil
}

// sourcesOf names the sources of a record.
func sourcesOf(v *store.View, h *record.Head) ([]Said, error) {
	titles, err := titlesOf(v, h.Sources)
	if err != nil {
		return nil, err
	}
	var out []Said
	for _, id := range h.Sources {
		s := Said{Claim: record.Claim{Source: id}}
		if src := titles[id]; src != nil {
			s.Title, s.Address, s.Quality, s.Day = src.Title, src.Location, src.Quality, src.Day
		}
		out = append(out, s)
	}
	return out, nil
}
