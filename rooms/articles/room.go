package articles

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/web"
)

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Room is the room's pages over a maker.
type Room struct {
	Maker *Maker
}

// MakeOf gives the page on which a draft of a text is begun, for the pages of its own room.
func MakeOf(kind string) func(id string) string {
	return func(id string) string { return "/articles/make/" + kind + "/" + id }
}

// OwnPage tells whether the room shows one record of a type on a page of its own.
func OwnPage(k *record.Kind) bool { return k == Drafts.Kind }

// Open hangs the room's pages. The default pages of its types are hung with those of all types.
func (rm *Room) Open(s *web.Site) {
	see, write := access.See(Drafts.Name), access.Do("edit", Drafts.Name)
	s.Get("/articles", see, rm.desk)
	s.Get("/articles/make/{kind}/{id}", write, rm.makeForm)
	s.Post("/articles/make/{kind}/{id}", write, rm.make)
	at := Drafts.URL() + "/{id}"
	s.Get(at, see, rm.draft)
	s.Get(at+"/change", write, rm.changeForm)
	s.Post(at+"/change", write, rm.change)
	s.Post(at+"/link", write, rm.publish)
	s.Post(at+"/do", write, rm.do)
	s.Add(web.Link{Group: "articles.page.room", Key: "articles.page.desk", Icon: "up", Href: "/articles", Need: see, Order: 380})
	s.List("articles.page.room", 381, Types...)
}
