package alert

import (
	"slices"
	"time"
)

// State is what became of a message by some instant.
type State string

// The states. Cancelled and expired are two: one was taken back, the other ran out.
const (
	Coming    State = "coming" // not sent yet
	InForce   State = "in_force"
	Replaced  State = "replaced" // a later message says it anew
	Cancelled State = "cancelled"
	Expired   State = "expired"
	NoAlert   State = "no_alert" // a cancel, an acknowledgement, an error: it says nothing of its own
)

// StateAt is what a message is at an instant, from the messages alone: what a receiver of the feed can know.
func StateAt(m *Message, all []*Message, at time.Time) State {
	if m.Sent.After(at) {
		return Coming
	}
	if m.Type != "Alert" && m.Type != "Update" {
		return NoAlert
	}
	replaced := false
	for _, o := range all {
		if o.Sent.After(at) || o.Type != "Update" && o.Type != "Cancel" || o.Ref().Same(m.Ref()) ||
			!slices.ContainsFunc(o.References, m.Ref().Same) {
			continue
		}
		if o.Type == "Cancel" {
			return Cancelled
		}
		replaced = true
	}
	if replaced {
		return Replaced
	}
	if ends := m.Ends(); !ends.IsZero() && !at.Before(ends) {
		return Expired
	}
	return InForce
}

// Follow gives the references of the next message of a chain, told in the order in which it was sent: every earlier alert
// and update that has not run out, so that a receiver who missed one of them still knows what the next one ends. Where all
// have run out it is the last one, since a follower must name something.
func Follow(chain []*Message, at time.Time) []Ref {
	var out []Ref
	var last *Message
	for _, m := range chain {
		if m.Type != "Alert" && m.Type != "Update" {
			continue
		}
		last = m
		if ends := m.Ends(); ends.IsZero() || at.Before(ends) {
			out = append(out, m.Ref())
		}
	}
	if len(out) == 0 && last != nil {
		out = append(out, last.Ref())
	}
	return out
}
