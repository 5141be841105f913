package passports

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
)

// Room is the room as it is put into the program.
type Room struct {
	// Journey finds a journey by its id or number, and what was approved of it; nil when journeys are not kept here.
	Journey func(v *store.View, id string) (Journey, bool, error)
}

// OwnPage tells whether the room shows one record of a type on a page of its own.
func OwnPage(k *record.Kind) bool { return k == Passports.Kind || k == Loans.Kind }

// Open puts the pages of the room into the site. The default list, form and history pages of its types come from the site.
func Open(site *web.Site) *Room {
	r := &Room{}
	see, edit := access.See(Passports.Name), access.Do("edit", Passports.Name)
	site.Get("/passports", see, r.counter)
	site.Get("/passports/read", access.Do("new", Passports.Name), r.registerForm)
	site.Post("/passports/read", access.Do("new", Passports.Name), r.register)
	site.Get(Passports.URL()+"/{id}", see, r.passport)
	site.Get(Passports.URL()+"/{id}/lend", edit, r.lendForm)
	site.Post(Passports.URL()+"/{id}/lend", edit, r.lend)
	site.Get(Passports.URL()+"/{id}/lost", edit, r.lostForm)
	site.Post(Passports.URL()+"/{id}/lost", edit, r.lose)
	site.Get(Loans.URL()+"/{id}", access.See(Loans.Name), r.loan)
	site.Post(Loans.URL()+"/{id}/hand", access.Do("move", Loans.Name), r.hand)
	site.Get(Loans.URL()+"/{id}/back", access.Do("move", Loans.Name), r.backForm)
	site.Post(Loans.URL()+"/{id}/back", access.Do("move", Loans.Name), r.takeBack)
	site.Get(Loans.URL()+"/{id}/slip", access.See(Loans.Name), r.slip)
	site.Get("/passports/locks", access.See(UnitLocks.Name), r.locks)
	site.Get("/passports/locks/{id}", access.Only(access.Head, access.Admin), r.liftForm)
	site.Post("/passports/locks/{id}", access.Only(access.Head, access.Admin), r.lift)
	group := "passports.page.room"
	site.Add(web.Link{Group: group, Key: "passports.page.counter", Icon: "key", Href: "/passports", Need: see, Order: 470},
		web.Link{Group: group, Key: "passports.page.locks", Icon: "shield", Href: "/passports/locks", Need: access.See(UnitLocks.Name), Order: 471})
	for i, k := range []*record.Kind{Passports.Kind, Loans.Kind} {
		site.Add(web.Link{Group: group, Key: k.Phrase("plural"), Icon: k.Icon, Href: k.URL(), Need: access.See(k.Name), Order: 472 + i})
	}
	return r
}
