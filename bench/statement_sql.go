package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/rules"
)

// asked is one moment of the statement: a day, and an instant as of which it is asked.
type asked struct {
	on    clock.Day
	known int64
}

// sqlOf is the statement of a rule at a moment over a table, for an engine that counts with SQL.
type sqlOf struct {
	rule  *rules.Rule
	at    asked
	lists func(list string, on clock.Day) []string
}

var errNoSQL = errors.New("has no form in SQL here")

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// moment is the condition that leaves the versions of a moment.
func (a asked) moment() string {
	return fmt.Sprintf("valid_from <= %[1]d AND valid_to > %[1]d AND recorded_from <= %[2]d AND recorded_to > %[2]d", a.on, a.known)
}

// text gives the whole statement; when is what else must hold of a row.
func (s sqlOf) text(table, when string) (string, error) {
	var conds []string
	if when != "" {
		conds = append(conds, when)
	}
	for _, c := range s.rule.Conditions {
		if !c.Valid.Has(s.at.on) {
			continue
		}
		x, err := s.expr(c.Tree().Expr())
		if err != nil {
			return "", fmt.Errorf("%s %s: %w", s.rule.Key, c.Name, err)
		}
		conds = append(conds, "("+x+")")
	}
	if len(conds) == 0 {
		conds = []string{"true"}
	}
	var key []string
	for _, f := range s.rule.Distinct {
		if s.rule.Fields()[f].Kind == rules.When {
			key = append(key, f+"_earliest", f+"_latest")
			continue
		}
		key = append(key, f)
	}
	from := " FROM " + table + " WHERE " + strings.Join(conds, " AND ")
	switch {
	case s.rule.Per != "" || s.rule.First:
		return "", errNoSQL
	case s.rule.Measure != "":
		return "SELECT sum(m) FROM (SELECT arg_min(" + s.rule.Measure + ", id || vid) AS m" + from + " GROUP BY " + strings.Join(key, ", ") + ")", nil
	case len(key) == 1:
		return "SELECT count(DISTINCT " + key[0] + ")" + from, nil
	}
	return "SELECT count(*) FROM (SELECT DISTINCT " + strings.Join(key, ", ") + from + ")", nil
}

var infix = map[string]string{operators.LogicalAnd: "AND", operators.LogicalOr: "OR", operators.Equals: "=", operators.NotEquals: "<>",
	operators.Less: "<", operators.LessEquals: "<=", operators.Greater: ">", operators.GreaterEquals: ">=", operators.Add: "+", operators.Subtract: "-", operators.In: "IN"}

func (s sqlOf) expr(e ast.Expr) (string, error) {
	switch e.Kind() {
	case ast.LiteralKind:
		switch v := e.AsLiteral().(type) {
		case types.String:
			return quoted(string(v)), nil
		case types.Bool:
			return fmt.Sprint(bool(v)), nil
		}
		return fmt.Sprint(e.AsLiteral().Value()), nil
	case ast.ListKind:
		var all []string
		for _, x := range e.AsList().Elements() {
			t, err := s.expr(x)
			if err != nil {
				return "", err
			}
			all = append(all, t)
		}
		return "(" + strings.Join(all, ", ") + ")", nil
	case ast.IdentKind:
		return s.ident(e.AsIdent())
	case ast.CallKind:
		return s.call(e.AsCall())
	}
	return "", errNoSQL
}

func (s sqlOf) ident(name string) (string, error) {
	switch name {
	case "on":
		return fmt.Sprint(int(s.at.on)), nil
	case "period_from":
		return fmt.Sprint(-int(clock.Open)), nil
	case "period_to":
		return fmt.Sprint(int(clock.Open)), nil
	}
	p, special := rules.PlaceOf(name)
	if !special {
		if s.rule.Fields()[name].Kind == rules.Bool {
			return name + " = 1", nil
		}
		return name, nil
	}
	switch p.Op {
	case "earliest", "latest":
		return p.Field + "_" + p.Op, nil
	case "known":
		switch s.rule.Fields()[p.Field].Kind {
		case rules.When:
			return fmt.Sprintf("%s_earliest <> %d", p.Field, -int(clock.Open)), nil
		case rules.Text, rules.Choice:
			return p.Field + " <> ''", nil
		}
		return p.Field + " IS NOT NULL", nil
	case "in":
		members := s.lists(p.List, s.at.on)
		if len(members) == 0 {
			return "false", nil
		}
		for i, m := range members {
			members[i] = quoted(m)
		}
		return p.Field + " IN (" + strings.Join(members, ", ") + ")", nil
	}
	return "", errNoSQL
}

func (s sqlOf) call(c ast.CallExpr) (string, error) {
	var args []string
	if c.IsMemberFunction() {
		t, err := s.expr(c.Target())
		if err != nil {
			return "", err
		}
		args = append(args, t)
	}
	for _, a := range c.Args() {
		t, err := s.expr(a)
		if err != nil {
			return "", err
		}
		args = append(args, t)
	}
	switch f := c.FunctionName(); f {
	case operators.LogicalNot:
		return "NOT (" + args[0] + ")", nil
	case operators.Conditional:
		return "CASE WHEN " + args[0] + " THEN " + args[1] + " ELSE " + args[2] + " END", nil
	case overloads.StartsWith:
		return "starts_with(" + args[0] + ", " + args[1] + ")", nil
	case overloads.EndsWith:
		return "ends_with(" + args[0] + ", " + args[1] + ")", nil
	case overloads.Contains:
		return "contains(" + args[0] + ", " + args[1] + ")", nil
	default:
		if op, ok := infix[f]; ok && len(args) == 2 {
			if f != operators.In { // a list stands in its own
				args[1] = "(" + args[1] + ")"
			}
			return "(" + args[0] + ") " + op + " " + args[1], nil
		}
		return "", fmt.Errorf("%s: %w", f, errNoSQL)
	}
}

// duckPlan is what the script of bench/duckdb reads, duckAnswer what it prints.
type duckPlan struct {
	File    string       `json:"file"`
	Threads int          `json:"threads"`
	Tables  []duckTable  `json:"tables"`
	Moments []duckMoment `json:"moments"`
}

type duckTable struct {
	Name    string `json:"name"`
	CSV     string `json:"csv"`
	Columns string `json:"columns"`
}

type duckMoment struct {
	Set    []string `json:"set"`
	Direct []string `json:"direct"`
	Apart  []string `json:"apart"`
}

type duckTimes struct {
	MS  float64 `json:"ms"`
	CPU float64 `json:"cpu"`
}

type duckAnswer struct {
	Version string `json:"version"`
	Moments []struct {
		Direct duckTimes `json:"direct"`
		Apart  duckTimes `json:"apart"`
		Values []float64 `json:"values"`
		Same   bool      `json:"same"`
	} `json:"moments"`
}

// duckDB asks the same aggregates of DuckDB over the same versions; nil where it is not installed.
func duckDB(ctx context.Context, all []*register, asking []*rules.Rule, moments []asked, lists func(list string, on clock.Day) []string) (*duckAnswer, error) {
	const folder = "bench/duckdb"
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, nil //nolint:nilnil // it is not there
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "@duckdb", "node-api")); err != nil {
		return nil, nil //nolint:nilnil // it is not there
	}
	dir, err := os.MkdirTemp("", "bench-duckdb")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	plan := duckPlan{File: filepath.Join(dir, "bench.duckdb"), Threads: runtime.GOMAXPROCS(0)}
	for _, g := range all {
		path := filepath.Join(dir, g.kind.Name+".csv")
		if err := g.writeCSV(path); err != nil {
			return nil, err
		}
		var cols []string
		for _, c := range g.duckColumns() {
			cols = append(cols, quoted(c[0])+": "+quoted(c[1]))
		}
		plan.Tables = append(plan.Tables, duckTable{Name: "t_" + g.kind.Name, CSV: path, Columns: "{" + strings.Join(cols, ", ") + "}"})
	}
	for _, at := range moments {
		var m duckMoment
		for _, g := range all {
			m.Set = append(m.Set, "CREATE OR REPLACE TEMP TABLE now_"+g.kind.Name+" AS SELECT * EXCLUDE (valid_from, valid_to, recorded_from, recorded_to) FROM t_"+g.kind.Name+" WHERE "+at.moment())
		}
		for _, r := range asking {
			s := sqlOf{rule: r, at: at, lists: lists}
			direct, err := s.text("t_"+r.Type, at.moment())
			if err != nil {
				return nil, err
			}
			apart, err := s.text("now_"+r.Type, "")
			if err != nil {
				return nil, err
			}
			m.Direct, m.Apart = append(m.Direct, direct), append(m.Apart, apart)
		}
		plan.Moments = append(plan.Moments, m)
	}
	raw, err := json.Marshal(plan)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "plan.json")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, node, filepath.Join(folder, "run.mjs"), path)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("asking DuckDB: %w", err)
	}
	out := &duckAnswer{}
	return out, json.Unmarshal(text, out)
}

// sayable leaves the rules that have a form in SQL here.
func sayable(all []*rules.Rule) []*rules.Rule {
	return slices.DeleteFunc(slices.Clone(all), func(r *rules.Rule) bool { return r.Per != "" || r.First })
}
