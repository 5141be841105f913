package main

import (
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
)

// register is one record type that figures count, with the versions invented for it: the same in every run.
type register struct {
	kind   *record.Kind
	fields []rules.Field       // what the rules read beyond the head
	said   map[string][]string // by field, the texts the rules compare it with
	rows   int
	first  int // the number of its first version among those of all registers
	at     func(i int) made
}

// registers spreads n versions over every record type that a rule counts. A type that more rules count gets more, as
// the registers about which most is said are the long ones.
func registers(reg *record.Registry, pack *rules.Pack, n int) []*register {
	var out []*register
	weight := map[*register]int{}
	total := 0
	for _, r := range counting(pack) {
		i := slices.IndexFunc(out, func(g *register) bool { return g.kind.Name == r.Type })
		if i < 0 {
			i = len(out)
			out = append(out, &register{kind: reg.Kind(r.Type), said: map[string][]string{}})
			weight[out[i]] = 2
			total += 2
		}
		out[i].learn(r)
		weight[out[i]]++
		total++
	}
	first := 0
	for i, g := range out {
		g.first, g.rows = first, n*weight[g]/total
		if i == len(out)-1 {
			g.rows = n - first
		}
		first += g.rows
		g.at = g.row
	}
	return out
}

// counting lists the rules that count records themselves: quotients are made of them.
func counting(pack *rules.Pack) []*rules.Rule {
	return slices.DeleteFunc(slices.Clone(pack.Rules("")), func(r *rules.Rule) bool { return !r.Counting || r.Ratio != nil })
}

// learn notes what a rule reads, so that the invented records are such as it decides about.
func (g *register) learn(r *rules.Rule) {
	want := func(name string) {
		f, ok := r.Fields()[name]
		head := slices.ContainsFunc(rules.Head, func(h rules.Field) bool { return h.Name == name })
		if ok && !head && !slices.ContainsFunc(g.fields, func(o rules.Field) bool { return o.Name == name }) {
			g.fields = append(g.fields, f)
		}
	}
	for _, f := range append(slices.Clone(r.Distinct), r.Measure, r.DatedBy) {
		want(f)
	}
	for _, c := range r.Conditions {
		for _, f := range c.Uses {
			want(f)
		}
		g.texts(c.Tree().Expr())
	}
}

// texts notes the texts that stand beside a field in an expression.
func (g *register) texts(e ast.Expr) {
	if e.Kind() != ast.CallKind {
		return
	}
	args := e.AsCall().Args()
	if len(args) == 2 && args[0].Kind() == ast.IdentKind {
		all := []ast.Expr{args[1]}
		if args[1].Kind() == ast.ListKind {
			all = args[1].AsList().Elements()
		}
		for _, x := range all {
			if x.Kind() != ast.LiteralKind {
				continue
			}
			name := args[0].AsIdent()
			if s, ok := x.AsLiteral().(types.String); ok && !slices.Contains(g.said[name], string(s)) {
				g.said[name] = append(g.said[name], string(s))
			}
		}
	}
	for _, a := range args {
		g.texts(a)
	}
}

// made is one invented version: what the store keeps of it, by column.
type made map[string]any

// places of the invented records in the tree of units, and the countries of which some stand on the pack's lists.
var (
	benchUnits   = [][4]string{{"root"}, {"root", "north"}, {"root", "north", "desk-1"}, {"root", "north", "desk-2"}, {"root", "south"}, {"root", "south", "desk-3"}}
	benchNations = []string{"VN", "LA", "MM", "TH", "KH", "BD", "NP", "IN", "LK", "PK", "MV", "AF", "SG", "MY", "ID", "PH", "BN", "TL", "US", "FR", "JP", "DE", "AU", "PL", ""}
)

// firstInstant and lastInstant bound when the invented versions were recorded.
const (
	firstInstant = int64(1_500_000_000_000)
	perVersion   = int64(200_000)
)

// row makes the i-th version of the register.
func (g *register) row(i int) made {
	n := g.first + i
	d := dice(uint64(n)*2654435761 + 7)
	m := made{}
	u := benchUnits[d.next(len(benchUnits))]
	m["unit"], m["u1"], m["u2"], m["u3"], m["u4"] = "root", u[0], u[1], u[2], u[3]
	for _, x := range u {
		if x != "" {
			m["unit"] = x
		}
	}
	m["vid"], m["id"] = fmt.Sprintf("03bench%019d", n), fmt.Sprintf("%s-b%07d", g.kind.Name, d.next(max(g.rows*2/5, 1)))
	m["valid_from"] = int64(7000 + d.next(11000))
	if d.next(3) > 0 {
		m["valid_to"] = m["valid_from"].(int64) + int64(1+d.next(9000))
	}
	// Every register was written to over the whole time.
	span := int64(*versions) * perVersion
	m["recorded_from"] = firstInstant + span/int64(g.rows)*int64(i)
	if d.next(5) < 3 {
		m["recorded_to"] = m["recorded_from"].(int64) + 1 + int64(d.next(1000))*(span/4000)
	}
	m["state"] = d.of(append([]string{"in_force", "current"}, g.said["state"]...))
	m["level"], m["sample"] = int64(1+d.next(2)), int64(0)
	m["label"], m["by_who"], m["act"], m["rev"] = `{"en":"Bench"}`, "bench", "new", int64(1)
	for _, f := range g.fields {
		m[f.Name] = g.value(&d, f)
	}
	return m
}

func (g *register) value(d *dice, f rules.Field) any {
	said := g.said[f.Name]
	switch f.Kind {
	case rules.Choice:
		return d.of(f.Values)
	case rules.Text:
		switch {
		case f.Name == "country" || f.Name == "own_country":
			return d.of(benchNations)
		case len(said) > 0 && d.next(2) == 0:
			return d.of(said)
		}
		return fmt.Sprintf("%s-%d", f.Name, d.next(5000))
	case rules.When:
		y, mo := 1981+d.next(44), 1+d.next(12)
		switch d.next(6) {
		case 0:
			return ""
		case 1:
			return fmt.Sprintf("%04d", y)
		case 2:
			return fmt.Sprintf("%04d-%02d", y, mo)
		}
		return fmt.Sprintf("%04d-%02d-%02d", y, mo, 1+d.next(28))
	case rules.Day:
		return int64(7000 + d.next(11000))
	case rules.Number:
		return float64(1 + d.next(1000))
	case rules.Whole:
		return int64(1 + d.next(1000))
	case rules.Bool:
		return int64(d.next(2))
	}
	return nil
}

// fillRegisters puts the invented versions into the database past the product, to have many of them quickly. The
// indexes are made again afterwards, as a load of that size would be done by hand.
func fillRegisters(ctx context.Context, db *sql.DB, postgres bool, all []*register) error {
	for _, g := range all {
		var err error
		if postgres {
			err = g.copyIn(ctx, db)
		} else {
			err = g.insertIn(ctx, db)
		}
		if err != nil {
			return fmt.Errorf("filling %s: %w", g.kind.Name, err)
		}
	}
	if postgres {
		_, err := db.ExecContext(ctx, "ANALYZE")
		return err
	}
	_, err := db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// cells are a row's values in the order of the columns of the type.
func (g *register) cells(i int, columns []record.Column, out []any) {
	m := g.at(i)
	for j, c := range columns {
		x, ok := m[c.Name]
		switch {
		case ok && c.Type == "TEXT" || x == nil && (c.Name == "valid_to" || c.Name == "recorded_to"):
		case ok:
		case c.Type == "TEXT":
			x = ""
		default:
			x = int64(0)
		}
		out[j] = x
	}
}

func (g *register) insertIn(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?", g.kind.Name)
	if err != nil {
		return err
	}
	var names, texts []string
	for rows.Next() {
		var n, t string
		if err := rows.Scan(&n, &t); err != nil {
			return err
		}
		names, texts = append(names, n), append(texts, t)
	}
	if err := rows.Close(); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after the commit there is nothing to undo
	for _, n := range names {
		if _, err := tx.ExecContext(ctx, "DROP INDEX "+n); err != nil {
			return err
		}
	}
	columns := g.kind.Columns()
	var list []string
	for _, c := range columns {
		list = append(list, c.Name)
	}
	const many = 20
	one := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	text := "INSERT INTO " + g.kind.Name + " (" + strings.Join(list, ", ") + ") VALUES " + one
	stmt, err := tx.PrepareContext(ctx, text+strings.Repeat(", "+one, many-1))
	if err != nil {
		return err
	}
	vals := make([]any, many*len(columns))
	for i := 0; i < g.rows; i += many {
		n := min(many, g.rows-i)
		for j := range n {
			g.cells(i+j, columns, vals[j*len(columns):(j+1)*len(columns)])
		}
		if n == many {
			_, err = stmt.ExecContext(ctx, vals...)
		} else {
			_, err = tx.ExecContext(ctx, text+strings.Repeat(", "+one, n-1), vals[:n*len(columns)]...)
		}
		if err != nil {
			return err
		}
	}
	for _, t := range texts {
		if strings.Contains(t, "_list") && !strings.Contains(t, "u2,") && !strings.Contains(t, "u3,") || strings.Contains(t, "_id ON") {
			if _, err := tx.ExecContext(ctx, t); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// copied gives rows to COPY.
type copied struct {
	g       *register
	columns []record.Column
	i       int
	vals    []any
}

func (c *copied) Next() bool {
	if c.i == c.g.rows {
		return false
	}
	c.g.cells(c.i, c.columns, c.vals)
	c.i++
	return true
}
func (c *copied) Values() ([]any, error) { return c.vals, nil }
func (c *copied) Err() error             { return nil }

func (g *register) copyIn(ctx context.Context, db *sql.DB) error {
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	columns := g.kind.Columns()
	var list []string
	for _, c := range columns {
		list = append(list, c.Name)
	}
	return c.Raw(func(driver any) error {
		_, err := driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{g.kind.Name}, list,
			&copied{g: g, columns: columns, vals: make([]any, len(columns))})
		return err
	})
}

// writeCSV gives the register to another engine: the four times, the head and the fields; of a date its first and its
// last day.
func (g *register) writeCSV(path string) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	w := csv.NewWriter(f)
	var names []string
	for _, c := range g.duckColumns() {
		names = append(names, c[0])
	}
	if err := w.Write(names); err != nil {
		return err
	}
	cell := func(x any) string {
		switch x := x.(type) {
		case nil:
			return `\N`
		case int64:
			return strconv.FormatInt(x, 10)
		case float64:
			return strconv.FormatFloat(x, 'g', -1, 64)
		}
		return fmt.Sprint(x)
	}
	for i := range g.rows {
		m := g.row(i)
		from, to, held := m["valid_from"], m["valid_to"], m["recorded_to"]
		if to == nil {
			to = int64(clock.Open)
		}
		if held == nil {
			held = int64(1) << 60
		}
		line := []string{cell(m["vid"]), cell(m["id"]), cell(from), cell(to), cell(m["recorded_from"]), cell(held), cell(m["state"]), cell(m["unit"]), cell(m["level"]), cell(m["sample"])}
		for _, f := range g.fields {
			if f.Kind == rules.When {
				when := clock.When(m[f.Name].(string))
				line = append(line, cell(int64(when.Earliest())), cell(int64(when.Latest())))
				continue
			}
			line = append(line, cell(m[f.Name]))
		}
		if err := w.Write(line); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func (g *register) duckColumns() [][2]string {
	out := [][2]string{{"vid", "VARCHAR"}, {"id", "VARCHAR"}, {"valid_from", "INTEGER"}, {"valid_to", "INTEGER"}, {"recorded_from", "BIGINT"},
		{"recorded_to", "BIGINT"}, {"state", "VARCHAR"}, {"unit", "VARCHAR"}, {"level", "INTEGER"}, {"sample", "INTEGER"}}
	for _, f := range g.fields {
		switch f.Kind {
		case rules.When:
			out = append(out, [2]string{f.Name + "_earliest", "INTEGER"}, [2]string{f.Name + "_latest", "INTEGER"})
		case rules.Number:
			out = append(out, [2]string{f.Name, "DOUBLE"})
		case rules.Day, rules.Whole, rules.Bool:
			out = append(out, [2]string{f.Name, "BIGINT"})
		default:
			out = append(out, [2]string{f.Name, "VARCHAR"})
		}
	}
	return out
}
