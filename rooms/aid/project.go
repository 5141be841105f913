package aid

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Project is a small piece of work in a place. Its launch and its handover are two days of one project.
type Project struct {
	record.Head
	Number     string
	Title      translate.Text
	Activity   string
	Programme  string
	Kind       string
	Small      bool // a small livelihood project
	Country    string
	Place      string
	Site       translate.Text
	Partner    translate.Text
	Contractor translate.Text
	Budget     record.Amount
	Spent      record.Amount
	Started    clock.When
	HandedOver clock.When
	Milestones []Milestone
	Visits     []Visit
	Note       translate.Text
}

// Milestone is something reached on the way, with what shows it.
type Milestone struct {
	Day    clock.When
	What   string
	Source string
}

// Visit is a look at what was handed over, months later: does the lamp still shine.
type Visit struct {
	Day    clock.When
	Found  string
	Note   string
	Source string
}

// What a project can be, and what a visit can find.
var (
	ProjectKinds = []string{"lighting", "school", "school_goods", "library", "water", "health", "road", "training", "exchange", "other"}
	Found        = []string{"works", "works_partly", "broken", "not_seen"}
)

// ProjectLife is the life of a project, up to the visits after it was handed over.
var ProjectLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "planned", Shade: lifecycle.Draft}, {Key: "started", Shade: lifecycle.Running}, {Key: "handed_over", Shade: lifecycle.Good},
		{Key: "aftercare", Shade: lifecycle.Waiting}, {Key: "closed", Shade: lifecycle.Good}, {Key: "abandoned", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "start", From: []string{"planned"}, To: "started", Guard: startedNeedsDate},
		{Verb: "hand_over", From: []string{"started"}, To: "handed_over", Guard: handedNeedsDate},
		{Verb: "follow_up", From: []string{"handed_over"}, To: "aftercare"},
		{Verb: "close", From: []string{"handed_over", "aftercare"}, To: "closed"},
		{Verb: "abandon", From: []string{"planned", "started"}, To: "abandoned", Roles: deciders, Reason: true},
	},
}

func startedNeedsDate(rec any) error {
	if rec.(*Project).Started == "" {
		return fault.At("started", "aid.aidproject.needs_start", nil)
	}
	return nil
}

func handedNeedsDate(rec any) error {
	if rec.(*Project).HandedOver == "" {
		return fault.At("handed_over", "aid.aidproject.needs_handover", nil)
	}
	return nil
}

// Projects is the type of projects.
var Projects = record.Define("aid", "aidproject", func(p *Project) *record.Head { return &p.Head },
	record.Text("number", func(p *Project) *string { return &p.Number }).Max(60).Search(),
	record.I18n("title", func(p *Project) *translate.Text { return &p.Title }).Required().Search().List(),
	record.Ref("programme", "aidprogramme", func(p *Project) *string { return &p.Programme }).List(),
	record.Ref("activity", "aidactivity", func(p *Project) *string { return &p.Activity }),
	record.Choice("kind", func(p *Project) *string { return &p.Kind }, ProjectKinds...).Required().List(),
	record.Bool("small", func(p *Project) *bool { return &p.Small }),
	record.Text("country", func(p *Project) *string { return &p.Country }).Required().Max(2).List(),
	record.Ref("place", "place", func(p *Project) *string { return &p.Place }),
	record.I18n("site", func(p *Project) *translate.Text { return &p.Site }).Search().List(),
	record.I18n("partner", func(p *Project) *translate.Text { return &p.Partner }).Search(),
	record.I18n("contractor", func(p *Project) *translate.Text { return &p.Contractor }).Search(),
	record.Money("budget", func(p *Project) *record.Amount { return &p.Budget }),
	record.Money("spent", func(p *Project) *record.Amount { return &p.Spent }),
	record.Date("started", func(p *Project) *clock.When { return &p.Started }).List(),
	record.Date("handed_over", func(p *Project) *clock.When { return &p.HandedOver }).List(),
	record.Parts("milestones", func(p *Project) *[]Milestone { return &p.Milestones },
		record.Date("day", func(m *Milestone) *clock.When { return &m.Day }),
		record.Text("what", func(m *Milestone) *string { return &m.What }).Search(),
		record.Ref("source", "source", func(m *Milestone) *string { return &m.Source })),
	record.Parts("visits", func(p *Project) *[]Visit { return &p.Visits },
		record.Date("day", func(v *Visit) *clock.When { return &v.Day }),
		record.Choice("found", func(v *Visit) *string { return &v.Found }, Found...),
		record.Text("note", func(v *Visit) *string { return &v.Note }),
		record.Ref("source", "source", func(v *Visit) *string { return &v.Source })),
	record.I18n("note", func(p *Project) *translate.Text { return &p.Note }).Search(),
).Dated().Public().States(ProjectLife).At("/aid/projects", "todo").SortBy("started", true).
	LabelBy(func(p *Project) translate.Text { return p.Title }).
	Checked(func(p *Project) (out []*fault.Error) {
		if backwards(p.Started, p.HandedOver) {
			out = append(out, fault.At("handed_over", "aid.backwards", nil))
		}
		if p.State == "handed_over" && !p.HandedOver.Known() {
			out = append(out, fault.At("handed_over", "aid.aidproject.needs_handover", nil))
		}
		return out
	})

// AssetLife is the life of something built, as the last check found it.
var AssetLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "building", Shade: lifecycle.Draft}, {Key: "handed_over", Shade: lifecycle.Good}, {Key: "in_use", Shade: lifecycle.Good},
		{Key: "out_of_use", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "hand_over", From: []string{"building"}, To: "handed_over", Guard: assetNeedsDate},
		{Verb: "find_working", From: []string{"handed_over", "out_of_use"}, To: "in_use"},
		{Verb: "find_idle", From: []string{"handed_over", "in_use"}, To: "out_of_use", Reason: true},
	},
}

func assetNeedsDate(rec any) error {
	if rec.(*Asset).HandedOver == "" {
		return fault.At("handed_over", "aid.aidproject.needs_handover", nil)
	}
	return nil
}

// Asset is something that was built and stays: a laboratory, a school. It is handed over once and looked at again.
type Asset struct {
	record.Head
	Name       translate.Text
	Kind       string
	Activity   string
	Project    string
	Country    string
	Place      string
	Capacity   translate.Text
	HandedOver clock.When
	InUse      clock.When
	Checked    clock.When
	Checks     []Visit
	Note       translate.Text
}

// AssetKinds are the kinds of things built.
var AssetKinds = []string{"laboratory", "clinic", "school", "lighting", "road", "library", "other"}

// Assets is the type of things built.
var Assets = record.Define("aid", "aidasset", func(a *Asset) *record.Head { return &a.Head },
	record.I18n("name", func(a *Asset) *translate.Text { return &a.Name }).Required().Search().List(),
	record.Choice("kind", func(a *Asset) *string { return &a.Kind }, AssetKinds...).Required().List(),
	record.Ref("activity", "aidactivity", func(a *Asset) *string { return &a.Activity }),
	record.Ref("project", "aidproject", func(a *Asset) *string { return &a.Project }),
	record.Text("country", func(a *Asset) *string { return &a.Country }).Required().Max(2).List(),
	record.Ref("place", "place", func(a *Asset) *string { return &a.Place }).Required().List(),
	record.I18n("capacity", func(a *Asset) *translate.Text { return &a.Capacity }),
	record.Date("handed_over", func(a *Asset) *clock.When { return &a.HandedOver }).List(),
	record.Date("in_use", func(a *Asset) *clock.When { return &a.InUse }),
	record.Date("last_checked", func(a *Asset) *clock.When { return &a.Checked }).List(),
	record.Parts("checks", func(a *Asset) *[]Visit { return &a.Checks },
		record.Date("day", func(v *Visit) *clock.When { return &v.Day }),
		record.Choice("found", func(v *Visit) *string { return &v.Found }, Found...),
		record.Text("note", func(v *Visit) *string { return &v.Note }),
		record.Ref("source", "source", func(v *Visit) *string { return &v.Source })),
	record.I18n("note", func(a *Asset) *translate.Text { return &a.Note }).Search(),
).Dated().Public().States(AssetLife).At("/aid/assets", "shield").SortBy("handed_over", true).
	LabelBy(func(a *Asset) translate.Text { return a.Name }).
	Checked(func(a *Asset) (out []*fault.Error) {
		if backwards(a.HandedOver, a.InUse) {
			out = append(out, fault.At("in_use", "aid.backwards", nil))
		}
		return out
	})

// Types are the record types of the room, in the order in which packs load them.
var Types = carrying(Programmes.Kind, Activities.Kind, RolesHeld.Kind, Lines.Kind, Stages.Kind, Teams.Kind, Valuations.Kind,
	Projects.Kind, Assets.Kind)
