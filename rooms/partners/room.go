package partners

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/rules"
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
	// Counted is false for a figure that looks at the record and leaves it out; Note says why.
	Counted bool
}

// Room is the room as it is put into the program.
type Room struct {
	// Rules are the office's rules on dormancy and anniversaries; nil when it has none.
	Rules *rules.Pack
	// CountedIn tells which figures count a record, as of the View; nil when nothing counts.
	CountedIn func(v *store.View, kind, id string) ([]Link, error)
	// Layer is drawn over the large map; nil draws none.
	Layer *Layer
}

// Open puts the pages of the room into the site. The default list, form, record and history pages of its types come
// from the site; the page of one tie is the room's own.
func Open(site *web.Site) *Room {
	r := &Room{}
	site.Get("/partners", access.See("tie"), r.network)
	site.Get("/partners/map", access.See("tie"), r.atlasPage)
	site.Get("/partners/map/layer", access.See("tie"), r.layer)
	site.Get("/partners/ties/{id}", access.See("tie"), r.tie)
	site.Get("/partners/coverage", access.See("tie"), r.coverage)
	site.Get("/partners/dormancy", access.See("tie"), r.dormancy)
	site.Get("/partners/conflicts", access.See("tie"), r.conflicts)
	for _, k := range contested {
		site.Get(k.URL()+"/{id}/prefer", access.Do("correct", k.Name), r.askPreference(k))
		site.Post(k.URL()+"/{id}/prefer", access.Do("correct", k.Name), r.prefer(k))
	}
	for i, l := range []struct{ key, icon, href string }{
		{"partners.page.network", "globe", "/partners"}, {"partners.page.coverage", "grid", "/partners/coverage"},
		{"partners.page.dormancy", "clock", "/partners/dormancy"}, {"partners.page.conflicts", "warn", "/partners/conflicts"},
	} {
		site.Add(web.Link{Group: "partners.page.room", Key: l.key, Icon: l.icon, Href: l.href, Need: access.See("tie"), Order: 200 + i})
	}
	site.List("partners.page.room", 220, Ties.Kind, Places.Kind, Agreements.Kind, Exchanges.Kind, Consulates.Kind, PlaceLists.Kind)
	return r
}
