package services

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/web"
)

// Room is the room as it is put into the program.
type Room struct{}

// OwnPage tells whether the room shows one record of a type on a page of its own.
func OwnPage(k *record.Kind) bool { return k == Offers.Kind }

// Open puts the pages of the room into the site. The default list, form, record and history pages of its types come
// from the site; the desk and the page of a service are the room's own.
func Open(site *web.Site) *Room {
	r := &Room{}
	see := access.See(Offers.Name)
	site.Get("/services", see, r.desk)
	site.Get(Offers.URL()+"/{id}", see, r.service)
	site.Add(web.Link{Group: "services.page.room", Key: "services.page.desk", Icon: "letter", Href: "/services", Need: see, Order: 700})
	site.List("services.page.room", 710, Types...)
	return r
}
