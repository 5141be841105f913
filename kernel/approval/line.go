package approval

import (
	"slices"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Line is one dated line of the matrix of who approves what: for whom it is meant, who decides, and the steps on the way.
type Line struct {
	record.Head
	Rule      string // id of the rule it carries out
	Title     translate.Text
	Matter    string
	Order     record.Num // the lowest that fits is taken
	Direction string
	RankFrom  string
	RankTo    string
	UnitKinds string // kinds of units, separated by spaces; empty for all
	Joint     string
	Traits    string // all must be there, separated by spaces; one after "!" must not
	Delegated bool   // fits only where a power covers the ask
	Approver  translate.Text
	Outside   bool // decided above the office
	Steps     []Stage
	Series    string // of the numbers of papers, when no power says another
	Citation  translate.Text
}

// Stage is one step as a line plans it.
type Stage struct {
	Number record.Num // steps of one number run side by side
	Kind   string
	Seat   string // the role of who acts
	Place  string
	At     string // unit, by code, when the place is "unit"
	Name   translate.Text
	Ends   string // when steps of this number are done: all, any, majority
	Days   record.Num
}

// The kinds of steps, places, ends and directions.
var (
	// StageKinds: look it over, give an opinion, sign beside others, decide, decide above the office, take note.
	StageKinds = []string{"review", "opinion", "countersign", "decide", "higher", "note"}
	// Places: the asking unit, the unit above it, the holder of the power, the office at the root, a unit named, and each
	// unit that sends somebody to a joint group.
	Places     = []string{"asking", "above", "holder", "office", "unit", "senders"}
	Ends       = []string{"all", "any", "majority"}
	Seats      = []string{"head", "officer", "applicant"}
	Directions = []string{"out", "in"}
	Either     = []string{"yes", "no"}
)

// Lines is the type of lines of the matrix.
var Lines = record.Define("approval", "routeline", func(l *Line) *record.Head { return &l.Head },
	record.I18n("title", func(l *Line) *translate.Text { return &l.Title }).Required().Search().List(),
	record.Text("rule", func(l *Line) *string { return &l.Rule }).Max(40).Search().List(),
	record.Text("matter", func(l *Line) *string { return &l.Matter }).Required().Max(40).List(),
	record.Number("place_in_order", func(l *Line) *record.Num { return &l.Order }).Required().List(),
	record.Choice("direction", func(l *Line) *string { return &l.Direction }, Directions...),
	record.Choice("rank_from", func(l *Line) *string { return &l.RankFrom }, Ranks...).List(),
	record.Choice("rank_to", func(l *Line) *string { return &l.RankTo }, Ranks...).List(),
	record.Text("unit_kinds", func(l *Line) *string { return &l.UnitKinds }).Max(200),
	record.Choice("joint", func(l *Line) *string { return &l.Joint }, Either...),
	record.Text("traits", func(l *Line) *string { return &l.Traits }).Max(200),
	record.Bool("delegated", func(l *Line) *bool { return &l.Delegated }),
	record.I18n("approver", func(l *Line) *translate.Text { return &l.Approver }).Required().Search().List(),
	record.Bool("outside", func(l *Line) *bool { return &l.Outside }),
	record.Parts("steps", func(l *Line) *[]Stage { return &l.Steps },
		record.Number("number", func(s *Stage) *record.Num { return &s.Number }),
		record.Choice("kind", func(s *Stage) *string { return &s.Kind }, StageKinds...),
		record.Choice("seat", func(s *Stage) *string { return &s.Seat }, Seats...),
		record.Choice("place", func(s *Stage) *string { return &s.Place }, Places...),
		record.Text("at", func(s *Stage) *string { return &s.At }).Max(60),
		record.I18n("name", func(s *Stage) *translate.Text { return &s.Name }),
		record.Choice("ends", func(s *Stage) *string { return &s.Ends }, Ends...),
		record.Number("days", func(s *Stage) *record.Num { return &s.Days }),
	),
	record.Text("series", func(l *Line) *string { return &l.Series }).Max(40),
	record.I18n("citation", func(l *Line) *translate.Text { return &l.Citation }).Required(),
).Dated().At("/approvals/matrix", "rule").SortBy("place_in_order", false).
	LabelBy(func(l *Line) translate.Text { return l.Title }).
	EditedBy(func(who access.Who, path []string) bool {
		return who.System || slices.ContainsFunc(who.Seats, func(s access.Seat) bool {
			return (s.Role == access.Head || s.Role == access.Admin) && slices.Contains(path, s.Unit())
		})
	}).
	Checked(func(l *Line) (out []*fault.Error) {
		if l.RankFrom != "" && l.RankTo != "" && rankAt(l.RankTo) < rankAt(l.RankFrom) {
			out = append(out, fault.At("rank_to", "approval.line.ranks", nil))
		}
		decides := 0
		for _, s := range l.Steps {
			if s.Kind == "" || s.Seat == "" || s.Place == "" || !s.Number.Set {
				out = append(out, fault.At("steps", "approval.line.step", nil))
				return out
			}
			if s.Kind == "decide" || s.Kind == "higher" {
				decides++
			}
			if s.Place == "unit" && s.At == "" {
				out = append(out, fault.At("steps", "approval.line.unit", nil))
			}
			if s.Place == "holder" && !l.Delegated {
				out = append(out, fault.At("steps", "approval.line.holder", nil))
			}
		}
		if decides != 1 || l.Outside != slices.ContainsFunc(l.Steps, func(s Stage) bool { return s.Kind == "higher" }) {
			out = append(out, fault.At("steps", "approval.line.one_decides", nil))
		}
		return out
	})

// misfits tells why a line is not for an ask: a phrase key, "" when it fits.
func (l *Line) misfits(a Ask) string {
	switch {
	case l.Matter != a.Matter:
		return "approval.misfit.matter"
	case l.Direction != "" && l.Direction != a.Direction:
		return "approval.misfit.direction"
	case l.RankFrom != "" && rankAt(a.Rank) < rankAt(l.RankFrom), l.RankTo != "" && rankAt(a.Rank) > rankAt(l.RankTo):
		return "approval.misfit.rank"
	case l.UnitKinds != "" && !slices.Contains(strings.Fields(l.UnitKinds), a.Kind):
		return "approval.misfit.unit"
	case l.Joint == "yes" && !a.Joint, l.Joint == "no" && a.Joint:
		return "approval.misfit.joint"
	}
	for _, t := range strings.Fields(l.Traits) {
		if not, found := strings.CutPrefix(t, "!"); found == slices.Contains(a.Traits, not) {
			return "approval.misfit.trait"
		}
	}
	return ""
}

// StandIn lets one person act for another for some days; both names stand on what they do.
type StandIn struct {
	record.Head
	For    string // staff
	By     string // staff
	First  clock.Day
	Last   clock.Day
	Matter string // "" for all
	Reason translate.Text
}

// StandIns is the type of stand-ins.
var StandIns = record.Define("approval", "standin", func(s *StandIn) *record.Head { return &s.Head },
	record.Ref("for_whom", "staff", func(s *StandIn) *string { return &s.For }).Required().List(),
	record.Ref("by_whom", "staff", func(s *StandIn) *string { return &s.By }).Required().List(),
	record.DayOf("first_day", func(s *StandIn) *clock.Day { return &s.First }).Required().List(),
	record.DayOf("last_day", func(s *StandIn) *clock.Day { return &s.Last }).Required().List(),
	record.Text("matter", func(s *StandIn) *string { return &s.Matter }).Max(40),
	record.I18n("reason", func(s *StandIn) *translate.Text { return &s.Reason }).Required().Search().List(),
).At("/approvals/stand-ins", "people").LabelBy(func(s *StandIn) translate.Text { return s.Reason }).
	EditedBy(func(w access.Who, _ []string) bool { return w.Known() }).
	Then(func(tx *store.Tx, s *StandIn) error {
		// Who could name themselves for somebody else would decide in that person's name.
		if tx.Who.System || tx.Who.ID == s.For || tx.Who.Has(access.Admin) {
			return nil
		}
		return fault.New(fault.Denied, "approval.standin.theirs", nil)
	}).
	Checked(func(s *StandIn) (out []*fault.Error) {
		if s.For == s.By && s.For != "" {
			out = append(out, fault.At("by_whom", "approval.standin.same", nil))
		}
		if s.Last < s.First {
			out = append(out, fault.At("last_day", "approval.standin.backwards", nil))
		}
		return out
	})
