package mechanisms

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/web"
)

// Room is the room as it is put into the program.
type Room struct{}

// OwnPage tells whether the room shows one record of a type on a page of its own.
func OwnPage(k *record.Kind) bool { return k == Mechanisms.Kind || k == Sessions.Kind }

// Open puts the pages of the room into the site. The default list, form, record and history pages of its types come
// from the site; the pages of a mechanism and of a session are the room's own.
func Open(site *web.Site) *Room {
	r := &Room{}
	see := access.See(Mechanisms.Name)
	site.Get("/mechanisms", see, r.overview)
	site.Get(Mechanisms.URL()+"/{id}", see, r.mechanism)
	site.Get(Sessions.URL()+"/{id}", access.See(Sessions.Name), r.session)
	site.Post(Sessions.URL()+"/{id}/take-up", access.Do("edit", Sessions.Name), r.takeUp)
	site.Add(web.Link{Group: "mechanisms.page.room", Key: "mechanisms.page.overview", Icon: "tree", Href: "/mechanisms", Need: see, Order: 400})
	site.List("mechanisms.page.room", 410, Mechanisms.Kind, Sessions.Kind, Outcomes.Kind, Parties.Kind, Points.Kind)
	return r
}
