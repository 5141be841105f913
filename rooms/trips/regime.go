package trips

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Regime is a dated overlay over the rules of trips: what it asks for besides, who else agrees, and what it waives. The rules under it stay as they are.
type Regime struct {
	record.Head
	Title     translate.Text
	Begins    clock.Day
	Ends      clock.Day
	Countries string
	Missions  string
	Adds      string
	Approver  translate.Text
	By        string // unit that agrees besides
	Waives    string
	Stops     bool
	Basis     translate.Text
	Note      translate.Text
}

// RegimeLife is the life of a policy regime.
var RegimeLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "normal", Shade: lifecycle.Draft},
		{Key: "restricted", Shade: lifecycle.Bad},
		{Key: "relieved", Shade: lifecycle.Waiting},
		{Key: "ended", Shade: lifecycle.Good},
	},
	Moves: []lifecycle.Move{
		{Verb: "restrict", From: []string{"normal"}, To: "restricted", Roles: deciders, Guard: regimeNeedsBasis},
		{Verb: "relieve", From: []string{"restricted"}, To: "relieved", Roles: deciders},
		{Verb: "end", From: []string{"restricted", "relieved"}, To: "ended", Roles: deciders},
	},
}

// Regimes is the type of policy regimes.
var Regimes = record.Define("trips", "regime", func(x *Regime) *record.Head { return &x.Head },
	record.I18n("title", func(x *Regime) *translate.Text { return &x.Title }).Required().Search().List(),
	record.DayOf("begins", func(x *Regime) *clock.Day { return &x.Begins }).Required().List(),
	record.DayOf("ends", func(x *Regime) *clock.Day { return &x.Ends }).List(),
	record.Text("countries", func(x *Regime) *string { return &x.Countries }).Max(200),
	record.Text("missions", func(x *Regime) *string { return &x.Missions }).Max(200),
	record.Text("adds", func(x *Regime) *string { return &x.Adds }).Max(200),
	record.I18n("approver", func(x *Regime) *translate.Text { return &x.Approver }),
	record.Ref("approver_unit", "unit", func(x *Regime) *string { return &x.By }),
	record.Text("waives", func(x *Regime) *string { return &x.Waives }).Max(200),
	record.Bool("stops", func(x *Regime) *bool { return &x.Stops }),
	record.I18n("basis", func(x *Regime) *translate.Text { return &x.Basis }).Search(),
	record.I18n("note", func(x *Regime) *translate.Text { return &x.Note }),
).States(RegimeLife).At("/trips/regimes", "shield").SortBy("begins", true).Checked(checkRegime)

// words reads what is listed with spaces, commas or both between.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,;，、；", r) })
}

// codes are the papers and missions by their names in each language, as people type them.
var codes = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, l := range translate.Staff {
		raw, err := Words.ReadFile("words/" + string(l) + ".json")
		said := map[string]string{}
		if err != nil || json.Unmarshal(raw, &said) != nil {
			continue // the phrase book says so at start
		}
		for _, p := range Papers {
			out[strings.ToLower(said[Documents.Phrase("kind", p)])] = p
		}
		for _, m := range Missions {
			out[strings.ToLower(said[Trips.Phrase("mission", m)])] = m
		}
	}
	return out
})

// coded gives what was typed by name or by code as codes; what is neither stays as it was typed.
func coded(typed string) string {
	var out []string
	for _, part := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(",;，、；", r) }) {
		if code := codes()[strings.ToLower(strings.TrimSpace(part))]; code != "" {
			out = append(out, code)
			continue
		}
		for _, w := range strings.Fields(part) {
			out = append(out, or(codes()[strings.ToLower(w)], w))
		}
	}
	return strings.Join(out, " ")
}

// checkRegime refuses a paper, a mission or a country that nobody knows: what is mistyped would ask for nothing, in silence.
func checkRegime(x *Regime) (out []*fault.Error) {
	known := func(field, typed string, all []string) {
		for _, w := range words(typed) {
			if !slices.Contains(all, w) {
				out = append(out, fault.At(field, "trips.regime.unknown", fault.Args{"value": w}))
				return
			}
		}
	}
	known("adds", x.Adds, Papers)
	known("waives", x.Waives, Papers)
	known("missions", x.Missions, Missions)
	if slices.ContainsFunc(split(x.Countries), func(c string) bool { return !codeOf(c, 2) }) {
		out = append(out, fault.At("countries", "trips.perdiem.country", nil))
	}
	if x.Begins.Known() && x.Ends.Known() && x.Ends < x.Begins {
		out = append(out, fault.At("ends", "trips.trip.backwards", nil))
	}
	return out
}
