package releases

import (
	"net/url"

	"github.com/a-h/templ"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// public is the page of a sealed release for anyone who has its code: what became of it, its digest and, of a public
// one, its text with its evidence.
func (rm *Room) public(c *web.Call) (web.Reply, error) {
	f, err := rm.lookUp(c)
	if fault.KindOf(err) == fault.Missing && err != nil {
		return rm.publicShow(c, 404, c.Say("releases.page.look_up"), banner(c.Kit(), "bad", c.Say("releases.no_code", "code", c.Path("code")), kit.Link{}),
			codeForm(c.Say(Releases.Phrase("field", "code")), c.Say("releases.page.look_up_do"), c.Path("code")))
	}
	if err != nil {
		return nil, err
	}
	if code := f.Body.Code; code != c.Path("code") {
		return web.Goto("/r/" + code), nil
	}
	parts := rm.fate(c, f.Release, f.Next, func(r *Release) string { return "/r/" + r.Code })
	if len(parts) == 0 {
		parts = append(parts, banner(c.Kit(), "ok", c.Say("releases.page.is_valid"), kit.Link{}))
	}
	title := c.Say("releases.page.look_up")
	if f.Body.Level == 0 {
		title = inText(f.Body.Title, c.Lang)
		parts = append(parts, rm.sealedPaper(c, f.Body))
	} else {
		parts = append(parts, banner(c.Kit(), "", c.Say("releases.page.not_public"), kit.Link{}))
	}
	parts = append(parts, factList(rm.factsOf(c, f.Body, f.Copy.Digest)))
	if f.Body.Level == 0 {
		parts = append(parts, evidence(rm.sealedFigures(c, f.Body, func(ledger.ReleaseEntry) string { return "" })),
			kit.Actions(c.Kit(), []kit.Action{{Title: c.Say("releases.page.as_page"), Href: "/r/" + f.Body.Code + "/page.html", Icon: "file"}}))
	}
	return rm.publicShow(c, 200, title, parts...)
}

// lookUp finds a release by the code of the address. The office's own eyes look; the page says what the public may read.
func (rm *Room) lookUp(c *web.Call) (f Found, err error) {
	err = c.Site.Store.Look(c.Context(), access.Program("releases"), store.AsOf{}, func(v *store.View) error {
		f, err = rm.Desk.ByCode(v, c.Path("code"))
		return err
	})
	return f, err
}

func (rm *Room) publicShow(c *web.Call, status int, title string, parts ...templ.Component) (web.Reply, error) {
	var langs []kit.PublicLang
	for _, l := range translate.Staff {
		langs = append(langs, kit.PublicLang{Lang: l, Name: c.Site.Book.Say(l, "releases.doc.this_language"), Href: c.R.URL.Path + "?lang=" + string(l)})
	}
	return web.PageWith(status, kit.PublicPage(c.Kit(), title, langs, kit.Stack(parts...))), nil
}

// publicPage is the page that was sealed, byte for byte, of a public release.
func (rm *Room) publicPage(c *web.Call) (web.Reply, error) {
	f, err := rm.lookUp(c)
	if err != nil {
		return nil, err
	}
	if f.Body.Level > 0 {
		return nil, fault.New(fault.Missing, "releases.no_code", fault.Args{"code": c.Path("code")})
	}
	return web.Bytes{Type: "text/html; charset=utf-8", Name: f.Body.Code + ".html", Body: []byte(f.Copy.Page)}, nil
}

// ask asks for a code.
func (rm *Room) ask(c *web.Call) (web.Reply, error) {
	if code := c.Form("code"); code != "" {
		return web.Goto("/r/" + url.PathEscape(code)), nil
	}
	return rm.publicShow(c, 200, c.Say("releases.page.look_up"), codeForm(c.Say(Releases.Phrase("field", "code")), c.Say("releases.page.look_up_do"), ""))
}
