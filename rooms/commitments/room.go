package commitments

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/web"
)

// Room is the room as it is put into the program.
type Room struct{}

// OwnPage tells whether the room shows one record of a type on a page of its own.
func OwnPage(k *record.Kind) bool { return k == Plans.Kind || k == Obligations.Kind }

// Open puts the pages of the room into the site. The default list, form, record and history pages of its types come
// from the site; the pages of a plan and of an obligation are the room's own.
func Open(site *web.Site) *Room {
	r := &Room{}
	see := access.See(Obligations.Name)
	site.Get("/commitments", see, r.overview)
	site.Get("/commitments/shared", see, r.shared)
	site.Get(Plans.URL()+"/{id}", access.See(Plans.Name), r.plan)
	site.Get(Obligations.URL()+"/{id}", see, r.obligation)
	site.Add(web.Link{Group: "commitments.page.room", Key: "commitments.page.overview", Icon: "todo", Href: "/commitments", Need: see, Order: 450},
		web.Link{Group: "commitments.page.room", Key: "commitments.page.shared", Icon: "people", Href: "/commitments/shared", Need: see, Order: 451})
	site.List("commitments.page.room", 460, Plans.Kind, Clauses.Kind, Measures.Kind, Obligations.Kind, Blockers.Kind)
	return r
}
