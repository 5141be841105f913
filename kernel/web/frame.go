package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/record"
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

func (c *Call) nav() []kit.NavGroup {
	var out []kit.NavGroup
	path := c.R.URL.Path
	best, bestLen := "", 0
	for _, l := range c.Site.links {
		if (path == l.Href || len(path) > len(l.Href) && path[:len(l.Href)] == l.Href && (l.Href == "/" || path[len(l.Href)] == '/')) && len(l.Href) > bestLen {
			best, bestLen = l.Href, len(l.Href)
		}
	}
	for _, l := range c.Site.links {
		if !c.Who.Allows(l.Need) {
			continue
		}
		title := ""
		if l.Group != "" {
			title = c.Say(l.Group)
		}
		if len(out) == 0 || out[len(out)-1].Title != title {
			out = append(out, kit.NavGroup{Title: title})
		}
		g := &out[len(out)-1]
		g.Items = append(g.Items, kit.NavItem{Icon: l.Icon, Title: c.Say(l.Key), Href: l.Href,
			Current: l.Href == best && (l.Href != "/" || path == "/")})
	}
	return out
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
