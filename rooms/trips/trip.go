package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Trip is one official trip abroad, the unit of approval even with one member: what it is for, who pays, and the days on which each step was done. What follows from its members, legs, programme and costs is carried into its own columns, because rules read those.
type Trip struct {
	record.Head
	Title           translate.Text
	Mission         string
	Area            string
	Organiser       string
	Joint           string
	Local           bool
	Plan            string
	Planned         string
	PlanReason      translate.Text
	Standing        string
	Purpose         translate.Text
	Necessity       translate.Text
	Inviter         translate.Text
	InviterKind     string
	InviterCountry  string
	Invited         clock.When
	ReplyBy         clock.Day
	Profile         translate.Text
	NoAgent         bool
	OutDay          clock.Day
	BackDay         clock.Day
	Poor            bool
	CaseReason      translate.Text
	Statement       bool
	Private         bool
	PrivateGround   translate.Text
	Exempt          string
	Funds           string
	HostBoard       bool
	HostTransport   bool
	HostLodging     bool
	HostFare        bool
	FaSigned        clock.Day
	FinanceSigned   clock.Day
	CarrierAgreed   bool
	Filed           clock.Day
	Number          string
	Decision        string
	ApprovedOn      clock.Day
	Change          string
	ChangeResult    string
	Education       clock.Day
	StampOut        clock.Day
	StampIn         clock.Day
	StampNote       translate.Text
	PassportsBack   clock.Day
	ReportOn        clock.Day
	Report          record.Doc
	DisclosedOn     clock.Day
	SettledOn       clock.Day
	Files           []record.Doc
	Note            translate.Text
	Taken           bool // taken over in the state it had elsewhere
	Countries       string
	CountryCount    record.Num
	ExitDay         clock.Day
	EntryDay        clock.Day
	Days            record.Num
	Usable          record.Num
	Official        record.Num
	Empty           record.Num
	Sight           record.Num
	Size            record.Num
	Rank            string
	Neighbours      bool
	Far             bool
	Continents      record.Num
	Academic        bool
	Family          record.Num
	Retired         record.Num
	Leaders         record.Num
	SameCountry     bool
	PriorBureau     record.Num
	PriorYear       record.Num
	Overlaps        record.Num
	Split           bool
	Lead            record.Num
	LeadClass       string
	RedEye          bool
	Foreign         bool
	Missing         record.Num
	MissingList     string
	JointMissing    record.Num
	TrainingPaper   bool
	PubState        string
	PubDays         record.Num
	AfterState      string
	AfterDay        clock.Day
	InPlan          bool
	PlanLeft        record.Num
	Charge          string
	Reasoned        bool
	HasInviter      bool
	HasPurpose      bool
	Tasks           record.Num
	OverStandard    record.Num
	CityUnplanned   record.Num
	BanquetOver     record.Num
	MiscFull        record.Num
	BoardPaid       record.Num
	TaxiTransfer    record.Num
	CabinOver       record.Num
	TrainOver       record.Num
	NoRate          record.Num
	ReceiptsMissing record.Num
	Budget          record.Num
	Actual          record.Num
	ActualDays      record.Num
	Overstay        record.Num
	RegimeHit       record.Num
	RegimeStop      bool

	following bool // it is saved because its facts follow what hangs on it
}

// TripLife is the life of a trip.
var TripLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "draft", Shade: lifecycle.Draft},
		{Key: "ready_for_publicity", Shade: lifecycle.Waiting},
		{Key: "in_publicity", Shade: lifecycle.Running},
		{Key: "publicity_suspended", Shade: lifecycle.Bad},
		{Key: "publicity_done", Shade: lifecycle.Waiting},
		{Key: "ready_to_submit", Shade: lifecycle.Waiting},
		{Key: "submitted", Shade: lifecycle.Waiting},
		{Key: "returned_for_supplement", Shade: lifecycle.Bad},
		{Key: "under_review", Shade: lifecycle.Running},
		{Key: "awaiting_opinions", Shade: lifecycle.Waiting},
		{Key: "at_higher_authority", Shade: lifecycle.Waiting},
		{Key: "approved", Shade: lifecycle.Good},
		{Key: "amendment_pending", Shade: lifecycle.Waiting},
		{Key: "cleared_to_depart", Shade: lifecycle.Good},
		{Key: "abroad", Shade: lifecycle.Running},
		{Key: "returned", Shade: lifecycle.Waiting},
		{Key: "closing", Shade: lifecycle.Waiting},
		{Key: "report_filed", Shade: lifecycle.Waiting},
		{Key: "disclosed", Shade: lifecycle.Waiting},
		{Key: "archived", Shade: lifecycle.Good},
		{Key: "refused", Shade: lifecycle.Bad},
		{Key: "cancelled", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "ready", From: []string{"draft"}, To: "ready_for_publicity", Guard: readyNeedsBasics},
		{Verb: "publish", From: []string{"ready_for_publicity"}, To: "in_publicity", Guard: publishNeedsContent},
		{Verb: "exempt", From: []string{"ready_for_publicity"}, To: "publicity_done", Guard: exemptNeedsGround},
		{Verb: "publicity_over", From: []string{"in_publicity"}, To: "publicity_done", Guard: publicityMustBeOver},
		{Verb: "object", From: []string{"in_publicity"}, To: "publicity_suspended", Roles: keepers},
		{Verb: "settle", From: []string{"publicity_suspended"}, To: "in_publicity", Roles: keepers},
		{Verb: "sign", From: []string{"publicity_done"}, To: "ready_to_submit", Guard: signNeedsBoth},
		{Verb: "submit", From: []string{"ready_to_submit"}, To: "submitted", Guard: submitNeedsDay},
		{Verb: "accept", From: []string{"submitted"}, To: "under_review", Roles: registrars, Guard: acceptNeedsPapers},
		{Verb: "send_back", From: []string{"submitted", "under_review", "awaiting_opinions", "at_higher_authority"}, To: "returned_for_supplement", Roles: registrars, Reason: true},
		{Verb: "resubmit", From: []string{"returned_for_supplement"}, To: "submitted", Guard: submitNeedsDay},
		{Verb: "route_up", From: []string{"under_review"}, To: "at_higher_authority", Roles: registrars},
		{Verb: "ask", From: []string{"under_review"}, To: "awaiting_opinions", Roles: registrars},
		{Verb: "opinions_in", From: []string{"awaiting_opinions"}, To: "under_review", Roles: registrars},
		{Verb: "approve", From: []string{"under_review"}, To: "approved", Roles: registrars, Guard: approveNeedsDecision},
		{Verb: "approve_above", From: []string{"at_higher_authority"}, To: "approved", Roles: registrars, Guard: approveNeedsDecision},
		{Verb: "refuse", From: []string{"under_review"}, To: "refused", Roles: registrars, Reason: true, Guard: refuseNeedsDecision},
		{Verb: "refuse_above", From: []string{"at_higher_authority"}, To: "refused", Roles: registrars, Reason: true, Guard: refuseNeedsDecision},
		{Verb: "change", From: []string{"approved"}, To: "amendment_pending", Guard: changeNeedsRecord},
		{Verb: "settle_change", From: []string{"amendment_pending"}, To: "approved", Roles: registrars, Guard: changeNeedsDecision},
		{Verb: "withdraw_file", From: []string{"submitted", "under_review", "returned_for_supplement"}, To: "draft", Roles: registrars, Reason: true},
		{Verb: "cancel", From: []string{"draft", "ready_for_publicity", "in_publicity", "publicity_suspended", "publicity_done", "ready_to_submit", "submitted", "returned_for_supplement", "under_review", "awaiting_opinions", "at_higher_authority", "approved", "amendment_pending", "cleared_to_depart"}, To: "cancelled", Reason: true},
		{Verb: "clear", From: []string{"approved"}, To: "cleared_to_depart", Roles: keepers, Guard: clearNeedsEducation},
		{Verb: "exit", From: []string{"cleared_to_depart"}, To: "abroad", Guard: exitNeedsStamp},
		{Verb: "enter", From: []string{"abroad"}, To: "returned", Guard: entryNeedsStamp},
		{Verb: "close", From: []string{"returned"}, To: "closing", Roles: keepers, Guard: closingNeedsPassports},
		{Verb: "report", From: []string{"closing"}, To: "report_filed", Guard: reportNeedsDay},
		{Verb: "disclose", From: []string{"report_filed"}, To: "disclosed", Guard: disclosureNeedsDay},
		{Verb: "archive", From: []string{"disclosed"}, To: "archived", Roles: keepers, Guard: archiveNeedsSettlement},
	},
}

// Trips is the type of trips.
var Trips = record.Define("trips", "trip", func(x *Trip) *record.Head { return &x.Head },
	record.I18n("title", func(x *Trip) *translate.Text { return &x.Title }).Required().Search().List(),
	record.Choice("mission", func(x *Trip) *string { return &x.Mission }, Missions...).Required().List(),
	record.Choice("area", func(x *Trip) *string { return &x.Area }, Areas...),
	record.Ref("organiser", "unit", func(x *Trip) *string { return &x.Organiser }).Required().List(),
	record.Choice("joint", func(x *Trip) *string { return &x.Joint }, Joints...),
	record.Bool("recruits_local", func(x *Trip) *bool { return &x.Local }),
	record.Ref("plan", "tripplan", func(x *Trip) *string { return &x.Plan }),
	record.Ref("planned", "plannedtrip", func(x *Trip) *string { return &x.Planned }),
	record.I18n("plan_reason", func(x *Trip) *translate.Text { return &x.PlanReason }),
	record.Ref("standing", "standing", func(x *Trip) *string { return &x.Standing }),
	record.I18n("purpose", func(x *Trip) *translate.Text { return &x.Purpose }).Search(),
	record.I18n("necessity", func(x *Trip) *translate.Text { return &x.Necessity }),
	record.I18n("inviter", func(x *Trip) *translate.Text { return &x.Inviter }).Search(),
	record.Choice("inviter_kind", func(x *Trip) *string { return &x.InviterKind }, Inviters...),
	record.Text("inviter_country", func(x *Trip) *string { return &x.InviterCountry }).Max(2),
	record.Date("invited", func(x *Trip) *clock.When { return &x.Invited }),
	record.DayOf("reply_by", func(x *Trip) *clock.Day { return &x.ReplyBy }),
	record.I18n("profile", func(x *Trip) *translate.Text { return &x.Profile }),
	record.Bool("no_agent", func(x *Trip) *bool { return &x.NoAgent }),
	record.DayOf("out_day", func(x *Trip) *clock.Day { return &x.OutDay }),
	record.DayOf("back_day", func(x *Trip) *clock.Day { return &x.BackDay }),
	record.Bool("poor_connection", func(x *Trip) *bool { return &x.Poor }),
	record.I18n("case_reason", func(x *Trip) *translate.Text { return &x.CaseReason }),
	record.Bool("academic_statement", func(x *Trip) *bool { return &x.Statement }),
	record.Bool("private_passport", func(x *Trip) *bool { return &x.Private }),
	record.I18n("private_ground", func(x *Trip) *translate.Text { return &x.PrivateGround }),
	record.Choice("exempt", func(x *Trip) *string { return &x.Exempt }, Exemptions...),
	record.Choice("funds", func(x *Trip) *string { return &x.Funds }, Funds...),
	record.Bool("host_board", func(x *Trip) *bool { return &x.HostBoard }),
	record.Bool("host_transport", func(x *Trip) *bool { return &x.HostTransport }),
	record.Bool("host_lodging", func(x *Trip) *bool { return &x.HostLodging }),
	record.Bool("host_fare", func(x *Trip) *bool { return &x.HostFare }),
	record.DayOf("fa_signed", func(x *Trip) *clock.Day { return &x.FaSigned }),
	record.DayOf("finance_signed", func(x *Trip) *clock.Day { return &x.FinanceSigned }),
	record.Bool("carrier_agreed", func(x *Trip) *bool { return &x.CarrierAgreed }),
	record.DayOf("filed", func(x *Trip) *clock.Day { return &x.Filed }).List(),
	record.Text("number", func(x *Trip) *string { return &x.Number }).Max(60).Search().List(),
	record.Ref("decision", "decision", func(x *Trip) *string { return &x.Decision }),
	record.DayOf("approved_on", func(x *Trip) *clock.Day { return &x.ApprovedOn }),
	record.Ref("change", "tripchange", func(x *Trip) *string { return &x.Change }),
	record.Choice("change_result", func(x *Trip) *string { return &x.ChangeResult }, Results...),
	record.DayOf("education", func(x *Trip) *clock.Day { return &x.Education }),
	record.DayOf("stamp_out", func(x *Trip) *clock.Day { return &x.StampOut }),
	record.DayOf("stamp_in", func(x *Trip) *clock.Day { return &x.StampIn }),
	record.I18n("stamp_note", func(x *Trip) *translate.Text { return &x.StampNote }),
	record.DayOf("passports_back", func(x *Trip) *clock.Day { return &x.PassportsBack }),
	record.DayOf("report_on", func(x *Trip) *clock.Day { return &x.ReportOn }),
	record.File("report", func(x *Trip) *record.Doc { return &x.Report }),
	record.DayOf("disclosed_on", func(x *Trip) *clock.Day { return &x.DisclosedOn }),
	record.DayOf("settled_on", func(x *Trip) *clock.Day { return &x.SettledOn }),
	record.Files("papers", func(x *Trip) *[]record.Doc { return &x.Files }),
	record.I18n("note", func(x *Trip) *translate.Text { return &x.Note }),
	record.Bool("taken_over", func(x *Trip) *bool { return &x.Taken }),
	record.Text("countries", func(x *Trip) *string { return &x.Countries }).Max(60).Carry().List(),
	record.Number("country_count", func(x *Trip) *record.Num { return &x.CountryCount }).Carry(),
	record.DayOf("exit_day", func(x *Trip) *clock.Day { return &x.ExitDay }).Carry().List(),
	record.DayOf("entry_day", func(x *Trip) *clock.Day { return &x.EntryDay }).Carry(),
	record.Number("days", func(x *Trip) *record.Num { return &x.Days }).Carry().List(),
	record.Number("usable", func(x *Trip) *record.Num { return &x.Usable }).Carry(),
	record.Number("official", func(x *Trip) *record.Num { return &x.Official }).Carry(),
	record.Number("empty_halves", func(x *Trip) *record.Num { return &x.Empty }).Carry(),
	record.Number("sight_halves", func(x *Trip) *record.Num { return &x.Sight }).Carry(),
	record.Number("group_size", func(x *Trip) *record.Num { return &x.Size }).Carry().List(),
	record.Choice("rank", func(x *Trip) *string { return &x.Rank }, Ranks...).Carry(),
	record.Bool("neighbours_only", func(x *Trip) *bool { return &x.Neighbours }).Carry(),
	record.Bool("far", func(x *Trip) *bool { return &x.Far }).Carry(),
	record.Number("continents", func(x *Trip) *record.Num { return &x.Continents }).Carry(),
	record.Bool("academic", func(x *Trip) *bool { return &x.Academic }).Carry(),
	record.Number("family", func(x *Trip) *record.Num { return &x.Family }).Carry(),
	record.Number("retired", func(x *Trip) *record.Num { return &x.Retired }).Carry(),
	record.Number("leaders_together", func(x *Trip) *record.Num { return &x.Leaders }).Carry(),
	record.Bool("leader_gap", func(x *Trip) *bool { return &x.SameCountry }).Carry(),
	record.Number("prior_bureau", func(x *Trip) *record.Num { return &x.PriorBureau }).Carry(),
	record.Number("prior_year", func(x *Trip) *record.Num { return &x.PriorYear }).Carry(),
	record.Number("clashing", func(x *Trip) *record.Num { return &x.Overlaps }).Carry(),
	record.Bool("split", func(x *Trip) *bool { return &x.Split }).Carry(),
	record.Number("lead_days", func(x *Trip) *record.Num { return &x.Lead }).Carry(),
	record.Choice("lead_class", func(x *Trip) *string { return &x.LeadClass }, Leads...).Carry(),
	record.Bool("red_eye", func(x *Trip) *bool { return &x.RedEye }).Carry(),
	record.Bool("carrier_foreign", func(x *Trip) *bool { return &x.Foreign }).Carry(),
	record.Number("missing", func(x *Trip) *record.Num { return &x.Missing }).Carry(),
	record.Text("missing_list", func(x *Trip) *string { return &x.MissingList }).Max(400).Carry(),
	record.Number("joint_missing", func(x *Trip) *record.Num { return &x.JointMissing }).Carry(),
	record.Bool("training_paper", func(x *Trip) *bool { return &x.TrainingPaper }).Carry(),
	record.Choice("publicity_state", func(x *Trip) *string { return &x.PubState }, PubStates...).Carry(),
	record.Number("publicity_days", func(x *Trip) *record.Num { return &x.PubDays }).Carry(),
	record.Choice("after_state", func(x *Trip) *string { return &x.AfterState }, PubStates...).Carry(),
	record.DayOf("after_day", func(x *Trip) *clock.Day { return &x.AfterDay }).Carry(),
	record.Bool("in_plan", func(x *Trip) *bool { return &x.InPlan }).Carry(),
	record.Number("plan_left", func(x *Trip) *record.Num { return &x.PlanLeft }).Carry(),
	record.Choice("charge", func(x *Trip) *string { return &x.Charge }, Charges...).Carry(),
	record.Bool("reasoned", func(x *Trip) *bool { return &x.Reasoned }).Carry(),
	record.Bool("has_inviter", func(x *Trip) *bool { return &x.HasInviter }).Carry(),
	record.Bool("has_purpose", func(x *Trip) *bool { return &x.HasPurpose }).Carry(),
	record.Number("tasks", func(x *Trip) *record.Num { return &x.Tasks }).Carry(),
	record.Number("over_standard", func(x *Trip) *record.Num { return &x.OverStandard }).Carry(),
	record.Number("city_unplanned", func(x *Trip) *record.Num { return &x.CityUnplanned }).Carry(),
	record.Number("banquet_over", func(x *Trip) *record.Num { return &x.BanquetOver }).Carry(),
	record.Number("misc_full", func(x *Trip) *record.Num { return &x.MiscFull }).Carry(),
	record.Number("board_paid", func(x *Trip) *record.Num { return &x.BoardPaid }).Carry(),
	record.Number("taxi_transfer", func(x *Trip) *record.Num { return &x.TaxiTransfer }).Carry(),
	record.Number("cabin_over", func(x *Trip) *record.Num { return &x.CabinOver }).Carry(),
	record.Number("train_over", func(x *Trip) *record.Num { return &x.TrainOver }).Carry(),
	record.Number("no_rate", func(x *Trip) *record.Num { return &x.NoRate }).Carry(),
	record.Number("receipts_missing", func(x *Trip) *record.Num { return &x.ReceiptsMissing }).Carry(),
	record.Number("budget", func(x *Trip) *record.Num { return &x.Budget }).Carry().List(),
	record.Number("actual", func(x *Trip) *record.Num { return &x.Actual }).Carry(),
	record.Number("actual_days", func(x *Trip) *record.Num { return &x.ActualDays }).Carry(),
	record.Number("overstay", func(x *Trip) *record.Num { return &x.Overstay }).Carry(),
	record.Number("regime_hit", func(x *Trip) *record.Num { return &x.RegimeHit }).Carry(),
	record.Bool("regime_stop", func(x *Trip) *bool { return &x.RegimeStop }).Carry(),
).States(TripLife).FiledIn(Matter).At("/trips/all", "out").SortBy("exit_day", true).Checked(checkTrip).
	Lenient(lenient).JudgedOn(judgedOn).
	LabelBy(func(x *Trip) translate.Text { return x.Title })
