package papers

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Room is the room as it is put into the program.
type Room struct {
	Desk *Desk
	// Archive gathers the file of a case for the archive; nil offers none.
	Archive func(c *web.Call, v *store.View, id string) ([]Enclosed, error)
}

const (
	home      = "/papers"
	templates = home + "/templates"
	roomOrder = 468
)

// Open puts the pages of the room into the site.
func (r *Room) Open(site *web.Site) {
	see := access.See(IssuedPapers.Name)
	boss := access.Only(access.Admin, access.Head)
	site.Get(home, see, r.papers)
	site.Get(home+"/view", see, r.view)
	site.Get(home+"/document", see, r.document)
	site.Post(home+"/issue", access.SignedIn(), r.issue)
	site.Get(home+"/fields", see, r.fields)
	site.Get(templates, see, r.templates)
	site.Get(templates+"/{form}/{lang}/document", see, r.blank)
	site.Get(templates+"/{form}/{lang}", boss, r.templateForm)
	site.Post(templates+"/{form}/{lang}", boss, r.keepTemplate)
	site.Post(templates+"/{form}/{lang}/retire", boss, r.retireTemplate)
	site.Get(IssuedPapers.URL()+"/{id}/print", see, r.printed)
	site.Get(IssuedPapers.URL()+"/{id}/named", access.SignedIn(), r.namedForm)
	site.Post(IssuedPapers.URL()+"/{id}/named", access.SignedIn(), r.named)
	site.Get(home+"/archive", see, r.archive)
	for _, kind := range Subjects {
		site.Extend(kind, r.beside(kind))
	}
	site.Extend(IssuedPapers.Name, r.besideIssued)
	group := "trips.page.room"
	site.Add(web.Link{Group: group, Key: IssuedPapers.Phrase("plural"), Icon: IssuedPapers.Icon, Href: IssuedPapers.URL(), Need: see, Order: roomOrder},
		web.Link{Group: group, Key: "papers.page.templates", Icon: "clip", Href: templates, Need: see, Order: roomOrder})
	for _, k := range Types {
		site.Records(k, false)
	}
}

func crumbs(c *web.Call, more ...kit.Link) []kit.Link {
	return append([]kit.Link{{Title: c.Say("papers.page.room"), Href: IssuedPapers.URL()}}, more...)
}
