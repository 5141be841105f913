package releases

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
)

// Room is the room's pages over a desk.
type Room struct {
	Desk *Desk
	// Prove takes the proof of a sealed copy out of the log.
	Prove func(v *store.View, c *SealedCopy) ([]byte, error)
}

// Open hangs the room's pages. The default pages of its types are hung with those of all types.
func (rm *Room) Open(s *web.Site) {
	see, write := access.See(Releases.Name), access.Do("edit", Releases.Name)
	s.Get("/releases/{id}", see, rm.show)
	s.Get("/releases/write", write, rm.writeNew)
	s.Get("/releases/{id}/write", write, rm.write)
	s.Post("/releases/write", write, rm.save)
	s.Post("/releases/{id}/write", write, rm.save)
	s.Free("POST", "/releases/preview", write, rm.preview)
	s.Post("/releases/{id}/sign", access.Do("sign", Releases.Name), rm.sign)
	s.Post("/releases/{id}/correct", write, rm.correct)
	s.Post("/releases/{id}/take-back", access.Do("sign", Releases.Name), rm.takeBack)
	s.Get("/releases/{id}/page.html", see, rm.page)
	s.Get("/releases/{id}/text.docx", see, rm.word)
	s.Get("/releases/{id}/evidence.xlsx", see, rm.sheet)
	s.Get("/releases/{id}/proof.json", see, rm.proof)
	s.Get("/releases/used", see, rm.used)
	s.Get("/releases/drift", see, rm.drift)
	s.Free("GET", "/r", access.Anyone(), rm.ask)
	s.Free("GET", "/r/{code}", access.Anyone(), rm.public)
	s.Free("GET", "/r/{code}/page.html", access.Anyone(), rm.publicPage)
	s.Add(web.Link{Group: "releases.title", Key: "releases.release.plural", Icon: Releases.Icon, Href: Releases.URL(), Need: see, Order: 320},
		web.Link{Group: "releases.title", Key: "releases.page.used", Icon: Uses.Icon, Href: "/releases/used", Need: see, Order: 321},
		web.Link{Group: "releases.title", Key: "releases.page.drift", Icon: "scales", Href: "/releases/drift", Need: see, Order: 322})
}
