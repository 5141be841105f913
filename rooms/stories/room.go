package stories

import (
	"net/http"

	"yunqiao/kernel/access"
	"yunqiao/kernel/leaf"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Room is the room's pages over a desk.
type Room struct {
	Desk  *Desk
	Press *Press
	// Frame puts the frame of the public site around a page, for those who look before anyone else may.
	Frame func(c *web.Call, l translate.Lang, p *leaf.Page) []byte
	// Channels are what else becomes of a story, on its page: a draft for another channel, and what was made there. Nil
	// shows nothing.
	Channels func(c *web.Call, v *store.View, x *Story) ([]kit.Section, error)
}

// OwnPage tells whether the room shows one record of a type on a page of its own.
func OwnPage(k *record.Kind) bool { return k == Stories.Kind }

// Open hangs the room's pages. The default pages of its types are hung with those of all types.
func (rm *Room) Open(s *web.Site) {
	see, write := access.See(Stories.Name), access.Do("edit", Stories.Name)
	s.Get("/stories", see, rm.desk)
	s.Get("/stories/write", write, rm.write)
	s.Post("/stories/write", write, rm.save)
	s.Post("/stories/write/drop", write, rm.drop)
	s.Free("POST", "/stories/preview", write, rm.shown)
	s.Get("/stories/seen/{name}", see, rm.seen)
	at := Stories.URL() + "/{id}"
	s.Get(at, see, rm.show)
	s.Get(at+"/write", write, rm.write)
	s.Post(at+"/write", write, rm.save)
	s.Get(at+"/page/{lang}", see, rm.whole)
	s.Post(at+"/do", write, rm.do)
	s.Mount("GET", "/pictures/{name}", access.Anyone(), http.HandlerFunc(rm.picture))
	if s.Forms == nil {
		s.Forms = map[string]func(id string) string{}
	}
	s.Forms[Stories.Name+"/"+writeForm] = writeAt
	s.Add(web.Link{Group: "stories.page.room", Key: "stories.page.desk", Icon: "edit", Href: "/stories", Need: see, Order: 350})
	s.List("stories.page.room", 351, Types...)
}
