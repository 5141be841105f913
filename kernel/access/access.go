// Package access says who may see and do what: the person who acts, in which units and roles, and the conditions
// that limit what the store shows them. It decides nothing about approvals: those are grants and decisions.
package access

import (
	"slices"
	"strings"
)

// Role is what a position lets its holder do.
type Role string

// The roles. An admin keeps the system, a head decides, an officer keeps records, an applicant files for an own
// unit, a reader reads.
const (
	Admin     Role = "admin"
	Head      Role = "head"
	Officer   Role = "officer"
	Applicant Role = "applicant"
	Reader    Role = "reader"
)

// Roles lists the roles, strongest first.
var Roles = []Role{Admin, Head, Officer, Applicant, Reader}

// Seat is one position a person acts from: a unit, given by the path of unit ids from the root, and a role.
type Seat struct {
	Path []string
	Role Role
}

// Unit is the id of the seat's own unit.
func (s Seat) Unit() string {
	if len(s.Path) == 0 {
		return ""
	}
	return s.Path[len(s.Path)-1]
}

// Who is somebody who looks or acts. The zero Who is the public: it sees what is public and does nothing.
type Who struct {
	ID    string // the staff record; empty for the public
	Login string
	Name  map[string]string // by language
	Seats []Seat
	// Serves are the matters that the person looks after for the whole office, besides what belongs to their own units.
	Serves []string
	// System marks the program itself (jobs, packs): it sees everything and acts under its own name.
	System bool
}

// Program is the program acting by itself, under a name that shows in the history.
func Program(name string) Who { return Who{ID: "program:" + name, System: true} }

// Known tells whether this is a person who has signed in (or the program).
func (w Who) Known() bool { return w.ID != "" }

// Has tells whether the person holds one of the roles anywhere.
func (w Who) Has(roles ...Role) bool {
	if w.System {
		return true
	}
	for _, s := range w.Seats {
		for _, r := range roles {
			if s.Role == r {
				return true
			}
		}
	}
	return false
}

// Looks tells whether the person looks after a matter for the whole office.
func (w Who) Looks(matter string) bool { return slices.Contains(w.Serves, matter) }

// OnlyApplies tells whether the person files for an own unit and does nothing else in the office.
func (w Who) OnlyApplies() bool {
	return !w.System && len(w.Seats) > 0 && !slices.ContainsFunc(w.Seats, func(s Seat) bool { return s.Role != Applicant })
}

// HomeUnit is the unit a new record of this person belongs to when nothing else is said.
func (w Who) HomeUnit() string {
	if len(w.Seats) == 0 {
		return ""
	}
	return w.Seats[0].Unit()
}

// Need is what a route asks of its visitor.
type Need struct {
	verb  string
	thing string
	roles []Role
	also  []Role // of roles: those that do it in this type only
}

// Anyone lets the public in: sign-in pages, the public site.
func Anyone() Need { return Need{verb: "anyone"} }

// SignedIn asks for a person who has signed in.
func SignedIn() Need { return Need{verb: "signed-in"} }

// See asks for a person who may see records of a type; which ones the store decides.
func See(typ string) Need { return Need{verb: "see", thing: typ} }

// Do asks for a person who may do something with records of a type: an officer, a head or an admin, and who else is
// named.
func Do(verb, typ string, also ...Role) Need {
	return Need{verb: verb, thing: typ, roles: append([]Role{Admin, Head, Officer}, also...), also: also}
}

// Only asks for one of the roles.
func Only(roles ...Role) Need { return Need{verb: "role", roles: roles} }

// String shows the need as lists of routes print it.
func (n Need) String() string {
	s := n.verb
	if n.thing != "" {
		s += " " + n.thing
	}
	for _, r := range n.also {
		s += " +" + string(r)
	}
	if n.verb == "role" {
		var rs []string
		for _, r := range n.roles {
			rs = append(rs, string(r))
		}
		s += " " + strings.Join(rs, "|")
	}
	return s
}

// Stated tells whether the need says anything; a route without a stated need is refused at start.
func (n Need) Stated() bool { return n.verb != "" }

// Open tells whether the public may pass.
func (n Need) Open() bool { return n.verb == "anyone" }

// Allows tells whether the person meets the need.
func (w Who) Allows(n Need) bool {
	switch {
	case n.verb == "anyone":
		return true
	case !w.Known():
		return false
	case len(n.roles) == 0:
		return n.verb != ""
	}
	return w.Has(n.roles...)
}

// Cond is an SQL condition with its values, made only of fixed fragments. The alias of the row is always x.
type Cond struct {
	SQL  string
	Args []any
}

// All is the condition that everything meets; None that nothing meets.
var (
	All  = Cond{SQL: "1=1"}
	None = Cond{SQL: "1=0"}
)

// And joins conditions that must all hold.
func And(cs ...Cond) Cond { return join(" AND ", All, cs) }

// Or joins conditions of which one must hold.
func Or(cs ...Cond) Cond { return join(" OR ", None, cs) }

func join(word string, empty Cond, cs []Cond) Cond {
	if len(cs) == 0 {
		return empty
	}
	if len(cs) == 1 {
		return cs[0]
	}
	var parts []string
	var args []any
	for _, c := range cs {
		parts = append(parts, c.SQL)
		args = append(args, c.Args...)
	}
	return Cond{SQL: "(" + strings.Join(parts, word) + ")", Args: args}
}

// MaxDepth is how deep the unit tree may be: the office, a division or a prefecture's office, and two below.
const MaxDepth = 4

// InUnits is the visibility most types share: staff see what belongs to a unit below one of their seats and what is
// not restricted (level 0 and 1) anywhere in their office; the public sees level 0. Restricted records (level 2) are
// seen only from a seat above or at the owner unit.
func InUnits(w Who) Cond {
	if w.System {
		return All
	}
	if !w.Known() {
		return Cond{SQL: "x.level = 0"}
	}
	return Or(append([]Cond{{SQL: "x.level <= 1"}}, below(w)...)...)
}

// Below is the stricter visibility: only what belongs to a unit at or below one of the person's seats.
func Below(w Who) Cond {
	if w.System {
		return All
	}
	return Or(below(w)...)
}

// Filed is the visibility of what units file with the office: as InUnits, except that who only files for an own unit sees
// what is that unit's, and who looks after the matter sees all of it.
func Filed(matter string) func(Who) Cond {
	return func(w Who) Cond {
		switch {
		case w.Looks(matter):
			return All
		case w.OnlyApplies():
			return Or(append([]Cond{{SQL: "x.level = 0"}}, below(w)...)...)
		}
		return InUnits(w)
	}
}

func below(w Who) []Cond {
	var cs []Cond
	for _, s := range w.Seats {
		if n := len(s.Path); n > 0 && n <= MaxDepth {
			cs = append(cs, Cond{SQL: "x.u" + string(rune('0'+n)) + " = ?", Args: []any{s.Unit()}})
		}
	}
	return cs
}
