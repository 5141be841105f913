package app

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/boundary"
	"yunqiao/rooms/notices"
	"yunqiao/rooms/partners"
	"yunqiao/rooms/releases"
	"yunqiao/rooms/services"
)

// noticeHabits reads notices.toml, the settings of notices that differ between offices. A pack without one issues under
// the office's name, by its own clock.
func (p *Pack) noticeHabits() (notices.Habits, error) {
	h := notices.Habits{Sender: "office.example", Names: p.Name, Zone: p.TimeZone}
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
	return &notices.Room{Desk: desk, Press: &notices.Press{Store: a.Store, Beside: besideNotices}}, nil
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

// besideNotices reads what the public pages show beside notices: ports, services and sealed releases. What is not for
// everyone is left out here, for the program itself sees all.
func besideNotices(v *store.View, had string) (*notices.Around, string, error) {
	stamp := v.ValidOn.String()
	for _, q := range []string{"SELECT count(*), coalesce(max(x.recorded_from), 0) FROM {port} x", "SELECT count(*), coalesce(max(x.recorded_from), 0) FROM {portside} x",
		"SELECT count(*), coalesce(max(x.recorded_from), 0) FROM {service} x", "SELECT count(*), coalesce(max(x.recorded_from), 0) FROM {release} x"} {
		var n, at int64
		if err := v.One(q, nil, &n, &at); err != nil {
			return nil, "", err
		}
		stamp += " " + strconv.FormatInt(n, 10) + "." + strconv.FormatInt(at, 10)
	}
	if stamp == had {
		return nil, stamp, nil
	}
	out := &notices.Around{}
	ports, err := boundary.ReadPassages(v)
	if err != nil {
		return nil, "", err
	}
	for _, p := range ports {
		if p.Port.Level > 0 || p.Port.State == "planned" {
			continue
		}
		seen := notices.PortSeen{Names: p.Port.Name, Place: p.Port.County, Standing: string(p.Standing), Sample: p.Port.Sample}
		for _, s := range p.Sides {
			if s.Level > 0 { // what is not said of a side is not said of the port either
				seen.Standing = string(boundary.Unknown)
				continue
			}
			side := notices.SideSeen{Names: s.Name, Opens: s.Opens, Closes: s.Closes, Clock: s.Zone}
			if s.State == "restricted" {
				side.Passers = s.Passers
			}
			seen.Sides = append(seen.Sides, side)
		}
		out.Ports = append(out.Ports, seen)
	}
	offers, err := record.Select(v, services.Offers, "WHERE x.state = 'offered' AND x.level = 0 ORDER BY x.code, x.id")
	if err != nil {
		return nil, "", err
	}
	for _, s := range offers {
		out.Services = append(out.Services, notices.OfferSeen{Names: s.Name, Needs: s.Needs, Days: int(s.Days.Value), Sample: s.Sample})
	}
	sealed, err := record.Select(v, releases.Releases, "WHERE x.state = 'sealed' AND x.level = 0 ORDER BY x.valid_on DESC, x.id DESC")
	for _, r := range sealed {
		out.Releases = append(out.Releases, notices.ReleaseSeen{Titles: r.Title, Code: r.Code, Day: r.ValidOn.String(), Sample: r.Sample})
	}
	return out, stamp, err
}
