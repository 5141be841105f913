package kerneltest

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Maker is an invented type without days of its own: it makes gadgets.
type Maker struct {
	record.Head
	Name   translate.Text
	Parent string // maker
}

// Makers is the type of makers.
var Makers = record.Define("kerneltest", "maker", func(m *Maker) *record.Head { return &m.Head },
	record.I18n("name", func(m *Maker) *translate.Text { return &m.Name }).Required().Search().List(),
	record.Ref("parent", "maker", func(m *Maker) *string { return &m.Parent }),
)

// Gadget is an invented dated type with states and one field of each kind.
type Gadget struct {
	record.Head
	Code    string
	Name    translate.Text
	Colour  string
	Weight  record.Num
	Price   record.Amount
	Made    clock.Day
	Used    record.Days
	Seen    clock.When
	Maker   string
	Kin     []string // gadgets
	Pieces  []Piece
	At      record.Position
	Manual  record.Doc
	Working bool
	Secret  string
}

// Piece is a part of a gadget.
type Piece struct {
	Maker string
	Fits  []string // gadgets
	Label translate.Text
	Count record.Num
	Size  string
	Since clock.When
}

// Colours are the values of a gadget's choice.
var Colours = []string{"red", "green", "blue"}

// GadgetLife is the life of a gadget.
var GadgetLife = &lifecycle.Life{
	States: []lifecycle.State{{Key: "planned", Shade: lifecycle.Draft}, {Key: "built", Shade: lifecycle.Good}, {Key: "broken", Shade: lifecycle.Bad}},
	Moves: []lifecycle.Move{
		{Verb: "build", From: []string{"planned"}, To: "built"},
		{Verb: "wreck", From: []string{"built"}, To: "broken", Roles: []access.Role{access.Head}, Reason: true},
		{Verb: "mend", From: []string{"broken"}, To: "built", Guard: func(rec any) error {
			if !rec.(*Gadget).Working {
				return fault.At("working", "record.field.required", nil)
			}
			return nil
		}},
	},
}

// GadgetType is the type of gadgets.
var GadgetType = record.Define("kerneltest", "gadget", func(g *Gadget) *record.Head { return &g.Head },
	record.Text("code", func(g *Gadget) *string { return &g.Code }).Required().Max(20).Search().List(),
	record.I18n("name", func(g *Gadget) *translate.Text { return &g.Name }).Required().Max(200).Search().List(),
	record.Choice("colour", func(g *Gadget) *string { return &g.Colour }, Colours...).List(),
	record.Number("weight", func(g *Gadget) *record.Num { return &g.Weight }).List(),
	record.Money("price", func(g *Gadget) *record.Amount { return &g.Price }),
	record.DayOf("made", func(g *Gadget) *clock.Day { return &g.Made }),
	record.Span("used", func(g *Gadget) *record.Days { return &g.Used }),
	record.Date("seen", func(g *Gadget) *clock.When { return &g.Seen }).List(),
	record.Ref("maker", "maker", func(g *Gadget) *string { return &g.Maker }),
	record.Refs("kin", "gadget", func(g *Gadget) *[]string { return &g.Kin }),
	record.Parts("pieces", func(g *Gadget) *[]Piece { return &g.Pieces },
		record.Ref("maker", "maker", func(p *Piece) *string { return &p.Maker }),
		record.Refs("fits", "gadget", func(p *Piece) *[]string { return &p.Fits }),
		record.I18n("label", func(p *Piece) *translate.Text { return &p.Label }).Search(),
		record.Number("count", func(p *Piece) *record.Num { return &p.Count }),
		record.Choice("size", func(p *Piece) *string { return &p.Size }, "small", "large"),
		record.Date("since", func(p *Piece) *clock.When { return &p.Since })),
	record.Place("at", func(g *Gadget) *record.Position { return &g.At }),
	record.File("manual", func(g *Gadget) *record.Doc { return &g.Manual }),
	record.Bool("working", func(g *Gadget) *bool { return &g.Working }),
	record.Sealed("secret", func(g *Gadget) *string { return &g.Secret }),
).Dated().States(GadgetLife).SortBy("code", false).LabelBy(func(g *Gadget) translate.Text { return g.Name })

// Gadgets are the record types of the small world.
var Gadgets = record.NewRegistry(record.Sources.Kind, Makers.Kind, GadgetType.Kind)
