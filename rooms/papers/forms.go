package papers

import "slices"

// Form is a kind of paper: of what it is made, for whom each one is, and where it comes from.
type Form struct {
	Key string
	Of  string // the type of record it is filled from
	Per string // "unit": one for each unit that sends somebody; "person": one for each traveller; "": one
	// Decided says that there is none before the case is decided.
	Decided bool
	// Joint says that only a joint group has it.
	Joint bool
	// Inbound says that only a visit to the office has it.
	Inbound bool
	// Brought says that it comes from outside and is filed with the case: there is nothing to fill.
	Brought bool
}

// Forms are the forms of a trip, in the order of its life, and those of plans, standing approvals, passports and visits.
var Forms = []Form{
	{Key: "request", Of: "trip"}, {Key: "members", Of: "trip"}, {Key: "invitation", Of: "trip", Brought: true}, {Key: "invitation_text", Of: "trip"},
	{Key: "profile", Of: "trip"}, {Key: "itinerary", Of: "trip"}, {Key: "budget_form", Of: "trip"}, {Key: "record_form", Of: "trip"},
	{Key: "publicity", Of: "trip"}, {Key: "budget_note", Of: "trip"}, {Key: "identity", Of: "trip", Brought: true}, {Key: "commitment", Of: "trip"},
	{Key: "history", Of: "trip"}, {Key: "necessity", Of: "trip"}, {Key: "control", Of: "trip"}, {Key: "training", Of: "trip", Brought: true},
	{Key: "opinion", Of: "trip", Per: "unit", Joint: true},
	{Key: "approval", Of: "trip", Decided: true},
	{Key: "notice", Of: "trip", Per: "unit", Decided: true, Joint: true}, {Key: "confirmation", Of: "trip", Per: "unit", Decided: true, Joint: true},
	{Key: "group_sheet", Of: "trip", Decided: true}, {Key: "passport_form", Of: "trip", Per: "person", Decided: true},
	{Key: "photo", Of: "trip", Brought: true}, {Key: "old_passport", Of: "trip", Brought: true},
	{Key: "report", Of: "trip", Decided: true}, {Key: "crossings", Of: "trip", Decided: true}, {Key: "passport_pages", Of: "trip", Brought: true},
	{Key: "disclosure", Of: "trip", Decided: true}, {Key: "receipts", Of: "trip", Decided: true}, {Key: "early_exit", Of: "trip", Decided: true}, {Key: "settlement", Of: "trip", Decided: true},
	{Key: "plan_table", Of: "tripplan"}, {Key: "plan_summary", Of: "tripplan"},
	{Key: "standing_request", Of: "standing"}, {Key: "standing_approval", Of: "standing", Decided: true}, {Key: "leg_register", Of: "standing", Decided: true},
	{Key: "custody_card", Of: "passport"},
	{Key: "inbound", Of: "visit", Inbound: true}, {Key: "envoy", Of: "visit", Inbound: true}, {Key: "attendance", Of: "visit", Inbound: true},
}

// Langs are the languages in which the office keeps forms.
var Langs = []string{"zh", "en"}

// FormKeys are the keys of all forms that are filled.
var FormKeys = func() (out []string) {
	for _, f := range Forms {
		if !f.Brought {
			out = append(out, f.Key)
		}
	}
	return out
}()

// Subjects are the types of records that papers are made of.
var Subjects = []string{"trip", "tripplan", "standing", "passport", "visit"}

// FormOf gives a form by its key.
func FormOf(key string) (Form, bool) {
	i := slices.IndexFunc(Forms, func(f Form) bool { return f.Key == key })
	if i < 0 {
		return Form{}, false
	}
	return Forms[i], true
}

func formsOf(kind string) (out []Form) {
	for _, f := range Forms {
		if f.Of == kind {
			out = append(out, f)
		}
	}
	return out
}
