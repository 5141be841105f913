package office

import (
	"strings"
	"unicode"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Staff is somebody who works with the product.
type Staff struct {
	record.Head
	Name  translate.Text
	Login string
}

// StaffType is the type of staff.
var StaffType = record.Define("office", "staff", func(s *Staff) *record.Head { return &s.Head },
	record.I18n("name", func(s *Staff) *translate.Text { return &s.Name }).Required().Search().List(),
	record.Text("login", func(s *Staff) *string { return &s.Login }).Required().Max(60).Search().List(),
).LabelBy(func(s *Staff) translate.Text { return s.Name }).At("/office/staff", "people").SortBy("login", false).
	EditedBy(adminsAbove).Checked(loginShape).Then(loginFree)

// loginShape keeps logins alike however they are typed.
func loginShape(s *Staff) []*fault.Error {
	bad := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.IsUpper(r) }
	if strings.ContainsFunc(s.Login, bad) {
		return []*fault.Error{fault.At("login", "office.staff.login_shape", nil)}
	}
	return nil
}

// loginFree refuses a login that somebody else has.
func loginFree(tx *store.Tx, s *Staff) error {
	if !s.Held() {
		return nil
	}
	var n int
	if err := tx.One("SELECT count(*) FROM {staff} x WHERE x.login = ? AND x.id <> ?", []any{s.Login, s.ID}, &n); err != nil {
		return err
	}
	if n > 0 {
		return fault.At("login", "office.staff.login_taken", fault.Args{"login": s.Login})
	}
	return nil
}

// StaffByLogin gives the id of the member of staff with a login. Missing when nobody has it, or more than one.
func StaffByLogin(v *store.View, login string) (string, error) {
	var id string
	var n int
	err := v.One("SELECT coalesce(min(x.id), ''), count(*) FROM {staff} x WHERE x.login = ?", []any{login}, &id, &n)
	if err == nil && (n != 1 || login == "") {
		return "", fault.New(fault.Missing, "store.missing", nil)
	}
	return id, err
}

// Position is a seat in a unit from which a person acts, for days. It belongs to the unit it is in.
type Position struct {
	record.Head
	Staff string
	In    string // unit
	Title translate.Text
	Role  string
}

// Positions is the type of positions.
var Positions = record.Define("office", "position", func(p *Position) *record.Head { return &p.Head },
	record.Ref("staff", "staff", func(p *Position) *string { return &p.Staff }).Required().List(),
	record.Ref("in_unit", "unit", func(p *Position) *string { return &p.In }).Required().List(),
	record.I18n("title", func(p *Position) *translate.Text { return &p.Title }).Required().Search().List(),
	record.Choice("role", func(p *Position) *string { return &p.Role }, "admin", "head", "officer", "applicant", "reader").Required().List(),
).Dated().At("/office/positions", "people").EditedBy(adminsAbove).PathBy(seat)

// seat is the path of the unit a position is in: an admin cannot give out a seat above their own.
func seat(v *store.View, p *Position) ([]string, error) {
	if p.In == "" {
		return nil, fault.At("in_unit", "record.field.required", nil)
	}
	c, err := ChartOf(v)
	if err != nil {
		return nil, err
	}
	path := c.Path(p.In)
	if len(path) == 0 {
		return nil, fault.At("in_unit", "office.unit.unknown", fault.Args{"unit": p.In})
	}
	return path, nil
}

// Types are the record types of the room.
var Types = []*record.Kind{Units.Kind, StaffType.Kind, Positions.Kind}
