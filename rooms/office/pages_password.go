package office

import (
	"yunqiao/kernel/fault"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// passwordPage is where somebody changes the own password.
func (rm *Room) passwordPage(c *web.Call) (web.Reply, error) { return rm.showPassword(c, "", "") }

// showPassword asks for the present password and twice for the new one; field is where something is wrong.
func (rm *Room) showPassword(c *web.Call, field, wrong string) (web.Reply, error) {
	form := kit.Form{Action: "/me/password", Submit: c.Say("office.page.password.set"), Cancel: "/me/sessions"}
	fields := []kit.Field{
		{Name: "password", Title: c.Say("office.page.password.old"), Shown: "current-password"},
		{Name: "new", Title: c.Say("office.page.password.new"), Shown: "new-password", Help: c.Say("office.page.password.help")},
		{Name: "again", Title: c.Say("office.page.password.again"), Shown: "new-password"},
	}
	for i := range fields {
		f := &fields[i]
		f.Kind, f.Required, f.Wide = kit.FieldPassword, true, true
		if f.Name == field {
			f.Error = wrong
			form.Errors = []kit.FieldError{{Field: field, Text: wrong}}
		}
	}
	form.Groups = []kit.FieldGroup{{Title: c.Say("office.page.password"), Help: c.Say("office.page.password.why"), Fields: fields}}
	head := kit.Head{Title: c.Say("office.page.password"), Crumbs: []kit.Link{{Title: c.Say("office.page.sessions"), Href: "/me/sessions"}, {Title: c.Say("office.page.password")}}}
	return c.ShowWith(statusOf(wrong), head, kit.Forms(c.Kit(), form)), nil
}

// statusOf is the answer to a form, with or without something wrong in it.
func statusOf(wrong string) int {
	if wrong != "" {
		return 422
	}
	return 200
}

// setPassword changes the own password. Whoever has it open elsewhere is signed out there.
func (rm *Room) setPassword(c *web.Call) (web.Reply, error) {
	if c.R.PostFormValue("new") != c.R.PostFormValue("again") {
		return rm.showPassword(c, "again", c.Say("office.page.password.differ"))
	}
	steps := []struct {
		field string
		do    func() error
	}{
		{"new", func() error { return rm.Desk.CheckPassword(c.R.PostFormValue("new")) }},
		{"password", func() error { return rm.Desk.Confirm(c.Context(), c.Who.ID, c.R.PostFormValue("password")) }},
		{"new", func() error {
			return rm.Desk.SetPassword(c.Context(), c.Who.ID, c.R.PostFormValue("new"), c.Visit.Session)
		}},
	}
	for _, s := range steps {
		err := s.do()
		if found := fault.All(err); found != nil && fault.KindOf(err) != fault.Defect {
			return rm.showPassword(c, s.field, c.SayFault(found[0]))
		}
		if err != nil {
			return nil, err
		}
	}
	c.Flash("office.page.password.done")
	return web.Goto("/me/sessions"), nil
}
