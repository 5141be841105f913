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
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"yunqiao/kernel/access"
	"yunqiao/kernel/alert"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/notices"
	"yunqiao/rooms/partners"
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
	seed, err := secretKey(filepath.Join(a.Config.Data, channelFile))
	if err != nil {
		return nil, err
	}
	desk := &notices.Desk{Habits: h, Web: web, PlaceNames: placeNames, Channel: notices.Channel{Key: ed25519.NewKeyFromSeed(seed), Shelf: a.Files, Folder: a.Bulk.Folder, PlaceByName: placeByName,
		Say: func(l translate.Lang, key string, args fault.Args) string { return a.Book.SayMap(l, key, args) }}}
	desk.Channel.Due, desk.Channel.Hosts = a.partnerDues, h.Hosts
	a.Jobs.On(notices.ChannelJob, func(ctx context.Context, _ jobs.Job, _ func(done, total int64)) (string, error) {
		return "", a.Store.Update(ctx, access.Program("notices"), desk.Tick)
	})
	a.Jobs.On(notices.HookJob, func(ctx context.Context, j jobs.Job, _ func(done, total int64)) (string, error) {
		return a.handOver(ctx, j.Body, h.Hosts)
	})
	return &notices.Room{Desk: desk, Press: &notices.Press{Store: a.Store}, Program: a.identifyProgram}, nil
}

// courier takes messages to the programs of partners: never beyond the address that was set.
var courier = &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

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
	r.Header.Set("Channel-Number", x.Number.String())
	r.Header.Set("Channel-Signature", x.Signature)
	answer, err := courier.Do(r)
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
