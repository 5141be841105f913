package kit

import (
	"github.com/a-h/templ"

	"yunqiao/kernel/translate"
)

// Form is the body of a page on which something is typed. It is sent by POST to Action with "csrf", Hidden and, when
// Save is set, "save" (change or correct), "from" and "why". A press on a "add a row" or "add a language" button sends
// the same form with "do" set to add-row:<field>, drop-row:<field>.<n> or add-lang:<field> (the language in
// <field>.add): the server answers with the same page, one row or input more, nothing saved.
type Form struct {
	Action    string
	Autosave  string // POST address for what was typed so far; "" does not keep it
	KeptAt    string // when the kept draft shown was typed; "" when none is shown
	DropDraft string // POST address that throws the kept draft away
	Errors    []FieldError
	Groups    []FieldGroup
	Hidden    []Pair // version guard and the like
	Save      *Save
	Submit    string // word on the button; "" says "Save"
	Cancel    string // address
	File      bool   // the form carries a file
}

// FieldError is a mistake, shown on top as a link to the field and at the field itself.
type FieldError struct{ Field, Text string }

// FieldGroup is a titled set of fields. One that folds shows only its title and Note until it is opened.
type FieldGroup struct {
	Title, Help string
	Lang        translate.Lang // of the title, when it is not the page's language
	Fields      []Field
	Folds, Open bool
	Note        string
}

// Save asks what a save of a dated record means.
type Save struct {
	Dated   bool
	Mode    string // change or correct
	From    string // day from which a change holds
	Why     string
	WhyMust bool
	Error   string
}

// FieldKind says how a field is asked for.
type FieldKind string

// The kinds of fields.
const (
	FieldText   FieldKind = "text"
	FieldLong   FieldKind = "long"
	FieldI18n   FieldKind = "i18n"
	FieldChoice FieldKind = "choice" // radio buttons up to six options, else a select
	FieldNumber FieldKind = "number"
	FieldDay    FieldKind = "day"
	FieldMinute FieldKind = "minute" // a day with its time, as 2026-10-05T14:30
	FieldWhen   FieldKind = "when"   // a year, a month or a day
	FieldRef    FieldKind = "ref"
	FieldRefs   FieldKind = "refs"
	FieldParts  FieldKind = "parts"
	FieldPlace  FieldKind = "place"
	FieldBool   FieldKind = "bool"
	FieldFile   FieldKind = "file"
	FieldMoney  FieldKind = "money"
	// FieldPassword is never filled in again; Shown says to the browser which password it is.
	FieldPassword FieldKind = "password"
	FieldSealed   FieldKind = "sealed" // Shown says that something is there, Drop is the box that takes it away
)

// Field is one field of a form. Which values count depends on the kind; names of inputs are <Name>, for several
// languages <Name>.<lang>, for parts <Name>.<row>.<column>, for a place <Name>.lon, .lat and .crs, for money
// <Name>.amount and .currency. A file that is kept is sent as its JSON in <Name>, a new one as <Name>.file.
type Field struct {
	Kind        FieldKind
	Name, Title string
	Help, Error string
	Required    bool
	ReadOnly    bool
	Value       string // text, number, day, when, ref (the id), bool ("1"), money (amount)
	Shown       string // of a ref: its label
	Unit        string // shown after a number
	Options     []Option
	Texts       []LangText
	AddLangs    []Option // languages one may add
	Refs        []Option // of refs: the chosen ones
	Suggest     string   // GET address for "search as you type": ?q= answers [{"value","title","sub"}]
	Parts       *Parts
	Lon, Lat    string
	Crs         []Option
	Currencies  []Option
	Accept      string // of a file: the endings, with commas between
	Files       []FileLine
	Many        bool   // of a file: several
	Drop        string // of a sealed value: the name of the box that takes it away; "" has none
	Upload      string // of a file: POST address that takes it at once; answers [{"value","name","note"} or {"error"}]
	MaxLength   int
	Lines       int // lines shown of a long text; 3 when 0
	Wide        bool
}

// LangText is a text in one language.
type LangText struct {
	Lang  translate.Lang
	Title string // the language's name
	Value string
	Long  bool
}

// Parts is a repeatable table inside a form.
type Parts struct {
	Columns []PartColumn
	Rows    [][]string
}

// PartColumn is one column of parts.
type PartColumn struct {
	Name, Title string
	Kind        FieldKind // text, choice, number, day, when or ref
	Options     []Option
	Suggest     string
}

// Conflict is the page after somebody else has saved in between: field by field, both texts.
type Conflict struct {
	Action       string
	Who, At, Why string // of the save that came first
	Hidden       []Pair // the new version guard, and what does not differ
	Fields       []ConflictField
	Cancel       string
}

// ConflictField is one field whose texts differ; the choice is sent as take.<Name> = mine or theirs.
type ConflictField struct {
	Name, Title       string
	Was, Mine, Theirs string
	Both              bool // both changed it; otherwise only one did and the choice is already made
	Take              string
}

func anySelected(os []Option) bool {
	for i := range os {
		if os[i].Selected {
			return true
		}
	}
	return false
}

// dayAttrs are what every field for a day has.
func dayAttrs(c *Call) templ.Attributes {
	return templ.Attributes{"class": "day", "inputmode": "numeric", "autocomplete": "off", "maxlength": "10", "pattern": `\d{4}-\d{2}-\d{2}`,
		"placeholder": c.t("form.day_hint"), "title": c.t("form.day_help")}
}

func sideWord(c *Call, side string) string { return c.t("list" + side) }

func describedBy(f Field) string {
	return classes(when(f.Help != "", "h-"+f.Name), when(f.Error != "", "e-"+f.Name))
}

func rows(f Field) string {
	if f.Lines == 0 {
		return "3"
	}
	return itoa(f.Lines)
}

func maxLength(n int) string {
	if n == 0 {
		return "20000"
	}
	return itoa(n)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// errorText says which field is meant: six lines that all say that something is missing help nobody.
func (v Form) errorText(c *Call, e FieldError) string {
	for _, g := range v.Groups {
		for _, f := range g.Fields {
			if f.Name == e.Field && f.Title != "" {
				return c.t("form.error_at", "field", f.Title, "text", e.Text)
			}
		}
	}
	return e.Text
}

// firstInput is the id of the first input of a field, where a mistake in the list on top leads.
func (v Form) firstInput(name string) string {
	for _, g := range v.Groups {
		for _, f := range g.Fields {
			if f.Name != name {
				continue
			}
			switch f.Kind {
			case FieldI18n:
				if len(f.Texts) > 0 {
					return "f-" + name + "." + string(f.Texts[0].Lang)
				}
			case FieldPlace:
				return "f-" + name + ".lon"
			case FieldChoice:
				if len(f.Options) <= 6 {
					return "f-" + name + "-0"
				}
			case FieldParts:
				return "s-" + name
			}
		}
	}
	if name == "save" {
		return "f-why"
	}
	return "f-" + name
}

func inSet(k FieldKind, options int) bool {
	return k == FieldI18n || k == FieldParts || k == FieldPlace || k == FieldRefs || k == FieldMoney || k == FieldFile || k == FieldChoice && options <= 6
}
