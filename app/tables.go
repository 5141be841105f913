package app

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/bulk"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/rooms/office"
)

// bindBulk makes the desk where tables come in and go out, and lets the jobs of imports be done.
func (a *App) bindBulk() {
	a.Bulk = &bulk.Desk{Store: a.Store, Types: Types, Book: a.Book, Shelf: a.Files, Units: office.Units.Name}
	if disk, ok := a.Files.(*files.Disk); ok {
		a.Bulk.Folder = disk.Folder() // on the same disk a file is put on the shelf without being copied
	}
	bulk.Register(a.Jobs, a.Bulk)
	a.Import = a.importTable
}

// languages are those of the office's texts, with one of them in front.
func (a *App) languages(first translate.Lang) []translate.Lang {
	var out []translate.Lang
	if first != "" {
		out = append(out, first)
	}
	for _, l := range a.Pack.Languages {
		if !slices.Contains(out, translate.Lang(l)) {
			out = append(out, translate.Lang(l))
		}
	}
	return out
}

// exportList writes a list of the site for the person who looks at it, with the columns named in their language.
func (a *App) exportList(v *store.View, k *record.Kind, q record.ListQuery, format string, c *web.Call, w io.Writer) error {
	_, err := a.Bulk.Export(v, k, q, bulk.Out{Kind: sheet.Kind(format), Langs: a.languages(c.Lang), Headed: true, Mark: true}, w)
	return err
}

// exportTo writes all records of a type row by row, so that the size of the office does not matter. The columns keep
// their keys, for programs to read.
func (a *App) exportTo(ctx context.Context, out io.Writer, k *record.Kind, kind sheet.Kind, at store.AsOf) (n int, err error) {
	err = a.Store.Look(ctx, access.Program("export"), at, func(v *store.View) (err error) {
		n, err = a.Bulk.Export(v, k, record.ListQuery{Sort: "id"}, bulk.Out{Kind: kind, Langs: a.languages(""), Mark: true}, out)
		return err
	})
	return n, err
}

// mostWrong is how many refused rows the report of an import names; all of them stand on its page.
const mostWrong = 20

// importTable takes a table in at once: it does the jobs of the import itself instead of leaving them to a runner.
func (a *App) importTable(ctx context.Context, in ImportOrder) (rep ImportReport, err error) {
	who := access.Program("import")
	rep.DryRun = in.DryRun
	if rep.Batch, err = a.Bulk.Receive(ctx, who, in.Kind.Name, in.Name, in.File); err != nil {
		return rep, err
	}
	err = a.Store.Update(ctx, who, func(tx *store.Tx) error {
		b, err := a.Bulk.Get(&tx.View, rep.Batch)
		if err != nil {
			return err
		}
		columns, err := mapped(b, in.Columns)
		if err != nil {
			return err
		}
		if err := a.Bulk.SetPlan(tx, b.ID, b.Plan.With(in.Kind, columns)); err != nil {
			return err
		}
		_, err = a.Bulk.Check(tx, b.ID)
		return err
	})
	if err != nil {
		return rep, err
	}
	b, err := a.finishStep(ctx, who, rep.Batch)
	if err != nil {
		return rep, err
	}
	rep.Rows, rep.Loaded = b.Total, b.Counts[bulk.New]+b.Counts[bulk.Change]+b.Counts[bulk.Correct]
	if !in.DryRun {
		if b.Ready() {
			if err := a.Store.Update(ctx, who, func(tx *store.Tx) error { _, err := a.Bulk.Load(tx, b.ID); return err }); err != nil {
				return rep, err
			}
			if b, err = a.finishStep(ctx, who, b.ID); err != nil {
				return rep, err
			}
		}
		rep.Loaded = b.Counts[bulk.RowLoaded]
	}
	rep.Refused = b.Counts[bulk.Refused] + b.Counts[bulk.RowFailed]
	rep.Left = b.Counts[bulk.Same] + b.Counts[bulk.Twice]
	err = a.Store.Look(ctx, who, store.AsOf{}, func(v *store.View) error {
		for _, x := range []struct {
			verdict string
			into    *[]ImportVerdict
		}{{bulk.Refused, &rep.Wrong}, {bulk.RowFailed, &rep.Wrong}, {bulk.Twice, &rep.Twice}} {
			rows, _, err := a.Bulk.Rows(v, b.ID, x.verdict, 0, mostWrong-len(*x.into))
			if err != nil {
				return err
			}
			for _, r := range rows {
				*x.into = append(*x.into, ImportVerdict{Row: r.Number, Text: strings.Join(a.Bulk.Sentences(in.Lang, b.Kind, r), " ")})
			}
		}
		return nil
	})
	return rep, err
}

// mapped is the plan's columns with those that the order names: for a field, the column of the sheet that holds it.
func mapped(b *bulk.Batch, order map[string]string) ([]string, error) {
	out := slices.Clone(b.Plan.Columns)
	for field := range order {
		if i := slices.Index(out, field); i >= 0 {
			out[i] = ""
		}
	}
	for field, column := range order {
		at := slices.IndexFunc(b.Header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), strings.TrimSpace(column)) })
		if at < 0 {
			return nil, fault.New(fault.Invalid, "app.import.no_column", fault.Args{"column": column, "header": strings.Join(b.Header, ", ")})
		}
		out[at] = field
	}
	return out, nil
}

// finishStep does jobs until an import has come to the end of its step. Another process of the same database may have
// taken the job: then it waits for that one.
func (a *App) finishStep(ctx context.Context, who access.Who, id string) (b *bulk.Batch, err error) {
	for {
		var job jobs.Job
		worked := a.Jobs.RunOne(ctx)
		err := a.Store.Look(ctx, who, store.AsOf{}, func(v *store.View) (err error) {
			if b, err = a.Bulk.Get(v, id); err != nil {
				return err
			}
			job, err = jobs.Get(v, b.Job)
			return err
		})
		switch {
		case err != nil:
			return nil, err
		case b.State != bulk.Checking && b.State != bulk.Loading:
			if p := b.Problem; p != nil {
				args := fault.Args{}
				for name, value := range p.Args {
					args[name] = value
				}
				return nil, fault.New(fault.Invalid, p.Key, args)
			}
			return b, nil
		case job.LastError != "":
			return nil, fault.New(fault.Invalid, "app.import.later", fault.Args{"batch": id, "text": job.LastError})
		case worked:
			continue
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}
