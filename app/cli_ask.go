package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/history"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// FigureAnswer is what is known of one figure as of a day.
type FigureAnswer struct {
	Key       string         `json:"key"`
	Name      translate.Text `json:"name,omitempty"`
	Value     *float64       `json:"value"` // null where no rule counts it
	Qualifier string         `json:"qualifier"`
	Unit      string         `json:"unit,omitempty"`
	NoRule    translate.Text `json:"no_rule,omitempty"` // why no rule counts it
	Rule      FigureRule     `json:"rule"`
	Pack      string         `json:"pack_digest"` // of all rules that came together
	ValidOn   string         `json:"valid_on"`
	KnownOn   string         `json:"known_on"`
	// Evidence counts the records counted, NearMisses those left out for a reason, by reason.
	Evidence   int             `json:"evidence"`
	NearMisses int             `json:"near_misses"`
	Variants   []FigureVariant `json:"variants,omitempty"`
	// Years are those of a rate, First is the date of a first, Size and Gaps those of a coverage, Of and To those of a
	// quotient, Whole the figure this one is a part of.
	Years        []FigureYear `json:"years,omitempty"`
	First        string       `json:"first,omitempty"`
	Size         int          `json:"list_size,omitempty"`
	Gaps         []string     `json:"gaps,omitempty"`
	Of           float64      `json:"of,omitempty"`
	To           float64      `json:"to,omitempty"`
	Whole        float64      `json:"whole,omitempty"`
	ExceedsWhole bool         `json:"exceeds_whole,omitempty"`
	Facts        []FigureFact `json:"facts,omitempty"`
	// Begins is when the first record was written, where the answer is as known before that.
	Begins       string           `json:"first_recorded,omitempty"`
	Declarations []FigureDeclared `json:"declarations"`
	Verdict      FigureVerdict    `json:"verdict"`
}

// FigureRule names the rule that counted.
type FigureRule struct {
	Key     string         `json:"key"`
	Version string         `json:"version"`
	Variant string         `json:"variant,omitempty"`
	Title   translate.Text `json:"title,omitempty"`
	Digest  string         `json:"digest,omitempty"`
}

// FigureYear is one year of a rate.
type FigureYear struct {
	Year  int     `json:"year"`
	Value float64 `json:"value"`
}

// FigureFact is what another authority gave out about the figure.
type FigureFact struct {
	ID     string         `json:"id"`
	Value  string         `json:"value"`
	Unit   string         `json:"unit,omitempty"`
	AsOf   string         `json:"as_of"`
	Owner  translate.Text `json:"owner"`
	Source string         `json:"source,omitempty"`
}

// FigureVariant is the same figure by another reading of the rule.
type FigureVariant struct {
	Variant string         `json:"variant"`
	Title   translate.Text `json:"title,omitempty"`
	Value   float64        `json:"value"`
}

// FigureDeclared is what was said about the figure.
type FigureDeclared struct {
	ID        string   `json:"id"`
	Value     *float64 `json:"value"` // null where it was said without a number
	Qualifier string   `json:"qualifier"`
	AsOf      string   `json:"as_of"`
	Sources   []string `json:"sources,omitempty"`
	// Verdict says how this one stands to the value on record.
	Verdict string `json:"verdict,omitempty"`
	// By is how many it is short or over, Further how many more there are at best, NoRecord how many have none at all.
	By       float64 `json:"by,omitempty"`
	Further  float64 `json:"further,omitempty"`
	NoRecord float64 `json:"no_record,omitempty"`
}

// FigureVerdict is how what was said stands to what is on record: a word for programs, a sentence for people.
type FigureVerdict struct {
	Key  string         `json:"key"`
	Text translate.Text `json:"text"`
}

// figure answers one counting rule, or lists the keys there are.
func figure(ctx context.Context, c *call) error {
	return c.beside(ctx, func(a *App) error {
		key := c.arg(0)
		if key == "" {
			return c.figures(a)
		}
		if a.Figure == nil {
			return fault.New(fault.Invalid, "app.unbound.figure", nil)
		}
		at, err := c.days(a.Store.Clock)
		if err != nil {
			return err
		}
		var ans FigureAnswer
		err = a.Store.Look(ctx, access.Program("figure"), at, func(v *store.View) (err error) {
			ans, err = a.Figure(v, key, at.ValidOn, at.KnownOn)
			return err
		})
		if fault.KindOf(err) == fault.Missing {
			return fault.Because(err, fault.Missing, "app.figure.unknown", fault.Args{"key": key})
		}
		if err != nil {
			return err
		}
		if ans.Declarations == nil {
			ans.Declarations = []FigureDeclared{}
		}
		return c.answer(ans, c.figureLines(ans)...)
	})
}

func (c *call) figureLines(f FigureAnswer) []string {
	num := func(v *float64) string {
		if v == nil {
			return c.Say("app.figure.no_number")
		}
		return record.N(*v).Grouped()
	}
	lines := []string{strings.TrimSpace(f.Name.Show(c.lang) + " (" + f.Key + ")")}
	if f.Value != nil {
		lines = append(lines, c.Say("app.figure.value", "value", num(f.Value), "valid", f.ValidOn, "known", f.KnownOn),
			c.Say("app.figure.rule", "rule", f.Rule.Title.Show(c.lang), "version", f.Rule.Version),
			c.Say("app.figure.evidence", "evidence", f.Evidence, "near", f.NearMisses))
		if f.Begins != "" {
			lines = append(lines, c.Say("app.figure.not_yet", "at", f.Begins))
		}
	} else {
		lines = append(lines, c.Say("app.figure.no_rule"))
		if why := f.NoRule.Show(c.lang); why != "" {
			lines = append(lines, why)
		}
	}
	for _, v := range f.Variants {
		if v.Variant == f.Rule.Variant { // that one is the value above
			continue
		}
		lines = append(lines, c.Say("app.figure.variant", "variant", cmp.Or(v.Title.Show(c.lang), v.Variant), "value", num(&v.Value)))
	}
	lines = append(lines, c.measured(f)...)
	for _, d := range f.Declarations {
		lines = append(lines, c.Say("app.figure.declared", "value", c.said(d, num), "day", d.AsOf, "sources", strings.Join(d.Sources, ", ")))
	}
	if len(f.Declarations) == 0 {
		return append(lines, c.Say("app.figure.undeclared"))
	}
	return append(lines, f.Verdict.Text.Show(c.lang))
}

// said is a declared number with its qualifier in words.
func (c *call) said(d FigureDeclared, num func(v *float64) string) string {
	if d.Qualifier == "" || d.Qualifier == "exact" || d.Value == nil {
		return num(d.Value)
	}
	return c.Say("figures.page.qualified", "qualifier", c.Say("figures.declaration.qualifier."+d.Qualifier), "value", num(d.Value))
}

// measured are the lines about a figure that is more than a number of things.
func (c *call) measured(f FigureAnswer) (lines []string) {
	num := func(v float64) string { return rules.Amount(v).Grouped() }
	for _, y := range f.Years {
		lines = append(lines, c.Say("app.figure.year", "year", y.Year, "value", num(y.Value)))
	}
	if f.First != "" {
		lines = append(lines, c.Say("app.figure.first", "date", f.First))
	}
	if f.Size > 0 && f.Value != nil {
		lines = append(lines, c.Say("app.figure.covered", "value", num(*f.Value), "size", f.Size, "gaps", strings.Join(f.Gaps, ", ")))
	}
	if f.To != 0 {
		lines = append(lines, c.Say("app.figure.quotient", "of", num(f.Of), "to", num(f.To)))
	}
	if f.ExceedsWhole {
		lines = append(lines, c.Say("app.figure.exceeds", "whole", num(f.Whole)))
	}
	for _, x := range f.Facts {
		lines = append(lines, c.Say("app.figure.fact", "value", translate.Group(x.Value), "day", x.AsOf, "owner", x.Owner.Show(c.lang), "source", x.Source))
	}
	return lines
}

// figures lists the keys: those that a rule counts, and after them those that were only declared.
func (c *call) figures(a *App) error {
	type line struct {
		Key     string         `json:"key"`
		Variant string         `json:"variant"` // empty where no rule counts it
		Version string         `json:"version"`
		Title   translate.Text `json:"title"`
	}
	all, lines := []line{}, []string{}
	for _, r := range a.Rules.Rules("") {
		all = append(all, line{r.Key, r.Variant, r.Version, r.Title})
		if r.Variant == "main" {
			lines = append(lines, fmt.Sprintf("%-36s %s", r.Key, r.Title.Show(c.lang)))
		}
	}
	indicators, err := Indicators(a.Pack.Files)
	if err != nil {
		return err
	}
	for _, i := range indicators {
		if len(a.Rules.Rules(i.Key)) == 0 {
			all = append(all, line{Key: i.Key, Title: i.Title})
			lines = append(lines, fmt.Sprintf("%-36s %s", i.Key, c.Say("app.figure.only_declared", "title", i.Title.Show(c.lang))))
		}
	}
	return c.answer(all, lines...)
}

// verified is what verify prints as JSON.
type verified struct {
	Holds    bool          `json:"holds"`
	Entries  int64         `json:"entries"`
	Waiting  int64         `json:"waiting"`
	Root     string        `json:"root"`
	Key      string        `json:"key"`
	Findings []verifyFault `json:"findings"`
}

type verifyFault struct {
	Key     string `json:"key"`
	Type    string `json:"type,omitempty"`
	ID      string `json:"id,omitempty"`
	Version string `json:"version,omitempty"`
	Text    string `json:"text"`
}

// verify checks the database against its log, hands out a checkpoint, or a proof of one record.
func verify(ctx context.Context, c *call) error {
	if c.has("record") != (c.arg(0) != "") {
		return usageError("app.usage.record", nil)
	}
	if c.has("out") && !c.has("record") && !c.has("checkpoint") {
		return usageError("app.usage.verify_out", nil)
	}
	older := ""
	if path := c.val("checkpoint"); path != "" {
		raw, err := os.ReadFile(path)
		if err != nil {
			return fault.Because(err, fault.Invalid, "app.file.unreadable", fault.Args{"path": path})
		}
		older = string(raw)
	}
	return c.beside(ctx, func(a *App) error {
		if c.has("record") {
			return c.prove(ctx, a, c.val("record"), c.arg(0))
		}
		if older != "" {
			// A file that is something else altogether says nothing about the database.
			if _, err := ledger.Open(older, a.Ledger.Key()); err != nil && slices.ContainsFunc(fault.All(err), func(e *fault.Error) bool { return e.Key == "ledger.checkpoint.malformed" }) {
				return fault.Because(err, fault.Invalid, "app.verify.no_checkpoint", fault.Args{"path": c.val("checkpoint")})
			}
		}
		rep, err := a.Verify(ctx, older)
		if err != nil {
			return err
		}
		v := verified{Holds: len(rep.Findings) == 0, Entries: rep.Entries, Waiting: rep.Waiting, Root: rep.Root, Key: a.Ledger.Key(), Findings: []verifyFault{}}
		lines := []string{c.Say("app.verify.seen", "entries", rep.Entries, "waiting", rep.Waiting)}
		for _, f := range rep.Findings {
			text := c.Say(f.Key)
			v.Findings = append(v.Findings, verifyFault{f.Key, f.Kind, f.ID, f.VID, text})
			if f.ID != "" {
				text = c.Say("app.verify.at", "type", f.Kind, "id", f.ID, "version", f.VID, "text", text)
			}
			lines = append(lines, text)
		}
		switch {
		case !v.Holds:
			lines = append(lines, c.Say("app.verify.fails", "count", len(rep.Findings)))
		case older != "":
			lines = append(lines, c.Say("app.verify.grew"))
		default:
			lines = append(lines, c.Say("app.verify.holds"))
		}
		if path := c.val("out"); path != "" && v.Holds {
			if err := a.saveGrowth(ctx, older, path); err != nil {
				return err
			}
			lines = append(lines, c.Say("app.verify.growth", "path", path, "command", "yunqiao-verify --older "+c.val("checkpoint")+" --growth "+path))
		}
		if path := c.val("save-checkpoint"); path != "" && v.Holds {
			if err := a.saveCheckpoint(ctx, path); err != nil {
				return err
			}
			lines = append(lines, c.Say("app.verify.saved", "path", path))
		}
		if err := c.answer(v, lines...); err != nil {
			return err
		}
		if !v.Holds {
			return errNo
		}
		return nil
	})
}

// settleLog puts what waits in order, if no other process is there to do it.
func (a *App) settleLog(ctx context.Context) error {
	if a.Config.Database == "" {
		l, err := hold(a.Config.Data)
		if err != nil {
			return nil // the process that serves the office does it, every half second
		}
		defer l.free() //nolint:errcheck // the system lets go of it in any case
	}
	return a.order(ctx)
}

func (a *App) saveCheckpoint(ctx context.Context, path string) error {
	if err := a.settleLog(ctx); err != nil {
		return err
	}
	note := ""
	err := a.Store.Look(ctx, access.Program("verify"), store.AsOf{}, func(v *store.View) (err error) {
		note, _, err = history.Checkpoint(v)
		return err
	})
	if err != nil {
		return err
	}
	if note == "" {
		return fault.New(fault.Missing, "app.verify.unsigned", nil)
	}
	return writeOut(path, []byte(note))
}

// saveGrowth writes down how the log grew since an older checkpoint, for somebody who kept that and has the verifier.
func (a *App) saveGrowth(ctx context.Context, older, path string) error {
	before, err := ledger.Open(older, a.Ledger.Key())
	if err != nil {
		return err
	}
	var g ledger.Growth
	err = a.Store.Look(ctx, access.Program("verify"), store.AsOf{}, func(v *store.View) (err error) {
		g, err = a.Ledger.Growth(v, before.Size)
		return err
	})
	if err != nil {
		return err
	}
	return writeOut(path, g.JSON())
}

func writeOut(path string, raw []byte) error {
	if err := writeWhole(path, raw, 0o644); err != nil {
		return fault.Because(err, fault.Invalid, "app.file.unwritable", fault.Args{"path": path})
	}
	return nil
}

// prove hands out the proof of what a record says now, for somebody who has the verifier and trusts nobody.
func (c *call) prove(ctx context.Context, a *App, typ, id string) error {
	k := Types.Kind(typ)
	if k == nil {
		return unknownType(typ)
	}
	if err := a.settleLog(ctx); err != nil {
		return err
	}
	var p ledger.Proof
	err := a.Store.Look(ctx, access.Program("verify"), store.AsOf{}, func(v *store.View) error {
		recs, err := k.SelectKnown(v, "WHERE x.id = ? ORDER BY coalesce(x.valid_from, -1073741824) DESC LIMIT 1", id)
		if err != nil {
			return err
		}
		if len(recs) == 0 {
			return fault.New(fault.Missing, "app.record.missing", fault.Args{"type": typ, "id": id})
		}
		p, err = a.Ledger.Prove(v, k.Head(recs[0]).VID, k.Canonical(recs[0]))
		return err
	})
	if err != nil {
		return err
	}
	path := c.val("out")
	if path == "" {
		_, err := c.Out.Write(p.JSON())
		return err
	}
	if err := writeOut(path, p.JSON()); err != nil {
		return err
	}
	return c.answer(map[string]any{"out": path, "index": p.Index, "size": p.Size, "key": p.Key},
		c.Say("app.verify.proof", "path", path, "index", p.Index, "size", p.Size), c.Say("app.init.key", "key", p.Key))
}

func unknownType(typ string) error {
	return usageError("app.usage.type", fault.Args{"type": typ, "command": "yunqiao types"})
}

// rulesTest runs the test cases that the rules of a pack bring along.
func rulesTest(_ context.Context, c *call) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	if cfg.Pack == "" {
		if err := cfg.settle(); err != nil {
			return err
		}
	}
	files, err := packFiles(cfg.Pack)
	if err != nil {
		return err
	}
	p, err := LoadRules(files)
	if err != nil {
		return err
	}
	lists, err := PackLists(files)
	if err != nil {
		return err
	}
	results := p.Test(lists)
	wrong := 0
	var lines []string
	for _, r := range results {
		if !r.OK {
			wrong++
			lines = append(lines, c.Say("app.rules.wrong", "file", r.File, "rule", r.Rule, "name", r.Name, "expected", r.Expected, "found", r.Found))
		}
	}
	lines = append(lines, c.Say("app.rules.count", "rules", len(p.All()), "cases", len(results), "wrong", wrong))
	if err := c.answer(map[string]any{"pack": cfg.Pack, "digest": p.Digest, "rules": len(p.All()), "cases": results, "wrong": wrong}, lines...); err != nil {
		return err
	}
	if wrong > 0 {
		return errNo
	}
	return nil
}

// ImportOrder is a sheet that is to be taken in.
type ImportOrder struct {
	Kind *record.Kind
	Name string // of the file
	File *os.File
	// Columns gives, for a field, the column of the sheet that holds it; what is not named is matched by its header.
	Columns map[string]string
	DryRun  bool
	// Lang is the language of what is said about rows.
	Lang translate.Lang
}

// ImportReport is what came of it.
type ImportReport struct {
	Rows    int `json:"rows"`
	Loaded  int `json:"loaded"`
	Refused int `json:"refused"`
	// Left counts the rows that are recorded already, so or otherwise, and were left as they are.
	Left   int             `json:"left"`
	Batch  string          `json:"batch,omitempty"`
	DryRun bool            `json:"dry_run"`
	Wrong  []ImportVerdict `json:"wrong"`
	// Twice are rows of a thing that is recorded with other values, or stands in the sheet before.
	Twice []ImportVerdict `json:"twice,omitempty"`
}

// ImportVerdict says what is wrong with one row, or why it was left.
type ImportVerdict struct {
	Row  int    `json:"row"`
	Text string `json:"text"`
}

// importSheet takes a sheet in, or says what would come of it.
func importSheet(ctx context.Context, c *call) error {
	k := Types.Kind(c.arg(0))
	if k == nil {
		return unknownType(c.arg(0))
	}
	columns := map[string]string{}
	for _, m := range c.vals["map"] {
		field, column, ok := strings.Cut(m, "=")
		if !ok {
			return usageError("app.usage.map", fault.Args{"value": m})
		}
		columns[field] = column
	}
	f, err := os.Open(c.arg(1))
	if err != nil {
		return fault.Because(err, fault.Invalid, "app.file.unreadable", fault.Args{"path": c.arg(1)})
	}
	defer f.Close()
	return c.own(ctx, func(a *App) error {
		rep, err := a.Import(ctx, ImportOrder{Kind: k, Name: filepath.Base(c.arg(1)), File: f, Columns: columns, DryRun: c.has("dry-run"), Lang: c.lang})
		if err != nil {
			return err
		}
		if rep.Wrong == nil {
			rep.Wrong = []ImportVerdict{}
		}
		var lines []string
		for _, w := range slices.Concat(rep.Wrong, rep.Twice) {
			lines = append(lines, c.Say("app.import.row", "row", w.Row, "text", w.Text))
		}
		key := "app.import.done"
		if rep.DryRun {
			key = "app.import.dry"
		}
		lines = append(lines, c.Say(key, "rows", rep.Rows, "loaded", rep.Loaded, "left", rep.Left, "refused", rep.Refused))
		if err := errors.Join(c.answer(rep, lines...), a.order(ctx)); err != nil {
			return err
		}
		if rep.Refused > 0 {
			return errNo
		}
		return nil
	})
}

// export writes all records of a type as of a day.
func export(ctx context.Context, c *call) error {
	k := Types.Kind(c.arg(0))
	if k == nil {
		return unknownType(c.arg(0))
	}
	kinds := map[string]sheet.Kind{"": sheet.CSV, "csv": sheet.CSV, "xlsx": sheet.XLSX, "jsonl": sheet.JSONL}
	kind, ok := kinds[c.val("format")]
	if !ok {
		return usageError("app.usage.format", fault.Args{"value": c.val("format")})
	}
	path := c.val("out")
	if path == "" && c.has("json") {
		return usageError("app.usage.out", nil)
	}
	return c.beside(ctx, func(a *App) error {
		at, err := c.days(a.Store.Clock)
		if err != nil {
			return err
		}
		out, end := c.Out, func(error) error { return nil }
		if path != "" {
			f, err := os.OpenFile(path+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
			if err != nil {
				return fault.Because(err, fault.Invalid, "app.file.unwritable", fault.Args{"path": path})
			}
			out = f
			end = func(failed error) error {
				if err := errors.Join(failed, f.Sync(), f.Close()); err != nil {
					return errors.Join(err, os.Remove(path+".part"))
				}
				return os.Rename(path+".part", path)
			}
		}
		n, err := a.exportTo(ctx, out, k, kind, at)
		if err := end(err); err != nil {
			return err
		}
		if path == "" {
			return nil
		}
		return c.answer(map[string]any{"out": path, "type": k.Name, "records": n}, c.Say("app.export.done", "records", n, "path", path))
	})
}

// listTypes shows the record types, or the fields of one.
func listTypes(_ context.Context, c *call) error {
	type field struct {
		Name     string   `json:"name"`
		Kind     string   `json:"kind"`
		To       string   `json:"to,omitempty"`
		Choices  []string `json:"choices,omitempty"`
		Required bool     `json:"required,omitempty"`
	}
	type kind struct {
		Name   string   `json:"name"`
		Room   string   `json:"room"`
		Dated  bool     `json:"dated"`
		States []string `json:"states"`
		Fields []field  `json:"fields"`
	}
	all, lines := []kind{}, []string{}
	for _, k := range Types.Kinds {
		if c.arg(0) != "" && c.arg(0) != k.Name {
			continue
		}
		t := kind{Name: k.Name, Room: k.Room, Dated: k.IsDate}
		for _, s := range k.Life.States {
			t.States = append(t.States, s.Key)
		}
		for _, f := range k.Fields {
			t.Fields = append(t.Fields, field{f.Name, fmt.Sprint(f.Kind), f.To, f.Choices, f.Need})
			if c.arg(0) != "" {
				lines = append(lines, strings.TrimRight(fmt.Sprintf("%-20s %-8v %s %s", f.Name, f.Kind, f.To, strings.Join(f.Choices, " ")), " "))
			}
		}
		if c.arg(0) == "" {
			lines = append(lines, fmt.Sprintf("%-14s %s", k.Name, k.Room))
		}
		all = append(all, t)
	}
	if len(all) == 0 {
		return unknownType(c.arg(0))
	}
	return c.answer(all, lines...)
}

// listRoutes shows every address of the site with what it needs, from a site over an empty office.
func listRoutes(ctx context.Context, c *call) (err error) {
	folder, err := os.MkdirTemp("", "yunqiao-routes-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	cfg := Defaults()
	cfg.Data, cfg.Pack = folder, c.val("pack")
	if cfg.Pack == "" {
		cfg.Pack = demoPack()
	}
	return use(func(a *App) error {
		type route struct {
			Method  string `json:"method"`
			Pattern string `json:"pattern"`
			Need    string `json:"need"`
		}
		all, lines := []route{}, []string{}
		for _, r := range a.Routes() {
			all = append(all, route{r.Method, r.Pattern, r.Need.String()})
			lines = append(lines, fmt.Sprintf("%-5s %-44s %s", r.Method, r.Pattern, r.Need))
		}
		return c.answer(all, lines...)
	})(Open(ctx, cfg, c.quiet()))
}

// version says which program this is.
func version(_ context.Context, c *call) error {
	v := ThisVersion()
	line := v.Program + " " + v.Version
	if v.Revision != "" {
		line += " " + v.Revision[:min(12, len(v.Revision))]
	}
	return c.answer(v, line+" "+v.Go)
}
