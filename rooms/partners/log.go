package partners

import (
	"slices"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// ExchangeLog is a unit's word that its register of exchanges, and that of the units below it, is complete for some
// days. Until a unit has given it, that no exchange is on record says nothing about the tie.
type ExchangeLog struct {
	record.Head
	Period record.Days // both ends included
	Note   translate.Text
}

// ExchangeLogs is the type of these statements. A statement is about the unit that owns it, so that nobody can give
// another unit's word.
var ExchangeLogs = record.Define("partners", "exchangelog", func(l *ExchangeLog) *record.Head { return &l.Head },
	record.Span("period", func(l *ExchangeLog) *record.Days { return &l.Period }),
	record.I18n("note", func(l *ExchangeLog) *translate.Text { return &l.Note }).Search().List(),
).At("/partners/exchange-logs", "clip").
	LabelBy(func(l *ExchangeLog) translate.Text {
		from, to := l.Period.From.String(), l.Period.To.String()
		return translate.Text{"zh": from + "—" + to, "en": from + " – " + to}
	})

// owner is the id of the unit a record belongs to: the end of its path, or what was entered where no tree is known.
func owner(h *record.Head) string {
	for _, u := range slices.Backward(h.Path[:]) {
		if u != "" {
			return u
		}
	}
	return h.Unit
}

// covers tells whether the statement speaks for a record's owner: the same unit, or one below.
func (l *ExchangeLog) covers(h *record.Head) bool {
	own := owner(&l.Head)
	return own == owner(h) || slices.Contains(h.Path[:], own)
}

// complete tells whether statements about a record's owner cover every day after from up to and with to.
func complete(logs []*ExchangeLog, h *record.Head, from, to clock.Day) bool {
	for next := from + 1; next <= to; {
		reach := next
		for _, l := range logs {
			if l.covers(h) && l.Period.From <= next && l.Period.To >= reach {
				reach = l.Period.To + 1
			}
		}
		if reach == next {
			return false
		}
		next = reach
	}
	return true
}
