package office

import (
	"strings"
	"unicode"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
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

// NoPosition is the phrase for somebody whose positions have all ended.
const NoPosition = "office.staff.no_position"

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

// Types are the record types of the room.
var Types = []*record.Kind{Units.Kind, StaffType.Kind, Positions.Kind, Grants.Kind}
