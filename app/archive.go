package app

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"yunqiao/kernel/approval"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/rooms/papers"
	"yunqiao/rooms/trips"
)

// hanging are the types whose records hang on a trip, each with the folder of the archive that its table lies in.
var hanging = []struct {
	folder string
	kind   *record.Kind
}{
	{"10-case", trips.Members.Kind}, {"10-case", trips.Legs.Kind}, {"10-case", trips.Items.Kind}, {"10-case", trips.Changes.Kind}, {"10-case", trips.Documents.Kind},
	{"40-budget", trips.TripCosts.Kind}, {"40-budget", trips.Entries.Kind}, {"50-publicity", trips.Publicities.Kind}, {"60-report", trips.Tasks.Kind},
}

// archiveOf gathers the file of a trip: the papers issued, what was brought, the tables of the case, the decisions with
// what the rules had said, the notices, money, the report, and the history. It holds nothing of the moment it is asked
// for, so that the same state gives the same bytes.
func (a *App) archiveOf(_ *web.Call, v *store.View, id string) (out []papers.Enclosed, err error) {
	add := func(path string, says translate.Text, body []byte) {
		out = append(out, papers.Enclosed{Path: path, Says: says, Body: body})
	}
	issued, err := papers.Of(v, trips.Trips.Name, id)
	if err != nil {
		return nil, err
	}
	for _, p := range issued {
		says := translate.Text{}
		for _, l := range translate.Staff {
			says[l] = p.Title.Show(l) + " · " + p.On.String() + " · " + a.Book.Say(l, papers.IssuedPapers.Phrase("state", p.State))
			if p.Number != "" {
				says[l] += " · " + p.Number
			}
		}
		out = append(out, papers.Enclosed{Path: "20-papers/" + p.On.String() + " " + a.formName(translate.Lang(p.Lang), papers.Form{Key: p.Form}) + " " + p.ID + ".docx", Says: says, Digest: p.File.Digest})
	}
	if err := a.tables(v, id, add, &out); err != nil {
		return nil, err
	}
	subject := []any{id}
	for _, k := range []*record.Kind{approval.Circuits.Kind, approval.Decisions.Kind} {
		recs, err := k.SelectKnown(v, "WHERE x.subject = ? ORDER BY x.id", subject...)
		if err != nil {
			return nil, err
		}
		if err := a.table(add, "30-decisions", k, recs); err != nil {
			return nil, err
		}
	}
	steps, err := approval.Steps.SelectKnown(v, "WHERE x.circuit IN (SELECT c.id FROM {circuit} c WHERE c.subject = ?) ORDER BY x.circuit, x.number, x.id", subject...)
	if err != nil {
		return nil, err
	}
	if err := a.table(add, "30-decisions", approval.Steps.Kind, steps); err != nil {
		return nil, err
	}
	return out, a.past(v, id, add)
}

// tables puts the case and what hangs on it as tables, and the files that were brought.
func (a *App) tables(v *store.View, id string, add func(string, translate.Text, []byte), out *[]papers.Enclosed) error {
	rec, err := trips.Trips.Kind.Load(v, id)
	if err != nil {
		return err
	}
	if err := a.table(add, "10-case", trips.Trips.Kind, []any{rec}); err != nil {
		return err
	}
	brought := func(k *record.Kind, rec any) {
		for _, f := range k.Fields {
			if f.Kind != record.KindFile {
				continue
			}
			for _, d := range f.Docs(rec) {
				says := translate.Text{}
				for _, l := range translate.Staff {
					says[l] = k.Label(rec).Show(l) + " · " + a.Book.Say(l, k.Phrase("field", f.Name))
				}
				*out = append(*out, papers.Enclosed{Path: "70-attachments/" + k.Name + "/" + d.Name, Says: says, Digest: d.Digest})
			}
		}
	}
	brought(trips.Trips.Kind, rec)
	for _, h := range hanging {
		recs, err := h.kind.SelectKnown(v, "WHERE x.trip = ? ORDER BY x.id", id)
		if err != nil {
			return err
		}
		for _, x := range recs {
			brought(h.kind, x)
		}
		if err := a.table(add, h.folder, h.kind, recs); err != nil {
			return err
		}
	}
	return nil
}

// table writes records as a sheet of text, its columns named by their keys; nothing where there are none.
func (a *App) table(add func(string, translate.Text, []byte), folder string, k *record.Kind, recs []any) error {
	if len(recs) == 0 {
		return nil
	}
	var langs []string
	for _, l := range translate.Staff {
		langs = append(langs, string(l))
	}
	columns := k.SheetColumns(langs...)
	rows := [][]string{columns}
	for _, rec := range recs {
		rows = append(rows, k.Row(rec, columns))
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		return err
	}
	says := translate.Text{}
	for _, l := range translate.Staff {
		says[l] = a.Book.Say(l, k.Phrase("plural"))
	}
	add(folder+"/"+k.Name+".csv", says, b.Bytes())
	return nil
}

// past writes the history of the case, and what the rules said of each of its versions.
func (a *App) past(v *store.View, id string, add func(string, translate.Text, []byte)) error {
	hist, err := trips.Trips.History(v, id)
	if err != nil {
		return err
	}
	for _, l := range translate.Staff {
		var lines, said strings.Builder
		for _, rec := range hist {
			t := rec.(*trips.Trip)
			when := a.Store.Clock.At(t.RecordedFrom).Format("2006-01-02 15:04:05")
			state := a.Book.Say(l, trips.Trips.Phrase("state", t.State))
			fmt.Fprintf(&lines, "%s\t%s\t%s\t%s\t%s\t%s\n", when, t.VID, t.Act, state, t.By, t.Why)
			runs, err := record.Judgements(v, t.VID)
			if err != nil {
				return err
			}
			fmt.Fprintf(&said, "%s  %s  %s\n", when, t.VID, state)
			for _, j := range runs {
				for _, o := range j.Run.Outcomes {
					if o.State != rules.OutOfForce {
						fmt.Fprintf(&said, "    %s\t%s %s\t%s\t%s\n", a.Book.Say(l, "trips.page.outcome."+string(o.State)), j.Rule, j.Run.Version, o.Says.Show(l), o.Cites.Show(l))
					}
				}
			}
		}
		tag := string(l) + ".txt"
		add("80-history/history."+tag, a.both("app.archive.history"), []byte(lines.String()))
		add("30-decisions/rules."+tag, a.both("app.archive.rules"), []byte(said.String()))
	}
	return nil
}

func (a *App) both(key string) translate.Text {
	out := translate.Text{}
	for _, l := range translate.Staff {
		out[l] = a.Book.Say(l, key)
	}
	return out
}
