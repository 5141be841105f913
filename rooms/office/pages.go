package office

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"rsc.io/qr"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/signin"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// Cookie is the name of the session's cookie.
const Cookie = "yunqiao_session"

// halfway is a sign-in that waits for its one-time code. It lives a few minutes in this process alone; another
// process asks for the password again.
type halfway struct {
	login, password, next string
	until                 int64
}

const halfwayTime = 5 * 60 * 1000

func (rm *Room) signInPage(c *web.Call) (web.Reply, error) {
	if c.Who.Known() {
		return web.Goto("/"), nil
	}
	why := ""
	if c.Visit.Refused != "" {
		why = c.Say(c.Visit.Refused)
	}
	return rm.showSignIn(c, http.StatusOK, "", why), nil
}

func (rm *Room) showSignIn(c *web.Call, status int, login, wrong string) web.Reply {
	v := kit.SignIn{Action: "/sign-in", Login: login, Next: next(c), Error: wrong}
	if rm.Hint != "" {
		v.Hint = c.Say(rm.Hint)
	}
	return web.PageWith(status, kit.Bare(c.Kit(), c.Say("office.page.signin"), kit.SignIns(c.Kit(), v)))
}

// next is where to go after signing in: a place on this site, nowhere else.
func next(c *web.Call) string {
	n := c.Form("next")
	if !strings.HasPrefix(n, "/") || strings.HasPrefix(n, "//") || strings.HasPrefix(n, `/\`) {
		return "/"
	}
	return n
}

func (rm *Room) signIn(c *web.Call) (web.Reply, error) {
	return rm.enter(c, c.Form("login"), c.R.PostFormValue("password"), "", next(c))
}

// enter tries a sign-in and answers with the page that follows from it.
func (rm *Room) enter(c *web.Call, login, password, code, to string) (web.Reply, error) {
	token, err := rm.Desk.SignIn(c.Context(), login, password, code, c.R.UserAgent(), c.R.RemoteAddr)
	if err == nil {
		err = rm.seated(c, token)
	}
	if err == nil {
		c.SetCookie(Cookie, token, 0, true)
		return web.Goto(to), nil
	}
	found := fault.All(err)
	if found == nil || fault.KindOf(err) == fault.Defect {
		return nil, err
	}
	switch {
	case found[0].Key == "signin.code.needed", found[0].Key == "signin.code.wrong":
		wrong := ""
		if found[0].Key == "signin.code.wrong" {
			wrong = c.SayFault(found[0])
		}
		ticket := clock.Secret(16)
		now := c.Site.Store.Clock.Now()
		rm.mu.Lock()
		for k, h := range rm.waiting {
			if h.until < now {
				delete(rm.waiting, k)
			}
		}
		rm.waiting[ticket] = halfway{login, password, to, now + halfwayTime}
		rm.mu.Unlock()
		v := kit.Code{Action: "/sign-in/code", Error: wrong, Hidden: []kit.Pair{{Name: "ticket", Value: ticket}}}
		return web.PageWith(http.StatusUnauthorized, kit.Bare(c.Kit(), c.Say("office.page.code"), kit.Codes(c.Kit(), v))), nil
	}
	status := http.StatusUnauthorized
	if strings.HasPrefix(found[0].Key, "signin.wait.") {
		status = http.StatusTooManyRequests // RFC 6585, section 4
	}
	return rm.showSignIn(c, status, login, c.SayFault(found[0])), nil
}

// seated ends a session that has just begun when its person holds no position: they are told so at the door, and not
// sent round in a circle as the public.
func (rm *Room) seated(c *web.Call, token string) error {
	s, err := rm.Desk.Session(c.Context(), token)
	if err != nil {
		return err
	}
	if _, _, err = rm.Tree.Person(c.Context(), s.Staff); err == nil {
		return nil
	}
	if fault.KindOf(err) == fault.Missing {
		err = fault.Because(err, fault.Denied, NoPosition, nil)
	}
	return errors.Join(err, rm.Desk.Revoke(c.Context(), s.Staff, s.ID))
}

func (rm *Room) signInCode(c *web.Call) (web.Reply, error) {
	ticket := c.Form("ticket")
	rm.mu.Lock()
	h, ok := rm.waiting[ticket]
	delete(rm.waiting, ticket)
	rm.mu.Unlock()
	if !ok || h.until < c.Site.Store.Clock.Now() {
		return rm.showSignIn(c, http.StatusUnauthorized, "", c.Say("office.page.again")), nil
	}
	return rm.enter(c, h.login, h.password, c.Form("code"), h.next)
}

func (rm *Room) signOut(c *web.Call) (web.Reply, error) {
	c.SetCookie(Cookie, "", -1, true)
	if c.Visit.Session == "" {
		return web.Goto("/sign-in"), nil
	}
	return web.Goto("/sign-in"), rm.Desk.Revoke(c.Context(), c.Who.ID, c.Visit.Session)
}

func (rm *Room) sessions(c *web.Call, v *store.View) (web.Reply, error) {
	list, err := rm.Desk.Sessions(v, c.Who.ID)
	if err != nil {
		return nil, err
	}
	view := kit.Sessions{EndAll: &kit.Action{Title: c.Say("office.page.end_others"), Href: "/me/sessions/end-others", Post: true, Danger: true}}
	for _, s := range list {
		view.Rows = append(view.Rows, kit.Session{Device: s.Agent, Where: s.Addr, Since: c.Instant(s.Created), Seen: c.Instant(s.Seen), This: s.ID == c.Visit.Session,
			End: kit.Action{Title: c.Say("office.page.end"), Href: "/me/sessions/" + s.ID + "/end", Post: true}})
	}
	return c.Show(kit.Head{Title: c.Say("office.page.sessions"), Crumbs: []kit.Link{{Title: c.Say("office.page.sessions")}},
		Actions: []kit.Action{{Title: c.Say("office.page.password"), Href: "/me/password"}, {Title: c.Say("office.page.tokens"), Href: "/me/tokens"}, {Title: c.Say("office.page.code_setup"), Href: "/me/code"}}}, kit.SessionList(c.Kit(), view)), nil
}

func (rm *Room) endSession(c *web.Call) (web.Reply, error) {
	return web.Goto("/me/sessions"), rm.Desk.Revoke(c.Context(), c.Who.ID, c.Path("id"))
}

func (rm *Room) endOthers(c *web.Call) (web.Reply, error) {
	return web.Goto("/me/sessions"), rm.Desk.RevokeOthers(c.Context(), c.Who.ID, c.Visit.Session)
}

func (rm *Room) tokens(c *web.Call, v *store.View) (web.Reply, error) {
	return rm.showTokens(c, v, "", "")
}

func (rm *Room) showTokens(c *web.Call, v *store.View, made, wrong string) (web.Reply, error) {
	list, err := rm.Desk.Tokens(v, c.Who.ID)
	if err != nil {
		return nil, err
	}
	view := kit.Tokens{Create: "/me/tokens", New: made, Error: wrong, Until: (c.Site.Store.Clock.Today() + 90).String(),
		Scopes: []kit.Option{{Value: "read", Title: c.Say("office.page.scope.read"), Selected: true}, {Value: "write", Title: c.Say("office.page.scope.write")}}}
	for _, t := range list {
		st := kit.Status{Kind: "ok", Word: c.Say("office.page.token.valid")}
		if t.Until < v.Now {
			st = kit.Status{Kind: "end", Word: c.Say("office.page.token.over")}
		}
		view.Rows = append(view.Rows, kit.Token{Purpose: t.Name, Made: c.Instant(t.Created), Until: c.Instant(t.Until), Seen: c.Instant(t.Seen),
			Scopes: c.Say("office.page.scope." + string(t.Scope)), Status: st, End: &kit.Action{Title: c.Say("office.page.end"), Href: "/me/tokens/" + t.ID + "/end", Post: true}})
	}
	return c.Show(kit.Head{Title: c.Say("office.page.tokens"), Crumbs: []kit.Link{{Title: c.Say("office.page.sessions"), Href: "/me/sessions"}, {Title: c.Say("office.page.tokens")}}}, kit.TokenList(c.Kit(), view)), nil
}

func (rm *Room) newToken(c *web.Call) (reply web.Reply, err error) {
	scope := signin.Read
	for _, s := range c.Forms("scope") {
		if s == "write" {
			scope = signin.Write
		}
	}
	wrong, until := "", int64(0)
	if d, e := clock.ParseDay(c.Form("until")); e == nil {
		until = c.Site.Store.Clock.EndOf(d)
	}
	made, _, err := rm.Desk.Issue(c.Context(), c.Who.ID, c.Form("purpose"), scope, until)
	if found := fault.All(err); found != nil && fault.KindOf(err) == fault.Invalid {
		for _, f := range found {
			wrong += c.SayFault(f) + " "
		}
	} else if err != nil {
		return nil, err
	}
	err = c.Site.Store.Look(c.Context(), c.Who, store.AsOf{}, func(v *store.View) (err error) {
		reply, err = rm.showTokens(c, v, made, strings.TrimSpace(wrong))
		return err
	})
	return reply, err
}

func (rm *Room) endToken(c *web.Call) (web.Reply, error) {
	return web.Goto("/me/tokens"), rm.Desk.RevokeToken(c.Context(), c.Who.ID, c.Path("id"))
}

// codePage sets up one-time codes: a picture for the app, the secret for typing, and a field for the first code.
func (rm *Room) codePage(c *web.Call) (web.Reply, error) { return rm.showCode(c, "") }

func (rm *Room) showCode(c *web.Call, wrong string) (web.Reply, error) {
	var on bool
	var left int
	err := c.Site.Store.Look(c.Context(), c.Who, store.AsOf{}, func(v *store.View) (err error) {
		on, left, err = rm.Desk.HasCode(v, c.Who.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	head := kit.Head{Title: c.Say("office.page.code_setup"), Crumbs: []kit.Link{{Title: c.Say("office.page.sessions"), Href: "/me/sessions"}, {Title: c.Say("office.page.code_setup")}}}
	if on {
		field := kit.Field{Kind: kit.FieldPassword, Name: "password", Title: c.Say("office.page.password.old"), Shown: "current-password", Required: true, Wide: true, Error: wrong}
		form := kit.Form{Action: "/me/code/drop", Submit: c.Say("office.page.code_drop"), Cancel: "/me/sessions",
			Groups: []kit.FieldGroup{{Title: c.Say("office.page.code_on"), Help: c.Say("office.page.recovery_left", "count", left) + " " + c.Say("office.page.code_drop_why"), Fields: []kit.Field{field}}}}
		if wrong != "" {
			form.Errors = []kit.FieldError{{Field: field.Name, Text: wrong}}
		}
		return c.ShowWith(statusOf(wrong), head, kit.Forms(c.Kit(), form)), nil
	}
	e, err := rm.Desk.Enrol(c.Context(), c.Who.ID, c.Who.Login)
	if err != nil {
		return nil, err
	}
	code, err := qr.Encode(e.URL, qr.M)
	if err != nil {
		return nil, err
	}
	code.Scale = 4
	view := kit.Enrol{Picture: "data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG()), Secret: e.Secret, Action: "/me/code", Error: wrong}
	return c.ShowWith(statusOf(wrong), head, kit.Enrols(c.Kit(), view)), nil
}

func (rm *Room) confirmCode(c *web.Call) (web.Reply, error) {
	codes, err := rm.Desk.ConfirmCode(c.Context(), c.Who.ID, c.Form("code"))
	if found := fault.All(err); found != nil && fault.KindOf(err) != fault.Defect {
		return rm.showCode(c, c.SayFault(found[0]))
	}
	if err != nil {
		return nil, err
	}
	sec := kit.Section{Title: c.Say("office.page.recovery"), Foot: c.Say("office.page.recovery_help")}
	for _, s := range codes {
		sec.Links = append(sec.Links, kit.LinkLine{Title: s})
	}
	return c.Show(kit.Head{Title: c.Say("office.page.code_on")}, kit.Sections(c.Kit(), []kit.Section{sec})), nil
}

func (rm *Room) dropCode(c *web.Call) (web.Reply, error) {
	// Whoever finds the machine open does not do away with the second lock.
	err := rm.Desk.Confirm(c.Context(), c.Who.ID, c.R.PostFormValue("password"))
	if found := fault.All(err); found != nil && fault.KindOf(err) != fault.Defect {
		return rm.showCode(c, c.SayFault(found[0]))
	}
	if err != nil {
		return nil, err
	}
	return web.Goto("/me/code"), rm.Desk.DropCode(c.Context(), c.Who.ID)
}

// home is the page a working day begins with: the numbers of the rooms, and what this person has begun.
func (rm *Room) home(c *web.Call, v *store.View) (web.Reply, error) {
	view := kit.Work{}
	for _, f := range rm.Tiles {
		tiles, err := f(c, v)
		if err != nil {
			return nil, err
		}
		view.Tiles = append(view.Tiles, tiles...)
	}
	for _, f := range rm.Panels {
		secs, err := f(c, v)
		if err != nil {
			return nil, err
		}
		view.Sections = append(view.Sections, secs...)
	}
	mine, err := c.Drafts(v)
	if err != nil {
		return nil, err
	}
	sec := kit.Section{ID: "drafts", Title: c.Say("office.page.drafts"), Links: mine, Empty: c.Say("office.page.no_drafts")}
	view.Side = append(view.Side, sec)
	recent := kit.Section{ID: "recent", Title: c.Say("office.page.recent"), Empty: c.Say("office.page.no_recent")}
	if recent.Links, err = c.Recent(v, 8); err != nil {
		return nil, err
	}
	view.Side = append(view.Side, recent)
	name := c.Kit().User
	title := c.Say("office.page.home")
	if name != nil {
		title = c.Say("office.page.hello", "name", name.Name)
	}
	return c.Show(kit.Head{Title: title, Sub: c.Site.Store.Clock.Today().String()}, kit.Works(c.Kit(), view)), nil
}
