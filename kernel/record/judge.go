package record

import (
	"encoding/json"
	"fmt"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
)

// Facts gives a record's fields as conditions read them.
func (k *Kind) Facts(rec any) map[string]any {
	h := k.head(rec)
	values := map[string]any{"id": h.ID, "state": h.State, "unit": h.Unit, "level": int64(h.Level), "sample": h.Sample}
	for _, f := range k.Fields {
		switch f.Kind {
		case KindText, KindChoice, KindRef, KindWhen, KindDay:
			values[f.Name] = f.inputs(rec)[0].Value
		case KindNumber:
			if n := f.vals(nil, rec)[0]; n != nil {
				values[f.Name] = n
			}
		case KindBool:
			values[f.Name] = !f.Empty(rec)
		case KindI18n, KindMoney, KindSpan, KindRefs, KindParts, KindPlace, KindFile, KindSealed:
			// Conditions do not speak of what holds more than one value.
		}
	}
	return values
}

// Judge holds a version that is being saved to the checks of a rule pack: those of the day from which it holds, or of
// today where no day is known, unless the type says which day counts. What each said is kept with the version; one that
// blocks, or that errs, refuses the save, unless the type is lenient about such a version.
func (k *Kind) Judge(tx *store.Tx, rec any, pack *rules.Pack, lists func(v *store.View) (rules.Lists, error)) error {
	h := k.head(rec)
	on := h.From
	if k.judgedOn != nil {
		on = k.judgedOn(rec)
	}
	if on <= -clock.Open || on >= clock.Open {
		on = tx.ValidOn
	}
	checks := pack.Checks(k.Name, on)
	if len(checks) == 0 {
		return nil
	}
	known, err := lists(&tx.View)
	if err != nil {
		return err
	}
	facts := k.Facts(rec)
	var refused []*fault.Error
	for _, r := range checks {
		res := r.Explain(facts, rules.Always(on, known))
		if res.Blocks() {
			refused = append(refused, refusals(r, res)...)
		}
		body, err := json.Marshal(res.Run(tx.Now))
		if err != nil {
			return fmt.Errorf("the run of rule %s: %w", r.Key, err)
		}
		if err := raw.InsertSoon(tx, "INSERT INTO rule_run (vid, rule, kind, id, at, body) VALUES ", "(?, ?, ?, ?, ?, ?)",
			h.VID, r.Key, k.Name, h.ID, tx.Now, string(body)); err != nil {
			return err
		}
	}
	if k.lenient != nil && k.lenient(rec) {
		return nil
	}
	return fault.Join(refused)
}

// refusals are the sentences of the conditions that refuse a save.
func refusals(r *rules.Rule, res rules.Result) (out []*fault.Error) {
	for _, o := range res.Outcomes {
		switch {
		case o.State == rules.Erred:
			out = append(out, fault.New(fault.Invalid, "record.rule.erred", fault.Args{"rule": r.Title, "condition": o.Condition}))
		case o.State == rules.Failed && o.Severity == rules.Block:
			out = append(out, fault.New(fault.Invalid, "record.rule.blocks", fault.Args{"says": o.Says, "cites": o.Cites}))
		}
	}
	return out
}

// Judgement is what one rule said of a version.
type Judgement struct {
	Rule string
	Run  rules.Run
}

// Judgements reads what the rules said of a version when it was saved.
func Judgements(v *store.View, vid string) (out []Judgement, err error) {
	rows, err := raw.Read(v, "SELECT rule, body FROM rule_run WHERE vid = ? ORDER BY rule", vid)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var j Judgement
		var body string
		if err := rows.Scan(&j.Rule, &body); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(body), &j.Run); err != nil {
			return nil, fmt.Errorf("the run of rule %s of version %s: %w", j.Rule, vid, err)
		}
		out = append(out, j)
	}
	return out, rows.Err()
}
