package notices

import (
	"net/http"

	"yunqiao/kernel/access"
	"yunqiao/kernel/leaf"
	"yunqiao/kernel/record"
	"yunqiao/kernel/web"
)

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Room is the room's pages over a desk.
type Room struct {
	Desk  *Desk
	Press *Press
	// Courier tells readers; nil tells nobody.
	Courier *Courier
	// Poster gives the page on which a notice is made an article of the official account; nil when there is none.
	Poster func(id string) string
	// Proxied says that requests come through a proxy that names the reader's network.
	Proxied bool
	// Program tells for whom a program acts that shows a token.
	Program func(r *http.Request) (web.Visit, error)
	// Sections are those of the public site that other rooms show.
	Sections []leaf.Section
}

// OwnPage tells whether the room shows one record of a type on a page of its own.
func OwnPage(k *record.Kind) bool {
	return k == Notices.Kind || k == Drills.Kind || k == ChannelMessages.Kind || k == Partners.Kind
}

// Open hangs the room's pages. The default pages of its types are hung with those of all types.
func (rm *Room) Open(s *web.Site) {
	see, write := access.See(Notices.Name), access.Do("edit", Notices.Name)
	after := s.After
	s.After = func() { // the public pages look for what is new once it is committed, never before
		rm.Press.Forget()
		if after != nil {
			after()
		}
	}
	s.Get("/notices", see, rm.desk)
	s.Get("/notices/choose", write, rm.choose)
	s.Get("/notices/write", write, rm.writeNew)
	s.Post("/notices/write", write, rm.save)
	s.Free("POST", "/notices/preview", write, rm.preview)
	for _, drill := range []bool{false, true} {
		at := kindOf(drill).URL() + "/{id}"
		p := page{rm, drill}
		s.Get(at, see, p.show)
		s.Get(at+"/write", write, p.write)
		s.Post(at+"/do", write, p.do)
		s.Post(at+"/follow", write, p.follow)
		s.Get(at+"/message.xml", see, p.message)
	}
	at := "/notices/bench/{id}/{lang}"
	s.Get(at, see, rm.bench)
	s.Post(at, write, rm.benchSave)
	s.Get(at+"/file.xlf", see, rm.benchFile)
	s.Post(at+"/file", write, rm.benchBack)
	s.Get(Notices.URL()+"/{id}/known", see, rm.known)
	s.Post(Notices.URL()+"/{id}/known", write, rm.askAll)
	s.Free("GET", "/ack/{token}", access.Anyone(), rm.ackPage)
	s.Post("/ack/{token}", access.Anyone(), rm.ack)
	s.Post(at+"/link", write, rm.link)
	s.Post(at+"/machine", write, rm.machine)
	s.Get("/notices/bench", see, rm.benches)
	s.Get("/notices/memory", see, rm.memory)
	s.Post("/notices/memory", write, rm.memoryIn)
	s.Get("/notices/memory.tmx", see, rm.memoryFile)
	s.Free("GET", "/t/{token}", access.Anyone(), rm.outside)
	s.Post("/t/{token}", access.Anyone(), rm.outsideSave)
	s.Get("/notices/take", write, rm.takeForm)
	s.Post("/notices/take", write, rm.take)
	at = ChannelMessages.URL() + "/{id}"
	s.Get(at, see, rm.channelMessage)
	s.Get(at+"/message.xml", see, rm.channelFile)
	s.Post(at+"/settle", write, rm.settle)
	at = Partners.URL() + "/{id}"
	s.Get(at, access.See(Partners.Name), rm.partner)
	s.Post(at+"/check", write, rm.check)
	s.Post(at+"/missing", write, rm.missing)
	s.Get(at+"/package.zip", write, rm.packageOut)
	s.Post(at+"/package", write, rm.packageIn)
	s.Mount("POST", "/api/cap", write, rm.programTake(s))
	s.Mount("GET", "/p", access.Anyone(), http.HandlerFunc(rm.public))
	s.Mount("GET", "/p/{rest...}", access.Anyone(), http.HandlerFunc(rm.public))
	s.Add(web.Link{Group: "notices.page.room", Key: "notices.page.benches", Icon: "edit", Href: "/notices/bench", Need: see, Order: 331})
	s.Mount("GET", "/robots.txt", access.Anyone(), http.HandlerFunc(rm.robots))
	rm.openDelivery(s, see, write)
	rm.openRecordings(s, see, write)
	s.Add(web.Link{Group: "notices.page.room", Key: "notices.page.desk", Icon: "bell", Href: "/notices", Need: see, Order: 330})
	s.Add(web.Link{Group: "notices.page.room", Key: "notices.page.take", Icon: "down", Href: "/notices/take", Need: write, Order: 331})
	s.List("notices.page.room", 332, Notices.Kind, Drills.Kind, Situations.Kind, Partners.Kind, Acknowledgements.Kind, ChannelMessages.Kind, ContactChecks.Kind, Terms.Kind, EarlierTexts.Kind, TextLinks.Kind, Recordings.Kind)
}
