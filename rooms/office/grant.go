package office

import (
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Grant is one act on a power of approval: given, enlarged, narrowed, suspended or withdrawn, for days. What a holder
// may approve on a day follows from the acts until then. Its type is "powergrant", because the databases keep the
// shorter word for themselves.
type Grant struct {
	record.Head
	Number string
	Title  translate.Text
	Holder string // unit
	Matter string
	Kind   string
	Rank   string // the highest rank of persons it reaches
	Scope  translate.Text
	Given  clock.When
	Grade  string // what it rests on
	Basis  translate.Text
	Giver  translate.Text
	Review clock.When
	Alters string // the earlier act it changes
	Paper  record.Doc
	Note   translate.Text
	// What the power reaches, as far as it can be told in a way that a program can read; empty where nothing is said.
	Direction string     // out, in; "" for both
	Fields    string     // keys of fields such as "trade science", separated by spaces
	Countries string     // ISO 3166-1 alpha-2 codes, separated by spaces
	DaysMost  record.Num // the longest stay it reaches
	Units     []string   // units whose asks it reaches; none for the holder and all below it
	Until     clock.When // the last day
	Series    string     // of the numbers of its papers
	SealText  translate.Text
}

// The matters, kinds of acts, ranks and grounds of grants.
var (
	GrantMatters = []string{"visits_out", "invitations", "both", "travel_documents", "all"}
	GrantKinds   = []string{"granted", "enlarged", "narrowed", "suspended", "withdrawn"}
	GrantRanks   = []string{"section", "division", "bureau", "province", "not_stated"}
	GrantGrades  = []string{"document", "news", "listed"}
)

var grantDeciders = []access.Role{access.Head, access.Admin}

// GrantLife is the life of an act.
var GrantLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "draft", Shade: lifecycle.Draft}, {Key: "in_force", Shade: lifecycle.Good}, {Key: "void", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "put_in_force", From: []string{"draft"}, To: "in_force", Roles: grantDeciders, Guard: grantOnPaper},
		{Verb: "void", From: []string{"draft", "in_force"}, To: "void", Roles: grantDeciders, Reason: true},
	},
}

func grantOnPaper(rec any) error {
	g := rec.(*Grant)
	switch {
	case !g.Given.Known():
		return fault.At("given", "office.powergrant.needs_day", nil)
	case g.Basis.Empty():
		return fault.At("basis", "office.powergrant.needs_basis", nil)
	case g.Giver.Empty():
		return fault.At("giver", "office.powergrant.needs_giver", nil)
	}
	return nil
}

// Grants is the type of grants.
var Grants = record.Define("office", "powergrant", func(g *Grant) *record.Head { return &g.Head },
	record.Text("number", func(g *Grant) *string { return &g.Number }).Max(40).Search().List(),
	record.I18n("title", func(g *Grant) *translate.Text { return &g.Title }).Required().Search().List(),
	record.Ref("holder", "unit", func(g *Grant) *string { return &g.Holder }).Required().List(),
	record.Choice("matter", func(g *Grant) *string { return &g.Matter }, GrantMatters...).Required().List(),
	record.Choice("kind", func(g *Grant) *string { return &g.Kind }, GrantKinds...).Required().List(),
	record.Choice("ceiling", func(g *Grant) *string { return &g.Rank }, GrantRanks...).Required().List(),
	record.I18n("scope", func(g *Grant) *translate.Text { return &g.Scope }).Search(),
	record.Date("given", func(g *Grant) *clock.When { return &g.Given }).List(),
	record.Choice("grade", func(g *Grant) *string { return &g.Grade }, GrantGrades...).Required(),
	record.I18n("basis", func(g *Grant) *translate.Text { return &g.Basis }).Search(),
	record.I18n("giver", func(g *Grant) *translate.Text { return &g.Giver }).Search(),
	record.Date("review", func(g *Grant) *clock.When { return &g.Review }).List(),
	record.Ref("alters", "powergrant", func(g *Grant) *string { return &g.Alters }),
	record.File("paper", func(g *Grant) *record.Doc { return &g.Paper }),
	record.I18n("note", func(g *Grant) *translate.Text { return &g.Note }).Search(),
	record.Choice("direction", func(g *Grant) *string { return &g.Direction }, "out", "in"),
	record.Text("fields", func(g *Grant) *string { return &g.Fields }).Max(200),
	record.Text("countries", func(g *Grant) *string { return &g.Countries }).Max(400),
	record.Number("days_most", func(g *Grant) *record.Num { return &g.DaysMost }),
	record.Refs("units", "unit", func(g *Grant) *[]string { return &g.Units }),
	record.Date("until", func(g *Grant) *clock.When { return &g.Until }),
	record.Text("series", func(g *Grant) *string { return &g.Series }).Max(40),
	record.I18n("seal_text", func(g *Grant) *translate.Text { return &g.SealText }),
).Dated().Public().States(GrantLife).At("/office/grants", "check").SortBy("holder", false).
	LabelBy(func(g *Grant) translate.Text { return g.Title }).
	Checked(func(g *Grant) (out []*fault.Error) {
		if g.Kind != "granted" && g.Kind != "" && g.Alters == "" && g.Grade == "document" {
			out = append(out, fault.At("alters", "office.powergrant.needs_alters", nil))
		}
		if g.Alters != "" && g.Alters == g.ID {
			out = append(out, fault.At("alters", "office.powergrant.itself", nil))
		}
		if g.Given.Known() && g.Review.Known() && g.Review.Latest() < g.Given.Earliest() {
			out = append(out, fault.At("review", "office.powergrant.review", nil))
		}
		if g.Given.Known() && g.Until.Known() && g.Until.Latest() < g.Given.Earliest() {
			out = append(out, fault.At("until", "office.powergrant.until", nil))
		}
		for _, code := range strings.Fields(g.Countries) {
			if len(code) != 2 || strings.ToUpper(code) != code {
				out = append(out, fault.At("countries", "office.powergrant.countries", fault.Args{"code": code}))
			}
		}
		return out
	})
