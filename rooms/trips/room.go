package trips

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/web"
)

// Room is the room as it is put into the program.
type Room struct{}

// OwnPage tells whether the room shows one record of a type on a page of its own.
func OwnPage(*record.Kind) bool { return false }

// listed are the types whose lists stand in the navigation; the others are reached from the trip they hang on.
var listed = []*record.Kind{Trips.Kind, Plans.Kind, Travellers.Kind, StandingApprovals.Kind, Changes.Kind, Publicities.Kind, Entries.Kind, Perdiems.Kind, Regimes.Kind}

// Open puts the pages of the room into the site. The default list, form, record and history pages of its types come
// from the site.
func Open(site *web.Site) *Room {
	r := &Room{}
	for i, k := range listed {
		site.Add(web.Link{Group: "trips.page.room", Key: k.Phrase("plural"), Icon: k.Icon, Href: k.URL(), Need: access.See(k.Name), Order: 462 + i})
	}
	return r
}

// Types are the record types of the room.
var Types = carrying(Plans.Kind, PlannedTrips.Kind, Travellers.Kind, StandingApprovals.Kind, Regimes.Kind, Trips.Kind, Members.Kind, Legs.Kind, Items.Kind,
	Perdiems.Kind, TripCosts.Kind, Entries.Kind, Publicities.Kind, Objections.Kind, Changes.Kind, StandingLegs.Kind, Tasks.Kind, Documents.Kind)
