package main

import (
	"fmt"
	"net/http"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
)

// trip is an invented record of 23 fields with Chinese text, as long as a real application.
type trip struct {
	record.Head
	Number, Purpose, Kind, Country, City, Route, Leader, Rank, Fund, Inviter, Contact, Phone, Passport, Remark, Group, Paper string

	Title    translate.Text
	Members  record.Num
	From, To clock.Day
	Budget   record.Amount
	Invited  clock.When
	Urgent   bool
}

var (
	kinds  = []string{"visit", "study", "talks", "fair"}
	states = []string{"draft", "submitted", "approved", "done", "cancelled"}
)

// newTrips declares the type anew, so that each opened database has its own.
func newTrips() *record.Type[trip] {
	life := &lifecycle.Life{}
	for _, s := range states {
		life.States = append(life.States, lifecycle.State{Key: s})
		life.Moves = append(life.Moves, lifecycle.Move{Verb: s, From: states, To: s})
	}
	t := record.Define("bench", "trip", func(t *trip) *record.Head { return &t.Head },
		record.Text("number", func(t *trip) *string { return &t.Number }).Max(40).Search().List(),
		record.I18n("title", func(t *trip) *translate.Text { return &t.Title }).Required().Search().List().Max(200),
		record.Text("purpose", func(t *trip) *string { return &t.Purpose }).Search().Max(2000),
		record.Choice("kind", func(t *trip) *string { return &t.Kind }, kinds...).Required().List(),
		record.Text("country", func(t *trip) *string { return &t.Country }).Required().Max(2).List(),
		record.Text("city", func(t *trip) *string { return &t.City }).Max(80).List(),
		record.Text("route", func(t *trip) *string { return &t.Route }).Max(300),
		record.Text("leader", func(t *trip) *string { return &t.Leader }).Max(80).List(),
		record.Text("rank", func(t *trip) *string { return &t.Rank }).Max(80),
		record.Number("members", func(t *trip) *record.Num { return &t.Members }).List(),
		record.DayOf("day_from", func(t *trip) *clock.Day { return &t.From }).Required().List(),
		record.DayOf("day_to", func(t *trip) *clock.Day { return &t.To }).Required(),
		record.Money("budget", func(t *trip) *record.Amount { return &t.Budget }),
		record.Text("fund", func(t *trip) *string { return &t.Fund }).Max(80),
		record.Text("inviter", func(t *trip) *string { return &t.Inviter }).Max(200),
		record.Date("invited", func(t *trip) *clock.When { return &t.Invited }),
		record.Text("contact", func(t *trip) *string { return &t.Contact }).Max(80),
		record.Text("phone", func(t *trip) *string { return &t.Phone }).Max(40),
		record.Text("passport", func(t *trip) *string { return &t.Passport }).Max(80),
		record.Text("remark", func(t *trip) *string { return &t.Remark }).Max(500),
		record.Text("party", func(t *trip) *string { return &t.Group }).Max(80),
		record.Text("paper", func(t *trip) *string { return &t.Paper }).Max(80),
		record.Bool("urgent", func(t *trip) *bool { return &t.Urgent }),
	).Dated().States(life).SortBy("day_from", true).Checked(fiveRules)
	t.After(func(tx *store.Tx, rec any) error {
		_, err := jobs.Add(tx, "bench.follow", map[string]string{"id": rec.(*trip).ID})
		return err
	})
	return t
}

// fiveRules are what a save is checked against.
func fiveRules(t *trip) (found []*fault.Error) {
	if t.To < t.From {
		found = append(found, fault.At("day_to", "record.field.span_backwards", nil))
	}
	if t.To-t.From > 60 {
		found = append(found, fault.At("day_to", "record.field.span_backwards", nil))
	}
	if t.Members.Set && (t.Members.Value < 1 || t.Members.Value > 99) {
		found = append(found, fault.At("members", "record.field.span_backwards", nil))
	}
	if t.Budget.Minor < 0 {
		found = append(found, fault.At("budget", "record.field.span_backwards", nil))
	}
	if t.Kind == "talks" && t.Inviter == "" {
		found = append(found, fault.At("inviter", "record.field.span_backwards", nil))
	}
	return found
}

// units are 50 in a tree of three levels: the office, seven divisions, six below each.
var units, paths = func() ([]string, map[string][]string) {
	ids, paths := []string{"root"}, map[string][]string{"root": {"root"}}
	for d := range 7 {
		div := fmt.Sprintf("div%d", d)
		ids, paths[div] = append(ids, div), []string{"root", div}
		for s := range 6 {
			u := fmt.Sprintf("sec%d%d", d, s)
			ids, paths[u] = append(ids, u), []string{"root", div, u}
		}
	}
	return ids, paths
}()

// dice is a generator of the same numbers in every run.
type dice uint64

func (d *dice) next(n int) int {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) >> 1 % uint64(n))
}

func (d *dice) of(list []string) string { return list[d.next(len(list))] }

var (
	syllables = strings.Split("和平友好合作交流经贸农业教育卫生旅游文化科技环境边境口岸青年城市大学医院企业河流湄公技术培训参观访问签署会议展览考察项目", "")
	cities    = []string{"仰光", "万象", "河内", "曼谷", "金边", "达卡", "加德满都", "科伦坡", "新德里", "琅勃拉邦"}
	countries = strings.Fields("MM LA VN TH KH BD NP LK IN ID")
)

func (d *dice) words(n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(d.of(syllables))
	}
	return b.String()
}

// roll fills a trip with invented values.
func (d *dice) roll(t *trip, i int) {
	t.Number = fmt.Sprintf("T-%07d", i)
	t.Title = translate.Text{"zh": "赴" + d.of(cities) + d.words(8), "en": fmt.Sprintf("Journey %d", i)}
	t.Purpose = d.words(30)
	t.Kind, t.Country, t.City = d.of(kinds), d.of(countries), d.of(cities)
	t.Route, t.Leader, t.Rank = d.words(8), d.words(3), d.words(4)
	t.Members = record.N(float64(1 + d.next(20)))
	t.From = clock.Day(18000 + d.next(2600))
	t.To = t.From + clock.Day(1+d.next(14))
	t.Budget = record.Amount{Minor: int64(d.next(9000000)), Currency: "CNY"}
	t.Fund, t.Inviter, t.Contact, t.Phone = d.words(4), d.words(10), d.words(3), fmt.Sprintf("0871-%07d", d.next(9999999))
	t.Invited, t.Passport, t.Remark, t.Group, t.Paper = clock.When((t.From - 40).String()), fmt.Sprintf("P%08d", i), d.words(15), d.words(5), fmt.Sprintf("%d-%d", 2020+d.next(7), i)
	t.Urgent = d.next(5) == 0
	t.State, t.Unit, t.Level = d.of(states), units[8+0*i+d.next(len(units)-8)], 1
	if d.next(10) < 3 {
		t.Head.From = clock.Day(14000 + d.next(4000))
	}
}

// someone is an officer of a division: what others restrict is out of sight.
var someone = access.Who{ID: "officer", Seats: []access.Seat{{Path: []string{"root", "div1"}, Role: access.Officer}, {Path: []string{"root"}, Role: access.Officer}}}

// identify is a session kept in memory, as the sign-in desk keeps those in use.
func identify(r *http.Request) (web.Visit, error) {
	if r.Header.Get("Authorization") == "Bearer bench" {
		return web.Visit{Who: someone, Scope: "write"}, nil
	}
	if c, err := r.Cookie("session"); err == nil && c.Value == "bench" {
		return web.Visit{Who: someone, CSRF: "x"}, nil
	}
	return web.Visit{}, nil
}
