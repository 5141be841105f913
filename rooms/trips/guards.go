package trips

import (
	"slices"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// lenientIn are the states in which rules are asked and refuse nothing: what is still being written, what is over, and
// what came back from abroad, of which the record says what was, allowed or not.
var lenientIn = []string{"draft", "returned_for_supplement", "refused", "cancelled", "abroad", "returned", "closing", "report_filed", "disclosed", "archived"}

// lenient tells of which versions the rules refuse nothing: besides those, of a case that is taken over in the state it
// has elsewhere, its parts coming after it, and of one whose facts only follow what hangs on it. Who moves it on is
// asked again.
func lenient(t *Trip) bool {
	return slices.Contains(lenientIn, t.State) || t.Act == record.ActNew || t.following
}

// judgedOn is the day whose rules a trip is held to: the day it was filed, and until then today.
func judgedOn(t *Trip) clock.Day {
	if t.Filed.Known() {
		return t.Filed
	}
	return clock.Open
}

func onlyTheProgram(who access.Who, _ []string) bool { return who.System }

// needs is the guard that asks for one thing.
func needs[T any](field, key string, has func(*T) bool) func(any) error {
	return func(rec any) error {
		if !has(rec.(*T)) {
			return fault.At(field, key, nil)
		}
		return nil
	}
}

var (
	planNeedsTotals  = needs("groups", "trips.tripplan.needs_totals", func(p *Plan) bool { return p.Groups.Set && p.Groups.Value >= 0 && !p.Basis.Empty() })
	swapNeedsReason  = needs("swap", "trips.plannedtrip.needs_swap", func(p *Planned) bool { return !p.Swap.Empty() })
	regimeNeedsBasis = needs("basis", "trips.regime.needs_basis", func(r *Regime) bool { return !r.Basis.Empty() })

	standingNeedsWindow = needs("ends", "trips.standing.needs_window", func(s *Standing) bool {
		return s.Begins.Known() && s.Ends.Known() && s.Begins <= s.Ends && len(s.People) > 0
	})
	standingNeedsDecision = needs("decision", "trips.decision.needed", func(s *Standing) bool { return s.Decision != "" && s.Number != "" })

	legNeedsOut  = needs("out_day", "trips.standingleg.needs_out", func(l *StandingLeg) bool { return l.Out.Known() })
	legNeedsBack = needs("back_day", "trips.standingleg.needs_back", func(l *StandingLeg) bool {
		return l.Out.Known() && l.Back.Known() && l.Out <= l.Back
	})

	readyNeedsBasics = needs("purpose", "trips.trip.needs_basics", func(t *Trip) bool {
		return !t.Purpose.Empty() && t.ExitDay.Known() && t.EntryDay.Known() && t.Size.Value > 0
	})
	publishNeedsContent  = needs("publicity_state", "trips.trip.needs_publicity", func(t *Trip) bool { return t.PubState == "published" || t.PubState == "done" })
	exemptNeedsGround    = needs("exempt", "trips.trip.needs_ground", func(t *Trip) bool { return t.Exempt != "" && t.Exempt != "none" })
	publicityMustBeOver  = needs("publicity_state", "trips.trip.publicity_runs", func(t *Trip) bool { return t.PubState == "done" })
	signNeedsBoth        = needs("fa_signed", "trips.trip.needs_both", func(t *Trip) bool { return t.FaSigned.Known() && t.FinanceSigned.Known() })
	submitNeedsDay       = needs("filed", "trips.trip.needs_filed", func(t *Trip) bool { return t.Filed.Known() })
	acceptNeedsPapers    = needs("missing", "trips.trip.needs_papers", func(t *Trip) bool { return t.Missing.Value == 0 })
	approveNeedsDecision = needs("decision", "trips.decision.needed", func(t *Trip) bool { return t.Decision != "" && t.Number != "" && t.ApprovedOn.Known() })
	refuseNeedsDecision  = needs("decision", "trips.decision.needed_refusal", func(t *Trip) bool { return t.Decision != "" })
	changeNeedsRecord    = needs("change", "trips.trip.needs_change", func(t *Trip) bool { return t.Change != "" })
	changeNeedsDecision  = needs("change_result", "trips.trip.needs_change_result", func(t *Trip) bool { return t.ChangeResult != "" && t.Decision != "" })
	exitNeedsStamp       = needs("stamp_out", "trips.trip.needs_stamp_out", func(t *Trip) bool { return t.StampOut.Known() })
	entryNeedsStamp      = needs("stamp_in", "trips.trip.needs_stamp_in", func(t *Trip) bool { return t.StampOut.Known() && t.StampIn.Known() && t.StampOut <= t.StampIn })

	closingNeedsPassports  = needs("passports_back", "trips.trip.needs_passports", func(t *Trip) bool { return t.PassportsBack.Known() })
	reportNeedsDay         = needs("report_on", "trips.trip.needs_report", func(t *Trip) bool { return t.ReportOn.Known() })
	disclosureNeedsDay     = needs("disclosed_on", "trips.trip.needs_disclosure", func(t *Trip) bool { return t.DisclosedOn.Known() })
	archiveNeedsSettlement = needs("settled_on", "trips.trip.needs_settlement", func(t *Trip) bool { return t.SettledOn.Known() })

	publishedNeedsDay = needs("published", "trips.publicity.needs_day", func(p *Publicity) bool { return p.Published.Known() && !p.Body.Empty() })
	doneNeedsDays     = needs("worked_days", "trips.publicity.needs_days", func(p *Publicity) bool {
		return p.Phase == "after" || p.Worked.Set && p.Worked.Value >= p.Needs.Value
	})
	exemptionNeedsGround = needs("ground", "trips.publicity.needs_ground", func(p *Publicity) bool { return p.Ground != "" && p.Ground != "none" })
	settledNeedsOutcome  = needs("outcome", "trips.objection.needs_outcome", func(o *Objection) bool {
		return o.Settled.Known() && !o.Outcome.Empty() && !o.Settler.Empty() && o.Then != ""
	})

	askedNeedsReason       = needs("reason_text", "trips.tripchange.needs_reason", func(c *Change) bool { return !c.Reason.Empty() && c.Asked.Known() })
	changeNeedsItsDecision = needs("decision", "trips.decision.needed", func(c *Change) bool { return c.Decision != "" && c.NewNumber != "" })

	doneNeedsResult   = needs("result", "trips.triptask.needs_result", func(t *Task) bool { return !t.Result.Empty() })
	missedNeedsReason = needs("not_done", "trips.triptask.needs_reason", func(t *Task) bool { return !t.Reason.Empty() })
	waivedNeedsReason = needs("waived", "trips.tripdocument.needs_reason", func(d *Document) bool { return !d.Reason.Empty() })
)

// checkTrip looks at what must always hold between the fields of a trip. A draft may be wrong in everything else.
func checkTrip(t *Trip) (out []*fault.Error) {
	if t.State == "draft" {
		return nil
	}
	backwards := func(from, to clock.Day, field string) {
		if from.Known() && to.Known() && to < from {
			out = append(out, fault.At(field, "trips.trip.backwards", nil))
		}
	}
	backwards(t.OutDay, t.BackDay, "back_day")
	if !t.following && len(out) == 0 { // while its legs are moved one after the other, they may cross
		backwards(t.ExitDay, t.EntryDay, "entry_day")
	}
	backwards(t.StampOut, t.StampIn, "stamp_in")
	backwards(t.StampIn, t.ReportOn, "report_on")
	backwards(t.Filed, t.ApprovedOn, "approved_on")
	return out
}

// clearNeedsEducation lets a group go when all were briefed and, of a joint group, every unit that sends somebody has
// confirmed it.
func clearNeedsEducation(rec any) error {
	t := rec.(*Trip)
	switch {
	case !t.Education.Known():
		return fault.At("education", "trips.trip.needs_education", nil)
	case t.Joint != "" && t.Joint != "none" && t.JointMissing.Value > 0:
		return fault.At("joint_missing", "trips.trip.needs_confirmations", nil)
	}
	return nil
}

func (l *Leg) name() translate.Text {
	way := l.From + " → " + l.To
	out := translate.Text{"zh": way, "en": way}
	for lang, s := range l.City {
		out[lang] = way + " · " + s
	}
	return out
}

func checkPerdiem(p *Perdiem) (out []*fault.Error) {
	if p.Scope == "city" && p.City.Empty() {
		out = append(out, fault.At("city", "trips.perdiem.needs_city", nil))
	}
	if p.Layer == "enterprise" && p.Of == "" {
		out = append(out, fault.At("of_unit", "trips.perdiem.needs_unit", nil))
	}
	if p.Currency != "" && !codeOf(p.Currency, 3) {
		out = append(out, fault.At("currency", "trips.perdiem.currency", nil))
	}
	for _, x := range []struct{ field, code string }{{"country", p.Country}, {"stands_for", p.Stands}} {
		if x.code != "" && !codeOf(x.code, 2) {
			out = append(out, fault.At(x.field, "trips.perdiem.country", nil))
		}
	}
	for field, n := range map[string]float64{"lodging": p.Lodging.Value, "meals": p.Meals.Value, "misc": p.Misc.Value} {
		if n < 0 {
			out = append(out, fault.At(field, "trips.perdiem.negative", nil))
		}
	}
	if p.Begins.Known() && p.Ends.Known() && p.Ends < p.Begins {
		out = append(out, fault.At("ends", "trips.trip.backwards", nil))
	}
	return out
}

// codeOf tells whether a text is a code of so many capital letters.
func codeOf(s string, letters int) bool {
	return len(s) == letters && !strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' })
}

func (p *Perdiem) name() translate.Text {
	out := translate.Text{"zh": p.Country, "en": p.Country}
	for lang, s := range p.City {
		out[lang] = p.Country + " · " + s
	}
	return out
}

func checkDocument(d *Document) (out []*fault.Error) {
	if d.State == "waived" && d.Reason.Empty() {
		out = append(out, fault.At("waived", "trips.tripdocument.needs_reason", nil))
	}
	return out
}
