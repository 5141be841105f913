package events

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/web"
)

// Room is the room as it is put into the program.
type Room struct{}

// OwnPage tells whether the room shows one record of a type on a page of its own.
func OwnPage(k *record.Kind) bool { return k == SeriesAll.Kind }

// Open puts the pages of the room into the site. The default list, form, record and history pages of its types come
// from the site; the overview and the page of a series are the room's own.
func Open(site *web.Site) *Room {
	r := &Room{}
	see := access.See(SeriesAll.Name)
	site.Get("/events", see, r.overview)
	site.Get(SeriesAll.URL()+"/{id}", see, r.series)
	site.Add(web.Link{Group: "events.page.room", Key: "events.page.overview", Icon: "bell", Href: "/events", Need: see, Order: 550})
	site.List("events.page.room", 560, Types...)
	return r
}
