package notices

import (
	"slices"
	"strings"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// lateAcks counts the acknowledgements that were due before an instant and did not come.
func lateAcks(v *store.View, now int64) (int, error) {
	var n int64
	err := v.One("SELECT count(*) FROM {noticeack} x WHERE x.given IS NULL AND x.due < ?", []any{float64(now)}, &n)
	return int(n), err
}

// Asked is an office that was asked to acknowledge, with the link that is shown once.
type Asked struct {
	Partner *Partner
	Link    string
}

// usual is within how many hours an office acknowledges for which nothing else was agreed.
const usual = 2

// Unasked lists the current offices that were not asked yet to say that they have a notice.
func Unasked(v *store.View, notice string) (out []*Partner, err error) {
	all, err := record.Select(v, Partners, "WHERE x.state = 'current' ORDER BY x.party, x.id")
	if err != nil {
		return nil, err
	}
	given, err := AcksOf(v, notice)
	for _, p := range all {
		if !slices.ContainsFunc(given, func(a *Acknowledgement) bool { return a.Partner == p.ID }) {
			out = append(out, p)
		}
	}
	return out, err
}

// Ask asks current offices that were not asked yet to say that they have a notice, each by a link of its own: those that
// were chosen, or every one when to is nil.
func (d *Desk) Ask(tx *store.Tx, id string, to []string) (out []Asked, err error) {
	n, err := load(&tx.View, id, false)
	if err != nil {
		return nil, err
	}
	if n.Message == "" {
		return nil, fault.New(fault.Invalid, "notices.not_issued", nil)
	}
	all, err := Unasked(&tx.View, id)
	if err != nil {
		return nil, err
	}
	sent, _, err := alert.Read([]byte(n.Message))
	if err != nil {
		return nil, err
	}
	err = asRoom(tx, func() error {
		for _, p := range all {
			if to != nil && !slices.Contains(to, p.ID) {
				continue
			}
			token, hours := clock.Secret(20), float64(usual)
			if p.Hours.Set && p.Hours.Value > 0 {
				hours = p.Hours.Value
			}
			a := Acknowledgements.New()
			a.Unit, a.Level, a.Sample, a.Notice, a.Partner, a.Digest = n.Unit, n.Level, n.Sample, n.ID, p.ID, digestOf([]byte(token))
			a.Asked, a.Due = record.N(float64(tx.Now)), record.N(float64(tx.Now)+hours*3_600_000)
			a.Title = translate.Text{}
			for _, l := range translate.Staff {
				a.Title[l] = n.Number + " · " + p.Name.Show(l)
			}
			a.Next = a.Due
			if err := record.Save(tx, Acknowledgements, a, record.How{}); err != nil {
				return err
			}
			if _, err := d.send(tx, p, sent, nil, n.ID, []byte(n.Message)); err != nil {
				return err
			}
			out = append(out, Asked{p, d.Web + "/ack/" + token})
		}
		return jobs.Later(tx, ChannelJob, tx.Now+tickPause)
	})
	return out, err
}

// AcksOf lists the acknowledgements of a notice, in the order in which the offices were asked.
func AcksOf(v *store.View, id string) ([]*Acknowledgement, error) {
	return record.Select(v, Acknowledgements, "WHERE x.notice = ? ORDER BY x.asked, x.id", id)
}

// ByLink finds what a link is for; Missing when it is none of ours.
func ByLink(v *store.View, token string) (*Acknowledgement, error) {
	all, err := record.Select(v, Acknowledgements, "WHERE x.digest = ?", digestOf([]byte(token)))
	if err == nil && len(all) == 0 {
		err = fault.New(fault.Missing, "notices.no_link", nil)
	}
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// Acknowledge notes that an office has a notice. The first time counts: a link that is followed again changes nothing.
func Acknowledge(tx *store.Tx, a *Acknowledgement, way, desk string) error {
	if a.Given.Set {
		return nil
	}
	a.Given, a.Way, a.By = record.N(float64(tx.Now)), way, strings.TrimSpace(desk)
	return asRoom(tx, func() error { return record.Save(tx, Acknowledgements, a, record.How{Act: record.ActCorrect}) })
}
