package main

import (
	"fmt"
	"testing/fstest"
	"time"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/tally"
)

var tieFields = []rules.Field{
	{Name: "kind", Kind: rules.Choice, Values: []string{"twin", "exchange", "village"}},
	{Name: "grade", Kind: rules.Choice, Values: []string{"agreement", "listed", "letter"}},
	{Name: "own"}, {Name: "partner"}, {Name: "country"}, {Name: "signed", Kind: rules.When},
}

const pairs = `[[rule]]
key='pairs'
version='1'
type='tie'
unit='pair'
distinct=['own','partner']
title={zh='数',en='n'}
citation={zh='据',en='c'}
[[rule.condition]]
name='kind'
severity='population'
because={zh='因',en='b'}
expr='''kind == "twin"'''
[[rule.condition]]
name='grade'
severity='exclude'
because={zh='因',en='b'}
expr='''grade == "agreement"'''
[[rule.condition]]
name='signed'
severity='exclude'
because={zh='因',en='b'}
expr='''known(signed) && earliest(signed) <= on'''
`

// oneFigure measures counting over a million versions held in columns, each time as of another day and instant.
func oneFigure() error {
	pack, err := rules.Load(fstest.MapFS{"r.toml": {Data: []byte(pairs)}}, "*.toml", rules.World{Types: map[string][]rules.Field{"tie": tieFields}})
	if err != nil {
		return err
	}
	table := tally.NewTable(tieFields)
	d := dice(5)
	const n = 1_000_000
	batch := make([]tally.Version, 0, 1000)
	for i := range n {
		v := tally.Version{VID: fmt.Sprintf("v%025d", i), ID: fmt.Sprintf("tie-%022d", d.next(400_000)), ValidFrom: clock.Day(d.next(18000)), ValidTo: clock.Open,
			RecFrom: int64(i) * 100_000, RecTo: tally.Held, Path: [4]string{"root", fmt.Sprintf("u%d", d.next(20))}, Unit: "u", State: "in_force",
			Values: []any{d.of(tieFields[0].Values), d.of(tieFields[1].Values), fmt.Sprintf("own-%d", d.next(200)), fmt.Sprintf("place-%d", d.next(20_000)),
				d.of(countries), clock.When(fmt.Sprintf("%d-%02d", 1981+d.next(44), 1+d.next(12)))}}
		if d.next(5) < 3 {
			v.RecTo = v.RecFrom + int64(d.next(30_000_000))*1000
		}
		if batch = append(batch, v); len(batch) == cap(batch) {
			if err := table.Append(batch...); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	counter, err := tally.Compile(pack.All()[0], table)
	if err != nil {
		return err
	}
	query := func() tally.Query {
		return tally.Query{ValidOn: clock.Day(8000 + d.next(12000)), KnownOn: int64(n/2+d.next(n/2)) * 100_000, Scope: tally.Scope{Everything: true},
			Lists: func(_, _ string, _ clock.Day) bool { return false }}
	}
	const times = 40
	begin := time.Now()
	for range times {
		if _, err := counter.Count(query()); err != nil {
			return err
		}
	}
	value := time.Since(begin) / times
	begin = time.Now()
	for range times / 4 {
		counter.Evidence(query())
	}
	evidence := time.Since(begin) / (times / 4)
	report(line{journey: "a figure over 1,000,000 versions", engine: "memory", got: fmt.Sprintf("%.1f ms", ms(value)), aim: "50 ms", ok: value < 50*time.Millisecond})
	report(line{journey: "the same with its evidence", engine: "memory", got: fmt.Sprintf("%.1f ms", ms(evidence)), aim: "300 ms", ok: evidence < 300*time.Millisecond})
	return nil
}
