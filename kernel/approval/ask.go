// Package approval carries what is asked for to whoever may decide it: routes out of a dated matrix and the powers that
// were given, steps side by side and one after the other, and a decision as a record of its own. No state that needs a
// decision is reached without one.
package approval

import (
	"embed"
	"slices"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Migrations are the tables of the package.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// Ranks are the ranks of persons, the lowest first: staff without a rank, section, division, bureau, vice-province and
// province. A matrix speaks of spans of them.
var Ranks = []string{"staff", "section", "division", "bureau", "vice_province", "province"}

// rankAt is the place of a rank; -1 for one that is not known.
func rankAt(rank string) int { return slices.Index(Ranks, rank) }

// Subject is the record that is to be decided.
type Subject struct{ Kind, ID string }

// Ask is what is asked for, as the matrix and the powers read it.
type Ask struct {
	Matter  string // such as "trip"
	Subject Subject
	Title   translate.Text
	Unit    string   // the unit that asks
	Chain   []string // units from the root down to it
	Kind    string   // of the asking unit, as units have it
	Rank    string   // the highest rank of those it is about
	Field   string   // such as trade, science, education; "" when nothing is said
	// Direction is out or in.
	Direction string
	Countries []string
	Days      int
	Persons   int
	Joint     bool     // members of other units come along
	Others    []string // the units they come from
	Traits    []string // what else the matrix may ask for, such as academic
	// People are the members of staff whom it is about: none of them decides.
	People []string
	On     clock.Day // the day of filing: its matrix and its scope of powers apply
	Level  int
	Sample bool
}

// Cover is what a given power says of an ask. Why holds phrase keys, one for each bound that the ask oversteps; empty when
// it is within.
type Cover struct {
	Grant  string // id of the act the scope was read from
	Holder string // unit
	Number string
	Series string // of the numbers of its papers
	Seal   translate.Text
	Why    []string
}

// In tells whether the ask lies within the power.
func (c Cover) In() bool { return len(c.Why) == 0 }

// Outcome is what became of a circuit, or of one turn of it, as the room of the subject is told.
type Outcome struct {
	Subject  Subject
	Event    Event
	Circuit  string
	Decision string // id of the decision record
	Number   string // of the paper
	Opinion  string
	Gaps     []Gap
	Outside  bool // decided by a body outside the office
}

// Event is a turn of a circuit.
type Event string

// The turns a room is told of.
const (
	Began     Event = "began"     // it was filed
	Accepted  Event = "accepted"  // the first step took it up
	Asked     Event = "asked"     // opinions of others are asked for
	Answered  Event = "answered"  // all of them are in
	WentUp    Event = "went_up"   // it lies with a body above the office
	Returned  Event = "returned"  // it went back with all gaps
	Resumed   Event = "resumed"   // it came again
	Approved  Event = "approved"  // decided
	Refused   Event = "refused"   // decided
	Withdrawn Event = "withdrawn" // taken back by who asked
)

// Desk is where circuits run. The function values bind it to the room that keeps units and powers, and to the rooms whose
// records are decided.
type Desk struct {
	// Covers reads what the powers of the asking unit and the units above it say of an ask, the nearest unit first.
	Covers func(v *store.View, a Ask) ([]Cover, error)
	// Stands tells whether a power still stands on a day: it may have been suspended or withdrawn.
	Stands func(v *store.View, grant string, on clock.Day) (bool, error)
	// Unit gives the id of a unit told by id or by code; "" when there is none.
	Unit func(v *store.View, unit string) (string, error)
	// Above gives a unit and the units above it.
	Above func(v *store.View, unit string) ([]string, error)
	// Who tells who a member of staff is and from which seats they act.
	Who func(v *store.View, staff string) (access.Who, error)
	// Sits tells whether anybody has a role in a unit; nil takes it that somebody has.
	Sits func(v *store.View, unit, seat string) (bool, error)
	// Told hears what becomes of the subjects of a type, inside the transaction; its error undoes the act.
	Told map[string]func(tx *store.Tx, o Outcome) error
	// Heard hears what becomes of any subject, after the room of the subject; nil tells nobody.
	Heard func(tx *store.Tx, o Outcome) error
	// Nudged hears of each step that is urged; nil tells nobody.
	Nudged func(tx *store.Tx, c *Circuit, s *Step) error
	// Due computes the day by which a step is to be done, with the sentence that says how; nil leaves steps without one.
	Due func(tx *store.Tx, from clock.Day, workingDays int) (day clock.Day, how translate.Text, err error)
}

// program is the name under which the desk writes what a person was found to be allowed to cause.
const program = "approval"

// onlyTheProgram keeps circuits, steps and decisions out of forms.
func onlyTheProgram(who access.Who, _ []string) bool { return who.System }

// Types are the record types of the package.
var Types = []*record.Kind{Lines.Kind, StandIns.Kind, Circuits.Kind, Steps.Kind, Decisions.Kind}
