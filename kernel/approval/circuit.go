package approval

import (
	"slices"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// The states of circuits and of steps.
const (
	Running = "running"
	Back    = "back" // with who asked, with the gaps
	Over    = "approved"
	No      = "refused"
	Taken   = "withdrawn"

	Waiting = "waiting"
	Open    = "open"
	Done    = "done"
	Dropped = "dropped" // never came to it, or begun anew
)

// Gap is one thing that is missing, with the rule it fails, and what the asking unit said of it when it came again.
type Gap struct {
	Rule   string
	Text   string
	Mended bool
	Answer string
}

// Circuit is one running approval: of which record, on which line of the matrix, under which power, and where it stands.
// It keeps the steps it began with, whatever becomes of the matrix.
type Circuit struct {
	record.Head
	Title       translate.Text
	SubjectKind string
	Subject     string
	Matter      string
	Filed       clock.Day
	Opener      string // staff
	Rank        string
	Countries   string
	Days        record.Num
	Persons     record.Num
	Line        string // routeline
	LineVersion string // the version of it that was used
	Grant       string // powergrant; empty when no power was used
	Approver    translate.Text
	Citation    translate.Text
	Series      string
	Now         record.Num // the number of the steps that are open
	Round       record.Num // 1, and one more each time it went back
	Gaps        []Gap
	ResumeAt    record.Num // the number of the step that sent it back; 0 begins anew
	Decision    string     // decision
	Number      string     // of the paper
	Barred      string     // staff who may not decide, separated by spaces
	Aside       string     // why lines and powers before this one did not fit, as JSON
}

// Bars tells whether somebody may not act at a step because the case is their own: whom it is about acts nowhere, and who
// filed it neither signs nor decides. Who stands in for them is barred with them.
func (c *Circuit) Bars(s *Step, staff string) bool {
	return staff != "" && (slices.Contains(strings.Fields(c.Barred), staff) || c.Opener == staff && (s.Kind == "decide" || s.Kind == "higher" || s.Kind == "countersign"))
}

// concerned is who may see an approval, its steps and its decision: as with all that units file, except that who only files
// for an own unit sees that unit's, and what a step of it lay with that unit or with them. circuit is the column that names it.
func concerned(circuit string) func(access.Who) access.Cond {
	filed := access.Filed("")
	return func(w access.Who) access.Cond {
		c := filed(w)
		if !w.OnlyApplies() {
			return c
		}
		for _, s := range w.Seats {
			c = access.Or(c, access.Cond{SQL: "EXISTS (SELECT 1 FROM circuitstep s WHERE s.circuit = x." + circuit + " AND s.recorded_to IS NULL AND (s.at_unit = ? OR s.person = ?))", Args: []any{s.Unit(), w.ID}})
		}
		return c
	}
}

// Circuits is the type of circuits. The desk writes them.
var Circuits = record.Define("approval", "circuit", func(c *Circuit) *record.Head { return &c.Head },
	record.I18n("title", func(c *Circuit) *translate.Text { return &c.Title }).Required().Search().List(),
	record.Text("subject_kind", func(c *Circuit) *string { return &c.SubjectKind }).Required().Max(40),
	record.Text("subject", func(c *Circuit) *string { return &c.Subject }).Required().Max(60),
	record.Text("matter", func(c *Circuit) *string { return &c.Matter }).Required().Max(40),
	record.DayOf("filed", func(c *Circuit) *clock.Day { return &c.Filed }).List(),
	record.Ref("opener", "staff", func(c *Circuit) *string { return &c.Opener }).List(),
	record.Choice("rank", func(c *Circuit) *string { return &c.Rank }, Ranks...),
	record.Text("countries", func(c *Circuit) *string { return &c.Countries }).Max(200),
	record.Number("days", func(c *Circuit) *record.Num { return &c.Days }),
	record.Number("persons", func(c *Circuit) *record.Num { return &c.Persons }),
	record.Ref("line", "routeline", func(c *Circuit) *string { return &c.Line }),
	record.Text("line_version", func(c *Circuit) *string { return &c.LineVersion }).Max(40),
	record.Ref("power", "powergrant", func(c *Circuit) *string { return &c.Grant }),
	record.I18n("approver", func(c *Circuit) *translate.Text { return &c.Approver }).List(),
	record.I18n("citation", func(c *Circuit) *translate.Text { return &c.Citation }),
	record.Text("series", func(c *Circuit) *string { return &c.Series }).Max(40),
	record.Number("step_now", func(c *Circuit) *record.Num { return &c.Now }),
	record.Number("round", func(c *Circuit) *record.Num { return &c.Round }),
	record.Parts("gaps", func(c *Circuit) *[]Gap { return &c.Gaps },
		record.Text("rule", func(g *Gap) *string { return &g.Rule }).Max(60),
		record.Text("text", func(g *Gap) *string { return &g.Text }).Max(1000),
		record.Bool("mended", func(g *Gap) *bool { return &g.Mended }),
		record.Text("answer", func(g *Gap) *string { return &g.Answer }).Max(1000),
	),
	record.Number("resume_at", func(c *Circuit) *record.Num { return &c.ResumeAt }),
	record.Ref("decision", "decision", func(c *Circuit) *string { return &c.Decision }),
	record.Text("number", func(c *Circuit) *string { return &c.Number }).Max(80).Search().List(),
	record.Text("barred", func(c *Circuit) *string { return &c.Barred }).Max(2000),
	record.Text("aside", func(c *Circuit) *string { return &c.Aside }).Max(8000),
).At("/approvals/all", "rule").SortBy("filed", true).LabelBy(func(c *Circuit) translate.Text { return c.Title }).
	SeenBy(concerned("id")).EditedBy(onlyTheProgram).States(&lifecycle.Life{
	States: []lifecycle.State{{Key: Running, Shade: lifecycle.Running}, {Key: Back, Shade: lifecycle.Waiting}, {Key: Over, Shade: lifecycle.Good},
		{Key: No, Shade: lifecycle.Bad}, {Key: Taken, Shade: lifecycle.Draft}},
	Moves: []lifecycle.Move{{Verb: "send_back", From: []string{Running}, To: Back}, {Verb: "resume", From: []string{Back}, To: Running},
		{Verb: "approve", From: []string{Running}, To: Over}, {Verb: "refuse", From: []string{Running}, To: No},
		{Verb: "withdraw", From: []string{Running, Back}, To: Taken}},
})

// Step is one step of a circuit: who acts, and what they did.
type Step struct {
	record.Head
	Name    translate.Text
	Circuit string
	Number  record.Num
	Kind    string
	At      string // unit whose seat acts
	Seat    string
	Person  string // staff, when it is for one person alone
	Ends    string
	Days    record.Num // working days it has from the day it opens
	Due     clock.Day
	DueHow  translate.Text
	Opened  clock.Day
	Outcome string // agree, disagree, approve, refuse, send_back, seen
	Opinion string
	Actor   string // staff who acted
	For     string // staff for whom, when it was a stand-in
	On      clock.Day
	Added   string // staff who added it; empty when the line planned it
	Urged   record.Num
	UrgedOn clock.Day
	Handed  string // what was handed over, from whom and why
	Round   record.Num
	Matter  string
}

// Outcomes are what a step can come to.
var Outcomes = []string{"agree", "disagree", "approve", "refuse", "send_back", "seen"}

// Steps is the type of steps. The desk writes them.
var Steps = record.Define("approval", "circuitstep", func(s *Step) *record.Head { return &s.Head },
	record.I18n("name", func(s *Step) *translate.Text { return &s.Name }).Required().Search().List(),
	record.Ref("circuit", "circuit", func(s *Step) *string { return &s.Circuit }).List(),
	record.Number("number", func(s *Step) *record.Num { return &s.Number }).Required().List(),
	record.Choice("kind", func(s *Step) *string { return &s.Kind }, StageKinds...).Required().List(),
	record.Ref("at_unit", "unit", func(s *Step) *string { return &s.At }).Required().List(),
	record.Choice("seat", func(s *Step) *string { return &s.Seat }, Seats...).Required(),
	record.Ref("person", "staff", func(s *Step) *string { return &s.Person }),
	record.Choice("ends", func(s *Step) *string { return &s.Ends }, Ends...),
	record.Number("days", func(s *Step) *record.Num { return &s.Days }),
	record.DayOf("due", func(s *Step) *clock.Day { return &s.Due }).List(),
	record.I18n("due_how", func(s *Step) *translate.Text { return &s.DueHow }),
	record.DayOf("opened", func(s *Step) *clock.Day { return &s.Opened }),
	record.Choice("outcome", func(s *Step) *string { return &s.Outcome }, Outcomes...).List(),
	record.Text("opinion", func(s *Step) *string { return &s.Opinion }).Max(4000),
	record.Ref("actor", "staff", func(s *Step) *string { return &s.Actor }).List(),
	record.Ref("on_behalf", "staff", func(s *Step) *string { return &s.For }),
	record.DayOf("acted", func(s *Step) *clock.Day { return &s.On }),
	record.Ref("added_by", "staff", func(s *Step) *string { return &s.Added }),
	record.Number("urged", func(s *Step) *record.Num { return &s.Urged }),
	record.DayOf("urged_on", func(s *Step) *clock.Day { return &s.UrgedOn }),
	record.Text("handed", func(s *Step) *string { return &s.Handed }).Max(1000),
	record.Number("round", func(s *Step) *record.Num { return &s.Round }),
	record.Text("matter", func(s *Step) *string { return &s.Matter }).Max(40),
).At("/approvals/steps", "check").NotListed().SortBy("due", false).LabelBy(func(s *Step) translate.Text { return s.Name }).
	SeenBy(concerned("circuit")).EditedBy(onlyTheProgram).States(&lifecycle.Life{
	States: []lifecycle.State{{Key: Waiting, Shade: lifecycle.Draft}, {Key: Open, Shade: lifecycle.Running}, {Key: Done, Shade: lifecycle.Good},
		{Key: Dropped, Shade: lifecycle.Draft}},
	Moves: []lifecycle.Move{{Verb: "open", From: []string{Waiting}, To: Open}, {Verb: "wait", From: []string{Open}, To: Waiting},
		{Verb: "finish", From: []string{Open}, To: Done}, {Verb: "drop", From: []string{Waiting, Open}, To: Dropped}},
})

// Decision is what was decided of one record: the version that was before the decider, the outcome with its opinion, by
// whom, for whom, under which power, and which rules had been asked.
type Decision struct {
	record.Head
	Title       translate.Text
	SubjectKind string
	Subject     string
	Version     string // vid of the subject that was decided on
	Matter      string
	Outcome     string
	Opinion     string
	By          string // staff
	For         string // staff
	At          string // unit
	Grant       string // powergrant
	Circuit     string
	Step        string
	Series      string
	Serial      record.Num
	Number      string
	Day         clock.Day
	Outside     bool
	Body        translate.Text // who decided, when it was decided outside
	Rules       string         // what the rules had said, as JSON
}

// Decisions is the type of decisions. They are written once, by the desk, and never changed.
var Decisions = record.Define("approval", "decision", func(d *Decision) *record.Head { return &d.Head },
	record.I18n("title", func(d *Decision) *translate.Text { return &d.Title }).Required().Search().List(),
	record.Text("subject_kind", func(d *Decision) *string { return &d.SubjectKind }).Required().Max(40),
	record.Text("subject", func(d *Decision) *string { return &d.Subject }).Required().Max(60),
	record.Text("version", func(d *Decision) *string { return &d.Version }).Max(40),
	record.Text("matter", func(d *Decision) *string { return &d.Matter }).Required().Max(40),
	record.Choice("outcome", func(d *Decision) *string { return &d.Outcome }, Outcomes...).Required().List(),
	record.Text("opinion", func(d *Decision) *string { return &d.Opinion }).Max(4000).Search(),
	record.Ref("decided_by", "staff", func(d *Decision) *string { return &d.By }).List(),
	record.Ref("on_behalf", "staff", func(d *Decision) *string { return &d.For }),
	record.Ref("at_unit", "unit", func(d *Decision) *string { return &d.At }).List(),
	record.Ref("power", "powergrant", func(d *Decision) *string { return &d.Grant }),
	record.Ref("circuit", "circuit", func(d *Decision) *string { return &d.Circuit }),
	record.Ref("step", "circuitstep", func(d *Decision) *string { return &d.Step }),
	record.Text("series", func(d *Decision) *string { return &d.Series }).Max(40),
	record.Number("serial", func(d *Decision) *record.Num { return &d.Serial }),
	record.Text("number", func(d *Decision) *string { return &d.Number }).Max(80).Search().List(),
	record.DayOf("day", func(d *Decision) *clock.Day { return &d.Day }).List(),
	record.Bool("outside", func(d *Decision) *bool { return &d.Outside }),
	record.I18n("body", func(d *Decision) *translate.Text { return &d.Body }),
	record.Text("rules", func(d *Decision) *string { return &d.Rules }).Max(60000),
).At("/approvals/decisions", "check").SortBy("day", true).LabelBy(func(d *Decision) translate.Text { return d.Title }).
	SeenBy(concerned("circuit")).EditedBy(onlyTheProgram)
