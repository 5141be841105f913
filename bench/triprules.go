package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"yunqiao/app"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/packs"
	travel "yunqiao/rooms/trips"
)

// plainTrip is a trip as the conditions written in plain Go read it. What is not known is not a number.
type plainTrip struct {
	Charge, Standing, Joint, Mission, InviterKind, State, PublicityState, Exempt, LeadClass, Rank, Funds                                                                                                                                                                                                                                                                                                                                                    string
	InPlan, LeaderGap, NeighboursOnly, Academic, AcademicStatement, RecruitsLocal, Far, PoorConnection, RedEye, Reasoned, Split, HasPurpose, HasInviter, NoAgent, PrivatePassport, TrainingPaper, RegimeStop, CarrierForeign, CarrierAgreed                                                                                                                                                                                                                 bool
	Actual, AfterDay, BanquetOver, BoardPaid, Budget, CabinOver, CityUnplanned, Clashing, Continents, CountryCount, Days, Education, EmptyHalves, ExitDay, FaSigned, Family, Filed, FinanceSigned, GroupSize, JointMissing, LeadDays, LeadersTogether, MiscFull, Missing, NoRate, Official, OverStandard, Overstay, PlanLeft, PriorBureau, PriorYear, PublicityDays, ReceiptsMissing, RegimeHit, ReportOn, Retired, StampIn, Tasks, TaxiTransfer, TrainOver float64
}

func known(x float64) bool { return !math.IsNaN(x) }

func oneOf(s string, list ...string) bool { return slices.Contains(list, s) }

func pick(is bool, yes, no float64) float64 {
	if is {
		return yes
	}
	return no
}

// fails counts the conditions that a trip does not meet: those of the pack for a day of 2018, written by hand.
func (f *plainTrip) fails() (n int) {
	tell := func(met bool) {
		if !met {
			n++
		}
	}
	tell(f.Charge != "charged" || !known(f.PlanLeft) || f.PlanLeft >= 1)                                                                                                                                                                       // trip.plan/total
	tell(f.InPlan || f.Standing != "" || f.Charge != "charged")                                                                                                                                                                                // trip.plan/in_plan
	tell(f.Charge != "charged" || f.PriorBureau < 1)                                                                                                                                                                                           // trip.plan/bureau_cap
	tell(f.Charge != "charged" || f.PriorYear < 1)                                                                                                                                                                                             // trip.plan/yearly_cap
	tell(f.LeadersTogether <= 1)                                                                                                                                                                                                               // trip.plan/leaders_together
	tell(!f.LeaderGap)                                                                                                                                                                                                                         // trip.plan/leader_gap
	tell(!f.NeighboursOnly || f.Charge == "neighbour")                                                                                                                                                                                         // trip.plan/neighbours
	tell(!f.Academic || f.AcademicStatement)                                                                                                                                                                                                   // trip.plan/academic
	tell(f.Joint != "province" || !f.RecruitsLocal)                                                                                                                                                                                            // trip.plan/joint_local
	tell(f.Retired == 0)                                                                                                                                                                                                                       // trip.plan/retired
	tell(f.Clashing == 0)                                                                                                                                                                                                                      // trip.plan/overlap
	tell(f.GroupSize <= 6 || oneOf(f.Mission, "conference", "mechanism", "special", "emergency", "sport", "performance", "exhibition", "training") || f.Academic)                                                                              // trip.days/size
	tell(f.CountryCount <= 3 || oneOf(f.Mission, "conference", "mechanism", "special", "emergency", "sport", "performance", "exhibition", "training"))                                                                                         // trip.days/countries
	tell(f.CountryCount != 1 || !known(f.Days) || f.Days <= pick(f.Far && f.PoorConnection, 6.0, 5.0) || oneOf(f.Mission, "conference", "mechanism", "special", "emergency", "sport", "performance", "exhibition", "training") || f.Academic)  // trip.days/one_country
	tell(f.CountryCount != 2 || !known(f.Days) || f.Days <= pick(f.Far && f.PoorConnection, 9.0, 8.0) || oneOf(f.Mission, "conference", "mechanism", "special", "emergency", "sport", "performance", "exhibition", "training") || f.Academic)  // trip.days/two_countries
	tell(f.CountryCount < 3 || !known(f.Days) || f.Days <= pick(f.Far && f.PoorConnection, 11.0, 10.0) || oneOf(f.Mission, "conference", "mechanism", "special", "emergency", "sport", "performance", "exhibition", "training") || f.Academic) // trip.days/three_countries
	tell(known(f.Days))                                                                                                                                                                                                                        // trip.programme/crossings
	tell(!f.RedEye)                                                                                                                                                                                                                            // trip.programme/red_eye
	tell(!known(f.Days) || f.Official*3 >= f.Days*2)                                                                                                                                                                                           // trip.programme/two_thirds
	tell(!(oneOf(f.Mission, "conference", "mechanism", "special", "emergency", "sport", "performance", "exhibition", "training")) || f.Reasoned)                                                                                               // trip.programme/case_by_case
	tell(!f.Split)                                                                                                                                                                                                                             // trip.programme/split
	tell(f.Continents <= 1)                                                                                                                                                                                                                    // trip.programme/one_continent
	tell(f.Family == 0)                                                                                                                                                                                                                        // trip.programme/no_family
	tell(!(oneOf(f.Mission, "favour", "study_tour", "ceremony")))                                                                                                                                                                              // trip.programme/purpose
	tell(f.HasPurpose)                                                                                                                                                                                                                         // trip.programme/substance
	tell(!(oneOf(f.InviterKind, "overseas", "mission_here", "intermediary")))                                                                                                                                                                  // trip.programme/inviter
	tell(f.InviterKind != "own_firm" || f.Mission == "enterprise")                                                                                                                                                                             // trip.programme/own_firm
	tell(f.NoAgent)                                                                                                                                                                                                                            // trip.programme/no_agent
	tell(f.EmptyHalves == 0)                                                                                                                                                                                                                   // trip.programme/every_half_day
	tell(!f.PrivatePassport || f.Reasoned)                                                                                                                                                                                                     // trip.programme/service_passport
	tell(!known(f.Overstay) || f.Overstay == 0)                                                                                                                                                                                                // trip.programme/as_approved
	tell(!known(f.Filed) || !known(f.ExitDay) || f.Filed < f.ExitDay)                                                                                                                                                                          // trip.programme/not_after
	tell(!known(f.Days) || f.Days <= 90)                                                                                                                                                                                                       // trip.programme/temporary
	tell(!(oneOf(f.State, "ready_to_submit", "submitted", "under_review", "awaiting_opinions", "at_higher_authority", "approved", "cleared_to_depart")) || f.PublicityState == "exempt" || f.PublicityState == "done" && f.PublicityDays >= 5) // trip.publicity/five_days
	tell(f.HasPurpose && f.HasInviter && f.GroupSize > 0 && f.CountryCount > 0 && f.Budget > 0)                                                                                                                                                // trip.publicity/content
	tell(!(f.Exempt == "emergency" && f.Mission != "emergency") && !(f.Exempt == "special" && f.Mission != "special"))                                                                                                                         // trip.publicity/exemption
	tell(!(oneOf(f.State, "approved", "cleared_to_depart", "archived")) || oneOf(f.PublicityState, "done", "exempt"))                                                                                                                          // trip.publicity/gate
	tell(!known(f.AfterDay) || !known(f.StampIn) || f.AfterDay-f.StampIn <= 31)                                                                                                                                                                // trip.publicity/after
	tell(!(oneOf(f.State, "ready_to_submit", "submitted", "under_review", "awaiting_opinions", "at_higher_authority", "approved", "cleared_to_depart")) || known(f.FaSigned) && known(f.FinanceSigned))                                        // trip.steps/both_opinions
	tell(f.LeadClass != "one" || !known(f.LeadDays) || f.LeadDays >= 45)                                                                                                                                                                       // trip.steps/lead_one
	tell(f.LeadClass != "schengen" || !known(f.LeadDays) || f.LeadDays >= 60)                                                                                                                                                                  // trip.steps/lead_schengen
	tell(f.LeadClass != "several" || !known(f.LeadDays) || f.LeadDays >= 90)                                                                                                                                                                   // trip.steps/lead_several
	tell(f.Missing == 0)                                                                                                                                                                                                                       // trip.steps/papers
	tell(f.Mission != "training" || f.TrainingPaper)                                                                                                                                                                                           // trip.steps/training
	tell(f.JointMissing == 0)                                                                                                                                                                                                                  // trip.steps/joint_papers
	tell(f.State != "cleared_to_depart" || known(f.Education))                                                                                                                                                                                 // trip.steps/briefing
	tell(!known(f.ReportOn) || !known(f.StampIn) || f.ReportOn-f.StampIn <= 30)                                                                                                                                                                // trip.steps/report
	tell(!(oneOf(f.State, "report_filed", "disclosed", "archived")) || f.Tasks > 0)                                                                                                                                                            // trip.steps/report_tasks
	tell(!f.RegimeStop)                                                                                                                                                                                                                        // trip.steps/regime
	tell(f.RegimeHit == 0 || f.Reasoned)                                                                                                                                                                                                       // trip.steps/regime_reason
	tell(f.Rank != "provincial")                                                                                                                                                                                                               // trip.authority/central
	tell(!(oneOf(f.Rank, "bureau", "county_head")))                                                                                                                                                                                            // trip.authority/province
	tell(f.Joint != "province")                                                                                                                                                                                                                // trip.authority/joint
	tell(f.Funds == "enterprise" || f.CabinOver == 0)                                                                                                                                                                                          // trip.money/cabin
	tell(f.Funds == "enterprise" || f.TrainOver == 0)                                                                                                                                                                                          // trip.money/train_meals
	tell(f.Funds == "enterprise" || f.OverStandard == 0)                                                                                                                                                                                       // trip.money/standard
	tell(f.Funds == "enterprise" || f.BoardPaid == 0)                                                                                                                                                                                          // trip.money/host_board
	tell(f.Funds == "enterprise" || f.MiscFull == 0)                                                                                                                                                                                           // trip.money/host_transport
	tell(f.Funds == "enterprise" || f.TaxiTransfer == 0)                                                                                                                                                                                       // trip.money/transfer
	tell(f.Funds == "enterprise" || f.CityUnplanned == 0)                                                                                                                                                                                      // trip.money/between_cities
	tell(f.Funds == "enterprise" || f.BanquetOver == 0)                                                                                                                                                                                        // trip.money/banquet
	tell(!f.CarrierForeign || f.CarrierAgreed)                                                                                                                                                                                                 // trip.money/carrier
	tell(f.NoRate == 0)                                                                                                                                                                                                                        // trip.money/rate
	tell(f.State != "archived" || f.ReceiptsMissing == 0)                                                                                                                                                                                      // trip.money/settlement
	tell(!(oneOf(f.Funds, "sponsor", "lower")))                                                                                                                                                                                                // trip.money/sponsor
	tell(!known(f.Days) || f.Days <= 14)                                                                                                                                                                                                       // trip.money/long_trip
	tell(!known(f.Actual) || f.Actual <= f.Budget)                                                                                                                                                                                             // trip.money/overspent
	return n
}

// fill reads a trip out of its facts.
func (f *plainTrip) fill(facts map[string]any) {
	text := func(name string) string { s, _ := facts[name].(string); return s }
	is := func(name string) bool { b, _ := facts[name].(bool); return b }
	number := func(name string) float64 {
		switch x := facts[name].(type) {
		case float64:
			return x
		case int64:
			return float64(x)
		case string:
			if d, err := clock.ParseDay(x); err == nil {
				return float64(d)
			}
		}
		return math.NaN()
	}
	f.Charge = text("charge")
	f.Standing = text("standing")
	f.Joint = text("joint")
	f.Mission = text("mission")
	f.InviterKind = text("inviter_kind")
	f.State = text("state")
	f.PublicityState = text("publicity_state")
	f.Exempt = text("exempt")
	f.LeadClass = text("lead_class")
	f.Rank = text("rank")
	f.Funds = text("funds")
	f.InPlan = is("in_plan")
	f.LeaderGap = is("leader_gap")
	f.NeighboursOnly = is("neighbours_only")
	f.Academic = is("academic")
	f.AcademicStatement = is("academic_statement")
	f.RecruitsLocal = is("recruits_local")
	f.Far = is("far")
	f.PoorConnection = is("poor_connection")
	f.RedEye = is("red_eye")
	f.Reasoned = is("reasoned")
	f.Split = is("split")
	f.HasPurpose = is("has_purpose")
	f.HasInviter = is("has_inviter")
	f.NoAgent = is("no_agent")
	f.PrivatePassport = is("private_passport")
	f.TrainingPaper = is("training_paper")
	f.RegimeStop = is("regime_stop")
	f.CarrierForeign = is("carrier_foreign")
	f.CarrierAgreed = is("carrier_agreed")
	f.Actual = number("actual")
	f.AfterDay = number("after_day")
	f.BanquetOver = number("banquet_over")
	f.BoardPaid = number("board_paid")
	f.Budget = number("budget")
	f.CabinOver = number("cabin_over")
	f.CityUnplanned = number("city_unplanned")
	f.Clashing = number("clashing")
	f.Continents = number("continents")
	f.CountryCount = number("country_count")
	f.Days = number("days")
	f.Education = number("education")
	f.EmptyHalves = number("empty_halves")
	f.ExitDay = number("exit_day")
	f.FaSigned = number("fa_signed")
	f.Family = number("family")
	f.Filed = number("filed")
	f.FinanceSigned = number("finance_signed")
	f.GroupSize = number("group_size")
	f.JointMissing = number("joint_missing")
	f.LeadDays = number("lead_days")
	f.LeadersTogether = number("leaders_together")
	f.MiscFull = number("misc_full")
	f.Missing = number("missing")
	f.NoRate = number("no_rate")
	f.Official = number("official")
	f.OverStandard = number("over_standard")
	f.Overstay = number("overstay")
	f.PlanLeft = number("plan_left")
	f.PriorBureau = number("prior_bureau")
	f.PriorYear = number("prior_year")
	f.PublicityDays = number("publicity_days")
	f.ReceiptsMissing = number("receipts_missing")
	f.RegimeHit = number("regime_hit")
	f.ReportOn = number("report_on")
	f.Retired = number("retired")
	f.StampIn = number("stamp_in")
	f.Tasks = number("tasks")
	f.TaxiTransfer = number("taxi_transfer")
	f.TrainOver = number("train_over")
}

// general gives the facts as a general expression engine wants them: the names of the pack, numbers and days as numbers.
func (f *plainTrip) general() map[string]any {
	return map[string]any{
		"known":              func(x float64) bool { return known(x) },
		"charge":             f.Charge,
		"standing":           f.Standing,
		"joint":              f.Joint,
		"mission":            f.Mission,
		"inviter_kind":       f.InviterKind,
		"state":              f.State,
		"publicity_state":    f.PublicityState,
		"exempt":             f.Exempt,
		"lead_class":         f.LeadClass,
		"rank":               f.Rank,
		"funds":              f.Funds,
		"in_plan":            f.InPlan,
		"leader_gap":         f.LeaderGap,
		"neighbours_only":    f.NeighboursOnly,
		"academic":           f.Academic,
		"academic_statement": f.AcademicStatement,
		"recruits_local":     f.RecruitsLocal,
		"far":                f.Far,
		"poor_connection":    f.PoorConnection,
		"red_eye":            f.RedEye,
		"reasoned":           f.Reasoned,
		"split":              f.Split,
		"has_purpose":        f.HasPurpose,
		"has_inviter":        f.HasInviter,
		"no_agent":           f.NoAgent,
		"private_passport":   f.PrivatePassport,
		"training_paper":     f.TrainingPaper,
		"regime_stop":        f.RegimeStop,
		"carrier_foreign":    f.CarrierForeign,
		"carrier_agreed":     f.CarrierAgreed,
		"actual":             f.Actual,
		"after_day":          f.AfterDay,
		"banquet_over":       f.BanquetOver,
		"board_paid":         f.BoardPaid,
		"budget":             f.Budget,
		"cabin_over":         f.CabinOver,
		"city_unplanned":     f.CityUnplanned,
		"clashing":           f.Clashing,
		"continents":         f.Continents,
		"country_count":      f.CountryCount,
		"days":               f.Days,
		"education":          f.Education,
		"empty_halves":       f.EmptyHalves,
		"exit_day":           f.ExitDay,
		"fa_signed":          f.FaSigned,
		"family":             f.Family,
		"filed":              f.Filed,
		"finance_signed":     f.FinanceSigned,
		"group_size":         f.GroupSize,
		"joint_missing":      f.JointMissing,
		"lead_days":          f.LeadDays,
		"leaders_together":   f.LeadersTogether,
		"misc_full":          f.MiscFull,
		"missing":            f.Missing,
		"no_rate":            f.NoRate,
		"official":           f.Official,
		"over_standard":      f.OverStandard,
		"overstay":           f.Overstay,
		"plan_left":          f.PlanLeft,
		"prior_bureau":       f.PriorBureau,
		"prior_year":         f.PriorYear,
		"publicity_days":     f.PublicityDays,
		"receipts_missing":   f.ReceiptsMissing,
		"regime_hit":         f.RegimeHit,
		"report_on":          f.ReportOn,
		"retired":            f.Retired,
		"stamp_in":           f.StampIn,
		"tasks":              f.Tasks,
		"taxi_transfer":      f.TaxiTransfer,
		"train_over":         f.TrainOver,
	}
}

// tripOf is an invented trip with everything known, good or bad as the dice fall.
func tripOf(d *dice) *travel.Trip {
	t := travel.Trips.New()
	day := clock.DayFrom(2018, 9, 1) + clock.Day(d.next(60))
	t.State, t.Mission, t.Charge, t.Joint = d.of([]string{"draft", "under_review", "approved", "archived"}), d.of(travel.Missions), d.of(travel.Charges), d.of(travel.Joints)
	t.InviterKind, t.Exempt, t.LeadClass, t.Rank, t.Funds, t.PubState = d.of(travel.Inviters), d.of(travel.Exemptions), d.of(travel.Leads), d.of(travel.Ranks), d.of(travel.Funds), d.of(travel.PubStates)
	t.Filed, t.ExitDay, t.EntryDay, t.StampOut, t.StampIn, t.ReportOn, t.AfterDay = day-50, day, day+5, day, day+5, day+20, day+25
	t.FaSigned, t.FinanceSigned, t.Education = day-60, day-60, day-10
	for _, x := range []*bool{&t.Statement, &t.Poor, &t.NoAgent, &t.Private, &t.CarrierAgreed, &t.Local, &t.Neighbours, &t.Far, &t.Academic, &t.SameCountry, &t.Split, &t.RedEye, &t.Foreign, &t.TrainingPaper, &t.InPlan, &t.Reasoned, &t.HasInviter, &t.HasPurpose, &t.RegimeStop} {
		*x = d.next(2) == 0
	}
	for _, x := range []*record.Num{&t.CountryCount, &t.Days, &t.Usable, &t.Official, &t.Empty, &t.Sight, &t.Size, &t.Continents, &t.Family, &t.Retired, &t.Leaders, &t.PriorBureau, &t.PriorYear, &t.Overlaps, &t.Missing, &t.JointMissing,
		&t.PubDays, &t.PlanLeft, &t.Tasks, &t.OverStandard, &t.CityUnplanned, &t.BanquetOver, &t.MiscFull, &t.BoardPaid, &t.TaxiTransfer, &t.CabinOver, &t.TrainOver, &t.NoRate, &t.ReceiptsMissing, &t.ActualDays, &t.Overstay, &t.RegimeHit} {
		*x = record.N(float64(d.next(8)))
	}
	t.Lead, t.Budget, t.Actual = record.N(float64(30+d.next(80))), record.N(float64(d.next(50000))), record.N(float64(d.next(50000)))
	return t
}

// ruledTrip measures one trip checked against the whole pack of trips, beside the same conditions in plain Go and in a
// general expression engine. The three must agree on every trip before any is measured.
func ruledTrip() error {
	files, err := packs.Open("yunnan")
	if err != nil {
		return err
	}
	pack, err := app.LoadRules(files)
	if err != nil {
		return err
	}
	on := clock.DayFrom(2018, 11, 5)
	checks := pack.Checks(travel.Trips.Name, on)
	var programs []*vm.Program
	for _, r := range checks {
		for _, c := range r.Conditions {
			if !c.Valid.Has(on) {
				continue
			}
			p, err := expr.Compile(c.Expr, expr.Env((&plainTrip{}).general()), expr.AsBool())
			if err != nil {
				return fmt.Errorf("%s/%s: %w", r.Key, c.Name, err)
			}
			programs = append(programs, p)
		}
	}
	product := func(facts map[string]any) (n int, err error) {
		env := rules.Always(on, nil)
		for _, r := range checks {
			res := r.Explain(facts, env)
			n += len(res.Fails())
			if bad := res.Erred(); len(bad) > 0 {
				err = errors.Join(err, fmt.Errorf("%s cannot tell %v", r.Key, bad))
			}
		}
		return n, err
	}
	var machine vm.VM
	general := func(env map[string]any) (n int, err error) {
		for _, p := range programs {
			met, err := machine.Run(p, env)
			if err != nil {
				return n, err
			}
			if !met.(bool) {
				n++
			}
		}
		return n, nil
	}
	d := dice(7)
	const many = 400
	facts, plains, envs := make([]map[string]any, many), make([]plainTrip, many), make([]map[string]any, many)
	for i := range many {
		facts[i] = travel.Trips.Facts(tripOf(&d))
		plains[i].fill(facts[i])
		envs[i] = plains[i].general()
		a, err := product(facts[i])
		if err != nil {
			return err
		}
		b := plains[i].fails()
		c, err := general(envs[i])
		if err != nil {
			return err
		}
		if a != b || b != c {
			return fmt.Errorf("trip %d: the pack finds %d conditions not met, plain Go %d, the general engine %d", i, a, b, c)
		}
	}
	// The median stands for what the work takes: on a machine that is at other work the mean tells of the waiting.
	each := func(fn func(i int)) (median, p99 time.Duration) {
		var all []time.Duration
		for range 10 {
			for i := range many {
				begin := time.Now()
				fn(i)
				all = append(all, time.Since(begin))
			}
		}
		slices.Sort(all)
		return all[len(all)/2], all[len(all)*99/100]
	}
	kept := 0
	half, p99 := each(func(i int) { n, _ := product(facts[i]); kept += n })
	bare, _ := each(func(i int) { kept += plains[i].fails() })
	other, other99 := each(func(i int) { n, _ := general(envs[i]); kept += n })
	if kept == 0 {
		return errors.New("no trip failed any condition")
	}
	us := func(x time.Duration) string { return strconv.FormatFloat(float64(x)/1000, 'f', 1, 64) + " us" }
	say := strconv.Itoa(len(programs)) + " conditions"
	report(line{journey: "one trip against the rules of trips, " + say, engine: "memory", limit: us(bare) + " in plain Go", got: "median " + us(half) + ", p99 " + us(p99), ratio: fmt.Sprintf("%.3f", float64(bare)/float64(half)), aim: "200 us", ok: half < 200*time.Microsecond})
	report(line{journey: "the same conditions in a general expression engine (Expr), verdicts only", engine: "memory", limit: us(bare) + " in plain Go", got: "median " + us(other) + ", p99 " + us(other99), ratio: fmt.Sprintf("%.3f", float64(bare)/float64(other))})
	return nil
}
