package app

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"yunqiao/kernel/access"
	"yunqiao/kernel/alert"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/outbox"
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
	h := notices.Habits{Sender: "office.example", Names: p.Name, Zone: p.TimeZone, Telling: notices.Telling{Quiet: outbox.Quiet{From: 22, To: 7}, Wakes: []string{"immediate", "expected"}}, Prompts: map[string]int{"warns": 60, "informs": 240}}
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
	seed, err := secretKey(filepath.Join(a.Config.Data, channelFile))
	if err != nil {
		return nil, err
	}
	desk := &notices.Desk{Habits: h, Web: web, PlaceNames: placeNames, PlaceCodes: placeCodes, Channel: notices.Channel{Key: ed25519.NewKeyFromSeed(seed), Shelf: a.Files, Folder: a.Bulk.Folder, PlaceByName: placeByName,
		Say: func(l translate.Lang, key string, args fault.Args) string { return a.Book.SayMap(l, key, args) }}}
	desk.Channel.Due, desk.Channel.Hosts, desk.RunsOut = a.partnerDues, h.Hosts, a.tellRunsOut
	a.Jobs.On(notices.ChannelJob, func(ctx context.Context, _ jobs.Job, _ func(done, total int64)) (string, error) {
		return "", a.Store.Update(ctx, access.Program("notices"), desk.Tick)
	})
	a.Jobs.On(notices.HookJob, func(ctx context.Context, j jobs.Job, _ func(done, total int64)) (string, error) {
		return a.handOver(ctx, j.Body, h.Hosts)
	})
	a.bindMachine(desk)
	courier, err := a.bindOutbox(desk)
	if err != nil {
		return nil, err
	}
	return &notices.Room{Desk: desk, Press: &notices.Press{Store: a.Store, Beside: besideNotices}, Courier: courier, Proxied: a.Config.Secure, Program: a.identifyProgram}, nil
}

// partnerPrograms takes messages to the programs of partners: never beyond the address that was set.
var partnerPrograms = &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// handOver posts one message of the channel to the partner's program. An answer other than yes is tried again.
func (a *App) handOver(ctx context.Context, body string, hosts []string) (string, error) {
	id := ""
	if err := json.Unmarshal([]byte(body), &id); err != nil {
		return "", err
	}
	var x *notices.ChannelMessage
	var p *notices.Partner
	err := a.Store.Look(ctx, access.Program("notices"), store.AsOf{}, func(v *store.View) (err error) {
		if x, err = record.Load(v, notices.ChannelMessages, id); err == nil {
			p, err = record.Load(v, notices.Partners, x.Partner)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.Webhook, strings.NewReader(x.Body))
	if err != nil || r.URL.Scheme != "https" || !slices.Contains(hosts, r.URL.Host) {
		return "", fault.Because(err, fault.Invalid, "app.hook.host", fault.Args{"address": p.Webhook})
	}
	r.Header.Set("Content-Type", "application/cap+xml")
	r.Header.Set(notices.NumberHeader, x.Number.String())
	r.Header.Set(notices.SignatureHeader, x.Signature)
	answer, err := partnerPrograms.Do(r)
	if err != nil {
		return "", err
	}
	_ = answer.Body.Close() // nothing of it is read
	if answer.StatusCode/100 != 2 {
		return "", fmt.Errorf("the partner's program answered %s", answer.Status)
	}
	return answer.Status, nil
}

// placeByName finds the places that are called so in any language.
func placeByName(v *store.View, name string) (out []string, err error) {
	if name = strings.TrimSpace(name); name == "" {
		return nil, nil
	}
	list, err := record.Select(v, partners.Places, "WHERE x.name LIKE ? ESCAPE '!' ORDER BY x.id LIMIT 50", "%\""+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(name)+"\"%")
	for _, p := range list {
		for _, s := range p.Name {
			if s == name {
				out = append(out, p.ID)
				break
			}
		}
	}
	return out, err
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

// placeCodes gives the codes of places that hold on the day, each under the name of its system.
func placeCodes(v *store.View, ids []string) ([][]alert.Pair, error) {
	out := make([][]alert.Pair, len(ids))
	for i, id := range ids {
		p, err := record.Load(v, partners.Places, id)
		if err != nil {
			return nil, err
		}
		for _, c := range p.Codes {
			if c.System != "" && c.Code != "" && (!c.ValidFrom.Known() || c.ValidFrom.Earliest() <= v.ValidOn) && (!c.Until.Known() || v.ValidOn < c.Until.Earliest()) {
				out[i] = append(out[i], alert.Pair{Name: c.System, Value: c.Code})
			}
		}
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

// checkPackage tells whether a package of channel messages is whole, chained and signed by a key. It opens no office.
func checkPackage(_ context.Context, c *call) error {
	path := c.arg(0)
	raw, err := os.ReadFile(path)
	if err != nil {
		return fault.Because(err, fault.Invalid, "app.file.unreadable", fault.Args{"path": path})
	}
	b, err := alert.OpenBundle(raw)
	if err != nil {
		return err
	}
	v := struct {
		Holds    bool            `json:"holds"`
		Signed   bool            `json:"signed"`
		From     string          `json:"from"`
		To       string          `json:"to"`
		Messages []alert.Bundled `json:"messages"`
	}{From: b.From, To: b.To, Messages: b.Messages}
	key, bad := notices.Key{Text: c.val("key")}.Public()
	v.Signed = bad == nil && b.SignedBy(key)
	v.Holds = (v.Signed || !c.has("key")) && b.Breaks() == 0
	var lines []string
	for _, x := range b.Messages {
		lines = append(lines, c.Say("app.package.line", "number", x.Number, "kind", x.Kind, "identifier", x.Identifier))
	}
	switch {
	case c.has("key") && !v.Signed:
		lines = append(lines, c.Say("app.package.wrong"))
	case b.Breaks() > 0:
		lines = append(lines, c.Say("app.package.chain", "at", b.Breaks()))
	case !c.has("key"):
		lines = append(lines, c.Say("app.package.unkeyed"))
	default:
		lines = append(lines, c.Say("app.package.good", "count", len(b.Messages)))
	}
	if err := c.answer(v, lines...); err != nil {
		return err
	}
	if !v.Holds {
		return errNo
	}
	return nil
}
