// Package record declares record types and is the one way to write them. A type is declared once, in Go, the way
// flags are; storing, checking, comparing, searching, exporting and serving it follow from the declaration.
package record

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Migrations are the tables of the kernel's own record types.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// Claim is what one source says about one field. Several may stand side by side; one is preferred, with the reason.
type Claim struct {
	Field     string         `json:"field"`
	Value     string         `json:"value"`
	Source    string         `json:"source,omitempty"` // id of a source record
	Day       clock.When     `json:"day,omitempty"`    // date of the source
	Quality   string         `json:"quality,omitempty"`
	Preferred bool           `json:"preferred,omitempty"`
	Reason    translate.Text `json:"reason,omitempty"`
}

// Head is what every record version carries.
type Head struct {
	ID  string // the record's, never changes
	VID string // this version's
	Rev int64  // counts the saves of the record
	// From and To are the days [From, To) on which this was so; ±clock.Open where open.
	From, To clock.Day
	// RecordedFrom and RecordedTo are the instants (ms) between which the office held this to be so; RecordedTo 0 =
	// held now.
	RecordedFrom, RecordedTo int64
	Unit                     string // owner
	Path                     [access.MaxDepth]string
	State                    string
	Level                    int // disclosure: 0 public, 1 internal, 2 restricted
	Sample                   bool
	Label                    translate.Text
	By, Act, Why             string
	Claims                   []Claim
	Disputed                 int // fields on which claims differ
	Sources                  []string
}

// Held tells whether the office holds this version now.
func (h *Head) Held() bool { return h.RecordedTo == 0 }

// ClaimsOn lists the claims on a field, the preferred one first.
func (h *Head) ClaimsOn(field string) []Claim {
	var out []Claim
	for _, c := range h.Claims {
		if c.Field == field {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Claim) int { return int(bit(b.Preferred) - bit(a.Preferred)) })
	return out
}

func (h *Head) countDisputed() int {
	seen := map[string]string{}
	differ := map[string]bool{}
	for _, c := range h.Claims {
		if v, ok := seen[c.Field]; ok && v != c.Value {
			differ[c.Field] = true
		}
		seen[c.Field] = c.Value
	}
	return len(differ)
}

// Kind is a declared type without its Go type: what default pages, import, export, search and the API work with.
type Kind struct {
	Name   string
	Room   string // the package whose phrases name it
	Fields []*Field
	Life   *lifecycle.Life
	IsDate bool   // dated: holds for days
	Order  string // column the default list is sorted by; "" = newest first
	Down   bool   // sorted downwards
	See    func(access.Who) access.Cond
	// Edit tells whether a person may write a record that belongs to the unit path.
	Edit  func(who access.Who, path []string) bool
	Also  []access.Role // roles that write records of this type besides those that write records
	Level int           // disclosure level of new records
	// Apart are the fields that tell records of the type apart in a table, the first of which must be filled; none leaves it
	// to codes and to what must be filled.
	Apart []string
	// Icon names the sign of the type in lists and search.
	Icon string
	// Path is the address of the type's list; "" = /records/<name>.
	Address string
	// Hidden types have no list of their own in the navigation.
	Hidden bool

	path     func(v *store.View, rec any) ([]string, error)
	label    func(rec any) translate.Text
	check    func(rec any) []*fault.Error
	owner    func(rec any) string    // the one person who may write it; nil asks for no one person
	lenient  func(rec any) bool      // rules of such a version refuse nothing; nil: of none
	judgedOn func(rec any) clock.Day // the day whose rules hold; nil: the day from which the version holds, or today
	before   []func(v *store.View, rec any) error
	after    []func(tx *store.Tx, rec any) error
	fresh    func() any
	head     func(rec any) *Head
	byName   map[string]*Field
	insert   string
	cols     string // all columns in order, with the alias x
	headCols string
	sorted   []*Field // by name
	secret   bool     // some field is not shown to all who see the record
}

// Type is a declared type.
type Type[T any] struct{ *Kind }

// plain is the life of types that have no states of their own.
var plain = &lifecycle.Life{States: []lifecycle.State{{Key: "current", Shade: lifecycle.Good}}}

// Define declares a record type: its name (also its table), where its head lies, and its fields.
func Define[T any](room, name string, head func(*T) *Head, fields ...*Field) *Type[T] {
	return &Type[T]{define(room, name, of(head), func() any { return new(T) }, fields)}
}

// define is Define for whatever type: it stands in the program once.
func define(room, name string, head func(rec any) *Head, empty func() any, fields []*Field) *Kind {
	k := &Kind{Name: name, Room: room, Fields: fields, Life: plain, See: access.InUnits, Edit: officersBelow, Level: 1,
		byName: map[string]*Field{}, head: head}
	k.fresh = func() any {
		v := empty()
		h := head(v)
		h.From, h.To = -clock.Open, clock.Open
		for _, f := range fields {
			f.clear(v)
		}
		return v
	}
	k.label = func(rec any) translate.Text {
		for _, f := range fields {
			switch f.Kind {
			case KindI18n:
				return maps.Clone(*f.langs(rec))
			case KindText:
				if in := f.inputs(rec); in[0].Value != "" {
					return translate.Text{"en": in[0].Value, "zh": in[0].Value}
				}
			}
		}
		return nil
	}
	for _, f := range fields {
		if k.byName[f.Name] != nil || slices.Contains(headColumns, f.Name) {
			// The author gave two fields one name.
			panic("record type " + name + ": field " + f.Name + " twice")
		}
		k.byName[f.Name] = f
	}
	k.prepare()
	return k
}

// officersBelow lets officers, heads and admins write what belongs to a unit at or below one of their seats.
func officersBelow(who access.Who, path []string) bool {
	return sitsAbove(who, path, access.Officer, access.Head, access.Admin)
}

// sitsAbove tells whether somebody has a seat with one of the roles at or above the unit.
func sitsAbove(who access.Who, path []string, roles ...access.Role) bool {
	return who.System || slices.ContainsFunc(who.Seats, func(s access.Seat) bool {
		return slices.Contains(roles, s.Role) && slices.Contains(path, s.Unit())
	})
}

// Need is what a route asks of whoever does something with records of the type. It and other methods are kept from being
// copied into each type that has them, of which there are more than a hundred.
//
//go:noinline
func (k *Kind) Need(verb string) access.Need { return access.Do(verb, k.Name, k.Also...) }

// FiledIn says that units file records of the type with the office: besides officers, the applicants of a unit write what
// is the unit's, and see nothing else; and who looks after the matter for the whole office sees and writes all of it.
func (t *Type[T]) FiledIn(matter string) *Type[T] { t.filedIn(matter); return t }

//go:noinline
func (k *Kind) filedIn(matter string) {
	k.Also, k.See = []access.Role{access.Applicant}, access.Filed(matter)
	k.Edit = func(who access.Who, path []string) bool {
		return who.Looks(matter) || sitsAbove(who, path, access.Officer, access.Head, access.Admin, access.Applicant)
	}
}

// Dated says that records of the type hold for days: the person is asked whether a save is a change or a correction.
func (t *Type[T]) Dated() *Type[T] { t.IsDate = true; return t }

// ToldApartBy says by which fields a row of a table is recognised. The first must be filled; of the others, that nothing
// stands there tells apart as well.
func (t *Type[T]) ToldApartBy(fields ...string) *Type[T] { t.Apart = fields; return t }

// States gives the type states and moves.
func (t *Type[T]) States(l *lifecycle.Life) *Type[T] { t.Life = l; return t }

// LabelBy says how a record is called wherever it is linked.
func (t *Type[T]) LabelBy(f func(*T) translate.Text) *Type[T] {
	t.label = func(rec any) translate.Text { return f(rec.(*T)) }
	return t
}

// Checked adds what must always hold between the fields.
func (t *Type[T]) Checked(f func(*T) []*fault.Error) *Type[T] {
	t.check = func(rec any) []*fault.Error { return f(rec.(*T)) }
	return t
}

// SortBy sets the order of the default list by a field of one column.
func (t *Type[T]) SortBy(column string, down bool) *Type[T] { t.Order, t.Down = column, down; return t }

// SeenBy sets who may see which records.
func (t *Type[T]) SeenBy(f func(access.Who) access.Cond) *Type[T] { t.See = f; return t }

// At sets the address of the type's list and its sign.
func (t *Type[T]) At(address, icon string) *Type[T] { t.Address, t.Icon = address, icon; return t }

// Public makes new records of the type public.
func (t *Type[T]) Public() *Type[T] { t.Level = 0; return t }

// NotListed keeps the type out of the navigation.
func (t *Type[T]) NotListed() *Type[T] { t.Hidden = true; return t }

// EditedBy sets who may write records that belong to a unit path, instead of the officers at or above the unit.
func (t *Type[T]) EditedBy(f func(who access.Who, path []string) bool) *Type[T] { t.Edit = f; return t }

// OwnedBy says whose a personal record is: nobody else writes it, whatever their position.
func (t *Type[T]) OwnedBy(f func(*T) string) *Type[T] {
	t.owner = func(rec any) string { return f(rec.(*T)) }
	return t
}

// Lenient says of which versions the rules are asked and what they say is kept, while none of them refuses the save: a
// draft may be wrong.
func (t *Type[T]) Lenient(f func(*T) bool) *Type[T] {
	t.lenient = func(rec any) bool { return f(rec.(*T)) }
	return t
}

// JudgedOn says by the rules of which day a version is judged: a case by those of the day on which it was filed, however
// late it is looked at. Where the day is not known (±clock.Open), the rules of today are asked.
func (t *Type[T]) JudgedOn(f func(*T) clock.Day) *Type[T] {
	t.judgedOn = func(rec any) clock.Day { return f(rec.(*T)) }
	return t
}

// PathBy takes the unit path of a record, and with it its owner, from the record itself.
func (t *Type[T]) PathBy(f func(v *store.View, rec *T) ([]string, error)) *Type[T] {
	t.path = func(v *store.View, rec any) ([]string, error) { return f(v, rec.(*T)) }
	return t
}

// Before is run inside the transaction before each save is checked. It fills the fields that are carried over from other
// records, so that what is counted stands in the record's own columns. The record it was given may be changed in those
// fields only.
func (t *Type[T]) Before(f func(v *store.View, rec *T) error) *Type[T] {
	t.before = append(t.before, func(v *store.View, rec any) error { return f(v, rec.(*T)) })
	return t
}

// Then is run inside the transaction after each save of the type; its error undoes the save.
func (t *Type[T]) Then(f func(tx *store.Tx, rec *T) error) *Type[T] {
	t.After(func(tx *store.Tx, rec any) error { return f(tx, rec.(*T)) })
	return t
}

// After is run inside the transaction after each save of the type.
func (k *Kind) After(f func(tx *store.Tx, rec any) error) { k.after = append(k.after, f) }

// New makes an empty record.
func (t *Type[T]) New() *T { return t.fresh().(*T) }

// Fresh makes an empty record of a kind.
func (k *Kind) Fresh() any { return k.fresh() }

// Head gives the head of a record.
func (k *Kind) Head(rec any) *Head { return k.head(rec) }

// Field finds a field by name; nil if there is none.
func (k *Kind) Field(name string) *Field { return k.byName[name] }

// URL is the address of the type's list.
func (k *Kind) URL() string {
	if k.Address != "" {
		return k.Address
	}
	return "/records/" + k.Name
}

// Phrase gives the key of a phrase about the type: Phrase("field", "name") is "<room>.<type>.field.name".
func (k *Kind) Phrase(parts ...string) string {
	return k.Room + "." + k.Name + "." + strings.Join(parts, ".")
}

// Table is the type as the store registers it.
func (k *Kind) Table() store.Table { return store.Table{Name: k.Name, Dated: k.IsDate, See: k.See} }

// headColumns are the columns every type has, in order.
var headColumns = []string{"vid", "id", "rev", "valid_from", "valid_to", "recorded_from", "recorded_to", "unit",
	"u1", "u2", "u3", "u4", "state", "level", "sample", "label", "by_who", "act", "why", "claims", "disputed", "sources"}

var headTypes = map[string]string{"rev": "BIGINT", "valid_from": "BIGINT", "valid_to": "BIGINT", "recorded_from": "BIGINT",
	"recorded_to": "BIGINT", "level": "BIGINT", "sample": "BIGINT", "disputed": "BIGINT"}

// Columns lists all columns of the type's table with their types.
//
//go:noinline
func (k *Kind) Columns() []Column {
	var out []Column
	for _, c := range headColumns {
		t := headTypes[c]
		if t == "" {
			t = "TEXT"
		}
		out = append(out, Column{c, t})
	}
	for _, f := range k.Fields {
		out = append(out, f.columns...)
	}
	return out
}

func (k *Kind) prepare() {
	for _, f := range k.Fields {
		k.secret = k.secret || f.Secret > 0
	}
	var names, marks []string
	for _, c := range k.Columns() {
		names = append(names, c.Name)
		marks = append(marks, "?")
	}
	k.insert = "INSERT INTO " + k.Name + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")"
	k.cols = "x." + strings.Join(names, ", x.")
	k.headCols = "x." + strings.Join(headColumns, ", x.")
	k.sorted = slices.Clone(k.Fields)
	slices.SortFunc(k.sorted, func(a, b *Field) int { return strings.Compare(a.Name, b.Name) })
}

// fieldOf finds the field that a column belongs to; nil for a column of the head.
func (k *Kind) fieldOf(column string) *Field {
	for _, f := range k.Fields {
		for _, c := range f.columns {
			if c.Name == column {
				return f
			}
		}
	}
	return nil
}

// nullable tells whether a column may be null; all others hold something empty instead.
func (k *Kind) nullable(column string) bool {
	if f := k.fieldOf(column); f != nil {
		return f.Kind == KindDay || f.Kind == KindNumber || f.Kind == KindSpan
	}
	return column == "valid_from" || column == "valid_to" || column == "recorded_to"
}

// DDL writes the migration that makes the type's table, for a developer to look over and keep.
func (k *Kind) DDL() string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (\n", k.Name)
	for i, c := range k.Columns() {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "\t%s %s", c.Name, c.Type)
		switch {
		case c.Name == "vid":
			b.WriteString(" NOT NULL PRIMARY KEY")
		case k.nullable(c.Name):
		default:
			b.WriteString(" NOT NULL")
		}
	}
	b.WriteString("\n);\n")
	fmt.Fprintf(&b, "CREATE INDEX %[1]s_id ON %[1]s (id, recorded_from);\n", k.Name)
	order := k.Order
	if order == "" {
		order = "recorded_from"
	}
	// These indexes are the lists, of today and of any past day: what is held no longer is passed over in the index.
	for _, u := range []string{"", "u2, ", "u3, "} {
		name := k.Name + "_list" + strings.Trim(strings.ReplaceAll(u, ", ", ""), " ")
		fmt.Fprintf(&b, "CREATE INDEX %s ON %s (%sstate, %s, id, recorded_to);\n", name, k.Name, u, k.orderKey("", order))
	}
	for _, f := range k.Fields {
		if f.Kind == KindRef {
			fmt.Fprintf(&b, "CREATE INDEX %[1]s_%[2]s ON %[1]s (%[2]s) WHERE recorded_to IS NULL;\n", k.Name, f.Name)
		}
	}
	return b.String()
}

// orderKey is what a list is ordered by: the column, or in its place the far past or future where it may be null, so
// that both engines order alike. The index of the list is over the same.
func (k *Kind) orderKey(alias, column string) string {
	switch {
	case column == "valid_to" || column == "recorded_to":
		return "coalesce(" + alias + column + ", 4611686018427387904)"
	case k.nullable(column):
		return "coalesce(" + alias + column + ", -1073741824)"
	}
	return alias + column
}

// claimsJSON gives the canonical form of claims; "" when there are none.
func claimsJSON(cs []Claim) string {
	if len(cs) == 0 {
		return ""
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(cs) // texts always encode
	return strings.TrimSpace(b.String())
}

// Registry is all record types of a program, in the order of declaration.
type Registry struct {
	Kinds  []*Kind
	byName map[string]*Kind
}

// NewRegistry lists the types of a program.
func NewRegistry(kinds ...*Kind) *Registry {
	r := &Registry{byName: map[string]*Kind{}}
	for _, k := range kinds {
		if r.byName[k.Name] != nil {
			// The author declared two types of one name.
			panic("record type " + k.Name + " declared twice")
		}
		r.byName[k.Name] = k
		r.Kinds = append(r.Kinds, k)
	}
	return r
}

// Kind finds a type by name; nil if there is none.
func (r *Registry) Kind(name string) *Kind { return r.byName[name] }

// Tables lists the types as the store registers them.
func (r *Registry) Tables() []store.Table {
	var out []store.Table
	for _, k := range r.Kinds {
		out = append(out, k.Table())
	}
	return out
}
