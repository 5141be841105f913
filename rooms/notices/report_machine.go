package notices

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Machine asks a program outside the office for a text in another language. It is never asked inside a transaction.
type Machine func(ctx context.Context, from, to translate.Lang, text string) (string, error)

// MachineJob is the kind of the jobs that ask a machine for drafts.
const MachineJob = "notices.machine"

type machineTask struct {
	Work string         `json:"work"`
	Lang translate.Lang `json:"lang"`
}

// missingIn are the parts of a work that have a source and no text in a language.
func (w *Work) missingIn(l translate.Lang) (out []string) {
	for _, g := range w.Segments() {
		if t := w.Text(g); strings.TrimSpace(t[Source]) != "" && t[l] == "" {
			out = append(out, g)
		}
	}
	return out
}

// AskMachine asks that the office's machine draft what is missing of a work in a language. Invalid when nothing is missing,
// when the text is not for everyone, or when it may tell who somebody is: such a text leaves the office for nobody.
func (d *Desk) AskMachine(tx *store.Tx, w *Work, l translate.Lang) error {
	if d.Machine == nil || !slices.Contains(others(), string(l)) {
		return fault.New(fault.Invalid, "notices.machine.none", nil)
	}
	if err := w.Open(); err != nil {
		return err
	}
	if !w.kind().Edit(tx.Who, w.head().Path[:]) {
		return fault.New(fault.Denied, "record.denied.unit", nil)
	}
	missing := w.missingIn(l)
	if len(missing) == 0 {
		return fault.New(fault.Invalid, "notices.machine.nothing", nil)
	}
	if err := d.mayLeave(w, missing); err != nil {
		return err
	}
	_, err := jobs.Add(tx, MachineJob, machineTask{w.ID(), l})
	return err
}

// mayLeave refuses parts of a work that no program outside the office may read.
func (d *Desk) mayLeave(w *Work, parts []string) error {
	if w.Notice != nil && w.Notice.Scope == "restricted" {
		return fault.New(fault.Invalid, "notices.machine.restricted", nil)
	}
	for _, g := range parts {
		if found := script.Persons(Source, w.Text(g)[Source], []string{d.Phone}); len(found) > 0 {
			return fault.New(fault.Invalid, "notices.machine.person", fault.Args{"text": found[0].Args["text"]})
		}
	}
	return nil
}

// DraftByMachine does one such job: what comes back stands as a draft of a machine, which nobody has read. A part in which the
// machine lost or added a fact stays missing. It says how many parts came and how many stay missing.
func (d *Desk) DraftByMachine(ctx context.Context, st *store.Store, body string) (result string, err error) {
	defer fault.Wrap(&err, "asking the machine for drafts")
	var task machineTask
	if err := json.Unmarshal([]byte(body), &task); err != nil {
		return "", err
	}
	var w *Work
	me := access.Program(room)
	if err := st.Look(ctx, me, store.AsOf{}, func(v *store.View) (err error) { w, err = LoadWork(v, task.Work); return err }); err != nil {
		return "", err
	}
	missing := w.missingIn(task.Lang)
	if d.Machine == nil || len(missing) == 0 || w.Open() != nil {
		return "0", nil // somebody was faster, or it is out
	}
	if err := d.mayLeave(w, missing); err != nil {
		return "", err
	}
	came := map[string]string{} // by source; "" where nothing usable came
	for _, g := range missing {
		source := w.Text(g)[Source]
		if _, asked := came[source]; asked {
			continue
		}
		text, err := d.Machine(ctx, Source, task.Lang, source)
		if err != nil {
			return "", err
		}
		if came[source] = ""; whole(source, text) {
			came[source] = strings.TrimSpace(text)
		}
	}
	n := 0
	err = st.Update(ctx, me, func(tx *store.Tx) error {
		n = 0
		w, err := LoadWork(&tx.View, task.Work)
		if err != nil || w.Open() != nil {
			return err
		}
		texts := map[string]string{}
		for _, g := range w.Segments() {
			t := w.Text(g)
			texts[g] = t[task.Lang]
			if text := came[t[Source]]; t[task.Lang] == "" && text != "" {
				texts[g], n = text, n+1
			}
		}
		if n == 0 {
			return nil
		}
		by := byMachine
		if one := w.One(task.Lang); one != nil && one.Translator != "" && one.Translator != byMachine {
			by = one.Translator + ", " + byMachine
		}
		if err := w.Translate(task.Lang, texts, Draft, by, "", tx.ValidOn); err != nil {
			return err
		}
		return w.Save(tx, record.How{Act: record.ActCorrect, Why: script.Name(task.Lang) + " · " + byMachine})
	})
	return strconv.Itoa(n) + "/" + strconv.Itoa(len(missing)), err
}

// whole tells whether a translation has the facts of its source, each in its place and none besides.
func whole(source, text string) bool {
	a, err := script.Parse(source)
	if err != nil {
		return false
	}
	b, err := script.Parse(strings.TrimSpace(script.Clean(text)))
	if err != nil || strings.TrimSpace(text) == "" {
		return false
	}
	return !script.Stops(script.SamePlaces(a, b))
}
