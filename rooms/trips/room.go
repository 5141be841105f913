package trips

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
)

// Room is the room as it is put into the program.
type Room struct {
	// Rules are the rules of the pack, Lists the dated lists that they ask for.
	Rules *rules.Pack
	Lists func(v *store.View) (rules.Lists, error)
	// Habits are the settings of the office.
	Habits Habits
	// UnitCode gives the code of a unit.
	UnitCode func(v *store.View, id string) string
	// Working tells whether the office works on a day; an error says that nothing is known of the year. nil leaves the
	// working days of publicity to be typed.
	Working func(day clock.Day) (bool, error)
	// RestsAbroad says that a day is no working day in a country, in words, or that nothing is known of the year; "" when it is
	// a working day.
	RestsAbroad func(c *web.Call, country string, day clock.Day) string
	// Nations are the countries that may be typed by name; nil takes codes alone.
	Nations func() []Nation
	// Approval tells how the approvals of a record stand; nil where they are not kept here.
	Approval func(c *web.Call, v *store.View, kind, id string) (Approval, error)
	// Passports gives the passports of a traveller, and the alarm of one that is not valid long enough after a day of return;
	// nil where they are not kept here.
	Passports func(c *web.Call, v *store.View, traveller string, home clock.Day) ([]Passport, error)
	// Ties gives the ties of the office with places in countries; nil where they are not kept here.
	Ties func(c *web.Call, v *store.View, countries []string) ([]Tie, error)
	// Promise makes an obligation of what was promised, Contact an exchange of a tie or finds among those made of this trip
	// the one that it is; nil where these are not kept here.
	Promise func(tx *store.Tx, t *Trip, x *Task) (id string, err error)
	Contact func(tx *store.Tx, t *Trip, x *Task, tie string, have []string) (id string, err error)
	// Also are tables by which old cases come in that are kept elsewhere.
	Also []Intake
	// File begins the approval of a case that was taken over; nil begins none.
	File func(tx *store.Tx, t *Trip) error
	// Confirmed hears that a unit has confirmed its people of a joint group; nil does nothing.
	Confirmed func(tx *store.Tx, trip, unit string) error
}

// roomOrder is the place of the room in the navigation; its links stand in the order in which they are added.
const roomOrder = 466

// OwnPage tells whether the room shows one record of a type on a page of its own.
func OwnPage(k *record.Kind) bool {
	return k == Trips.Kind || k == StandingApprovals.Kind || k == Plans.Kind || k == Regimes.Kind
}

// listed are the types whose lists stand in the navigation; the others are reached from the trip they hang on.
var listed = []*record.Kind{Trips.Kind, Plans.Kind, Travellers.Kind, StandingApprovals.Kind, Changes.Kind, Publicities.Kind, Entries.Kind, Perdiems.Kind, Regimes.Kind}

// Open puts the pages of the room into the site. The default list, form, record and history pages of its types come
// from the site; the planner is the room's own.
func Open(site *web.Site) *Room {
	r := &Room{Habits: Usual()}
	site.Get(plannerAt, mayPlan(), r.planner)
	site.Post(plannerAt, mayPlan(), r.keepPlan)
	site.Free("POST", plannerAt+"/check", mayPlan(), r.checkPlan)
	site.Post(plannerAt+"/drop", mayPlan(), r.dropPlan)
	site.Forms = map[string]func(id string) string{Trips.Name + "/" + planForm: func(id string) string { return web.Address(plannerAt, "trip", id) }}
	site.Get(Trips.URL()+"/{id}", access.See(Trips.Name), r.trip)
	site.Get(Trips.URL()+"/{id}/brief", access.See(Trips.Name), r.brief)
	site.Get(Trips.URL()+"/{id}/step/{verb}", Trips.Need("move"), r.stepForm)
	site.Post(Trips.URL()+"/{id}/step/{verb}", Trips.Need("move"), r.takeStep)
	site.Get(StandingApprovals.URL()+"/{id}", access.See(StandingApprovals.Name), r.standing)
	site.Get(Plans.URL()+"/{id}", access.See(Plans.Name), r.year)
	site.Post(Trips.URL()+"/{id}/received", Trips.Need("edit"), r.received)
	site.Get(Trips.URL()+"/{id}/spent", TripCosts.Need("edit"), r.settleForm)
	site.Post(Trips.URL()+"/{id}/spent", TripCosts.Need("edit"), r.settle)
	site.Post(Trips.URL()+"/{id}/notice", Trips.Need("edit"), r.notice)
	site.Post(Publicities.URL()+"/{id}/publish", Publicities.Need("edit"), r.publishNotice)
	site.Post(Publicities.URL()+"/{id}/finish", Publicities.Need("edit"), r.finishNotice)
	site.Extend(Regimes.Name, r.besideRegime)
	site.Get(Regimes.URL()+"/{id}", access.See(Regimes.Name), r.regime)
	site.Post(Trips.URL()+"/{id}/file", Trips.Need("edit"), r.fileHere)
	site.Get("/trips/take-over", access.See(Trips.Name), r.takeOver)
	site.Get("/trips/take-over/{example}", access.See(Trips.Name), r.example)
	site.Get("/trips/exceeded", access.See(Trips.Name), r.exceeded)
	site.Get("/trips/exceeded/export", access.See(Trips.Name), r.exceededTable)
	site.Post(Tasks.URL()+"/{id}/promise", Tasks.Need("edit"), r.promise)
	site.Get(Tasks.URL()+"/{id}/contact", Tasks.Need("edit"), r.contactForm)
	site.Post(Tasks.URL()+"/{id}/contact", Tasks.Need("edit"), r.contact)
	site.Get(Trips.URL()+"/{id}/replay", access.See(Trips.Name), r.replay)
	site.Post(Trips.URL()+"/{id}/confirm", access.SignedIn(), r.confirm)
	site.Extend(Publicities.Name, r.besideNotice)
	site.Add(web.Link{Group: "trips.page.room", Key: "trips.planner.title", Icon: "todo", Href: plannerAt, Need: mayPlan(), Order: roomOrder})
	site.Add(web.Link{Group: "trips.page.room", Key: "trips.page.exceeded", Icon: "warn", Href: "/trips/exceeded", Need: access.See(Trips.Name), Order: roomOrder + 1},
		web.Link{Group: "trips.page.room", Key: "trips.page.take_over", Icon: "clip", Href: "/trips/take-over", Need: access.Do("import", Trips.Name), Order: roomOrder + 1})
	for _, k := range listed {
		site.Add(web.Link{Group: "trips.page.room", Key: k.Phrase("plural"), Icon: k.Icon, Href: k.URL(), Need: access.See(k.Name), Order: roomOrder})
	}
	return r
}

// Types are the record types of the room.
var Types = carrying(Plans.Kind, PlannedTrips.Kind, Travellers.Kind, StandingApprovals.Kind, Regimes.Kind, Trips.Kind, Members.Kind, Legs.Kind, Items.Kind,
	Perdiems.Kind, TripCosts.Kind, Entries.Kind, Publicities.Kind, Objections.Kind, Changes.Kind, StandingLegs.Kind, Tasks.Kind, Documents.Kind)
