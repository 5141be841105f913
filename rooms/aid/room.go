package aid

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
)

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// Link is a place elsewhere in the program that a page of this room leads to.
type Link struct {
	Title translate.Text
	Href  string
	Note  translate.Text
}

// Spot is where a country is shown on a small map.
type Spot struct {
	Lon, Lat float64
	Known    bool
	Home     bool // where the office itself is
}

// Room is the room as it is put into the program.
type Room struct {
	// CountedIn tells which figures count a record, as of the View; nil when nothing counts.
	CountedIn func(v *store.View, kind, id string) ([]Link, error)
	// Spots gives the position of countries by their codes; nil when no map is wanted.
	Spots func(v *store.View, countries []string) (map[string]Spot, error)
}

// Open puts the pages of the room into the site. The default list, form, record and history pages of its types come
// from the site; the page of one activity is the room's own.
func Open(site *web.Site) *Room {
	r := &Room{}
	site.Get("/aid", access.See("aidactivity"), r.overview)
	site.Get("/aid/activities/{id}", access.See("aidactivity"), r.activity)
	site.Get("/aid/chain", access.See("aidstage"), r.chain)
	site.Get("/aid/by-programme", access.See("aidproject"), r.projects)
	for i, l := range []struct{ key, icon, href, see string }{
		{"aid.page.overview", "hand", "/aid", "aidactivity"}, {"aid.page.chain", "link", "/aid/chain", "aidstage"},
		{"aid.page.projects", "grid", "/aid/by-programme", "aidproject"},
	} {
		site.Add(web.Link{Group: "aid.page.room", Key: l.key, Icon: l.icon, Href: l.href, Need: access.See(l.see), Order: 600 + i})
	}
	site.List("aid.page.room", 610, Activities.Kind, Lines.Kind, Projects.Kind, Assets.Kind, Teams.Kind, Programmes.Kind)
	return r
}
