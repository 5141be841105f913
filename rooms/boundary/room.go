package boundary

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/web"
)

// Room is the room as it is put into the program.
type Room struct{}

// OwnPage tells whether the room shows one record of a type on a page of its own.
func OwnPage(k *record.Kind) bool { return k == Relations.Kind || k == Ports.Kind }

// Open puts the pages of the room into the site. The default list, form, record and history pages of its types come
// from the site; the pages of a relation and of a port are the room's own.
func Open(site *web.Site) *Room {
	r := &Room{}
	see := access.See(Relations.Name)
	site.Get("/boundary", see, r.overview)
	site.Get(Relations.URL()+"/{id}", see, r.relation)
	site.Get(Ports.URL()+"/{id}", access.See(Ports.Name), r.port)
	site.Add(web.Link{Group: "boundary.page.room", Key: "boundary.page.overview", Icon: "pin", Href: "/boundary", Need: see, Order: 650})
	site.List("boundary.page.room", 660, Relations.Kind, Segments.Kind, Ports.Kind, Sides.Kind, Changes.Kind, Facilities.Kind, Villages.Kind, Wardens.Kind)
	return r
}
