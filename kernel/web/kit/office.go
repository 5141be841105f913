package kit

import (
	"github.com/a-h/templ"

	"yunqiao/kernel/translate"
)

// Import is the body of an import page. Step is 1 upload, 2 columns, 3 dry run, 4 running, 5 done.
type Import struct {
	Step     int
	Action   string // POST address of the step
	Back     string
	Hidden   []Pair
	Types    []Option // step 1: what may be imported
	Accept   string   // step 1
	Template []Link   // step 1: empty files to fill in
	File     string   // its name, from step 2 on
	Columns  []MapColumn
	Fixed    []FixedValue // step 2: values that every row gets
	Look     string       // step 2: POST address that judges the first rows as the form stands
	Wrong    []string     // step 2: why the rows cannot be judged so
	Counts   []Count      // step 3 and 5
	Verdicts []RowVerdict // step 3 and 5: rows that want attention first
	More     string       // address of all verdicts
	Done     int          // step 4
	Total    int
	Nothing  bool   // step 3: no row can be loaded
	Doing    string // step 4: what is being done and how far it is, in words
	Refresh  string // step 4: address that answers this page again
	Undo     *Action
	Open     string // step 5: address of the records loaded
}

// MapColumn is one column of the file and the field it goes to (POST name map.<n>).
type MapColumn struct {
	Title   string
	Samples []string
	Options []Option
	Guessed bool
}

// FixedValue is one field with the value that every row gets (POST names fix.<n> and fixed.<n>).
type FixedValue struct {
	Options []Option
	Value   string
}

// Count is a number with a word, coloured by Kind of Status.
type Count struct{ Kind, Word, Value string }

// RowVerdict is what will happen, or has happened, with one row.
type RowVerdict struct {
	Row      string
	Label    string
	Href     string
	Verdict  Status
	Messages []string
}

// Jobs is the body of the page of work done in the background.
type Jobs struct {
	Counts []Count
	Rows   []Job
	Empty  Empty
}

// Job is one piece of work.
type Job struct {
	Title, Queue, Since, Next, Tries, Error string
	Status                                  Status
	Done, Total                             int // Total 0 shows no progress
	Actions                                 []Action
}

// Problem is the body of an error page.
type Problem struct {
	Title, Text string // a plain sentence each
	Do          string // what to do now
	Incident    string // number to name when asking for help; "" shows none
	Code        string // 404 and so on
	Actions     []Action
	Reasons     []Reason // of a rule that said no
}

// Reason is one condition that was not met, with where it is written.
type Reason struct{ Text, Cite, Href string }

// SignIn is the body of the sign-in page: POST "login", "password", "next".
type SignIn struct {
	Action, Login, Next, Error string
	Hint                       string // for example the demo's accounts
}

// Code is the body of the page for the one-time code: POST "code".
type Code struct {
	Action, Error string
	Hidden        []Pair
	Recovery      string // address of "I have no code"
}

// Sessions is the body of the page of one's open sessions.
type Sessions struct {
	Rows   []Session
	EndAll *Action
}

// Session is one signed-in browser.
type Session struct {
	Device, Where, Since, Seen string
	This                       bool
	End                        Action
}

// Tokens is the body of the page of keys for programs: POST "purpose", "until", repeated "scope" to Create.
type Tokens struct {
	Create string
	Scopes []Option
	New    string // the key just made, shown once
	Rows   []Token
	Error  string
	Until  string
}

// Token is one key for programs.
type Token struct {
	Purpose, Start, Made, Until, Seen string
	Scopes                            string
	Status                            Status
	End                               *Action
}

// Search is the body of the page of search results.
type Search struct {
	Q      string
	Count  string
	Kinds  []Tab
	Hits   []Hit
	Pager  Pager
	Empty  Empty
	Recent []Link
}

// Hit is one record found. Text is cut into pieces, the found words Came.
type Hit struct {
	Type, Title, Href, Number string
	Lang                      translate.Lang
	Status                    *Status
	Sample                    bool
	Text                      []Piece
	Meta                      string
}

// Work is the body of the home page: what waits for this person.
type Work struct {
	Greeting string
	Alert    *Flash
	Tiles    []Tile
	Sections []Section
	Side     []Section
}

// Tile is one big number that leads somewhere.
type Tile struct {
	Title, Value, Note, Href string
	Hot                      bool
	Spark                    []float64
}

// Figure is the body of a figure's page.
type Figure struct {
	Title       string
	Value       string
	Qualifier   string // "more than", "about" …, "" for an exact number
	Unit        string
	Note        string // one sentence: what is counted, as of which days
	Verdict     *Status
	Say         string // the difference in one sentence
	Rule        Link   // name and version of the rule
	RuleText    string
	RuleCite    Link
	Declared    []Declared
	Classes     []Count // the difference from the declaration by class
	Near        []NearMiss
	NearMore    string
	Evidence    *Table
	EvidenceAll string
	Exports     []Link
	Bridge      *Bridge
	Rules       []RuleSide // two or more rules side by side
	Series      templ.Component
}

// Declared is one public statement beside what is on record.
type Declared struct {
	Day, Value, OnRecord, Gap string
	Source                    Link
	Document                  Link // the document it was said in, outside the product
	Verdict                   Status
}

// NearMiss is a record that does not count, with the reasons.
type NearMiss struct {
	Title, Href string
	Reasons     []string
	Sample      bool
}

// Bridge explains how a value moved between two days.
type Bridge struct {
	Title           string // what kind of values it leads between
	From, To        string // days in words
	Opening         string
	Lines           []BridgeLine
	Closing         string
	Remainder       string // what nothing explains; "" or "0" is fine
	RemainderStatus *Status
}

// BridgeLine is one cause of a movement; Delta carries its sign.
type BridgeLine struct {
	Title, Href, Delta, Note string
	Down                     bool
}

// RuleSide is one rule in a comparison.
type RuleSide struct {
	Name, Href, Value string
	Conditions        []RuleCondition
	Main              bool
}

// RuleCondition is one condition of a rule, in words, and whether it differs from the main rule.
type RuleCondition struct {
	Text, Cite string
	Differs    bool
}

// Matrix is a table of coverage, places down and kinds across.
type Matrix struct {
	Title   string
	Corner  string
	Columns []string
	Rows    []MatrixRow
	Totals  []string // one per column, optional
	Legend  []Status
}

// MatrixRow is one place.
type MatrixRow struct {
	Title, Href, Code string
	Cells             []MatrixCell
	Gap               bool
}

// MatrixCell is one cell: shape and word, never colour alone.
type MatrixCell struct {
	Status Status
	Count  string
	Href   string
}

// Slider is the time slider of a page: GET to the page with "year" instead of "valid_on".
type Slider struct {
	Min, Max, Now int    // years
	Steps         []int  // years worth stopping at, as marks
	Target        string // id of the fragment that is swapped
}

// Split shows two things side by side, for example a map and a list; on a phone one below the other.
type Split struct {
	ID          string // for a time slider to swap
	Left, Right templ.Component
}
