package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/history"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web/kit"
)

// Kit gives what every component of the kit needs to know of this request.
func (c *Call) Kit() *kit.Call {
	if c.kit != nil {
		return c.kit
	}
	s := c.Site
	k := &kit.Call{Lang: c.Lang, Say: c.Say, Asset: s.Asset, Path: c.R.URL.Path, Query: c.R.URL.RawQuery, Theme: c.Theme,
		CSRF: c.Visit.CSRF, OfficeName: s.Office.Show(c.Lang), Today: s.Store.Clock.Today().String(), Version: s.Version, Fixed: &s.fixed}
	if c.At.ValidOn != 0 {
		k.AsOf.ValidOn, k.AsOf.Past = c.At.ValidOn.String(), true
	}
	if c.At.KnownOn != 0 {
		k.AsOf.KnownOn, k.AsOf.Past = s.Store.Clock.DayOf(c.At.KnownOn).String(), true
		k.AsOf.Began = c.began
	}
	if c.flash != "" {
		k.Flash = []kit.Flash{{Kind: "ok", Text: c.flash}}
	}
	if c.Who.Known() {
		name := nameOf(c.Who.Name, string(c.Lang))
		k.User = &kit.User{Name: name, Unit: nameOf(c.Visit.Unit, string(c.Lang)), Initial: initial(name)}
	}
	k.Nav = c.nav()
	c.kit = k
	return k
}

func nameOf(m map[string]string, lang string) string {
	if s := m[lang]; s != "" {
		return s
	}
	if s := m["zh"]; s != "" {
		return s
	}
	return m["en"]
}

func initial(name string) string {
	for _, r := range name {
		return string(r)
	}
	return ""
}

// nav is the side navigation: one line for each room, and under the one the page belongs to, the room's own pages.
func (c *Call) nav() []kit.NavGroup {
	path := c.R.URL.Path
	at := -1
	for i, l := range c.Site.links {
		if within(path, l.Href) && (at < 0 || len(l.Href) > len(c.Site.links[at].Href)) {
			at = i
		}
	}
	var out []kit.NavGroup
	group := "-"
	for i, l := range c.Site.links {
		if !c.Who.Allows(l.Need) {
			continue
		}
		open := l.Group == "" || at >= 0 && l.Group == c.Site.links[at].Group
		if l.Group != group {
			group = l.Group
			g := kit.NavGroup{}
			if group != "" {
				g = kit.NavGroup{Title: c.Say(group), Icon: l.Icon, Href: l.Href, Open: open}
			}
			out = append(out, g)
		}
		if open {
			g := &out[len(out)-1]
			item := kit.NavItem{Icon: l.Icon, Title: c.Say(l.Key), Href: l.Href, Current: i == at && (l.Href != "/" || path == "/")}
			if l.Href == c.unread.href && c.unread.n > 0 {
				item.Count, item.Hot = strconv.Itoa(c.unread.n), true
			}
			g.Items = append(g.Items, item)
		}
	}
	return out
}

// count notes for the frame of a page what waits to be read, and whether there was any record yet at the instant that
// is looked at.
func (c *Call) count(v *store.View) (err error) {
	if c.At.KnownOn != 0 && c.Who.Known() && !c.Fragment() {
		at, err := history.Began(v)
		if err != nil {
			return err
		}
		if c.At.KnownOn < at {
			c.began = c.Site.Store.Clock.DayOf(at).String()
		}
	}
	if c.Site.Unread != nil && c.Who.Known() && !c.Fragment() {
		c.unread.href, c.unread.n, err = c.Site.Unread(v, c.Who.ID)
	}
	return err
}

// within tells whether the path is the address, or lies under it.
func within(path, href string) bool {
	return path == href || len(path) > len(href) && path[:len(href)] == href && (href == "/" || path[len(href)] == '/')
}

// Show answers with a page of the staff site.
func (c *Call) Show(h kit.Head, body templ.Component) Reply {
	return c.ShowWith(http.StatusOK, h, body)
}

// ShowWith is Show with a status.
func (c *Call) ShowWith(status int, h kit.Head, body templ.Component) Reply {
	if c.Fragment() {
		return PageWith(status, body)
	}
	return PageWith(status, kit.Page(c.Kit(), h, body))
}

// problemPage is the page of an error.
func problemPage(c *Call, status int, lines []string, incident string) templ.Component {
	k := *c.Kit()
	k.Incident = incident
	p := kit.Problem{Title: c.Say("web.problem"), Text: strings.Join(lines, " "), Incident: incident, Code: strconv.Itoa(status),
		Do: c.Say("web.problem.do." + strconv.Itoa(status)), Actions: []kit.Action{{Title: c.Say("web.back"), Href: c.backHref()}}}
	if c.Who.Known() {
		return kit.Page(&k, kit.Head{Title: p.Title}, kit.Problems(&k, p))
	}
	return kit.Bare(&k, p.Title, kit.Problems(&k, p))
}

func (c *Call) backHref() string {
	if c.R.Method == http.MethodPost {
		return c.R.URL.Path
	}
	return "/"
}

// crumbs lead from the room's list to a record.
func (c *Call) crumbs(k *record.Kind, more ...kit.Link) []kit.Link {
	return append([]kit.Link{{Title: c.Say(k.Phrase("plural")), Href: k.URL()}}, more...)
}
