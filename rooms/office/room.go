package office

import (
	"sync"

	"yunqiao/kernel/access"
	"yunqiao/kernel/bulk"
	"yunqiao/kernel/signin"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// Room is the office's own room: signing in, one's sessions and keys, and the page a working day begins with.
type Room struct {
	Desk *signin.Desk
	Tree *Tree
	// Bulk is where tables come in; nil in a program without imports.
	Bulk *bulk.Desk
	// Hint is shown on the sign-in page, such as the sample accounts of a demo; a phrase key, "" for none.
	Hint string
	// Tiles are the big numbers of the first page, from the other rooms.
	Tiles []func(c *web.Call, v *store.View) ([]kit.Tile, error)
	// Panels are the panels of the first page, from the other rooms.
	Panels []func(c *web.Call, v *store.View) ([]kit.Section, error)

	mu      sync.Mutex
	waiting map[string]halfway
}

// Open hangs the room's pages.
func (rm *Room) Open(s *web.Site) {
	rm.waiting = map[string]halfway{}
	s.Get("/{$}", access.SignedIn(), rm.home)
	s.Free("GET", "/sign-in", access.Anyone(), rm.signInPage)
	s.Free("POST", "/sign-in", access.Anyone(), rm.signIn)
	s.Free("POST", "/sign-in/code", access.Anyone(), rm.signInCode)
	s.Free("POST", "/sign-out", access.SignedIn(), rm.signOut)
	s.Get("/me/sessions", access.SignedIn(), rm.sessions)
	s.Free("POST", "/me/sessions/{id}/end", access.SignedIn(), rm.endSession)
	s.Free("POST", "/me/sessions/end-others", access.SignedIn(), rm.endOthers)
	s.Get("/me/tokens", access.SignedIn(), rm.tokens)
	s.Free("POST", "/me/tokens", access.SignedIn(), rm.newToken)
	s.Free("POST", "/me/tokens/{id}/end", access.SignedIn(), rm.endToken)
	s.Free("GET", "/me/password", access.SignedIn(), rm.passwordPage)
	s.Free("POST", "/me/password", access.SignedIn(), rm.setPassword)
	s.Free("GET", "/me/code", access.SignedIn(), rm.codePage)
	s.Free("POST", "/me/code", access.SignedIn(), rm.confirmCode)
	s.Free("POST", "/me/code/drop", access.SignedIn(), rm.dropCode)
	rm.openImports(s)
	s.Records(Units.Kind, false)
	s.Records(StaffType.Kind, false)
	s.Records(Positions.Kind, false)
	s.Records(Grants.Kind, false)
	s.Get("/office/powers", access.See(Grants.Name), rm.powers)
	s.Add(web.Link{Key: "office.page.home", Icon: "home", Href: "/", Need: access.SignedIn(), Order: 0},
		web.Link{Group: "office.title", Key: "office.unit.plural", Icon: "people", Href: Units.URL(), Need: access.See("unit"), Order: 900},
		web.Link{Group: "office.title", Key: "office.staff.plural", Icon: "people", Href: StaffType.URL(), Need: access.See("staff"), Order: 901},
		web.Link{Group: "office.title", Key: "office.page.powers", Icon: "key", Href: "/office/powers", Need: access.See(Grants.Name), Order: 905},
		web.Link{Group: "office.title", Key: Grants.Phrase("plural"), Icon: Grants.Icon, Href: Grants.URL(), Need: access.See(Grants.Name), Order: 906},
		web.Link{Group: "office.title", Key: "office.page.jobs", Icon: "gear", Href: "/jobs", Need: access.SignedIn(), Order: 920})
}
