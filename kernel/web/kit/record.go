package kit

import (
	"github.com/a-h/templ"

	"yunqiao/kernel/translate"
)

// Record is the body of a record's page.
type Record struct {
	Steps    []Step // the life of the record, in order
	Tabs     []Tab
	Notice   []Flash
	Sections []Section // the wide column
	Side     []Section // history summary, sources, decisions
	Moves    []Action  // what may be done now, POST
}

// Step is one state of a life. State is done, cur or todo.
type Step struct{ Title, Note, State string }

// Section is one panel. It shows whichever of its parts are set, in this order.
type Section struct {
	ID      string // for a link to it; letters, digits and hyphens
	Title   string
	Count   string
	Actions []Action
	Facts   []Fact
	Table   *Table
	Log     []LogLine
	Links   []LinkLine
	Body    templ.Component
	Empty   string
	Foot    string
}

// Fact is one field with its value, and beside it what different sources claim.
type Fact struct {
	Title, Value string
	Lang         translate.Lang
	Href         string
	Sub          string
	Texts        []LangText // a text in several languages, instead of Value
	Status       *Status
	Files        []FileLine // instead of Value
	Do           *Action    // beside the value
	Claims       []Claim
	Disputed     bool // the claims do not agree
	Wide         bool
}

// FileLine is a file: its name, what kind it is and how large. Value is what a form sends back to keep it.
type FileLine struct{ Name, Note, Href, Value string }

// Claim is one value from one source.
type Claim struct {
	Value, Source, SourceHref, Day, Quality string
	Preferred                               bool
	Reason                                  string // why it is preferred
}

// Table is a table without filters and pages.
type Table struct {
	Title   string
	Columns []Column
	Rows    []Row
	Empty   string
	Even    bool // columns as wide as those of the other tables of the page
}

// LogLine is one entry of a short history.
type LogLine struct {
	Who, When, What, Text, Href string
	Done                        bool
}

// LinkLine is one line of a list of links.
type LinkLine struct {
	Title, Href, Sub, End string
	Lang                  translate.Lang
	Status                *Status
	Sample                bool
	Do                    *Action // a button at the end of the line
}

// History is the body of a record's history page, newest version first.
type History struct {
	Versions []Version
	Compare  string    // GET address of the comparison; sends "a" and "b", two revisions
	More     string    // address of the older ones
	Panels   []Section // what was merged into the record, who opened what is sealed in it
}

// Version is one version of a record.
type Version struct {
	Rev, Who, When, Why string
	Act                 string // in words: created, changed, corrected, withdrawn, merged …
	ActKind             string // kind of Status for the act
	Valid               string // "2006-01-02 – open", in words
	Href                string // the record as it was then
	Current             bool
	Changes             []Change
}

// Change is one field that differs from the version before.
type Change struct {
	Field  string
	Pieces []Piece // from Differ
}

// Diff is the body of a comparison of two versions.
type Diff struct {
	Left, Right Link
	LeftWho     string
	RightWho    string
	Changes     []DiffField
	Same        int // how many fields are equal
}

// DiffField is one field in both versions.
type DiffField struct{ Field, Old, New string }
