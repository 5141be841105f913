package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

// FieldKind says what a field holds.
type FieldKind string

// The kinds of fields.
const (
	KindText   FieldKind = "text"
	KindI18n   FieldKind = "i18n"   // text in several languages
	KindChoice FieldKind = "choice" // one of a fixed set
	KindNumber FieldKind = "number"
	KindMoney  FieldKind = "money"
	KindDay    FieldKind = "day"
	KindSpan   FieldKind = "span" // an interval of days
	KindWhen   FieldKind = "when" // a date as exactly as its source gives it
	KindRef    FieldKind = "ref"
	KindRefs   FieldKind = "refs"
	KindParts  FieldKind = "parts" // a list of parts with fields of their own
	KindPlace  FieldKind = "place" // a position with its coordinate reference system
	KindFile   FieldKind = "file"
	KindBool   FieldKind = "bool"
	KindSealed FieldKind = "sealed" // personal, encrypted, shown masked
)

// Column is one column of a field's table, with its type: TEXT, BIGINT or DOUBLE PRECISION.
type Column struct{ Name, Type string }

// Input is one value of a field as text, the way forms and sheets carry it. Name is the field's name, with a part
// after a dot where a field has several ("name.zh", "at.lon").
type Input struct{ Name, Value string }

// Field is one declared field. All of storing, checking, comparing, searching and showing it follows from here.
type Field struct {
	Name string
	Kind FieldKind
	// Choices are the values of a choice, in the order shown; each has a phrase <package>.<type>.<field>.<value>.
	Choices []string
	// To is the type a reference leads to.
	To string
	// Parts are the fields of each part of a list.
	Parts    []*Field
	Need     bool // must be filled
	Longest  int  // most characters of a text
	Weight   int  // 0 = not searched
	Listed   bool // a column of the default list
	Secret   int  // disclosure level from which the field is shown
	Decimals int
	Many     bool // of files: several
	// Aliases are other names under which a table may carry the field; Meanings are other names of a choice's values.
	Aliases  []string
	Meanings map[string]string
	Handle   bool // a record is also known by it where something refers to it
	Carried  bool // filled on saving from the records it rests on, never typed; see Type.Before

	columns []Column
	vals    func(dst []any, rec any) []any
	dests   func(dst []any, rec any) []any
	json    func(dst []byte, rec any) []byte // nothing appended when empty
	unjson  func(rec any, raw json.RawMessage) error
	inputs  func(rec any) []Input
	set     func(rec any, sub, value string) error
	words   func(rec any) []string
	clear   func(rec any)
	text    func(rec any) *string         // of fields that are one text
	langs   func(rec any) *translate.Text // of texts in several languages
	items   func(rec any) []any           // the parts of a list
}

// Required says that the field must be filled.
func (f *Field) Required() *Field { f.Need = true; return f }

// Max limits a text to n characters.
func (f *Field) Max(n int) *Field { f.Longest = n; return f }

// Search makes the field's texts findable.
func (f *Field) Search() *Field { f.Weight = 1; return f }

// List makes the field a column of the default list.
func (f *Field) List() *Field { f.Listed = true; return f }

// FromLevel hides the field from those who may see less than the disclosure level.
func (f *Field) FromLevel(n int) *Field { f.Secret = n; return f }

// Carry says that the field is filled on saving from the records this one rests on: forms do not ask for it.
func (f *Field) Carry() *Field { f.Carried = true; return f }

// Called gives other names under which a table may carry the field.
func (f *Field) Called(names ...string) *Field { f.Aliases = names; return f }

// Means gives another name of a value of a choice, as a table may write it.
func (f *Field) Means(name, value string) *Field {
	if f.Meanings == nil {
		f.Meanings = map[string]string{}
	}
	f.Meanings[name] = value
	return f
}

// Names says that a table may name the record by this text where it refers to it.
func (f *Field) Names() *Field { f.Handle = true; return f }

// IsLabel tells whether the field is the one a record is called by, so that lists need not show it twice.
func (f *Field) IsLabel() bool {
	return f.Kind == KindI18n && (f.Name == "name" || f.Name == "title" || f.Name == "what")
}

// Columns are the columns of the field.
func (f *Field) Columns() []Column { return f.columns }

// Inputs gives the field's value as texts.
func (f *Field) Inputs(rec any) []Input { return f.inputs(rec) }

// Text gives the value of a field that is one text; false for every other.
func (f *Field) Text(rec any) (string, bool) {
	if f.text == nil {
		return "", false
	}
	return *f.text(rec), true
}

// Texts gives the value of a field in several languages as it stands in the record; nil for every other field.
func (f *Field) Texts(rec any) translate.Text {
	if f.langs == nil {
		return nil
	}
	return *f.langs(rec)
}

// Set reads one text into the field. sub is what stands after the dot, "" if nothing does.
func (f *Field) Set(rec any, sub, value string) error { return f.set(rec, sub, value) }

// JSON gives the field's value as JSON; nil when it is empty.
func (f *Field) JSON(rec any) []byte { return f.json(nil, rec) }

// SetJSON reads the field from JSON.
func (f *Field) SetJSON(rec any, raw json.RawMessage) error {
	if len(raw) == 0 || string(raw) == "null" {
		f.clear(rec)
		return nil
	}
	return f.unjson(rec, raw)
}

// Empty tells whether the field holds nothing.
func (f *Field) Empty(rec any) bool {
	if f.text != nil {
		return *f.text(rec) == ""
	}
	return len(f.json(nil, rec)) == 0
}

// Words gives the texts of the field that can be searched for.
func (f *Field) Words(rec any) []string { return f.words(rec) }

func none(any) []string { return nil }

// tidy brings the value into the form in which it is read back: texts without space around them, parts as their JSON
// gives them, no number below zero by sign alone. What no engine could keep is refused.
func (f *Field) tidy(rec any) error {
	switch f.Kind {
	case KindText, KindChoice, KindRef, KindWhen, KindSealed:
		s := *f.text(rec)
		if !clean(s) {
			return fault.At(f.Name, "record.field.not_text", nil)
		}
		return f.set(rec, "", s)
	case KindI18n:
		t := f.langs(rec)
		if len(*t) == 0 {
			return nil
		}
		own := make(translate.Text, len(*t)) // a map of its own, so that trimming changes nobody else's
		for l, s := range *t {
			if !clean(s) || !clean(string(l)) {
				return fault.At(f.Name, "record.field.not_text", nil)
			}
			if s = strings.TrimSpace(s); s != "" {
				own[l] = s
			}
		}
		if *t = own; len(own) == 0 {
			*t = nil
		}
	case KindNumber, KindPlace:
		raw := f.json(nil, rec)
		if bytes.Contains(raw, []byte("NaN")) || bytes.Contains(raw, []byte("Inf")) {
			return fault.At(f.Name, "record.field.not_number", fault.Args{"value": string(raw)})
		}
		if len(raw) > 0 {
			return f.unjson(rec, raw)
		}
	case KindRefs, KindFile, KindParts:
		raw := f.json(nil, rec)
		if len(raw) == 0 {
			return nil
		}
		if !utf8.Valid(raw) || bytes.Contains(raw, []byte(`\u0000`)) {
			return fault.At(f.Name, "record.field.not_text", nil)
		}
		if f.Kind == KindParts {
			return f.unjson(rec, raw)
		}
	case KindMoney, KindDay, KindSpan, KindBool:
	}
	return nil
}

// unsigned is the number without a sign before zero: one engine drops it.
func unsigned(v float64) float64 {
	if v == 0 {
		return 0
	}
	return v
}

// quote appends a JSON string without escaping what is no danger in JSON.
func quote(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		start = i + 1
	}
	return append(append(dst, s[start:]...), '"')
}

// unquote reads a JSON string in which nothing is escaped, as nearly all are; false leaves it to the decoder.
func unquote(raw []byte) (string, bool) {
	if n := len(raw); n < 2 || raw[0] != '"' || raw[n-1] != '"' || !utf8.Valid(raw) {
		return "", false
	}
	in := raw[1 : len(raw)-1]
	for _, c := range in {
		if c < 0x20 || c == '"' || c == '\\' {
			return "", false
		}
	}
	return string(in), true
}

// of reaches a part of a record whatever its type is, so that what a field does with it stands in the program once and not
// once for each type.
func of[T, V any](at func(*T) *V) func(rec any) *V { return func(rec any) *V { return at(rec.(*T)) } }

func stringField(name string, kind FieldKind, p func(rec any) *string) *Field {
	f := &Field{Name: name, Kind: kind, columns: []Column{{name, "TEXT"}}}
	f.text = p
	f.vals = func(dst []any, rec any) []any { return append(dst, *p(rec)) }
	f.dests = func(dst []any, rec any) []any { return append(dst, p(rec)) }
	f.json = func(dst []byte, rec any) []byte {
		if s := *p(rec); s != "" {
			return quote(dst, s)
		}
		return dst
	}
	f.unjson = func(rec any, raw json.RawMessage) error {
		s, ok := unquote(raw)
		if !ok {
			if err := json.Unmarshal(raw, &s); err != nil {
				return fault.At(f.Name, "record.field.not_text", nil)
			}
		}
		return f.set(rec, "", s)
	}
	f.inputs = func(rec any) []Input { return []Input{{f.Name, *p(rec)}} }
	f.set = func(rec any, _, value string) error { *p(rec) = strings.TrimSpace(value); return nil }
	f.words = func(rec any) []string {
		if s := *p(rec); s != "" {
			return []string{s}
		}
		return nil
	}
	f.clear = func(rec any) { *p(rec) = "" }
	return f
}

// Text is a text in one language, a number of a paper, a code.
func Text[T any](name string, at func(*T) *string) *Field { return stringField(name, KindText, of(at)) }

// Choice is one of a fixed set of values.
func Choice[T any](name string, at func(*T) *string, values ...string) *Field {
	f := stringField(name, KindChoice, of(at))
	f.Choices, f.words = values, none
	return f
}

// Ref is a reference to a record of another type.
func Ref[T any](name, to string, at func(*T) *string) *Field {
	f := stringField(name, KindRef, of(at))
	f.To, f.words = to, none
	return f
}

// Date is a date as exactly as its source gives it: a year, a month or a day.
func Date[T any](name string, at func(*T) *clock.When) *Field { return dateField(name, of(at)) }

func dateField(name string, p func(rec any) *clock.When) *Field {
	f := stringField(name, KindWhen, func(rec any) *string { return (*string)(p(rec)) })
	f.words = none
	f.set = func(rec any, _, value string) error {
		w, err := clock.ParseWhen(value)
		if err != nil {
			return fault.At(f.Name, "record.field.not_when", fault.Args{"value": value})
		}
		*p(rec) = w
		return nil
	}
	return f
}

// Sealed is a personal text: stored encrypted, shown masked. The caller seals before saving; see package seal.
func Sealed[T any](name string, at func(*T) *string) *Field {
	f := stringField(name, KindSealed, of(at))
	f.words = none
	return f
}

// jsonDest scans a JSON text column into whatever read understands.
type jsonDest struct{ read func(string) error }

// Scan is called by the driver.
func (d jsonDest) Scan(src any) error {
	switch s := src.(type) {
	case nil:
		return d.read("")
	case string:
		return d.read(s)
	case []byte:
		return d.read(string(s))
	}
	return fmt.Errorf("not a text column: %T", src)
}

// I18n is a text in several languages.
func I18n[T any](name string, at func(*T) *translate.Text) *Field { return i18nField(name, of(at)) }

func i18nField(name string, p func(rec any) *translate.Text) *Field {
	f := &Field{Name: name, Kind: KindI18n, columns: []Column{{name, "TEXT"}}}
	f.langs = p
	f.vals = func(dst []any, rec any) []any { return append(dst, p(rec).JSON()) }
	f.dests = func(dst []any, rec any) []any {
		return append(dst, jsonDest{func(s string) (err error) { *p(rec), err = translate.ParseText(s); return err }})
	}
	f.json = func(dst []byte, rec any) []byte { return append(dst, p(rec).JSON()...) }
	f.unjson = func(rec any, raw json.RawMessage) error {
		t, err := translate.ParseText(string(raw))
		if err != nil {
			return fault.At(f.Name, "record.field.not_languages", nil)
		}
		for l, s := range t {
			if t[l] = strings.TrimSpace(s); t[l] == "" {
				delete(t, l)
			}
		}
		*p(rec) = t
		return nil
	}
	f.inputs = func(rec any) []Input {
		var out []Input
		t := *p(rec)
		for _, l := range translate.Langs {
			if s := t[l]; s != "" || l == "zh" || l == "en" {
				out = append(out, Input{f.Name + "." + string(l), s})
			}
		}
		for l, s := range t {
			if s != "" && !knownLang(l) {
				out = append(out, Input{f.Name + "." + string(l), s})
			}
		}
		return out
	}
	f.set = func(rec any, sub, value string) error {
		if sub == "" {
			return fault.At(f.Name, "record.field.which_language", nil)
		}
		if *p(rec) == nil {
			*p(rec) = translate.Text{}
		}
		if value = strings.TrimSpace(value); value == "" {
			delete(*p(rec), translate.Lang(sub))
		} else {
			(*p(rec))[translate.Lang(sub)] = value
		}
		return nil
	}
	f.words = func(rec any) []string { return p(rec).All() }
	f.clear = func(rec any) { *p(rec) = nil }
	return f
}

func knownLang(l translate.Lang) bool {
	for _, k := range translate.Langs {
		if k == l {
			return true
		}
	}
	return false
}

// Num is a number that may be missing.
type Num struct {
	Value float64
	Set   bool
}

// N is a number that is there.
func N(v float64) Num { return Num{v, true} }

// String is the number without needless digits; empty when missing.
func (n Num) String() string {
	if !n.Set {
		return ""
	}
	return strconv.FormatFloat(n.Value, 'f', -1, 64)
}

// Grouped is the number as people read it.
func (n Num) Grouped() string { return translate.Group(n.String()) }

// numDest scans a number that may be null.
type numDest struct{ n *Num }

// Scan is called by the driver.
func (d numDest) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d.n = Num{}
	case float64:
		*d.n = N(v)
	case int64:
		*d.n = N(float64(v))
	default:
		return fmt.Errorf("not a number column: %T", src)
	}
	return nil
}

// Number is a number; its unit is part of the field's label.
func Number[T any](name string, at func(*T) *Num) *Field { return numberField(name, of(at)) }

func numberField(name string, p func(rec any) *Num) *Field {
	f := &Field{Name: name, Kind: KindNumber, columns: []Column{{name, "DOUBLE PRECISION"}}}
	f.vals = func(dst []any, rec any) []any {
		if n := *p(rec); n.Set {
			return append(dst, n.Value)
		}
		return append(dst, nil)
	}
	f.dests = func(dst []any, rec any) []any { return append(dst, numDest{p(rec)}) }
	f.json = func(dst []byte, rec any) []byte { return append(dst, p(rec).String()...) }
	f.unjson = func(rec any, raw json.RawMessage) error { return f.set(rec, "", strings.Trim(string(raw), `"`)) }
	f.inputs = func(rec any) []Input { return []Input{{f.Name, p(rec).String()}} }
	f.set = func(rec any, _, value string) error {
		value = strings.ReplaceAll(strings.TrimSpace(value), ",", "")
		if value == "" {
			*p(rec) = Num{}
			return nil
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			return fault.At(f.Name, "record.field.not_number", fault.Args{"value": value})
		}
		*p(rec) = N(unsigned(v))
		return nil
	}
	f.words = none
	f.clear = func(rec any) { *p(rec) = Num{} }
	return f
}

// Amount is money: an amount in the smallest unit of its currency (ISO 4217), e.g. fen or cents.
type Amount struct {
	Minor    int64
	Currency string
}

// Money is an amount with its currency.
func Money[T any](name string, at func(*T) *Amount) *Field { return moneyField(name, of(at)) }

func moneyField(name string, p func(rec any) *Amount) *Field {
	f := &Field{Name: name, Kind: KindMoney, columns: []Column{{name, "BIGINT"}, {name + "_currency", "TEXT"}}}
	show := func(a Amount) string {
		if a.Currency == "" {
			return ""
		}
		sign, m := "", a.Minor
		if m < 0 {
			sign, m = "-", -m
		}
		return fmt.Sprintf("%s%d.%02d", sign, m/100, m%100)
	}
	f.vals = func(dst []any, rec any) []any { return append(dst, p(rec).Minor, p(rec).Currency) }
	f.dests = func(dst []any, rec any) []any { return append(dst, &p(rec).Minor, &p(rec).Currency) }
	f.json = func(dst []byte, rec any) []byte {
		a := *p(rec)
		if a.Currency == "" {
			return dst
		}
		dst = quote(append(dst, `{"amount":`...), show(a))
		dst = quote(append(dst, `,"currency":`...), a.Currency)
		return append(dst, '}')
	}
	f.unjson = func(rec any, raw json.RawMessage) error {
		var in struct{ Amount, Currency string }
		if err := json.Unmarshal(raw, &in); err != nil {
			return fault.At(f.Name, "record.field.not_money", nil)
		}
		if err := f.set(rec, "", in.Amount); err != nil {
			return err
		}
		return f.set(rec, "currency", in.Currency)
	}
	f.inputs = func(rec any) []Input {
		return []Input{{f.Name, show(*p(rec))}, {f.Name + ".currency", p(rec).Currency}}
	}
	f.set = func(rec any, sub, value string) error {
		value = strings.ReplaceAll(strings.TrimSpace(value), ",", "")
		if sub == "currency" {
			if value = strings.ToUpper(value); value != "" && len(value) != 3 {
				return fault.At(f.Name, "record.field.not_money", nil)
			}
			p(rec).Currency = value
			return nil
		}
		if value == "" {
			p(rec).Minor = 0
			return nil
		}
		whole, part, _ := strings.Cut(value, ".")
		v, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
		if err != nil || len(part) > 2 {
			return fault.At(f.Name, "record.field.not_money", nil)
		}
		p(rec).Minor = v
		return nil
	}
	f.words = none
	f.clear = func(rec any) { *p(rec) = Amount{} }
	return f
}

// dayDest scans a day; null is missing.
type dayDest struct {
	d       *clock.Day
	missing clock.Day
}

// Scan is called by the driver.
func (d dayDest) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d.d = d.missing
	case int64:
		*d.d = clock.Day(v)
	default:
		return fmt.Errorf("not a day column: %T", src)
	}
	return nil
}

// DayVal is a day as a column value: null when open.
func DayVal(d clock.Day) any {
	if d >= clock.Open || d <= -clock.Open {
		return nil
	}
	return int64(d)
}

// DayOf is a Day field: the day itself is known. A new record's day must be set to clock.Open when it is missing; see
// Define, which does so.
func DayOf[T any](name string, at func(*T) *clock.Day) *Field { return dayOfField(name, of(at)) }

func dayOfField(name string, p func(rec any) *clock.Day) *Field {
	f := &Field{Name: name, Kind: KindDay, columns: []Column{{name, "BIGINT"}}}
	f.vals = func(dst []any, rec any) []any { return append(dst, DayVal(*p(rec))) }
	f.dests = func(dst []any, rec any) []any { return append(dst, dayDest{p(rec), clock.Open}) }
	f.json = func(dst []byte, rec any) []byte {
		if s := p(rec).String(); s != "" {
			return quote(dst, s)
		}
		return dst
	}
	f.unjson = func(rec any, raw json.RawMessage) error { return f.set(rec, "", strings.Trim(string(raw), `"`)) }
	f.inputs = func(rec any) []Input { return []Input{{f.Name, p(rec).String()}} }
	f.set = func(rec any, _, value string) error { return setDay(p(rec), f.Name, value, clock.Open) }
	f.words = none
	f.clear = func(rec any) { *p(rec) = clock.Open }
	return f
}

func setDay(d *clock.Day, name, value string, missing clock.Day) error {
	if value = strings.TrimSpace(value); value == "" {
		*d = missing
		return nil
	}
	v, err := clock.ParseDay(value)
	if err != nil {
		return fault.At(name, "record.field.not_day", fault.Args{"value": value})
	}
	*d = v
	return nil
}

// Days is an interval of days, the end included; ±clock.Open where it has no end.
type Days struct{ From, To clock.Day }

// Span is an interval of days.
func Span[T any](name string, at func(*T) *Days) *Field { return spanField(name, of(at)) }

func spanField(name string, p func(rec any) *Days) *Field {
	f := &Field{Name: name, Kind: KindSpan, columns: []Column{{name + "_from", "BIGINT"}, {name + "_to", "BIGINT"}}}
	f.vals = func(dst []any, rec any) []any { return append(dst, DayVal(p(rec).From), DayVal(p(rec).To)) }
	f.dests = func(dst []any, rec any) []any {
		return append(dst, dayDest{&p(rec).From, -clock.Open}, dayDest{&p(rec).To, clock.Open})
	}
	f.json = func(dst []byte, rec any) []byte {
		a, b := p(rec).From.String(), p(rec).To.String()
		if a == "" && b == "" {
			return dst
		}
		dst = quote(append(dst, `{"from":`...), a)
		dst = quote(append(dst, `,"to":`...), b)
		return append(dst, '}')
	}
	f.unjson = func(rec any, raw json.RawMessage) error {
		var in struct{ From, To string }
		if err := json.Unmarshal(raw, &in); err != nil {
			return fault.At(f.Name, "record.field.not_span", nil)
		}
		if err := f.set(rec, "from", in.From); err != nil {
			return err
		}
		return f.set(rec, "to", in.To)
	}
	f.inputs = func(rec any) []Input {
		return []Input{{f.Name + ".from", p(rec).From.String()}, {f.Name + ".to", p(rec).To.String()}}
	}
	f.set = func(rec any, sub, value string) error {
		if sub == "to" {
			return setDay(&p(rec).To, f.Name, value, clock.Open)
		}
		return setDay(&p(rec).From, f.Name, value, -clock.Open)
	}
	f.words = none
	f.clear = func(rec any) { *p(rec) = Days{-clock.Open, clock.Open} }
	return f
}

// Bool is yes or no; no when nothing was said.
func Bool[T any](name string, at func(*T) *bool) *Field { return boolField(name, of(at)) }

func boolField(name string, p func(rec any) *bool) *Field {
	f := &Field{Name: name, Kind: KindBool, columns: []Column{{name, "BIGINT"}}}
	f.vals = func(dst []any, rec any) []any { return append(dst, bit(*p(rec))) }
	f.dests = func(dst []any, rec any) []any { return append(dst, bitDest{p(rec)}) }
	f.json = func(dst []byte, rec any) []byte {
		if *p(rec) {
			return append(dst, "true"...)
		}
		return dst
	}
	f.unjson = func(rec any, raw json.RawMessage) error { return f.set(rec, "", strings.Trim(string(raw), `"`)) }
	f.inputs = func(rec any) []Input {
		if *p(rec) {
			return []Input{{f.Name, "1"}}
		}
		return []Input{{f.Name, ""}}
	}
	f.set = func(rec any, _, value string) error {
		switch strings.ToLower(strings.TrimSpace(value)) {
		case "1", "true", "yes", "on", "是":
			*p(rec) = true
		case "", "0", "false", "no", "否":
			*p(rec) = false
		default:
			return fault.At(f.Name, "record.field.not_bool", fault.Args{"value": value})
		}
		return nil
	}
	f.words = none
	f.clear = func(rec any) { *p(rec) = false }
	return f
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// bitDest scans 0 or 1.
type bitDest struct{ b *bool }

// Scan is called by the driver.
func (d bitDest) Scan(src any) error {
	v, ok := src.(int64)
	if !ok && src != nil {
		return fmt.Errorf("not a yes-or-no column: %T", src)
	}
	*d.b = v != 0
	return nil
}

// jsonInto scans a column of JSON into a value; an empty column leaves nothing in it.
func jsonInto[V any](p func(rec any) *V) func(dst []any, rec any) []any {
	return func(dst []any, rec any) []any {
		return append(dst, jsonDest{func(s string) error {
			var none V
			if *p(rec) = none; s == "" {
				return nil
			}
			return json.Unmarshal([]byte(s), p(rec))
		}})
	}
}

// Refs is a list of references to records of one type.
func Refs[T any](name, to string, at func(*T) *[]string) *Field { return refsField(name, to, of(at)) }

func refsField(name, to string, p func(rec any) *[]string) *Field {
	f := &Field{Name: name, Kind: KindRefs, To: to, columns: []Column{{name, "TEXT"}}}
	f.vals = func(dst []any, rec any) []any { return append(dst, string(f.json(nil, rec))) }
	f.dests = jsonInto(p)
	f.json = func(dst []byte, rec any) []byte { return list(dst, *p(rec)) }
	f.unjson = func(rec any, raw json.RawMessage) error {
		var in []string
		if err := json.Unmarshal(raw, &in); err != nil {
			return fault.At(f.Name, "record.field.not_list", nil)
		}
		*p(rec) = in
		return nil
	}
	f.inputs = func(rec any) []Input { return []Input{{f.Name, strings.Join(*p(rec), " ")}} }
	f.set = func(rec any, _, value string) error {
		*p(rec) = strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\n' })
		return nil
	}
	f.words = none
	f.clear = func(rec any) { *p(rec) = nil }
	return f
}

// list appends a JSON list of texts, nothing when it is empty.
func list(dst []byte, items []string) []byte {
	if len(items) == 0 {
		return dst
	}
	dst = append(dst, '[')
	for i, s := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = quote(dst, s)
	}
	return append(dst, ']')
}

// Position is a place on the earth as it was given: degrees and the coordinate reference system they came in
// ("WGS84", "CGCS2000", "GCJ02").
type Position struct {
	Lon, Lat float64
	CRS      string
}

// Known tells whether there is a position.
func (p Position) Known() bool { return p.CRS != "" }

// Place is a position with its coordinate reference system.
func Place[T any](name string, at func(*T) *Position) *Field { return placeField(name, of(at)) }

func placeField(name string, p func(rec any) *Position) *Field {
	f := &Field{Name: name, Kind: KindPlace, columns: []Column{{name + "_lon", "DOUBLE PRECISION"}, {name + "_lat", "DOUBLE PRECISION"}, {name + "_crs", "TEXT"}}}
	num := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	f.vals = func(dst []any, rec any) []any { return append(dst, p(rec).Lon, p(rec).Lat, p(rec).CRS) }
	f.dests = func(dst []any, rec any) []any { return append(dst, &p(rec).Lon, &p(rec).Lat, &p(rec).CRS) }
	f.json = func(dst []byte, rec any) []byte {
		if !p(rec).Known() {
			return dst
		}
		dst = append(append(append(append(dst, `{"lon":`...), num(p(rec).Lon)...), `,"lat":`...), num(p(rec).Lat)...)
		return append(quote(append(dst, `,"crs":`...), p(rec).CRS), '}')
	}
	f.unjson = func(rec any, raw json.RawMessage) error {
		var in struct {
			Lon, Lat float64
			CRS      string
		}
		if err := json.Unmarshal(raw, &in); err != nil {
			return fault.At(f.Name, "record.field.not_place", nil)
		}
		*p(rec) = Position{unsigned(in.Lon), unsigned(in.Lat), in.CRS}
		return p(rec).check(f.Name)
	}
	f.inputs = func(rec any) []Input {
		if !p(rec).Known() {
			return []Input{{f.Name + ".lon", ""}, {f.Name + ".lat", ""}, {f.Name + ".crs", ""}}
		}
		return []Input{{f.Name + ".lon", num(p(rec).Lon)}, {f.Name + ".lat", num(p(rec).Lat)}, {f.Name + ".crs", p(rec).CRS}}
	}
	f.set = func(rec any, sub, value string) error {
		value = strings.TrimSpace(value)
		if sub == "crs" {
			p(rec).CRS = strings.ToUpper(value)
			return p(rec).check(f.Name)
		}
		v := 0.0
		if value != "" {
			var err error
			if v, err = strconv.ParseFloat(value, 64); err != nil {
				return fault.At(f.Name, "record.field.not_place", nil)
			}
			if p(rec).CRS == "" {
				p(rec).CRS = "WGS84"
			}
		}
		v = unsigned(v)
		if sub == "lon" {
			p(rec).Lon = v
		} else {
			p(rec).Lat = v
		}
		return p(rec).check(f.Name)
	}
	f.words = none
	f.clear = func(rec any) { *p(rec) = Position{} }
	return f
}

func (p Position) check(name string) error {
	if p.CRS == "" || p.Lon >= -180 && p.Lon <= 180 && p.Lat >= -90 && p.Lat <= 90 {
		return nil
	}
	return fault.At(name, "record.field.not_place", nil)
}

// Doc is a file kept by its digest.
type Doc struct {
	Digest string `json:"digest"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
}

func (d *Doc) append(dst []byte) []byte {
	dst = quote(append(dst, `{"digest":`...), d.Digest)
	dst = quote(append(dst, `,"name":`...), d.Name)
	dst = quote(append(dst, `,"type":`...), d.Type)
	return append(strconv.AppendInt(append(dst, `,"size":`...), d.Size, 10), '}')
}

// JSON is the file as fields carry it.
func (d *Doc) JSON() string { return string(d.append(nil)) }

// Docs gives the files of a field of kind file, be it one or several.
func (f *Field) Docs(rec any) []Doc {
	raw := f.json(nil, rec)
	if len(raw) == 0 {
		return nil
	}
	var out []Doc
	if !f.Many {
		raw = append(append([]byte{'['}, raw...), ']')
	}
	_ = json.Unmarshal(raw, &out) // its own JSON
	return out
}

// SetDocs puts files into a field of kind file. A field of one file takes the last.
func (f *Field) SetDocs(rec any, docs []Doc) error {
	f.clear(rec)
	if len(docs) == 0 {
		return nil
	}
	if !f.Many {
		return f.unjson(rec, docs[len(docs)-1].append(nil))
	}
	return f.unjson(rec, docsJSON(nil, docs))
}

func docsJSON(dst []byte, docs []Doc) []byte {
	for i := range docs {
		if i == 0 {
			dst = append(dst, '[')
		} else {
			dst = append(dst, ',')
		}
		dst = docs[i].append(dst)
	}
	if len(docs) > 0 {
		dst = append(dst, ']')
	}
	return dst
}

// Files is a list of documents or pictures kept in the file store.
func Files[T any](name string, at func(*T) *[]Doc) *Field { return filesField(name, of(at)) }

func filesField(name string, p func(rec any) *[]Doc) *Field {
	f := &Field{Name: name, Kind: KindFile, Many: true, columns: []Column{{name, "TEXT"}}}
	f.vals = func(dst []any, rec any) []any { return append(dst, string(f.json(nil, rec))) }
	f.dests = jsonInto(p)
	f.json = func(dst []byte, rec any) []byte { return docsJSON(dst, *p(rec)) }
	f.unjson = func(rec any, raw json.RawMessage) error {
		var in []Doc
		if err := json.Unmarshal(raw, &in); err != nil {
			return fault.At(f.Name, "record.field.not_file", nil)
		}
		if len(in) == 0 {
			in = nil
		}
		*p(rec) = in
		return nil
	}
	f.inputs = func(rec any) []Input { return []Input{{f.Name, string(f.json(nil, rec))}} }
	f.set = func(rec any, _, value string) error {
		if value == "" {
			*p(rec) = nil
			return nil
		}
		return f.unjson(rec, json.RawMessage(value))
	}
	f.words = func(rec any) []string {
		var out []string
		for _, d := range *p(rec) {
			out = append(out, d.Name)
		}
		return out
	}
	f.clear = func(rec any) { *p(rec) = nil }
	return f
}

// File is a document or picture kept in the file store.
func File[T any](name string, at func(*T) *Doc) *Field { return fileField(name, of(at)) }

func fileField(name string, p func(rec any) *Doc) *Field {
	f := &Field{Name: name, Kind: KindFile, columns: []Column{{name, "TEXT"}}}
	f.vals = func(dst []any, rec any) []any { return append(dst, string(f.json(nil, rec))) }
	f.dests = jsonInto(p)
	f.json = func(dst []byte, rec any) []byte {
		if d := p(rec); d.Digest != "" {
			return d.append(dst)
		}
		return dst
	}
	f.unjson = func(rec any, raw json.RawMessage) error {
		var in Doc
		if err := json.Unmarshal(raw, &in); err != nil {
			return fault.At(f.Name, "record.field.not_file", nil)
		}
		*p(rec) = in
		return nil
	}
	f.inputs = func(rec any) []Input { return []Input{{f.Name, string(f.json(nil, rec))}} }
	f.set = func(rec any, _, value string) error {
		if value == "" {
			*p(rec) = Doc{}
			return nil
		}
		return f.unjson(rec, json.RawMessage(value))
	}
	f.words = func(rec any) []string {
		if n := p(rec).Name; n != "" {
			return []string{n}
		}
		return nil
	}
	f.clear = func(rec any) { *p(rec) = Doc{} }
	return f
}

// Parts is a list of parts, each with fields of its own; it is kept in the record's row.
func Parts[T, P any](name string, at func(*T) *[]P, fields ...*Field) *Field {
	f := &Field{Name: name, Kind: KindParts, Parts: fields, columns: []Column{{name, "TEXT"}}}
	p := func(rec any) *[]P { return at(rec.(*T)) }
	f.vals = func(dst []any, rec any) []any { return append(dst, string(f.json(nil, rec))) }
	read := func(rec any, raw string) error {
		*p(rec) = nil
		if raw == "" {
			return nil
		}
		var in []map[string]json.RawMessage
		if err := json.Unmarshal([]byte(raw), &in); err != nil {
			return fault.At(f.Name, "record.field.not_parts", nil)
		}
		out := make([]P, len(in))
		for i := range in {
			for _, sub := range fields {
				sub.clear(&out[i])
				if v, ok := in[i][sub.Name]; ok {
					if err := sub.SetJSON(&out[i], v); err != nil {
						if e, ok := errors.AsType[*fault.Error](err); ok {
							e.Field = f.Name
						}
						return err
					}
				}
			}
		}
		*p(rec) = out
		return nil
	}
	f.dests = func(dst []any, rec any) []any {
		return append(dst, jsonDest{func(s string) error { return read(rec, s) }})
	}
	f.json = func(dst []byte, rec any) []byte {
		items := *p(rec)
		if len(items) == 0 {
			return dst
		}
		dst = append(dst, '[')
		for i := range items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, '{')
			first := true
			for _, sub := range fields {
				if v := sub.json(nil, &items[i]); len(v) > 0 {
					if !first {
						dst = append(dst, ',')
					}
					first = false
					dst = append(append(quote(dst, sub.Name), ':'), v...)
				}
			}
			dst = append(dst, '}')
		}
		return append(dst, ']')
	}
	f.items = func(rec any) []any {
		var out []any
		for i := range *p(rec) {
			out = append(out, &(*p(rec))[i])
		}
		return out
	}
	f.unjson = func(rec any, raw json.RawMessage) error { return read(rec, string(raw)) }
	f.inputs = func(rec any) []Input { return []Input{{f.Name, string(f.json(nil, rec))}} }
	f.set = func(rec any, _, value string) error { return read(rec, strings.TrimSpace(value)) }
	f.words = func(rec any) []string {
		var out []string
		for i := range *p(rec) {
			for _, sub := range fields {
				if sub.Weight > 0 {
					out = append(out, sub.words(&(*p(rec))[i])...)
				}
			}
		}
		return out
	}
	f.clear = func(rec any) { *p(rec) = nil }
	return f
}

// Each calls fn with every part of a Parts field, for pages that show them.
func (f *Field) Each(rec any, fn func(i int, values []Input)) {
	var in []map[string]json.RawMessage
	if err := json.Unmarshal(f.json(nil, rec), &in); err != nil {
		return // an empty list has no JSON
	}
	for i := range in {
		var vals []Input
		for _, sub := range f.Parts {
			vals = append(vals, Input{sub.Name, string(in[i][sub.Name])})
		}
		fn(i, vals)
	}
}
