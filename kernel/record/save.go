package record

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/history"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/search"
	"yunqiao/kernel/store"
)

// The acts of writing.
const (
	ActNew      = "new"      // a record's first version
	ActChange   = "change"   // from a day on it is different
	ActCorrect  = "correct"  // it was recorded wrongly
	ActWithdraw = "withdraw" // it should not have been recorded
	ActResume   = "resume"   // it is so again, after an interval that has ended
	ActCarry    = "carry"    // what remains of an interval after a change
	ActMerge    = "merge"    // taken into another record
	ActUnmerge  = "unmerge"  // brought back
)

// How says how a record is saved. The zero value is a new record, or a correction of an existing one.
type How struct {
	Act  string
	From clock.Day // for a change: the day from which it is different; 0 = today
	Why  string
	// Ahead is what Prepare made before the save had the writer; nil when nothing was.
	Ahead *Ahead
}

// Ahead holds what a save needs and no database is asked for: the one writer of SQLite is spared making it.
type Ahead struct {
	words []string
	terms string
}

// Prepare makes ahead what a save of the record will need. It is compared with the record when it is saved.
func (k *Kind) Prepare(e raw.Engine, rec any) *Ahead {
	if e != store.SQLite {
		return nil // there each saver has a connection, and terms are numbered together with the units
	}
	words := k.words(rec, k.head(rec))
	return &Ahead{words, search.TermsOf(e, words, nil)}
}

// Save writes a record: fields, rules, lifecycle move, version guard, row, ledger entry, search terms and what
// follows, in the caller's transaction. A version that somebody else has replaced is refused as Stale.
func Save[T any](tx *store.Tx, t *Type[T], rec *T, how How) error {
	return SaveAny(tx, t.Kind, rec, how)
}

var idShape = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,59}$`)

// SaveAny is Save for a record whose Go type is not known to the caller.
func SaveAny(tx *store.Tx, k *Kind, rec any, how How) (err error) {
	h := k.head(rec)
	defer fault.Wrap(&err, "saving %s %s", k.Name, h.ID)
	before := *h
	raw.OnUndo(tx, func() { *h = before })
	defer func() {
		if err != nil { // who goes on in the same transaction has the record as it was
			*h = before
		}
	}()
	k.defaults(&tx.View, h)
	for _, fill := range k.before {
		if err := fill(&tx.View, rec); err != nil {
			return err
		}
	}
	if err := k.mayWrite(&tx.View, rec, h); err != nil {
		return err
	}
	found := append(k.tidy(rec), k.Check(rec)...)
	unfit, err := k.fit(&tx.View, rec)
	if err != nil {
		return err
	}
	if how.Act != ActWithdraw && how.Act != ActMerge { // what should not have been recorded need not fit to be taken back
		found = also(found, unfit)
	}
	if err := fault.Join(found); err != nil {
		return err
	}
	if !clean(how.Why) {
		return fault.At("why", "record.field.not_text", nil)
	}
	if h.VID == "" {
		return k.first(tx, rec, h, how)
	}
	return k.again(tx, rec, h, how)
}

// place fills the owner's path from the unit tree. The owner may be given by its code; its id is kept.
func (k *Kind) place(v *store.View, rec any, h *Head) (err error) {
	db := raw.DBOf(v)
	h.Path = [access.MaxDepth]string{}
	var path []string
	switch {
	case k.path != nil:
		if h.ID == "" {
			h.ID = clock.NewID(v.Now) // a unit's path ends with its own id
		}
		path, err = k.path(v, rec)
	case h.Unit == "" || db.Path == nil:
		return nil
	default:
		path, err = db.Path(v, h.Unit)
	}
	if err != nil {
		return err
	}
	if len(path) == 0 {
		return fault.At("unit", "record.unit.unknown", fault.Args{"unit": h.Unit})
	}
	if len(path) > access.MaxDepth {
		return fault.At("unit", "record.unit.deep", fault.Args{"max": access.MaxDepth})
	}
	copy(h.Path[:], path)
	h.Unit = path[len(path)-1]
	return nil
}

// Replace puts the records that belong to a unit at another path, in every version: where a unit lies in the tree is no
// part of what was recorded, so no version is added.
func Replace(tx *store.Tx, unit string, path []string) (err error) {
	defer fault.Wrap(&err, "moving the records of %s", unit)
	if len(path) == 0 || len(path) > access.MaxDepth {
		return fault.At("unit", "record.unit.deep", fault.Args{"max": access.MaxDepth})
	}
	var u [access.MaxDepth]string
	copy(u[:], path)
	for _, name := range raw.DBOf(&tx.View).TypeNames() {
		n, err := raw.Exec(tx, "UPDATE "+name+` SET u1 = ?, u2 = ?, u3 = ?, u4 = ?
WHERE unit = ? AND (u1 <> ? OR u2 <> ? OR u3 <> ? OR u4 <> ?)`, u[0], u[1], u[2], u[3], unit, u[0], u[1], u[2], u[3])
		if err != nil {
			return err
		}
		if n > 0 {
			raw.Touch(tx, name)
		}
	}
	return nil
}

// fit names a record, and asks the office what of it does not fit.
func (k *Kind) fit(v *store.View, rec any) ([]*fault.Error, error) {
	h := k.head(rec)
	h.Disputed, h.Label = h.countDisputed(), k.label(rec)
	return k.unfit(v, rec)
}

// unfit asks the office what of a record does not fit.
func (k *Kind) unfit(v *store.View, rec any) ([]*fault.Error, error) {
	db := raw.DBOf(v)
	if db.Fit == nil {
		return nil, nil
	}
	err := db.Fit(v, k.Name, rec)
	found := fault.All(err)
	if err != nil && (found == nil || fault.KindOf(err) == fault.Defect) {
		return nil, err
	}
	out := make([]*fault.Error, len(found))
	for i, e := range found { // each for itself: they are joined with others
		one := *e
		one.More, out[i] = nil, &one
	}
	return out, nil
}

// also adds findings about fields of which nothing else is said yet.
func also(found, more []*fault.Error) []*fault.Error {
	for _, e := range more {
		if !slices.ContainsFunc(found, func(o *fault.Error) bool { return o.Field == e.Field }) {
			found = append(found, e)
		}
	}
	return found
}

// Check lists what is wrong with a record's fields, each finding at its field.
func (k *Kind) Check(rec any) []*fault.Error {
	var out []*fault.Error
	h := k.head(rec)
	out = checkFields(out, k.Fields, rec)
	if !k.Life.Has(h.State) {
		out = append(out, fault.At("state", "record.state.unknown", fault.Args{"state": h.State}))
	}
	if h.From >= h.To {
		out = append(out, fault.At("valid_to", "record.valid.backwards", nil))
	}
	if h.Level < 0 || h.Level > 2 {
		out = append(out, fault.At("level", "record.level.unknown", nil))
	}
	for _, s := range h.Sources {
		if !clean(s) {
			out = append(out, fault.At("sources", "record.field.not_text", nil))
		}
	}
	for _, c := range h.Claims {
		name, _, _ := strings.Cut(c.Field, ".")
		if k.byName[name] == nil && c.Field != "state" && c.Field != "valid_from" && c.Field != "valid_to" {
			out = append(out, fault.At("claims", "record.claim.field", fault.Args{"field": c.Field}))
		}
		if !clean(c.Value+c.Source+c.Quality) || !clean(strings.Join(c.Reason.All(), "")) {
			out = append(out, fault.At("claims", "record.field.not_text", nil))
		}
	}
	if k.check != nil {
		out = append(out, k.check(rec)...)
	}
	return out
}

// clean tells whether every engine takes a text and gives it back as it was.
func clean(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// tidy brings fields into the form that reading them back gives, so that what is signed is what will be found.
func (k *Kind) tidy(rec any) (out []*fault.Error) {
	for _, f := range k.Fields {
		if err := f.tidy(rec); err != nil {
			out = append(out, fault.All(err)...)
		}
	}
	return out
}

// checkFields checks fields of a record or of a part of one.
func checkFields(out []*fault.Error, fields []*Field, rec any) []*fault.Error {
	for _, f := range fields {
		if f.Need && f.Empty(rec) {
			out = append(out, fault.At(f.Name, "record.field.required", nil))
			continue
		}
		switch f.Kind {
		case KindParts:
			for _, item := range f.items(rec) {
				for _, e := range checkFields(nil, f.Parts, item) {
					e.Field = f.Name
					out = append(out, e)
				}
			}
		case KindMoney:
			if in := f.inputs(rec); in[1].Value == "" && f.vals(nil, rec)[0] != int64(0) {
				out = append(out, fault.At(f.Name, "record.field.not_money", nil))
			}
		case KindText, KindChoice:
			s := *f.text(rec)
			if f.Longest > 0 && len(s) > f.Longest && utf8.RuneCountInString(s) > f.Longest {
				out = append(out, fault.At(f.Name, "record.field.too_long", fault.Args{"max": f.Longest}))
			}
			if f.Kind == KindChoice && s != "" && !has(f.Choices, s) {
				out = append(out, fault.At(f.Name, "record.field.not_choice", fault.Args{"value": s}))
			}
		case KindI18n:
			if f.Longest > 0 {
				for _, text := range *f.langs(rec) {
					if utf8.RuneCountInString(text) > f.Longest {
						out = append(out, fault.At(f.Name, "record.field.too_long", fault.Args{"max": f.Longest}))
						break
					}
				}
			}
		case KindSpan:
			in := f.inputs(rec)
			if a, b := in[0].Value, in[1].Value; a != "" && b != "" && a > b {
				out = append(out, fault.At(f.Name, "record.field.span_backwards", nil))
			}
		}
	}
	return out
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// first writes a record's first version.
func (k *Kind) first(tx *store.Tx, rec any, h *Head, how How) error {
	if h.ID == "" {
		h.ID = clock.NewID(tx.Now)
	} else {
		if !idShape.MatchString(h.ID) {
			return fault.At("id", "record.id.shape", fault.Args{"id": h.ID})
		}
		var n int
		err := raw.ReadOne(&tx.View, "SELECT count(*) FROM "+k.Name+" WHERE id = ?", []any{h.ID}, &n)
		if err != nil {
			return err
		}
		if n > 0 {
			return fault.At("id", "record.id.taken", fault.Args{"id": h.ID})
		}
	}
	h.Rev = 1
	if !k.IsDate {
		h.From, h.To = -clock.Open, clock.Open
	}
	act := how.Act
	if act == "" || act == ActChange || act == ActCorrect {
		act = ActNew
	}
	if err := k.row(tx, rec, h, act, how); err != nil {
		return err
	}
	return k.follow(tx, rec)
}

// again writes a further version: it closes the version that was read and adds the new belief.
func (k *Kind) again(tx *store.Tx, rec any, h *Head, how How) error {
	old, err := k.byVID(&tx.View, h.VID)
	if err != nil {
		return err
	}
	oh := k.head(old)
	if oh.ID != h.ID {
		return fault.New(fault.Missing, "store.missing", nil)
	}
	if !k.Edit(tx.Who, oh.Path[:]) {
		return fault.New(fault.Denied, "record.denied.unit", nil)
	}
	if err := k.theirs(tx.Who, old); err != nil {
		return err
	}
	if how.Why == "" && (how.Act == ActWithdraw || how.Act == ActCorrect && k.IsDate) {
		return fault.At("why", "record.why", nil)
	}
	if how.Act != ActCorrect && how.Act != ActWithdraw && how.Act != ActUnmerge && how.Act != ActMerge {
		if err := k.Life.Allow(oh.State, h.State, tx.Who, how.Why, rec); err != nil {
			return err
		}
	}
	if !oh.Held() {
		return fault.New(fault.Stale, "record.stale", fault.Args{"id": h.ID})
	}
	if how.Act == ActResume && k.IsDate && oh.To < clock.Open && how.From >= oh.To {
		return k.resume(tx, rec, h, oh, how)
	}
	// Whatever refuses the save does so before anything is written: an import goes on with the next row.
	act, dropped := how.Act, how.Act == ActWithdraw || how.Act == ActMerge
	switch {
	case dropped:
	case act == ActChange && k.IsDate:
		from := how.From
		if from == 0 {
			from = tx.ValidOn
		}
		if from <= oh.From || from >= oh.To {
			return fault.At("from", "record.change.outside", fault.Args{"from": oh.From.String(), "to": oh.To.String()})
		}
		h.From, h.To = from, oh.To
		oh.To = from
	case !k.IsDate:
		if act == "" {
			act = ActChange
		}
		h.From, h.To = oh.From, oh.To
	case act == "":
		act = ActCorrect
	}
	if k.IsDate {
		if !dropped {
			if err := k.apart(tx, h); err != nil {
				return err
			}
		}
		// The versions of several intervals are saved one by one: the record's count is over all of them.
		if err := raw.ReadOne(&tx.View, "SELECT max(rev) + 1 FROM "+k.Name+" WHERE id = ?", []any{h.ID}, &h.Rev); err != nil {
			return err
		}
	} else {
		h.Rev = oh.Rev + 1
	}
	// Another machine's clock may be ahead, and this one's may have been set back: no version ends before it began.
	tx.Now = max(tx.Now, oh.RecordedFrom)
	stale := fault.New(fault.Stale, "record.stale", fault.Args{"id": h.ID})
	if err := raw.PutOr(tx, stale, "UPDATE "+k.Name+" SET recorded_to = ? WHERE vid = ? AND recorded_to IS NULL", tx.Now, h.VID); err != nil {
		return err
	}
	if dropped {
		return k.withdraw(tx, rec, h, act, how)
	}
	if act == ActChange && k.IsDate {
		// What remains of the old interval is recorded anew, so that each version still means one interval.
		oh.Rev = h.Rev
		if err := k.row(tx, old, oh, ActCarry, how); err != nil {
			return err
		}
	}
	if err := k.row(tx, rec, h, act, how); err != nil {
		return err
	}
	return k.follow(tx, rec)
}

// resume adds an interval after one that has ended: nothing that was so before changes.
func (k *Kind) resume(tx *store.Tx, rec any, h, last *Head, how How) error {
	h.Rev, h.From = last.Rev+1, how.From
	if h.To <= h.From {
		h.To = clock.Open
	}
	if err := k.apart(tx, h); err != nil {
		return err
	}
	if err := k.row(tx, rec, h, ActResume, how); err != nil {
		return err
	}
	return k.follow(tx, rec)
}

// apart refuses a version that would hold for the same days as another held one of the record. The version that it
// replaces does not count.
func (k *Kind) apart(tx *store.Tx, h *Head) error {
	var n int
	from, to := int64(h.From), int64(h.To)
	err := raw.ReadOne(&tx.View, "SELECT count(*) FROM "+k.Name+` WHERE id = ? AND recorded_to IS NULL AND vid <> ?
AND (valid_from IS NULL OR valid_from < ?) AND (valid_to IS NULL OR valid_to > ?)`, []any{h.ID, h.VID, to, from}, &n)
	if err != nil {
		return err
	}
	if n > 0 {
		return fault.At("valid_from", "record.valid.overlap", nil)
	}
	return nil
}

// withdraw closes every held version and leaves a mark that says who did it and why.
func (k *Kind) withdraw(tx *store.Tx, rec any, h *Head, act string, how How) error {
	var newest int64
	err := raw.ReadOne(&tx.View, "SELECT max(recorded_from) FROM "+k.Name+" WHERE id = ?", []any{h.ID}, &newest)
	if err != nil {
		return err
	}
	tx.Now = max(tx.Now, newest)
	if err := raw.Put(tx, "UPDATE "+k.Name+" SET recorded_to = ? WHERE id = ? AND recorded_to IS NULL", tx.Now, h.ID); err != nil {
		return err
	}
	if err := k.row(tx, rec, h, act, how); err != nil {
		return err
	}
	if err := raw.Put(tx, "UPDATE "+k.Name+" SET recorded_to = recorded_from WHERE vid = ?", h.VID); err != nil {
		return err
	}
	h.RecordedTo = tx.Now
	return k.follow(tx, rec)
}

// row writes one version with its ledger entry and search terms.
func (k *Kind) row(tx *store.Tx, rec any, h *Head, act string, how How) error {
	h.VID, h.RecordedFrom, h.RecordedTo = clock.NewID(tx.Now), tx.Now, 0
	h.By, h.Act, h.Why = tx.Who.ID, act, how.Why
	if err := raw.Put(tx, k.insert, k.values(nil, rec, h)...); err != nil {
		return err
	}
	if err := history.Add(tx, k.Name, h.ID, h.VID, k.Canonical(rec)); err != nil {
		return err
	}
	if words := k.words(rec, h); len(words) > 0 {
		terms := ""
		if a := how.Ahead; a != nil && slices.Equal(a.words, words) {
			terms = search.Scoped(h.Path[:], a.terms)
		} else {
			terms = search.TermsOf(tx.Engine(), words, h.Path[:])
		}
		if err := search.PutTerms(tx, k.Name, h.ID, h.VID, terms); err != nil {
			return err
		}
	}
	raw.Touch(tx, k.Name)
	return nil
}

// values appends one row of the type's table.
func (k *Kind) values(vals []any, rec any, h *Head) []any {
	if vals == nil {
		vals = make([]any, 0, len(headColumns)+len(k.Fields)+8)
	}
	vals = append(vals, h.VID, h.ID, h.Rev, DayVal(h.From), DayVal(h.To), h.RecordedFrom, nil, h.Unit,
		h.Path[0], h.Path[1], h.Path[2], h.Path[3], h.State, int64(h.Level), bit(h.Sample), h.Label.JSON(), h.By, h.Act, h.Why,
		claimsJSON(h.Claims), int64(h.Disputed), string(list(nil, h.Sources)))
	for _, f := range k.Fields {
		vals = f.vals(vals, rec)
	}
	return vals
}

func (k *Kind) words(rec any, h *Head) []string {
	var out []string
	for _, f := range k.Fields {
		if f.Weight > 0 {
			out = append(out, f.words(rec)...)
		}
	}
	return out
}

func (k *Kind) follow(tx *store.Tx, rec any) error {
	if db := raw.DBOf(&tx.View); db.Judge != nil && k.head(rec).Act != ActWithdraw && k.head(rec).Act != ActMerge {
		if err := db.Judge(tx, k.Name, rec); err != nil {
			return err
		}
	}
	for _, f := range k.after {
		if err := f(tx, rec); err != nil {
			return err
		}
	}
	return nil
}

// head columns as scan targets.
func (h *Head) dests(dst []any) []any {
	return append(dst, &h.VID, &h.ID, &h.Rev, dayDest{&h.From, -clock.Open}, dayDest{&h.To, clock.Open}, &h.RecordedFrom,
		instantDest{&h.RecordedTo}, &h.Unit, &h.Path[0], &h.Path[1], &h.Path[2], &h.Path[3], &h.State, &h.Level,
		bitDest{&h.Sample}, textDest(h), &h.By, &h.Act, &h.Why, jsonDest{func(s string) error {
			h.Claims = nil
			if s == "" {
				return nil
			}
			return json.Unmarshal([]byte(s), &h.Claims)
		}}, &h.Disputed, jsonDest{func(s string) error {
			h.Sources = nil
			if s == "" {
				return nil
			}
			return json.Unmarshal([]byte(s), &h.Sources)
		}})
}

// instantDest scans an instant that may be null.
type instantDest struct{ t *int64 }

// Scan is called by the driver.
func (d instantDest) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d.t = 0
	case int64:
		*d.t = v
	default:
		return fmt.Errorf("not an instant: %T", src)
	}
	return nil
}
