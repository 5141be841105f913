package app

import (
	"path/filepath"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/outbox"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/notices"
	"yunqiao/rooms/partners"
)

// ways are the channels of the settings over which notices leave, in the name of an office.
func (c *Config) ways(office translate.Text, push *outbox.Pushes, cl *clock.Clock) (out []outbox.Way, err error) {
	for name, n := range map[string]int{"mail_lines": c.MailLines, "mail_rate": c.MailRate, "sms_rate": c.SMSRate} {
		if n < 0 {
			return nil, fault.New(fault.Invalid, "app.config.not_whole", fault.Args{"name": name, "value": n})
		}
	}
	if s := MailServer(*c, office); s != nil {
		out = append(out, outbox.ByMail(s, c.MailLines, c.MailRate))
	}
	if c.SMSGateway != "" {
		g := &outbox.Gateway{Address: c.SMSGateway, Token: c.SMSToken, From: c.SMSFrom, Fields: c.SMSFields, Form: c.SMSForm}
		if err := g.Check(); err != nil {
			return nil, err
		}
		out = append(out, outbox.BySMS(g, c.SMSRate))
	}
	if push != nil {
		out = append(out, outbox.ByPush(push))
	}
	h, err := outbox.ParseHooks(c.Hooks, c.HookSecret, cl)
	if err == nil && len(h.Addresses) > 0 {
		out = append(out, outbox.ByHook(h))
	}
	return out, err
}

// pushes is the way to browsers, under a key of its own; nil when the office has not turned it on.
func (a *App) pushes(site string) (*outbox.Pushes, error) {
	if !a.Config.Push {
		return nil, nil
	}
	seed, err := secretKey(filepath.Join(a.Config.Data, pushFile))
	if err != nil {
		return nil, err
	}
	contact := site
	if a.Config.MailFrom != "" {
		contact = "mailto:" + a.Config.MailFrom
	}
	p, err := outbox.OpenPushes(seed, contact, a.Store.Clock)
	if err != nil {
		return nil, fault.Because(err, fault.Invalid, "app.key.broken", fault.Args{"path": pushFile})
	}
	p.Local = a.Config.PushLocal
	return p, nil
}

// bindOutbox makes the place from where notices leave, and the courier that says what they tell.
func (a *App) bindOutbox(d *notices.Desk) (*notices.Courier, error) {
	push, err := a.pushes(d.Web)
	if err != nil {
		return nil, err
	}
	ways, err := a.Config.ways(a.Pack.Name, push, a.Store.Clock)
	if err != nil {
		return nil, err
	}
	a.Outbox = &outbox.Outbox{Store: a.Store, Log: a.Log, Seals: a.Site.Seals, Ways: ways, Quiet: d.Quiet}
	k := &notices.Courier{Desk: d, Outbox: a.Outbox, Pushes: push, Above: placesAbove}
	a.Outbox.Kinds = map[string]outbox.Compose{notices.KindNotice: k.Compose, outbox.KindAsked: k.Ask}
	a.Outbox.Link = k.Link
	d.Tell = k.Place
	a.Notices = d
	return k, nil
}

// mostAbove bounds how deep places lie in each other: a ring of them is nobody's intent.
const mostAbove = 12

// placesAbove lists a place and those it lies in.
func placesAbove(v *store.View, id string) (out []string, err error) {
	for len(out) < mostAbove && id != "" {
		p, err := record.Load(v, partners.Places, id)
		if fault.KindOf(err) == fault.Missing && err != nil {
			return append(out, id), nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, id)
		id = p.Parent
	}
	return out, nil
}
