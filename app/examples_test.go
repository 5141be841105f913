package app_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/packs"
	"yunqiao/rooms/passports"
	"yunqiao/rooms/trips"
)

// published is one case that an office published, with its answer: facts, and where they were read.
type published map[string]string

func readExamples(t *testing.T) (out []published) {
	t.Helper()
	f, err := os.Open("testdata/trip-examples.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		e := published{}
		for i, name := range rows[0] {
			e[name] = row[i]
		}
		if e["source"] == "" {
			t.Errorf("an example of %s has no source", e["rule"])
		}
		out = append(out, e)
	}
	return out
}

// plain answers an example by arithmetic that shares nothing with the product: time of the standard library, numbers of
// the example.
func plain(t *testing.T, e published) string {
	t.Helper()
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("%v: %v", e, err)
		}
		return n
	}
	at := func(s string) time.Time {
		for _, shape := range []string{"2006-01-02 15:04", "2006-01-02"} {
			if x, err := time.Parse(shape, s); err == nil {
				return x
			}
		}
		t.Fatalf("%v: %q is no time", e, s)
		return time.Time{}
	}
	const day = 24 * time.Hour
	left := func(s string) time.Time { // who flies in the first two hours has crossed the evening before
		x := at(s)
		if x.Hour() < 2 {
			x = x.Add(-day)
		}
		return x.Truncate(day)
	}
	switch e["kind"] {
	case "limit":
		most := [...]int{0, 5, 8, 10}
		if at(e["on"]).Year() < 2013 {
			most = [...]int{0, 6, 10, 12}
		}
		allowed := most[len(strings.Fields(e["countries"]))]
		if e["region"] == "far" && e["poor"] == "1" {
			allowed++
		}
		if number(e["days"]) > allowed {
			return "over"
		}
		return "allowed"
	case "days":
		return strconv.Itoa(int(at(e["to"]).Truncate(day).Sub(left(e["from"]))/day) + 1)
	case "red_eye":
		return left(e["from"]).Format("2006-01-02")
	case "budget", "budget_transport", "budget_board":
		sum, rate := 0.0, 1.0
		for _, m := range regexp.MustCompile(`(lodging|meals|misc|rate) ([0-9.]+)`).FindAllStringSubmatch(e["expected"], -1) {
			x, _ := strconv.ParseFloat(m[2], 64)
			switch {
			case m[1] == "rate":
				rate = x
				continue
			case e["kind"] == "budget_board":
				x = 0
			case e["kind"] == "budget_transport" && m[1] == "misc":
				x = x * 2 / 5
			}
			sum += x * float64(number(e["days"]))
		}
		before, _, _ := strings.Cut(e["expected"], " = ")
		return fmt.Sprintf("%s = %.2f", before, sum*rate)
	case "passport_due":
		return at(e["on"]).Add(time.Duration(number(e["days"])+7) * day).Format("2006-01-02")
	case "passport_lock":
		due := at(e["from"]).Add(time.Duration(number(e["days"])+7) * day)
		if at(e["on"]).Sub(due) > 30*day {
			return "locked"
		}
		return "overdue"
	case "publicity":
		d, n := at(e["on"]), number(e["days"])
		for counts := e["poor"] == "1"; ; counts, d = true, d.Add(day) {
			if counts && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
				n--
			}
			if n == 0 {
				return d.Format("2006-01-02")
			}
		}
	}
	t.Fatalf("nobody knows examples of kind %s", e["kind"])
	return ""
}

// answering answers examples as the product does, by the pack that comes with it.
type answering struct {
	rules *rules.Pack
	rates []*trips.Perdiem
	far   []string
}

func openAnswering(t *testing.T) answering {
	t.Helper()
	files, err := packs.Open("yunnan")
	if err != nil {
		t.Fatal(err)
	}
	var a answering
	if a.rules, err = app.LoadRules(files); err != nil {
		t.Fatal(err)
	}
	table := func(name string) (out []map[string]string) {
		f, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(string(f))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			m := map[string]string{}
			for i, n := range rows[0] {
				m[n] = row[i]
			}
			out = append(out, m)
		}
		return out
	}
	for _, row := range table("records/969-perdiem.csv") {
		p := trips.Perdiems.New()
		p.State = row["state"]
		for name, value := range row {
			field, sub, _ := strings.Cut(name, ".")
			if f := trips.Perdiems.Field(field); f != nil && value != "" {
				if err := f.Set(p, sub, value); err != nil {
					t.Fatal(err)
				}
			}
		}
		a.rates = append(a.rates, p)
	}
	for _, row := range table("records/50-placelist.csv") {
		if row["key"] != trips.FarLands {
			continue
		}
		var all []struct{ Country string }
		if err := json.Unmarshal([]byte(row["members"]), &all); err != nil {
			t.Fatal(err)
		}
		for _, m := range all {
			a.far = append(a.far, m.Country)
		}
	}
	return a
}

func (a answering) of(t *testing.T, e published) string {
	t.Helper()
	day := func(s string) clock.Day {
		d, err := clock.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	n, _ := strconv.ParseFloat(e["days"], 64)
	lands := strings.Fields(e["countries"])
	switch e["kind"] {
	case "limit":
		x := trips.Trips.New()
		x.State, x.Mission, x.Days, x.CountryCount, x.Poor = "draft", "working", record.N(n), record.N(float64(len(lands))), e["poor"] == "1"
		x.Size = record.N(3)
		x.Far = !slices.ContainsFunc(lands, func(l string) bool { return !slices.Contains(a.far, l) })
		facts, asked := trips.Trips.Facts(x), 0
		for _, r := range a.rules.Checks(trips.Trips.Name, day(e["on"])) {
			if r.Key != "trip.days" {
				continue
			}
			asked++
			if res := r.Explain(facts, rules.Always(day(e["on"]), nil)); len(res.Fails()) > 0 {
				return "over"
			}
		}
		if asked != 1 {
			t.Errorf("on %s %d rules on days hold, want one", e["on"], asked)
		}
		return "allowed"
	case "days", "red_eye":
		out, back := trips.Legs.New(), trips.Legs.New()
		out.From, out.To, out.Departs, out.Arrives = "CN", lands[0], e["from"], e["from"]
		back.From, back.To, back.Departs, back.Arrives = lands[0], "CN", e["to"], e["to"]
		c := trips.Cross([]*trips.Leg{out, back})
		if e["kind"] == "red_eye" {
			if !c.RedEye {
				return "not told"
			}
			return c.Exit.String()
		}
		return strconv.Itoa(c.Days())
	case "budget", "budget_transport", "budget_board":
		city := map[string]string{"VN": "河内"}[lands[0]]
		rate := trips.Rate(a.rates, trips.Asked{Country: lands[0], City: city, On: day(e["on"])})
		if rate == nil {
			return "no standard"
		}
		per := 1.0
		if m := regexp.MustCompile(`rate ([0-9.]+)`).FindStringSubmatch(e["expected"]); m != nil {
			per, _ = strconv.ParseFloat(m[1], 64)
		}
		h := trips.Usual()
		h.LodgingBy = "days"
		lines := trips.Draft(trips.Stay{Country: lands[0], City: city, Days: n, Nights: n - 1}, rate, 1, per, day(e["on"]), trips.Board{Board: e["kind"] == "budget_board", Transport: e["kind"] == "budget_transport"}, h)
		if e["kind"] != "budget" { // these speak of meals and misc only
			lines = slices.DeleteFunc(lines, func(x *trips.Cost) bool { return x.Kind == "lodging" })
		}
		planned, _ := trips.Total(lines)
		before, _, _ := strings.Cut(e["expected"], " = ")
		for _, x := range lines {
			if !strings.Contains(before, fmt.Sprintf("%s %g", x.Kind, x.Standard.Value)) {
				t.Errorf("%s: the standard of the pack is %g, which the example does not have: %s", x.Kind, x.Standard.Value, before)
			}
		}
		return fmt.Sprintf("%s = %.2f", before, planned)
	case "passport_due":
		return passports.DueDay(day(e["on"]), int(n)).String()
	case "passport_lock":
		l := passports.Loans.New()
		l.State, l.Handed, l.Due = "handed_out", day(e["from"])-3, passports.DueDay(day(e["from"]), int(n))
		if l.StandsOn(day(e["on"])) == passports.UnitLocked {
			return "locked"
		}
		return string(passports.Overdue)
	case "publicity":
		_, closes, err := trips.Clock(day(e["on"]), day(e["on"]), int(n), e["poor"] == "1", func(d clock.Day) (bool, error) { return trips.Weekday(d), nil })
		if err != nil {
			t.Fatal(err)
		}
		return closes.String()
	}
	return ""
}

// TestExamplesAgree: what offices published as right is what plain arithmetic gives and what the pack says, of 2012 under
// 6, 10 and 12 days and of 2018 under 5, 8 and 10.
func TestExamplesAgree(t *testing.T) {
	t.Parallel()
	a := openAnswering(t)
	seen := map[string]int{}
	for _, e := range readExamples(t) {
		seen[e["kind"]+e["on"][:4]]++
		want, own, said := e["expected"], plain(t, e), a.of(t, e)
		if own != want || said != want {
			t.Errorf("%s %s %s: published %s; plain arithmetic says %s, the product %s", e["rule"], e["on"], e["countries"]+" "+e["days"], want, own, said)
		}
	}
	for _, k := range []string{"limit2012", "limit2018", "budget2018", "passport_lock2014", "publicity2018"} {
		if seen[k] == 0 {
			t.Errorf("no example of %s was replayed", k)
		}
	}
}
