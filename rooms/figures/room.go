package figures

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/web"
)

// Room is the room's pages over a desk.
type Room struct {
	Desk *Desk
}

// Open hangs the room's pages. The default pages of declarations are hung with those of all types.
func (rm *Room) Open(s *web.Site) {
	see := access.See(Declarations.Name)
	s.Get("/figures", see, rm.list)
	s.Get("/figures/reconcile", see, rm.reconcile)
	s.Get("/figures/statement", see, rm.statement)
	s.Get("/figures/work", see, rm.work)
	s.Get("/figures/try", access.Do("new", CountingRules.Name), rm.try)
	s.Post("/figures/try", access.Do("new", CountingRules.Name), rm.keep)
	s.Get("/figures/{key}", see, rm.show)
	s.Get("/figures/{key}/evidence", see, rm.evidence)
	s.Free("GET", "/figures/{key}/export", see, rm.export)
	s.Get("/figures/{key}/bridge", see, rm.bridge)
	s.Add(web.Link{Group: "figures.title", Key: "figures.page.list", Icon: "chart", Href: "/figures", Need: see, Order: 300},
		web.Link{Group: "figures.title", Key: "figures.page.statement", Icon: "file", Href: statementAddress, Need: see, Order: 300},
		web.Link{Group: "figures.title", Key: "figures.page.reconcile", Icon: "scales", Href: "/figures/reconcile", Need: see, Order: 301},
		web.Link{Group: "figures.title", Key: "figures.declaration.plural", Icon: Declarations.Icon, Href: Declarations.URL(), Need: see, Order: 302},
		web.Link{Group: "figures.title", Key: "figures.fact.plural", Icon: Facts.Icon, Href: Facts.URL(), Need: access.See(Facts.Name), Order: 303},
		web.Link{Group: "figures.title", Key: "figures.countingrule.plural", Icon: CountingRules.Icon, Href: CountingRules.URL(), Need: access.See(CountingRules.Name), Order: 304},
		web.Link{Group: "figures.title", Key: "figures.page.try", Icon: "grid", Href: "/figures/try", Need: access.Do("new", CountingRules.Name), Order: 305})
	s.Extend(CountingRules.Name, rm.checked)
}
