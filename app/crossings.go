package app

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/api"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/deadline"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
	"yunqiao/rooms/aid"
	"yunqiao/rooms/articles"
	"yunqiao/rooms/boundary"
	"yunqiao/rooms/commitments"
	"yunqiao/rooms/desk"
	"yunqiao/rooms/events"
	"yunqiao/rooms/figures"
	"yunqiao/rooms/mechanisms"
	"yunqiao/rooms/notices"
	"yunqiao/rooms/office"
	"yunqiao/rooms/papers"
	"yunqiao/rooms/partners"
	"yunqiao/rooms/passports"
	"yunqiao/rooms/releases"
	"yunqiao/rooms/services"
	"yunqiao/rooms/stories"
	"yunqiao/rooms/trips"
	"yunqiao/rooms/visits"
	assets "yunqiao/web"
)

// openRooms hangs the rooms' pages. What one room needs of another is bound here, and nowhere else.
func (a *App) openRooms() error {
	var err error
	if a.habits, err = a.Pack.tripHabits(); err != nil {
		return err
	}
	a.Site.Mount("GET", assets.Root+"{file...}", access.Anyone(), assets.Serve())
	a.API = api.New(api.Settings{Store: a.Store, Types: Types, Book: a.Book, Log: a.Log, Office: a.Pack.Name,
		Version: ThisVersion().Version, Identify: a.identifyProgram, After: a.Jobs.Wake})
	a.Site.Mount("", "/api/", access.Anyone(), a.API)
	a.Site.Forward = func(v *store.View, k *record.Kind, id string) (string, error) { return record.Forward(v, k, id) }
	counting, err := a.figuresDesk()
	if err != nil {
		return err
	}
	a.Figure = a.answerFigure(counting)
	a.warm = counting.Ready

	if err := a.judge(counting); err != nil {
		return err
	}
	network := partners.Open(a.Site)
	network.Rules = a.Rules
	network.CountedIn = countedIn(counting)
	if network.Layer, err = ReadLayer(a.Config); err != nil {
		return err
	}
	a.Site.Country = a.countryName
	(&desk.Room{Approvals: a.Approvals, Types: Types, Reminders: a.Reminders, Owed: a.asked, Rules: a.ruled, Sitting: a.Tree.Sitting, Brief: trips.BriefOf}).Open(a.Site)
	a.Approvals.Told[trips.Trips.Name] = a.tellTrip
	a.Approvals.Told[trips.StandingApprovals.Name] = a.tellStanding
	for _, k := range slices.Concat(approval.Types, deadline.Types) {
		a.Site.Records(k, desk.OwnPage(k))
	}
	for _, k := range partners.Types {
		a.Site.Records(k, k == partners.Ties.Kind)
	}
	mechanisms.Open(a.Site)
	for _, k := range mechanisms.Types {
		a.Site.Records(k, mechanisms.OwnPage(k))
	}
	commitments.Open(a.Site)
	for _, k := range commitments.Types {
		a.Site.Records(k, commitments.OwnPage(k))
	}
	visits.Open(a.Site)
	for _, k := range visits.Types {
		a.Site.Records(k, visits.OwnPage(k))
	}
	events.Open(a.Site)
	for _, k := range events.Types {
		a.Site.Records(k, events.OwnPage(k))
	}
	services.Open(a.Site)
	for _, k := range services.Types {
		a.Site.Records(k, services.OwnPage(k))
	}
	a.custody = passports.Open(a.Site)
	a.custody.Journey = journey
	for _, k := range passports.Types {
		a.Site.Records(k, passports.OwnPage(k))
	}
	travels := trips.Open(a.Site)
	travels.Rules, travels.Lists = a.Rules, counting.Lists
	travels.Habits = a.habits
	travels.UnitCode, travels.Working = a.unitCode, a.worksOn
	travels.RestsAbroad = a.restsAbroad
	travels.Nations = a.nations
	travels.Approval, travels.Passports = a.tripApproval, a.tripPassports
	a.travels = travels
	travels.File, travels.Also = a.fileTaken, []trips.Intake{passportIntake}
	travels.Ties, travels.Promise, travels.Contact = tiesIn, promiseOf, contactOf
	travels.Confirmed = func(tx *store.Tx, trip, unit string) error {
		return a.issueFor(tx, trips.Trips.Name, trip, "confirmation", unit)
	}
	for _, k := range trips.Types {
		a.Site.Records(k, trips.OwnPage(k))
	}
	a.papers = a.paperDesk()
	(&papers.Room{Desk: a.papers, Archive: a.archiveOf}).Open(a.Site)
	given := aid.Open(a.Site)
	given.Spots, given.CountedIn = a.spots, aidCountedIn(counting)
	for _, k := range aid.Types {
		a.Site.Records(k, k == aid.Activities.Kind)
	}
	boundary.Open(a.Site)
	for _, k := range boundary.Types {
		a.Site.Records(k, boundary.OwnPage(k))
	}
	said, err := a.releasesDesk(counting)
	if err != nil {
		return err
	}
	counting.Unit = said.Speaker.Unit
	numbers := &figures.Room{Desk: counting}
	numbers.Open(a.Site)
	a.Site.Word, a.Site.Offer = numbers.Word, numbers.Offer
	for _, k := range figures.Types {
		a.Site.Records(k, false)
	}
	(&releases.Room{Desk: said, Prove: a.proveCopy}).Open(a.Site)
	for _, k := range releases.Types {
		a.Site.Records(k, k == releases.Releases.Kind)
	}
	board, err := a.noticesRoom()
	if err != nil {
		return err
	}
	tales := a.storiesRoom(board)
	poster, err := a.articlesRoom(board.Desk, tales.Desk)
	if err != nil {
		return err
	}
	board.Poster = articles.MakeOf(articles.OfNotices)
	tales.Channels = func(c *web.Call, v *store.View, x *stories.Story) ([]kit.Section, error) {
		if x.State != stories.Published {
			return nil, nil
		}
		return poster.Panel(c, v, articles.OfStories, x.ID)
	}
	board.Open(a.Site)
	poster.Open(a.Site)
	for _, k := range articles.Types {
		a.Site.Records(k, articles.OwnPage(k))
	}
	for _, k := range notices.Types {
		a.Site.Records(k, notices.OwnPage(k))
	}
	tales.Open(a.Site)
	for _, k := range stories.Types {
		a.Site.Records(k, stories.OwnPage(k))
	}
	hall := &office.Room{Desk: a.Desk, Tree: a.Tree, Bulk: a.Bulk}
	if a.Config.Demo {
		hall.Hint = "office.page.demo"
	}
	hall.Tiles = append(hall.Tiles, figureTiles(counting))
	hall.Panels = append(hall.Panels, conflictPanel)
	hall.Open(a.Site)
	return nil
}

// proveCopy takes the proof of a sealed release out of the log.
func (a *App) proveCopy(v *store.View, c *releases.SealedCopy) ([]byte, error) {
	p, err := a.Ledger.Prove(v, c.VID, releases.Copies.Canonical(c))
	if err != nil {
		return nil, err
	}
	return p.JSON(), nil
}

// judge holds saves to the checks of the pack. The types are declared once for the whole program and an office is opened
// over them: a process serves one office, and only its pack judges.
func (a *App) judge(d *figures.Desk) error {
	a.Site.Judged = func(c *web.Call, v *store.View, vid string) ([]kit.Section, error) { return judgements(a, c, v, vid) }
	a.Store.Fit = func(v *store.View, _ string, rec any) error {
		if u, ok := rec.(*releases.FigureUse); ok {
			u.Label = d.Called(u.Label, u.Indicator)
		}
		return d.Fit(v, rec)
	}
	a.Store.Judge = func(tx *store.Tx, kind string, rec any) error {
		if err := Types.Kind(kind).Judge(tx, rec, a.Rules, d.Lists); err != nil {
			return err
		}
		if err := d.Fit(&tx.View, rec); err != nil { // of what is saved together, each sees the others only now
			return err
		}
		if err := a.file(tx, kind, rec); err != nil {
			return err
		}
		return a.dues(tx, rec)
	}
	return nil
}

// judgements shows what the rules said of a version, those that found something first.
func judgements(a *App, c *web.Call, v *store.View, vid string) ([]kit.Section, error) {
	said, err := record.Judgements(v, vid)
	if err != nil || len(said) == 0 {
		return nil, err
	}
	sec := kit.Section{ID: "rules", Title: c.Say("app.rules.title"), Count: strconv.Itoa(len(said))}
	passed := 0
	for _, j := range said {
		found := false
		for _, o := range j.Run.Outcomes {
			if o.State == rules.Passed || o.State == rules.OutOfForce {
				continue
			}
			found = true
			sec.Log = append(sec.Log, kit.LogLine{Who: c.Say("app.rules.severity." + string(o.Severity)), What: o.Says.Show(c.Lang), Text: o.Cites.Show(c.Lang)})
		}
		if !found {
			passed++
		}
	}
	sec.Foot = c.Say("app.rules.passed", "passed", passed, "count", len(said))
	return []kit.Section{sec}, nil
}

// countedIn tells the page of a tie which figures count it.
func countedIn(d *figures.Desk) func(v *store.View, kind, id string) ([]partners.Link, error) {
	return func(v *store.View, kind, id string) ([]partners.Link, error) {
		k := Types.Kind(kind)
		rec, err := k.Load(v, id)
		if fault.KindOf(err) == fault.Missing {
			return nil, nil // what does not hold on the day is in no figure of the day, and its page is shown all the same
		}
		if err != nil {
			return nil, err
		}
		parts, err := d.Counting(v, k, rec)
		if err != nil {
			return nil, err
		}
		var out []partners.Link
		for _, p := range parts {
			l := partners.Link{Title: p.Title, Href: "/figures/" + p.Key, Counted: p.Counted}
			if !p.Counted && len(p.Because) > 0 {
				l.Note = p.Because[0]
			}
			out = append(out, l)
		}
		slices.SortStableFunc(out, func(a, b partners.Link) int {
			switch {
			case a.Counted == b.Counted:
				return 0
			case a.Counted:
				return -1
			}
			return 1
		})
		return out, nil
	}
}

// aidCountedIn tells the page of an aid activity which figures count what hangs on it.
func aidCountedIn(d *figures.Desk) func(v *store.View, kind, id string) ([]aid.Link, error) {
	ask := countedIn(d)
	return func(v *store.View, kind, id string) ([]aid.Link, error) {
		links, err := ask(v, kind, id)
		var out []aid.Link
		for _, l := range links {
			out = append(out, aid.Link{Title: l.Title, Href: l.Href, Note: l.Note})
		}
		return out, err
	}
}

// spots gives aid the positions of countries, out of the places of the partner network.
func (a *App) spots(v *store.View, countries []string) (map[string]aid.Spot, error) {
	points, err := partners.Middles(v, countries)
	out := map[string]aid.Spot{}
	for c, p := range points {
		out[c] = aid.Spot{Lon: p.Lon, Lat: p.Lat, Known: p.Known(), Home: c == a.Pack.OwnCountry}
	}
	return out, err
}

// unitCode gives the code of a unit; empty when it is not there.
func (a *App) unitCode(v *store.View, id string) string {
	u, err := record.Load(v, office.Units, id)
	if err != nil {
		return ""
	}
	return u.Code
}

// countryName gives a country's name from the office's places.
func (a *App) countryName(l translate.Lang, code string) string {
	return a.countryNames()[code].Show(l)
}

// nations are the countries by their names.
func (a *App) nations() (out []trips.Nation) {
	for code, name := range a.countryNames() {
		out = append(out, trips.Nation{Code: code, Name: name})
	}
	slices.SortFunc(out, func(x, y trips.Nation) int { return strings.Compare(x.Code, y.Code) })
	return out
}

// countryNames are the names of the countries among the office's places. Names hardly change, so they are kept for a minute.
func (a *App) countryNames() map[string]translate.Text {
	a.countries.mu.Lock()
	defer a.countries.mu.Unlock()
	now := a.Store.Clock.Now()
	if a.countries.names == nil || now-a.countries.at > 60_000 {
		names := map[string]translate.Text{}
		err := a.Store.Look(a.background, access.Program("countries"), store.AsOf{}, func(v *store.View) error {
			list, err := record.Select(v, partners.Places, "WHERE x.rank = 'country' OR x.code = x.country ORDER BY x.code")
			for _, p := range list {
				names[p.Country] = p.Name
			}
			return err
		})
		if err != nil {
			a.Log.Error("reading the names of countries", "err", err)
			return nil
		}
		a.countries.names, a.countries.at = names, now
	}
	return a.countries.names
}

// figureTiles are the figures of the first page: what was declared last, beside what is on record today.
func figureTiles(d *figures.Desk) func(c *web.Call, v *store.View) ([]kit.Tile, error) {
	return func(c *web.Call, v *store.View) ([]kit.Tile, error) {
		keys, err := d.Keys(v, 6)
		if err != nil {
			return nil, err
		}
		var out []kit.Tile
		for _, key := range keys {
			f, err := d.Value(v, key, "", figures.Point{ValidOn: v.ValidOn, KnownOn: v.KnownOn})
			if err != nil {
				return nil, err
			}
			tile := kit.Tile{Title: f.Rule.Title.Show(c.Lang), Value: f.Value.Grouped(), Href: "/figures/" + key}
			said, err := d.Said(v, key)
			if err != nil {
				return nil, err
			}
			for i, s := range said {
				if s.Value.Set && s.PeriodFrom == "" && s.AsOf != "" {
					tile.Spark = append(tile.Spark, s.Value.Value)
				}
				if s.Value.Set && (i == 0 || s.AsOf.Latest() < clock.Open) {
					tile.Note = c.Say("app.home.declared_once", "value", s.Value.Grouped())
					if s.AsOf.Known() {
						tile.Note = c.Say("app.home.declared", "value", s.Value.Grouped(), "on", string(s.AsOf))
					}
				}
			}
			out = append(out, tile)
		}
		return out, nil
	}
}

// conflictPanel leads to the work list of claims that differ.
func conflictPanel(c *web.Call, v *store.View) ([]kit.Section, error) {
	lines, all, err := partners.FewConflicts(c, v, 8)
	if err != nil {
		return nil, err
	}
	sec := kit.Section{ID: "conflicts", Title: c.Say("partners.page.conflicts"), Count: strconv.Itoa(all), Empty: c.Say("app.home.no_conflicts"), Links: lines,
		Actions: []kit.Action{{Title: c.Say("web.history.open"), Href: "/partners/conflicts"}}}
	return []kit.Section{sec}, nil
}
