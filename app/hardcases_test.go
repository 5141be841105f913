package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/passports"
	"yunqiao/rooms/trips"
)

// dayRule is a pack of one rule in two versions: until a day a trip may have up to ten days, from then on up to another number.
func dayRule(t *testing.T, turns clock.Day, most int) fstest.MapFS {
	t.Helper()
	var b strings.Builder
	for _, v := range []struct {
		version, from, to string
		most              int
	}{{"1", "", turns.String(), 10}, {"2", turns.String(), "", most}} {
		fmt.Fprintf(&b, "[[check]]\nkey = \"trip.days\"\nversion = %q\ntype = \"trip\"\ntitle = {zh=\"天数\", en=\"Days\"}\nvalid_from = %q\nvalid_to = %q\ncitation = {zh=\"虚构\", en=\"Invented\", source=\"src-x\"}\n", v.version, v.from, v.to)
		fmt.Fprintf(&b, "[[check.condition]]\nname = \"most\"\nexpr = '!known(days) || days <= %d'\nseverity = \"block\"\nmessage = {zh=\"太长\", en=\"Too long\"}\n", v.most)
		for _, x := range []struct {
			days int
			ok   bool
		}{{v.most, true}, {v.most + 1, false}} {
			fails := ""
			if !x.ok {
				fails = "\nfails = [\"most\"]"
			}
			fmt.Fprintf(&b, "[[check.test]]\nname = {zh=\"例\", en=\"a case\"}\non = \"2022-01-01\"\nrecord = {days=%d}%s\n", x.days, fails)
		}
	}
	return fstest.MapFS{"rules/days.toml": {Data: []byte(b.String())}}
}

// TestRulesChangeUnderARunningCase: a case is held to the rules of the day it was filed, also when it moves after they changed;
// one that is filed after that is held to the new ones; and what was said of a version stays as it was said, with the rule it
// was said by, when the pack itself is replaced.
func TestRulesChangeUnderARunningCase(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	ctx, me := context.Background(), access.Program("test")
	turns := p.Store.Clock.Today() + 10
	take := func(most int) {
		t.Helper()
		pack, err := app.LoadRules(dayRule(t, turns, most))
		if err != nil {
			t.Fatal(err)
		}
		p.Rules = pack
	}
	save := func(id, state string) (vid string, err error) {
		p.Store.Clock.Move(time.Second)
		err = p.Store.Update(ctx, me, func(tx *store.Tx) error {
			x, err := record.Load(&tx.View, trips.Trips, id)
			if fault.KindOf(err) == fault.Missing {
				x, err = trips.Trips.New(), nil
				x.ID, x.Unit, x.Mission, x.Organiser = id, "shore", "working", "unit-shore-east"
				x.Title, x.OutDay, x.BackDay = translate.Text{"zh": "久", "en": "Long"}, turns+60, turns+67 // eight days
			}
			if err != nil {
				return err
			}
			if x.State = state; state == "submitted" && !x.Filed.Known() {
				x.Filed = tx.ValidOn
			}
			err = record.Save(tx, trips.Trips, x, record.How{Why: "test"})
			vid = x.VID
			return err
		})
		return vid, err
	}
	said := func(vid string) (out []record.Judgement) {
		t.Helper()
		if err := p.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) (err error) { out, err = record.Judgements(v, vid); return err }); err != nil {
			t.Fatal(err)
		}
		if len(out) != 1 {
			t.Fatalf("%d rules were asked, want one", len(out))
		}
		return out
	}
	take(5)
	for _, id := range []string{"trip-early", "trip-late"} {
		if _, err := save(id, "ready_to_submit"); err != nil {
			t.Fatal(err)
		}
	}
	filed, err := save("trip-early", "submitted")
	if err != nil {
		t.Fatalf("eight days, filed while ten were allowed: %v", err)
	}
	before := said(filed)
	p.Store.Clock.Move(20 * 24 * time.Hour)
	if _, err := save("trip-late", "submitted"); err == nil || !strings.Contains(fmt.Sprint(fault.All(err)), "record.rule.blocks") {
		t.Errorf("eight days, filed when five were allowed: %v, want that the rule refuses it", err)
	}
	moved, err := save("trip-early", "returned_for_supplement")
	if err != nil {
		t.Errorf("the running case was held to a rule that came after it: %v", err)
	} else if got := said(moved)[0].Run; got.Version != "1" || got.Digest != before[0].Run.Digest {
		t.Errorf("the running case was asked version %s of the rule, want 1", got.Version)
	}
	take(3) // another pack altogether
	if got := said(filed)[0].Run; got.Version != "1" || got.Pack != before[0].Run.Pack || got.At != before[0].Run.At {
		t.Errorf("what was said when it was filed reads %+v now, it was %+v", got, before[0].Run)
	}
}

// TestPassportRunsOutDuringTheTrip: the page of the trip says before it is approved that a passport ends before the return, and
// the counter does not hand it out.
func TestPassportRunsOutDuringTheTrip(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	ctx, me := context.Background(), access.Program("test")
	save := func(fn func(tx *store.Tx) error) error {
		p.Store.Clock.Move(time.Second)
		return p.Store.Update(ctx, me, fn)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	out := p.Store.Clock.Today() + 90
	must(save(func(tx *store.Tx) error {
		x := trips.Trips.New()
		x.ID, x.Unit, x.State, x.Mission, x.Organiser = "trip-ends", "shore", "under_review", "working", "unit-shore-east"
		x.Title, x.OutDay, x.BackDay = translate.Text{"zh": "到期", "en": "Runs out"}, out, out+5
		return record.Save(tx, trips.Trips, x, record.How{})
	}))
	must(save(func(tx *store.Tx) error {
		m := trips.Members.New()
		m.Unit, m.Trip, m.Traveller, m.Number, m.Role = "shore", "trip-ends", "traveller-1", record.N(1), "head"
		return record.Save(tx, trips.Members, m, record.How{})
	}))
	must(save(func(tx *store.Tx) error {
		x := passports.Passports.New()
		x.ID, x.Unit, x.State, x.Holder, x.Traveller, x.Kind = "passport-ends", "shore", "in_custody", translate.Text{"zh": "一人", "en": "Somebody"}, "traveller-1", "service"
		x.Keeper, x.Received, x.Issued, x.Expires = "unit-shore-east", tx.ValidOn, tx.ValidOn-1000, out+2
		return record.Save(tx, passports.Passports, x, record.How{})
	}))
	p.as(t, "head").Get("/trips/all/trip-ends").Want(200).See(fmt.Sprintf("the passport ends on %s, before the return", out+2))
	err := save(func(tx *store.Tx) error {
		l := passports.Loans.New()
		l.Unit, l.State, l.Passport, l.Trip, l.Ground = "shore", "handed_out", "passport-ends", "trip-ends", translate.Text{"en": "Paper 1", "zh": "批件1"}
		l.Departs, l.Days, l.Handed = out, record.N(6), tx.ValidOn
		return record.Save(tx, passports.Loans, l, record.How{})
	})
	if all := fault.All(err); len(all) == 0 || all[0].Key != "passports.loan.short" {
		t.Errorf("the counter hands out a passport that ends during the trip: %v", err)
	}
}

// TestHardCasesAreTested: each hard case that the documents name has the test that they name.
func TestHardCasesAreTested(t *testing.T) {
	t.Parallel()
	_, part, found := strings.Cut(theTree(t).read("doc/trip-machines.md"), "## Hard cases")
	if !found {
		t.Fatal("doc/trip-machines.md has no part on hard cases")
	}
	known := ""
	for _, pattern := range []string{"*_test.go", "../rooms/*/*_test.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			known += string(raw)
		}
	}
	book, err := app.Phrases()
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(part) {
		if !strings.HasPrefix(line, "- ") {
			continue
		}
		lines++
		named := regexp.MustCompile("`(Test[A-Za-z]+)`").FindStringSubmatch(line)
		if len(named) == 0 || !strings.Contains(known, "\nfunc "+named[1]+"(t *testing.T) {") {
			t.Errorf("no test holds: %s", line)
		}
		said := regexp.MustCompile("`([a-z]+\\.[a-z_.]+)`").FindStringSubmatch(line)
		for _, l := range translate.Staff {
			if len(said) == 0 || !book.Has(l, said[1]) {
				t.Errorf("in %s no sentence says: %s", l, line)
			}
		}
	}
	if lines != 11 {
		t.Errorf("%d hard cases are named, want 11", lines)
	}
}
