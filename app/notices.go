package app

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/BurntSushi/toml"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/outbox"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/notices"
	"yunqiao/rooms/partners"
)

// noticeHabits reads notices.toml, the settings of notices that differ between offices. A pack without one issues under
// the office's name, by its own clock.
func (p *Pack) noticeHabits() (notices.Habits, error) {
	h := notices.Habits{Sender: "office.example", Names: p.Name, Zone: p.TimeZone, Telling: notices.Telling{Quiet: outbox.Quiet{From: 22, To: 7}, Wakes: []string{"immediate", "expected"}}}
	raw, err := fs.ReadFile(p.Files, "notices.toml")
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err == nil {
		err = toml.Unmarshal(raw, &h)
	}
	if err != nil {
		return h, fault.Because(err, fault.Invalid, "app.pack.broken", fault.Args{"file": "notices.toml"})
	}
	return h, nil
}

// noticesRoom makes the room of notices over the places of the partner network.
func (a *App) noticesRoom() (*notices.Room, error) {
	h, err := a.Pack.noticeHabits()
	if err != nil {
		return nil, err
	}
	web := strings.TrimSuffix(a.Config.Site, "/")
	if web == "" {
		web = "https://" + h.Sender
	}
	desk := &notices.Desk{Habits: h, Web: web, PlaceNames: placeNames}
	courier, err := a.bindOutbox(desk)
	if err != nil {
		return nil, err
	}
	return &notices.Room{Desk: desk, Press: &notices.Press{Store: a.Store}, Courier: courier, Proxied: a.Config.Secure}, nil
}

// placeNames gives the names of places by id, each where it was asked for.
func placeNames(v *store.View, ids []string) ([]translate.Text, error) {
	out := make([]translate.Text, len(ids))
	for i, id := range ids {
		p, err := record.Load(v, partners.Places, id)
		if err != nil {
			return nil, err
		}
		out[i] = p.Name
	}
	return out, nil
}
