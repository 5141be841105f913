package services

import (
	"slices"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// carrying ties the types to each other. It stands apart from their declarations because each hook reads the others.
func carrying(kinds ...*record.Kind) []*record.Kind {
	Requests.Before(fillRequest)
	Answers.Before(fillAnswer).Then(answered)
	return kinds
}

func missing(err error) bool { return fault.KindOf(err) == fault.Missing }

// fillRequest takes the day of the answer from the answers, and the due day from the promise of the service when nobody
// set one.
func fillRequest(v *store.View, q *Request) error {
	q.Answered, q.Taken = clock.Open, record.Num{}
	if q.ID != "" {
		all, err := record.Select(v, Answers, "WHERE x.request = ? AND x.kind <> 'interim' ORDER BY x.given, x.id", q.ID)
		if err != nil {
			return err
		}
		if len(all) > 0 {
			q.Answered = all[0].Given
			days := float64(q.Answered - q.Received)
			if q.Waited.Set {
				days -= q.Waited.Value // the clock stands while the asker is asked
			}
			q.Taken = record.N(max(0, days))
		}
	}
	if q.Due < clock.Open || q.Received >= clock.Open {
		return nil
	}
	s, err := record.Load(v, Offers, q.Service)
	if err != nil {
		if missing(err) {
			return nil
		}
		return err
	}
	if s.Days.Set {
		q.Due = q.Received + clock.Day(s.Days.Value)
	}
	return nil
}

func fillAnswer(v *store.View, a *Answer) error {
	q, err := record.Load(v, Requests, a.Request)
	if err != nil {
		if missing(err) {
			return nil
		}
		return err
	}
	a.Service = q.Service
	return nil
}

// answered brings the day of an answer to its request.
func answered(tx *store.Tx, a *Answer) error {
	q, err := record.Load(&tx.View, Requests, a.Request)
	if err != nil {
		if missing(err) {
			return nil
		}
		return err
	}
	before := *q
	if err := fillRequest(&tx.View, q); err != nil {
		return err
	}
	if before.Answered == q.Answered && before.Taken == q.Taken {
		return nil
	}
	return record.Save(tx, Requests, q, record.How{})
}

// Open tells whether a request still waits for its answer.
func (q *Request) Open() bool {
	return q.State == "received" || q.State == "in_hand" || q.State == "waiting"
}

// Late tells whether a request is past its day: open on the day, or answered after it.
func (q *Request) Late(on clock.Day) bool {
	last := q.Due
	if q.Waited.Set && last < clock.Open {
		last += clock.Day(q.Waited.Value)
	}
	if last >= clock.Open {
		return false
	}
	if q.Answered < clock.Open {
		return q.Answered > last
	}
	return q.Open() && on > last
}

// Times is how one service keeps its promise.
type Times struct {
	Offer    *Offer
	Requests []*Request // the latest first
	Answers  map[string][]*Answer
	Open     int
	Late     int // open or answered after its day
	Answered int
	Median   float64
	Longest  float64
}

// reckon adds up the times of the requests.
func (t *Times) reckon(on clock.Day) {
	var days []float64
	for _, q := range t.Requests {
		if q.Open() {
			t.Open++
		}
		if q.Late(on) {
			t.Late++
		}
		if q.Taken.Set {
			t.Answered++
			days = append(days, q.Taken.Value)
		}
	}
	if len(days) == 0 {
		return
	}
	slices.Sort(days)
	n := len(days)
	t.Median = (days[(n-1)/2] + days[n/2]) / 2
	t.Longest = days[n-1]
}

// ReadTimes reads one service.
func ReadTimes(v *store.View, id string) (t Times, err error) {
	defer fault.Wrap(&err, "reading the times of service %s", id)
	if t.Offer, err = record.Load(v, Offers, id); err != nil {
		return t, err
	}
	if t.Requests, err = record.Select(v, Requests, "WHERE x.service = ? ORDER BY x.received DESC, x.id", id); err != nil {
		return t, err
	}
	all, err := record.Select(v, Answers, "WHERE x.service = ? ORDER BY x.given, x.id", id)
	if err != nil {
		return t, err
	}
	t.Answers = map[string][]*Answer{}
	for _, a := range all {
		t.Answers[a.Request] = append(t.Answers[a.Request], a)
	}
	t.reckon(v.ValidOn)
	return t, nil
}

// ReadDesk reads all services with their times.
func ReadDesk(v *store.View) (out []Times, err error) {
	defer fault.Wrap(&err, "reading the services")
	offers, err := record.Select(v, Offers, "ORDER BY x.code, x.id")
	if err != nil {
		return nil, err
	}
	requests, err := record.Select(v, Requests, "ORDER BY x.due, x.id")
	if err != nil {
		return nil, err
	}
	of := map[string][]*Request{}
	for _, q := range requests {
		of[q.Service] = append(of[q.Service], q)
	}
	for _, s := range offers {
		t := Times{Offer: s, Requests: of[s.ID]}
		t.reckon(v.ValidOn)
		out = append(out, t)
	}
	return out, nil
}
