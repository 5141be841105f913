package passports_test

import (
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/seal"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
	"yunqiao/packs"
	"yunqiao/rooms/passports"
)

// browse is a browser in front of the room's pages over the invented pack, for somebody who may do everything.
type browse struct {
	t    *testing.T
	st   *store.Store
	room *passports.Room
	site *web.Site
	time *clock.Clock
}

func open(t *testing.T, address string) *browse {
	t.Helper()
	files, err := packs.Open("mini")
	if err != nil {
		t.Fatal(err)
	}
	p, err := app.OpenPack(files)
	if err != nil {
		t.Fatal(err)
	}
	time := clock.Fixed(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	st, err := store.Open(t.Context(), address, time, app.Types.Tables(), app.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	st.Path = func(_ *store.View, unit string) ([]string, error) { // the invented office is two units deep
		if unit == "unit-shore" || unit == "shore" {
			return []string{"unit-shore"}, nil
		}
		return []string{"unit-shore", unit}, nil
	}
	if _, err := p.Load(t.Context(), st, app.Types); err != nil {
		t.Fatal(err)
	}
	book, err := app.Phrases()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []fs.FS{passports.Words, kit.Words} {
		if err := book.Add(w); err != nil {
			t.Fatal(err)
		}
	}
	head := access.Who{ID: "staff-head", Seats: []access.Seat{{Role: access.Head, Path: []string{"unit-shore"}}}}
	b := &browse{t: t, st: st, time: time}
	b.site = &web.Site{Store: st, Book: book, Types: app.Types, Log: slog.New(slog.DiscardHandler), Office: translate.Text{"zh": "办公室", "en": "Office"},
		Identify: func(*http.Request) (web.Visit, error) { return web.Visit{Who: head}, nil }}
	if b.site.Seals, err = seal.OpenOffice(t.TempDir() + "/seal.key"); err != nil {
		t.Fatal(err)
	}
	b.room = passports.Open(b.site)
	for _, k := range passports.Types {
		b.site.Records(k, passports.OwnPage(k))
	}
	return b
}

func engines(t *testing.T, run func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); run(t, t.TempDir()+"/x.db") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); run(t, kerneltest.Database(t)) })
}

var unsaid = regexp.MustCompile(`⟦[a-z]+\.[^⟧]*⟧|>[^<]*\{[a-z]+\}`)

func (b *browse) ask(method, path, lang string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	return w
}

// get asks for a page in both languages and gives the English one.
func (b *browse) get(path string) string {
	b.t.Helper()
	page := ""
	for _, lang := range []string{"zh", "en"} {
		w := b.ask("GET", path, lang, nil)
		page = w.Body.String()
		if w.Code != http.StatusOK {
			b.t.Fatalf("GET %s in %s: %d\n%s", path, lang, w.Code, page)
		}
		for _, m := range unsaid.FindAllString(page, -1) {
			b.t.Errorf("GET %s in %s shows %s", path, lang, m)
		}
	}
	return page
}

// post sends a form in English; want is the status.
func (b *browse) post(path string, want int, pairs ...string) string {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	w := b.ask("POST", path, "en", form)
	if w.Code != want {
		b.t.Fatalf("POST %s %v: %d, want %d\n%s", path, pairs, w.Code, want, w.Body)
	}
	if to := w.Header().Get("Location"); to != "" {
		return to
	}
	for _, m := range unsaid.FindAllString(w.Body.String(), -1) {
		b.t.Errorf("POST %s shows %s", path, m)
	}
	return w.Body.String()
}

func (b *browse) has(page string, texts ...string) {
	b.t.Helper()
	for _, s := range texts {
		if !strings.Contains(page, s) {
			b.t.Errorf("the page lacks %q", s)
		}
	}
}

func (b *browse) lacks(page string, texts ...string) {
	b.t.Helper()
	for _, s := range texts {
		if strings.Contains(page, s) {
			b.t.Errorf("the page shows %q", s)
		}
	}
}

func (b *browse) days(n int) { b.time.Move(time.Duration(n) * 24 * time.Hour) }

func (b *browse) today() clock.Day { return b.time.Today() }

// update does something as the program, and expects no error.
func (b *browse) update(fn func(tx *store.Tx) error) {
	b.t.Helper()
	if err := b.st.Update(b.t.Context(), access.Program("test"), fn); err != nil {
		b.t.Fatal(err)
	}
}

// passport makes one in custody.
func (b *browse) passport(id, holder string, expires clock.Day) {
	b.t.Helper()
	b.update(func(tx *store.Tx) error {
		p := passports.Passports.New()
		p.ID, p.Unit, p.Level, p.Holder, p.Kind, p.Keeper, p.Expires, p.State = id, "unit-shore-east", 1, translate.Text{"en": holder, "zh": holder}, "service", "unit-shore-east", expires, "in_custody"
		return record.Save(tx, passports.Passports, p, record.How{})
	})
}

// lend asks for a passport and gives the id of the loan.
func (b *browse) lend(passport string, pairs ...string) string {
	b.t.Helper()
	b.time.Move(time.Second) // ids of one instant have no order
	b.post("/passports/all/"+passport+"/lend", http.StatusSeeOther, append([]string{"wanted_on", b.today().String()}, pairs...)...)
	id := ""
	err := b.st.Look(b.t.Context(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
		all, err := record.Select(v, passports.Loans, "WHERE x.passport = ? ORDER BY x.id DESC", passport)
		if len(all) > 0 {
			id = all[0].ID
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// locked asks on a day whose passports lock a unit.
func (b *browse) locked(unit string, on clock.Day) (out []string) {
	b.t.Helper()
	err := b.st.Look(b.t.Context(), access.Program("test"), store.AsOf{ValidOn: on}, func(v *store.View) error {
		all, err := b.room.Locked(v, unit)
		for _, l := range all {
			out = append(out, l.Holder.Show("en")+" "+l.From.String())
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// A passport from the queue to the lock of its unit, its lift, and its return; every day keeps its answer.
func TestCustody(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		b := open(t, address)
		b.passport("pp-1", "A deputy director", clock.DayFrom(2030, 1, 1))
		page := b.post("/passports/all/pp-1/lend", 422, "departs", "2026-11-24", "approved_days", "8", "countries", "xb", "wanted_on", "2026-11-22")
		b.has(page, "Without an approved journey, state why it is lent.", `value="2026-11-24"`, `value="8"`)
		b.has(b.post("/passports/all/pp-1/lend", 422, "ground", "Paper 7", "departs", "2026-11-32", "approved_days", "x", "wanted_on", "2026-11-22"), "2026-11-32", "Paper 7")
		loan := b.lend("pp-1", "ground", "Paper 7", "departs", "2026-11-24", "approved_days", "8", "countries", "xb, xc")
		b.has(b.get("/passports"), "A deputy director", "8 days from 2026-11-24", "Hand out")
		to := b.post("/passports/loans/"+loan+"/hand", http.StatusSeeOther)
		b.has(b.get(to), "is handed out; it is due back on 2026-12-09", "/passports/loans/"+loan+"/slip")
		b.has(b.get("/passports/loans/"+loan+"/slip"), "A deputy director", "Signature of the keeper", "2026-11-24 + 8 + 7 = 2026-12-09")
		b.has(b.get("/passports/all/pp-1"), "It is lent, and due back on 2026-12-09.")
		b.has(b.post("/passports/loans/"+loan+"/hand", 422), "Somebody else has just dealt with this loan; look again.")
		b.has(b.get("/passports?q=DEPUTY"), "Take back")
		b.has(b.get("/passports?q=nobody"), "No passport of this holder")

		b.days(17) // 2026-12-09, the day it is due
		b.has(b.get("/passports"), "Due 2026-12-09")
		if got := b.locked("unit-shore-east", b.today()); len(got) > 0 {
			t.Errorf("locked on the day it is due: %v", got)
		}
		b.days(30)
		b.has(b.get("/passports"), "Due 2026-12-09, 30 days late")
		if got := b.locked("unit-shore-east", b.today()); len(got) > 0 {
			t.Errorf("locked after thirty days: %v", got)
		}
		b.days(1) // 2027-01-09
		lockedOn := b.today()
		if got := b.locked("unit-shore-east", lockedOn); len(got) != 1 || got[0] != "A deputy director 2027-01-09" {
			t.Errorf("locked after thirty-one days: %v", got)
		}
		if got := b.locked("unit-shore", lockedOn); len(got) > 0 {
			t.Errorf("another unit is locked: %v", got)
		}
		b.has(b.get("/passports/locks"), "The passport of A deputy director is 31 days overdue; new applications are held up from 2027-01-09.", "Lift the lock")
		b.has(b.post("/passports/locks/"+loan, 422, "lift_ground", "excused", "lift_until", "2027-01-01", "reason", "ill"), "before it begins", "ill")
		b.has(b.post("/passports/locks/"+loan, 422, "lift_ground", "excused"), "Give the reason and the ground.")
		b.days(1)
		b.post("/passports/locks/"+loan, http.StatusSeeOther, "lift_ground", "excused", "reason", "Ill abroad", "lift_until", "2027-01-12")
		b.has(b.get("/passports/locks"), "Ill abroad", "Lifted by")
		for on, want := range map[string]int{"2027-01-08": 0, "2027-01-09": 1, "2027-01-10": 0, "2027-01-12": 0, "2027-01-13": 1} {
			d, _ := clock.ParseDay(on)
			if got := b.locked("unit-shore-east", d); len(got) != want {
				t.Errorf("on %s: locked for %v, want %d", on, got, want)
			}
		}

		b.days(5) // 2027-01-15
		back := "/passports/loans/" + loan + "/back"
		b.has(b.get(back), "2026-11-24", "days late")
		page = b.post(back, 422, "back_on", "2027-01-15", "proof", "stamps", "exit_on", "2026-11-24", "entry_on", "2026-12-03", "been", "XB")
		b.has(page, "Longer abroad than approved (days: 2).", "It differs from the approval: say why.", "is 37 days late: say why.", `value="2026-12-03"`, "No record of an approved country")
		b.has(b.post(back, 422, "back_on", "2027-02-15", "proof", "stamps"), "The day of return lies ahead.")
		b.has(b.post(back, 422, "back_on", "2027-01-15", "proof", "stamps"), "Give the day of exit.", "Give the day of entry.")
		b.has(b.post(back, 422, "back_on", "2027-01-15", "proof", "border_record", "exit_on", "2026-12-03", "entry_on", "2026-11-24"), "The entry lies before the exit.")
		b.post(back, http.StatusSeeOther, "back_on", "2027-01-15", "proof", "border_record", "exit_on", "2026-11-24", "entry_on", "2026-12-03", "been", "XB XC", "explanation", "Flight cancelled", "late_why", "In hospital")
		b.has(b.get("/passports/loans/"+loan), "Longer abroad than approved (days: 2).", "In hospital", "no stamp")
		b.has(b.get("/passports"), "Came back in the last week", "Differs from the approval")
		if got := b.locked("unit-shore-east", b.today()); len(got) > 0 {
			t.Errorf("locked though it is back: %v", got)
		}
		if got := b.locked("unit-shore-east", lockedOn); len(got) != 1 {
			t.Errorf("the day of the lock has lost its answer: %v", got)
		}
		b.has(b.get("/passports/locks"), "2027-01-09—2027-01-15")
		b.has(b.get("/passports/all/pp-1"), "In custody")
	})
}

// A second passport of one holder, one that is not there, and one that expires too soon stay in the drawer.
func TestWhatMayNotGoOut(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		b := open(t, address)
		far := clock.DayFrom(2031, 1, 1)
		b.passport("pp-1", "A counsellor", far)
		b.passport("pp-2", "A counsellor", far)
		b.passport("pp-3", "A clerk", clock.DayFrom(2027, 5, 30))
		one, two := b.lend("pp-1", "ground", "x", "until_day", "2026-12-01"), b.lend("pp-2", "ground", "x", "until_day", "2026-12-01")
		again := b.lend("pp-1", "ground", "once more", "until_day", "2026-12-01")
		b.post("/passports/loans/"+one+"/hand", http.StatusSeeOther)
		for _, id := range []string{two, again} {
			b.has(b.post("/passports/loans/"+id+"/hand", 422), "Only one may be out; take that back first.", "Hand out")
		}
		short := b.lend("pp-3", "ground", "x", "departs", "2026-11-25", "approved_days", "8")
		b.has(b.get("/passports"), "Not valid long enough")
		b.has(b.post("/passports/loans/"+short+"/hand", 422), "less than 6 months on the return of 2026-12-02")
		b.has(b.post("/passports/all/pp-3/lend", 422, "departs", "2026-11-25", "approved_days", "8", "wanted_on", "2026-11-22"), "A new one must be issued.")

		// Lost abroad: the loan ends with it, and it does not go out again.
		b.has(b.post("/passports/all/pp-1/lost", 422, "lost_on", "2026-11-22"), "State when, where and how it was lost.")
		b.has(b.post("/passports/all/pp-1/lost", 422, "lost_on", "2026-12-22", "loss", "On a train"), "The day of the loss lies ahead.", "On a train")
		b.post("/passports/all/pp-1/lost", http.StatusSeeOther, "lost_on", "2026-11-22", "loss", "On a train", "police", "Report 5")
		b.has(b.get("/passports/all/pp-1"), "Lost", "On a train", "Report 5")
		b.has(b.post("/passports/loans/"+again+"/hand", 422), "The passport is not in custody and cannot be lent.")
		b.post("/passports/loans/"+two+"/hand", http.StatusSeeOther)
		b.post("/passports/all/pp-1/move/void", http.StatusSeeOther, "why", "Declared void")
		b.has(b.get("/passports/all/pp-1"), "Cancelled")
	})
}

// The day of return moves with the journey, and a cancelled one is due seven days later.
func TestTheJourneyMoves(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		b := open(t, address)
		j := passports.Journey{ID: "trip-1", Departs: clock.DayFrom(2026, 11, 24), Days: 5, Countries: []string{"XB"}, Cancelled: clock.Open}
		b.room.Journey = func(_ *store.View, id string) (passports.Journey, bool, error) { return j, id == j.ID, nil }
		b.passport("pp-1", "A mayor", clock.DayFrom(2031, 1, 1))
		b.passport("pp-2", "A vice-mayor", clock.DayFrom(2031, 1, 1))
		b.has(b.post("/passports/all/pp-1/lend", 422, "trip", "trip-1", "wanted_on", "2026-11-22"), "The journey is not approved yet")
		b.has(b.post("/passports/all/pp-1/lend", 422, "trip", "trip-2", "wanted_on", "2026-11-22"), "There is no journey “trip-2”.")
		j.Approval = "No. 12"
		b.has(b.get("/passports/all/pp-1/lend?trip=trip-1"), `value="2026-11-24"`, `value="XB"`)
		loan, later := b.lend("pp-1", "trip", "trip-1"), b.lend("pp-2", "trip", "trip-1")
		b.post("/passports/loans/"+loan+"/hand", http.StatusSeeOther)
		b.has(b.get("/passports/loans/"+loan), "2026-12-06", "No. 12")
		b.days(3)
		j.Departs = clock.DayFrom(2027, 1, 10)
		b.update(func(tx *store.Tx) error { return b.room.Moved(tx, j, "Postponed") })
		b.has(b.get("/passports/loans/"+loan), "2027-01-10 + 5 + 7 = 2027-01-22", "2026-11-24 + 5 + 7 = 2026-12-06", "2026-11-25")
		if got := b.locked("unit-shore-east", clock.DayFrom(2027, 1, 10)); len(got) > 0 {
			t.Errorf("a postponed journey locks the unit: %v", got)
		}
		j.Cancelled = clock.DayFrom(2026, 11, 25)
		b.update(func(tx *store.Tx) error { return b.room.Moved(tx, j, "Cancelled") })
		b.has(b.get("/passports/loans/"+loan), "2026-11-25 + 7 = 2026-12-02")
		b.has(b.get("/passports/loans/"+later), "Dropped")
		b.has(b.post("/passports/all/pp-2/lend", 422, "trip", "trip-1", "wanted_on", "2026-11-25"), "The journey was cancelled on 2026-11-25.")
		b.post("/passports/loans/"+loan+"/back", http.StatusSeeOther, "back_on", "2026-11-25", "proof", "not_travelled")
		b.has(b.get("/passports/loans/"+loan), "They agree with the approval.")
	})
}

// A zone fills in what it says, is looked over, and its number is sealed; what is wrong in it is said at its place.
func TestTakingIntoCustody(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		b := open(t, address)
		zone := first + "\n" + line2("L898902C3", "UTO", "740812", "F", "300415", "")
		bad := first + "\n" + strings.Replace(line2("L898902C3", "UTO", "740812", "F", "300415", ""), "902C", "9O2C", 1)
		page := b.post("/passports/read", 422, "zone", bad, "keeper", "unit-shore-east", "kind", "service", "issuer", "The office")
		b.has(page, "The passport number (line 2, 1 to 9) and its check digit disagree", "The “O” at 6 may be “0”.", "<mark>L898", "9O2C", `value="The office"`)
		page = b.post("/passports/read", 200, "zone", zone, "keeper", "unit-shore-east", "kind", "service")
		b.has(page, "Look them over and save.", `value="L898902C3"`, `value="2030-04-15"`, `value="ERIKSSON ANNA MARIA"`)
		typed := []string{"zone", zone, "keeper", "unit-shore-east", "kind", "service", "holder", "A consul", "number", "L898902C3", "expires", "2030-04-15"}
		b.has(b.post("/passports/read", 422, append(typed, "expires", "2031-04-15")...), "The zone says something else: 2030-04-15.", `value="A consul"`)
		b.has(b.post("/passports/read", 422, append(typed, "issued", "2031-04-15")...), "It expires no later than it was issued.", `value="L898902C3"`)
		to := b.post("/passports/read", http.StatusSeeOther, typed...)
		page = b.get(to)
		b.has(page, "A consul", "••••", "2030-04-15")
		b.lacks(page, "L898902C3", "740812")
		b.has(b.post(to+"/open/number", 200, "why", "to fill in a visa form"), "L898902C3")
		b.has(b.get(to), "to fill in a visa form")
		b.has(b.get("/passports?q="+url.QueryEscape("P<UTOCONSUL<<A<<<<<<<<<<<<<<<<<<<<<<<<<<<<<")), "A consul")
		b.lacks(b.get("/passports"), "L898902C3")
	})
}

// Two keepers hand out two passports of one holder at the same moment: one of them is told.
func TestTwoHandOutAtOnce(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		b := open(t, address)
		b.passport("pp-1", "A counsellor", clock.DayFrom(2031, 1, 1))
		b.passport("pp-2", "A counsellor", clock.DayFrom(2031, 1, 1))
		ids := []string{b.lend("pp-1", "ground", "x", "until_day", "2026-12-01"), b.lend("pp-2", "ground", "x", "until_day", "2026-12-01")}
		said := make(chan error, len(ids))
		for _, id := range ids {
			go func() {
				said <- b.st.Update(t.Context(), access.Program("test"), func(tx *store.Tx) error {
					l, err := record.Load(&tx.View, passports.Loans, id)
					if err != nil {
						return err
					}
					l.State = "handed_out"
					return record.Save(tx, passports.Loans, l, record.How{})
				})
			}()
		}
		ok := 0
		for range ids {
			if err := <-said; err == nil {
				ok++
			} else if fault.KindOf(err) != fault.Invalid {
				t.Errorf("refused for another reason: %v", err)
			}
		}
		if ok != 1 {
			t.Errorf("%d went out, want 1", ok)
		}
	})
}
