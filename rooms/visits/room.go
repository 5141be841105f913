package visits

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/web"
)

// Room is the room as it is put into the program.
type Room struct{}

// OwnPage tells whether the room shows one record of a type on a page of its own.
func OwnPage(k *record.Kind) bool { return k == Visits.Kind }

// Open puts the pages of the room into the site. The default list, form, record and history pages of its types come
// from the site; the calendar and the page of a visit are the room's own.
func Open(site *web.Site) *Room {
	r := &Room{}
	see := access.See(Visits.Name)
	site.Get("/visits", see, r.calendar)
	site.Get(Visits.URL()+"/{id}", see, r.visit)
	site.Add(web.Link{Group: "visits.page.room", Key: "visits.page.calendar", Icon: "cal", Href: "/visits", Need: see, Order: 500})
	site.List("visits.page.room", 510, Types...)
	return r
}
