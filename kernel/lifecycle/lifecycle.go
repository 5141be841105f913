// Package lifecycle declares the states of a record and the moves between them. What people decide is declared here;
// what machines report is computed elsewhere.
package lifecycle

import (
	"embed"
	"slices"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
)

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// Shade says how a state looks wherever it is shown: always a word and a shape, never colour alone.
type Shade string

// The shades of a state.
const (
	Draft   Shade = "draft"
	Running Shade = "run"
	Good    Shade = "ok"
	Waiting Shade = "wait"
	Bad     Shade = "bad"
)

// State is one state a record can be in. Its name is <room>.<type>.state.<key> in the phrase books.
type State struct {
	Key   string
	Shade Shade
}

// Move is a way from some states to one other. Its name is <room>.<type>.move.<verb>.
type Move struct {
	Verb   string
	From   []string
	To     string
	Roles  []access.Role // who may; empty = who may edit
	Reason bool          // a reason must be given
	Whole  bool          // of a dated type: without a day it holds for all the days of the version, not from today
	// Guard may refuse the move for this record; nil = none.
	Guard func(rec any) error
}

// Life is the states of a type and the moves between them. A record may be entered in any of its states, because a
// register takes over what already happened; from then on its state changes by moves, or by a correction.
type Life struct {
	States []State
	Moves  []Move
}

// Has tells whether a state is declared.
func (l *Life) Has(state string) bool {
	return slices.ContainsFunc(l.States, func(s State) bool { return s.Key == state })
}

// Whole tells whether a move holds for all the days of a version unless a day is given.
func (l *Life) Whole(verb string) bool {
	return slices.ContainsFunc(l.Moves, func(m Move) bool { return m.Verb == verb && m.Whole })
}

// Drafting tells whether a state is one of being written: a move leads out of it that holds for all the days of the version.
func (l *Life) Drafting(state string) bool {
	return slices.ContainsFunc(l.Moves, func(m Move) bool { return m.Whole && slices.Contains(m.From, state) })
}

// First is the state a new record is in when nothing else is said.
func (l *Life) First() string { return l.States[0].Key }

// Shade gives the look of a state.
func (l *Life) Shade(state string) Shade {
	for _, s := range l.States {
		if s.Key == state {
			return s.Shade
		}
	}
	return Draft
}

// From lists the moves that lead out of a state and that the person may make.
func (l *Life) From(state string, who access.Who) []Move {
	var out []Move
	for _, m := range l.Moves {
		if slices.Contains(m.From, state) && (len(m.Roles) == 0 || who.Has(m.Roles...)) {
			out = append(out, m)
		}
	}
	return out
}

// Allow checks a change of state: there must be a move for it, the person must hold one of its roles, a reason must
// be given where one is asked for, and its guard must agree.
func (l *Life) Allow(from, to string, who access.Who, why string, rec any) error {
	if from == to {
		return nil
	}
	for _, m := range l.Moves {
		if m.To != to || !slices.Contains(m.From, from) {
			continue
		}
		if len(m.Roles) > 0 && !who.Has(m.Roles...) {
			return fault.New(fault.Denied, "lifecycle.role", nil)
		}
		if m.Reason && why == "" && !who.System {
			return fault.At("why", "lifecycle.reason", nil)
		}
		if m.Guard != nil {
			return m.Guard(rec)
		}
		return nil
	}
	return fault.At("state", "lifecycle.no_move", fault.Args{"from": from, "to": to})
}
