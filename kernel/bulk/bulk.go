// Package bulk takes whole tables in and out: any list as XLSX, CSV or JSON Lines as of any date, and tables into
// records by way of a dry run that says of each row in plain words what would become of it. What was loaded can be
// undone.
//
// It knows no pages. An import goes through the steps of the Desk: Receive, Plan, Preview, Check, Load and perhaps Undo;
// the last three are jobs. Every row is saved as if a person had saved it: same checks, same rules, same history.
package bulk

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/record"
	"yunqiao/kernel/seal"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Migrations are the tables of imports.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// Desk is where tables come in and go out.
type Desk struct {
	Store *store.Store
	Types *record.Registry
	Book  *translate.Book
	Shelf files.Shelf
	// Folder is where incoming files and unpacked tables lie while they are read; "" for the machine's own.
	Folder string
	// Units is the type whose names may stand in the column of the owner in place of their codes; "" = only codes.
	Units string
	// Seals is the key of the office by which personal values of a table are sealed as it comes in; nil takes none in.
	Seals *seal.Office
	// Limit is the most bytes of a file; 0 = 64 MB.
	Limit int64
}

// The states of a batch. A step that fails goes back to the state before it, with the Problem said.
const (
	Received = "received"
	Checking = "checking"
	Checked  = "checked"
	Loading  = "loading"
	Loaded   = "loaded"
	Undoing  = "undoing"
	Undone   = "undone"
)

// The verdicts of the dry run on a row.
const (
	New     = "new"     // a new record
	Change  = "change"  // from a day on a record is different
	Correct = "correct" // a record was wrong
	Same    = "same"    // recorded so already
	Twice   = "twice"   // the same as another row or record
	Refused = "refused" // cannot be loaded, with the reasons
)

// Verdicts lists the verdicts in the order in which they are shown.
var Verdicts = []string{New, Change, Correct, Same, Twice, Refused}

// The outcomes of a row that was to be loaded.
const (
	RowLoaded = "loaded"
	RowFailed = "failed" // refused when it was saved
	RowUndone = "undone"
	RowLeft   = "left" // not undone, because somebody changed the record since
)

// Plan says how the columns of a table become records.
type Plan struct {
	// Columns gives for each column of the header the column of the type it fills; "" leaves it out.
	Columns []string `json:"columns"`
	// Fixed are values that all rows have, by column of the type.
	Fixed map[string]string `json:"fixed,omitempty"`
	// Keys are the columns by which a row without an identifier is recognised.
	Keys []string `json:"keys,omitempty"`
	// Update lets rows recognised by Keys alter what is recorded; otherwise they are called duplicates.
	Update bool `json:"update,omitempty"`
	// Change takes differences in rows that give no first day as a change from the day From on; otherwise they correct.
	Change bool   `json:"change,omitempty"`
	From   string `json:"from,omitempty"`
	// Keep leaves what is recorded where a cell is empty; otherwise an empty cell empties the field.
	Keep bool `json:"keep,omitempty"`
	// Why is the reason that the history gives, besides the import itself.
	Why string `json:"why,omitempty"`
}

// Batch is one import.
type Batch struct {
	ID, Kind, State, By string
	Name                string // of the file
	Digest              files.Digest
	Form                sheet.Kind
	Header              []string
	Plan                Plan
	// Proposed tells where the plan comes from: "names", "saved" (the last import of this header) or "" (a person).
	Proposed string
	// Total is the number of rows, known after the dry run.
	Total int
	// Counts are the numbers of rows by verdict and, once loaded, by outcome.
	Counts               map[string]int
	Job                  string // the job under way or the last one; see jobs.Get for its progress
	Problem              *Message
	CreatedAt, ChangedAt int64

	why string // reason given for undoing
}

// Mark is what the history says of every version the batch wrote.
func (b *Batch) Mark() string { return "import " + b.ID }

// Ready tells whether there is anything to load.
func (b *Batch) Ready() bool {
	return b.State == Checked && b.Counts[New]+b.Counts[Change]+b.Counts[Correct] > 0
}

// Message is something to be said about a row: a phrase with its values, and the column it concerns, if one.
type Message struct {
	Key    string                    `json:"key"`
	Column string                    `json:"column,omitempty"`
	Args   map[string]string         `json:"args,omitempty"`
	Texts  map[string]translate.Text `json:"texts,omitempty"` // values with a text in each language
}

// Row is one row of a batch.
type Row struct {
	Number           int // in the file, as the person sees it there
	Verdict, Outcome string
	Messages         []Message
	Record, VID      string   // the record it makes or alters, the version it wrote
	Cells            []string // in the order of Batch.Fills
}

// Fills lists the columns of the type that rows have values for, in the order of Row.Cells.
func (b *Batch) Fills() []string {
	var out []string
	for _, c := range b.Plan.Columns {
		if c != "" {
			out = append(out, c)
		}
	}
	return append(out, slices.Sorted(maps.Keys(b.Plan.Fixed))...)
}

// Sentences says in plain words what becomes of a row.
func (d *Desk) Sentences(l translate.Lang, kind string, r Row) []string {
	if len(r.Messages) == 0 {
		return []string{d.Book.Say(l, "bulk.verdict."+r.Verdict)}
	}
	var out []string
	for _, m := range r.Messages {
		out = append(out, d.Say(l, kind, m))
	}
	return out
}

// Say says one message in a language.
func (d *Desk) Say(l translate.Lang, kind string, m Message) string {
	var pairs []any
	for name, v := range m.Args {
		pairs = append(pairs, name, v)
	}
	for name, t := range m.Texts {
		pairs = append(pairs, name, t.Show(l))
	}
	text := d.Book.Say(l, m.Key, pairs...)
	if m.Column == "" {
		return text
	}
	column := m.Column
	if k := d.Types.Kind(kind); k != nil {
		column = d.Label(l, k, m.Column)
	}
	return d.Book.Say(l, "bulk.at_column", "column", column, "text", text)
}

// told makes messages of an error; a defect is not shown to people.
func told(err error, column string) []Message {
	all := fault.All(err)
	if all == nil {
		return []Message{{Key: "bulk.refused.defect"}}
	}
	var out []Message
	for _, e := range all {
		m := Message{Key: e.Key, Column: e.Field}
		if e.Key == "" {
			m.Key = "bulk.refused.defect"
		}
		if column != "" {
			m.Column = column
		}
		for name, v := range e.Args {
			switch t := v.(type) {
			case translate.Text:
				if m.Texts == nil {
					m.Texts = map[string]translate.Text{}
				}
				m.Texts[name] = t
			default:
				if m.Args == nil {
					m.Args = map[string]string{}
				}
				m.Args[name] = fmt.Sprint(v)
			}
		}
		out = append(out, m)
	}
	return out
}

func say(key, column string, pairs ...string) Message {
	m := Message{Key: key, Column: column}
	for i := 0; i+1 < len(pairs); i += 2 {
		if m.Args == nil {
			m.Args = map[string]string{}
		}
		m.Args[pairs[i]] = pairs[i+1]
	}
	return m
}

// textsOf reads what encoded made of a list of texts. Where nothing is escaped, as in nearly all, a quote ends a text.
func textsOf(list string) (out []string, err error) {
	if in, ok := strings.CutPrefix(list, `["`); ok && !strings.Contains(list, `\`) {
		if in, ok = strings.CutSuffix(in, `"]`); ok {
			return strings.Split(in, `","`), nil
		}
	}
	err = json.Unmarshal([]byte(list), &out)
	return out, err
}

func encoded(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return "" // texts and numbers always encode
	}
	return string(raw)
}
