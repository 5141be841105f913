package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/office"
	travel "yunqiao/rooms/trips"
)

// How many file for how many places of a plan, and so how many decide at once.
const (
	quotaFilers = 300
	quotaPlaces = 200
	quotaPlan   = "tripplan-2022"
)

// crowd does one thing for each of many, all begun at the same moment, and tells how long it took, how many came through
// and what the others were told.
func crowd(n int, one func(i int) error) (took time.Duration, done []int, told map[string]int) {
	told = map[string]int{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		wait.Go(func() {
			<-gate
			err := one(i)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				done = append(done, i)
				return
			}
			key := err.Error()
			if all := fault.All(err); len(all) > 0 && all[0].Key != "" {
				key = all[0].Key
			}
			told[key]++
		})
	}
	at := time.Now()
	close(gate)
	wait.Wait()
	return time.Since(at), done, told
}

// crowded is an office whose plan has fewer places than trips want, with an approver for each place.
func (b *bench) crowded(ctx context.Context) (a *app.App, db *sql.DB, ids []string, approvers []access.Who, err error) {
	a, db, err = b.tending(ctx, "benchquota")
	if err != nil {
		return nil, nil, nil, nil, err
	}
	me := access.Program("bench")
	err = a.Store.Update(ctx, me, func(tx *store.Tx) error {
		plan, err := record.Load(&tx.View, travel.Plans, quotaPlan)
		if err != nil {
			return err
		}
		plan.Groups, plan.Persons = record.N(quotaPlaces), record.Num{}
		return record.Save(tx, travel.Plans, plan, record.How{Act: record.ActCorrect, Why: "bench"})
	})
	if err != nil {
		return nil, nil, nil, nil, err
	}
	for i := range quotaFilers {
		err := a.Store.Update(ctx, me, func(tx *store.Tx) error {
			x := travel.Trips.New()
			x.Unit, x.State, x.Mission, x.Organiser, x.Plan = "shore", "ready_to_submit", "working", "unit-shore-east", quotaPlan
			x.Title = translate.Text{"zh": fmt.Sprintf("团%d", i), "en": fmt.Sprintf("Trip %d", i)}
			x.OutDay, x.BackDay, x.Filed = clock.DayFrom(2022, 10, 3), clock.DayFrom(2022, 10, 6), clock.DayFrom(2022, 8, 1)
			x.ID = fmt.Sprintf("trip-crowd-%03d", i)
			if err := record.Save(tx, travel.Trips, x, record.How{}); err != nil || i >= quotaPlaces {
				return err
			}
			s, p := office.StaffType.New(), office.Positions.New()
			s.ID = fmt.Sprintf("staff-approver-%03d", i)
			s.Login, s.Name, s.Unit, s.Sample = fmt.Sprintf("approver%03d", i), translate.Text{"zh": "批准人", "en": "Approver"}, "shore", true
			p.Staff, p.In, p.Role, p.Title, p.Unit, p.Sample = s.ID, "unit-shore", "head", s.Name, "shore", true
			if err := record.Save(tx, office.StaffType, s, record.How{}); err != nil {
				return err
			}
			return record.Save(tx, office.Positions, p, record.How{})
		})
		if err != nil {
			return nil, nil, nil, nil, err
		}
		ids = append(ids, fmt.Sprintf("trip-crowd-%03d", i))
		if i < quotaPlaces {
			approvers = append(approvers, access.Who{ID: fmt.Sprintf("staff-approver-%03d", i), Seats: []access.Seat{{Path: []string{"unit-shore"}, Role: access.Head}}})
		}
	}
	return a, db, ids, approvers, nil
}

// quota lets 300 file at once for the 200 places of a plan, and then 200 people decide at once while those who got none try
// again. The plan must never hold more than it has, nobody may be told anything but that it is full, and no two papers have
// one number. Its limit is one transaction each that reads the sum of a ledger, adds a line and changes a row.
func (b *bench) quota(ctx context.Context) error {
	a, db, ids, approvers, err := b.crowded(ctx)
	if err != nil {
		return err
	}
	me := access.Program("bench")
	file := func(id string) error {
		return a.Store.Update(ctx, me, func(tx *store.Tx) error {
			x, err := record.Load(&tx.View, travel.Trips, id)
			if err != nil {
				return err
			}
			x.State = "submitted"
			return record.Save(tx, travel.Trips, x, record.How{})
		})
	}
	balance := func() (out travel.Balance, err error) {
		err = a.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) error {
			out, err = travel.ReadBalance(v, quotaPlan, "")
			return err
		})
		return out, err
	}
	filing, filed, full := crowd(quotaFilers, func(i int) error { return file(ids[i]) })
	before, err := balance()
	if err != nil {
		return err
	}
	slices.Sort(filed)
	late := []string{}
	for i, id := range ids {
		if _, in := slices.BinarySearch(filed, i); !in {
			late = append(late, id)
		}
	}
	// The first step of each is taken, so that each waits for a decision.
	officer := access.Who{ID: "staff-officer", Seats: []access.Seat{{Path: []string{"unit-shore", "unit-shore-east"}, Role: access.Officer}}}
	steps := make([]string, len(filed))
	for n, i := range filed {
		err := a.Store.Update(ctx, me, func(tx *store.Tx) error {
			x, err := record.Load(&tx.View, travel.Trips, ids[i])
			if err != nil {
				return err
			}
			x.State = "under_review" // its papers are not the matter here
			return record.Save(tx, travel.Trips, x, record.How{Act: record.ActCorrect, Why: "bench"})
		})
		if err != nil {
			return err
		}
		err = a.Store.Update(ctx, officer, func(tx *store.Tx) error {
			open, err := record.Select(&tx.View, approval.Steps, "WHERE x.state = 'open' AND x.circuit IN (SELECT c.id FROM {circuit} c WHERE c.subject = ?)", ids[i])
			if err != nil || len(open) == 0 {
				return fmt.Errorf("%s waits for nobody: %w", ids[i], err)
			}
			if err := a.Approvals.Do(tx, approval.Act{Step: open[0].ID, Verb: "agree", Opinion: "complete"}); err != nil {
				return err
			}
			next, err := record.Select(&tx.View, approval.Steps, "WHERE x.state = 'open' AND x.circuit = ?", open[0].Circuit)
			if err == nil && len(next) == 1 {
				steps[n] = next[0].ID
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	var again sync.WaitGroup
	turned := map[string]int{}
	again.Go(func() { _, _, turned = crowd(len(late), func(i int) error { return file(late[i]) }) })
	deciding, decided, refused := crowd(min(len(filed), len(approvers)), func(i int) error {
		return a.Store.Update(ctx, approvers[i], func(tx *store.Tx) error {
			return a.Approvals.Do(tx, approval.Act{Step: steps[i], Verb: "approve", Opinion: "agreed"})
		})
	})
	again.Wait()
	after, err := balance()
	if err != nil {
		return err
	}
	var numbers int
	if err := db.QueryRowContext(ctx, "SELECT count(DISTINCT number) FROM decision WHERE recorded_to IS NULL AND outcome = 'approve' AND number <> '' AND decided_by LIKE 'staff-approver-%'").Scan(&numbers); err != nil {
		return err
	}
	limit, err := b.bareQuota(ctx)
	if err != nil {
		return err
	}
	perSecond := func(n int, d time.Duration) float64 { return float64(n) / d.Seconds() }
	fmt.Printf("%s: of %d who filed at once %d got a place in %v, the others were told %v; %v reserved. %d of %d decided at once in %v (told %v) with %d numbers; %d tried again and were told %v; %v posted, %v reserved.\n", b.engine,
		quotaFilers, len(filed), filing.Round(time.Millisecond), full, before.Reserved, len(decided), len(approvers), deciding.Round(time.Millisecond), refused, numbers, len(late), turned, after.Posted, after.Reserved)
	right := len(filed) == quotaPlaces && before.Used() == quotaPlaces && len(decided) == quotaPlaces && after.Posted == quotaPlaces && after.Reserved == 0 && len(refused) == 0 && numbers == quotaPlaces &&
		full["trips.quota.full"] == quotaFilers-quotaPlaces && turned["trips.quota.full"] == quotaFilers-quotaPlaces
	report(line{journey: fmt.Sprintf("%d approvers at once, a plan of %d", quotaPlaces, quotaPlaces), engine: b.engine, limit: fmt.Sprintf("%.0f/s", limit),
		got: fmt.Sprintf("%.0f/s, %v posted of %d", perSecond(len(decided), deciding), after.Posted, quotaPlaces), ratio: fmt.Sprintf("%.3f", perSecond(len(decided), deciding)/limit), aim: "none over", ok: right})
	report(line{journey: fmt.Sprintf("%d file at once for %d places", quotaFilers, quotaPlaces), engine: b.engine, limit: fmt.Sprintf("%.0f/s", limit),
		got: fmt.Sprintf("%.0f/s, %v reserved", perSecond(quotaFilers, filing), before.Reserved), ratio: fmt.Sprintf("%.3f", perSecond(quotaFilers, filing)/limit), aim: "none over", ok: right})
	return nil
}

// bareQuota is what the same database does of the same with nothing in between, a second: one that writes at a time, as a
// ledger needs it.
func (b *bench) bareQuota(ctx context.Context) (perSecond float64, err error) {
	for _, q := range []string{"CREATE TABLE bare_ledger (plan TEXT, id TEXT, n BIGINT)", "CREATE INDEX bare_ledger_plan ON bare_ledger (plan)", "CREATE TABLE bare_trip (id TEXT PRIMARY KEY, state TEXT)"} {
		if _, err := b.bare.db.ExecContext(ctx, q); err != nil {
			return 0, err
		}
	}
	for i := range quotaPlaces {
		if _, err := b.bare.db.ExecContext(ctx, b.bare.marks("INSERT INTO bare_trip VALUES (?, 'under_review')"), fmt.Sprint(i)); err != nil {
			return 0, err
		}
	}
	var turn sync.Mutex
	took, done, told := crowd(quotaPlaces, func(i int) error {
		turn.Lock()
		defer turn.Unlock()
		tx, err := b.bare.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() //nolint:errcheck // after the commit there is nothing to undo
		var sum int
		if err := tx.QueryRowContext(ctx, b.bare.marks("SELECT coalesce(sum(n), 0) FROM bare_ledger WHERE plan = ?"), "p").Scan(&sum); err != nil || sum >= quotaPlaces {
			return fmt.Errorf("%d are taken: %w", sum, err)
		}
		if _, err := tx.ExecContext(ctx, b.bare.marks("INSERT INTO bare_ledger VALUES (?, ?, 1)"), "p", fmt.Sprint(i)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, b.bare.marks("UPDATE bare_trip SET state = 'approved' WHERE id = ?"), fmt.Sprint(i)); err != nil {
			return err
		}
		return tx.Commit()
	})
	if len(done) != quotaPlaces {
		return 0, fmt.Errorf("the bare store: %d of %d, told %v", len(done), quotaPlaces, told)
	}
	return float64(quotaPlaces) / took.Seconds(), nil
}
