package tally

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/rules"
)

// Counter is a counting rule made ready for one table.
type Counter struct {
	rule  *rules.Rule
	table *Table
	conds []*cond
	key   *key
	// amount is what is summed, dated what puts a row in time; nil in a rule that only counts.
	amount, dated *column
	memos         int // how many places of memory by code the conditions want

	mu sync.Mutex
}

// cond is one condition over columns. What does not hang on the question (the day, the period, the lists) is worked
// out once for every row and kept as bits, since a version's values never change.
type cond struct {
	*rules.Condition
	eval    test
	fixed   bool
	reads   []*column
	lists   bool
	t, e    []uint64 // for fixed conditions: true, erring
	covered int      // rows that t and e cover
}

// test works out the rows of need in the words [w, w+len(need)): t gets those for which it is true, e those for which
// it errs. Nothing outside need is set.
type test func(s *scan, w int, need, t, e []uint64)

var errOutside = errors.New("cannot be counted over columns")

// Compile makes a counting rule ready for a table of its record type.
func Compile(rule *rules.Rule, table *Table) (*Counter, error) {
	c := &Counter{rule: rule, table: table}
	var found []*fault.Error
	for _, rc := range rule.Conditions {
		b := &builder{counter: c, cond: &cond{Condition: rc, fixed: true}}
		eval, err := b.truth(rc.Tree().Expr())
		if err != nil {
			found = append(found, fault.Because(err, fault.Invalid, "tally.compile", fault.Args{
				"file": rule.File, "rule": rule.Key, "condition": rc.Name, "detail": err.Error()}))
			continue
		}
		b.cond.eval = eval
		c.conds = append(c.conds, b.cond)
	}
	for _, f := range rule.Distinct {
		if _, ok := table.byName[f]; !ok {
			found = append(found, fault.New(fault.Invalid, "tally.compile", fault.Args{
				"file": rule.File, "rule": rule.Key, "condition": "distinct", "detail": f}))
		}
	}
	for _, x := range []struct {
		field string
		at    **column
	}{{rule.Measure, &c.amount}, {rule.DatedBy, &c.dated}} {
		if x.field == "" {
			continue
		}
		i, ok := table.byName[x.field]
		if !ok {
			found = append(found, fault.New(fault.Invalid, "tally.compile", fault.Args{
				"file": rule.File, "rule": rule.Key, "condition": "measure", "detail": x.field}))
			continue
		}
		*x.at = table.cols[i]
	}
	if len(found) > 0 {
		return nil, fault.Join(found)
	}
	table.mu.Lock()
	c.key = table.keyFor(rule.Distinct)
	table.mu.Unlock()
	table.mu.RLock()
	defer table.mu.RUnlock()
	c.cover()
	return c, nil
}

// Rule is the rule the counter was made of.
func (c *Counter) Rule() *rules.Rule { return c.rule }

// cover brings the kept bits of the fixed conditions up to the rows of the table. The caller holds the lock for reading.
func (c *Counter) cover() {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.table.n
	for _, k := range c.conds {
		if !k.fixed || k.covered == n {
			continue
		}
		words := (n + 63) / 64
		// In place: whoever reads these bits holds the lock for reading and has come through here with the same n.
		first := k.covered / 64
		t := append(k.t[:first], make([]uint64, words-first)...)
		e := append(k.e[:first], make([]uint64, words-first)...)
		split(words-first, func(from, to int) {
			s := newScan(c, Query{})
			var need [block]uint64
			for w := first + from; w < first+to; w += block {
				m := min(block, first+to-w)
				fill(need[:m], w, n)
				k.eval(s, w, need[:m], t[w:w+m], e[w:w+m])
			}
		})
		k.t, k.e, k.covered = t, e, n
	}
}

// builder turns the checked tree of one condition into tests.
type builder struct {
	counter *Counter
	cond    *cond
}

func (b *builder) outside(e ast.Expr) error {
	switch e.Kind() {
	case ast.CallKind:
		return fmt.Errorf("%s: %w", e.AsCall().FunctionName(), errOutside)
	case ast.IdentKind:
		return fmt.Errorf("%s: %w", e.AsIdent(), errOutside)
	}
	return fmt.Errorf("an expression of this form: %w", errOutside)
}

func (b *builder) column(name string) (*column, bool) {
	i, ok := b.counter.table.byName[name]
	if !ok {
		return nil, false
	}
	c := b.counter.table.cols[i]
	b.cond.reads = append(b.cond.reads, c)
	return c, true
}

func (b *builder) memo() int {
	b.counter.memos++
	return b.counter.memos - 1
}

// truth builds the test of an expression that is true or false.
func (b *builder) truth(e ast.Expr) (test, error) {
	switch e.Kind() {
	case ast.LiteralKind:
		if v, ok := e.AsLiteral().(types.Bool); ok {
			return constant(bool(v)), nil
		}
	case ast.IdentKind:
		return b.truthOf(e)
	case ast.CallKind:
		return b.call(e)
	}
	return nil, b.outside(e)
}

func (b *builder) truthOf(e ast.Expr) (test, error) {
	name := e.AsIdent()
	p, special := rules.PlaceOf(name)
	if !special {
		c, ok := b.column(name)
		if !ok || c.field.Kind != rules.Bool {
			return nil, b.outside(e)
		}
		return func(s *scan, w int, need, t, _ []uint64) { equalCode(&c.code, 1, w, need, t) }, nil
	}
	c, ok := b.column(p.Field)
	if !ok {
		return nil, b.outside(e)
	}
	switch p.Op {
	case "known":
		return known(c), nil
	case "in":
		b.cond.fixed, b.cond.lists = false, true
		memo := b.memo()
		return func(s *scan, w int, need, t, e []uint64) {
			lists := s.q.Lists
			if lists == nil {
				copy(e, need)
				return
			}
			s.byCode(memo, c, w, need, t, func(text string) bool { return lists(p.List, text, s.q.ValidOn) })
		}, nil
	}
	return nil, b.outside(e)
}

func (b *builder) call(e ast.Expr) (test, error) {
	call := e.AsCall()
	args := call.Args()
	switch f := call.FunctionName(); f {
	case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.Conditional:
		parts := make([]test, len(args))
		for i, a := range args {
			var err error
			if parts[i], err = b.truth(a); err != nil {
				return nil, err
			}
		}
		switch f {
		case operators.LogicalAnd:
			return both(parts[0], parts[1]), nil
		case operators.LogicalOr:
			return either(parts[0], parts[1]), nil
		case operators.LogicalNot:
			return not(parts[0]), nil
		}
		return choose(parts[0], parts[1], parts[2]), nil
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		return b.compare(f, args[0], args[1])
	case operators.In:
		return b.among(e, args[0], args[1])
	case overloads.StartsWith, overloads.EndsWith, overloads.Contains:
		return b.textCall(e, f, call)
	}
	return nil, b.outside(e)
}

func (b *builder) textCall(e ast.Expr, f string, call ast.CallExpr) (test, error) {
	if !call.IsMemberFunction() || len(call.Args()) != 1 {
		return nil, b.outside(e)
	}
	c := b.textColumn(call.Target())
	arg, ok := textLiteral(call.Args()[0])
	if c == nil || !ok {
		return nil, b.outside(e)
	}
	match := map[string]func(string, string) bool{
		overloads.StartsWith: strings.HasPrefix, overloads.EndsWith: strings.HasSuffix, overloads.Contains: strings.Contains}[f]
	return b.perText(c, func(s string) bool { return match(s, arg) }), nil
}

// perText is a test of a text by itself: it is asked once for each different text.
func (b *builder) perText(c *column, ok func(string) bool) test {
	memo := b.memo()
	return func(s *scan, w int, need, t, _ []uint64) { s.byCode(memo, c, w, need, t, ok) }
}

func (b *builder) textColumn(e ast.Expr) *column {
	if e.Kind() != ast.IdentKind {
		return nil
	}
	if _, special := rules.PlaceOf(e.AsIdent()); special {
		return nil
	}
	if c, ok := b.column(e.AsIdent()); ok && c.dict != nil {
		return c
	}
	return nil
}

func textLiteral(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

func (b *builder) compare(f string, l, r ast.Expr) (test, error) {
	if c, d := b.textColumn(l), b.textColumn(r); c != nil || d != nil {
		return b.compareTexts(f, l, r, c, d)
	}
	x, err := b.number(l)
	if err != nil {
		return b.compareTruths(f, l, r, err)
	}
	y, err := b.number(r)
	if err != nil {
		return nil, err
	}
	if x.double() != y.double() {
		return nil, b.outside(l)
	}
	if x.col == nil {
		x, y, f = y, x, flipped(f)
	}
	return x.against(y, f), nil
}

func flipped(f string) string {
	switch f {
	case operators.Less:
		return operators.Greater
	case operators.LessEquals:
		return operators.GreaterEquals
	case operators.Greater:
		return operators.Less
	case operators.GreaterEquals:
		return operators.LessEquals
	}
	return f
}

func (b *builder) compareTruths(f string, l, r ast.Expr, why error) (test, error) {
	if f != operators.Equals && f != operators.NotEquals {
		return nil, why
	}
	x, err := b.truth(l)
	if err != nil {
		return nil, why
	}
	y, err := b.truth(r)
	if err != nil {
		return nil, err
	}
	if f == operators.NotEquals {
		return not(same(x, y)), nil
	}
	return same(x, y), nil
}

func (b *builder) compareTexts(f string, l, r ast.Expr, c, d *column) (test, error) {
	if c != nil && d != nil {
		if f != operators.Equals && f != operators.NotEquals {
			return nil, b.outside(l)
		}
		memo := b.memo()
		eq := test(func(s *scan, w int, need, t, _ []uint64) { s.sameText(memo, c, d, w, need, t) })
		if f == operators.NotEquals {
			return not(eq), nil
		}
		return eq, nil
	}
	if c == nil {
		c, r, f = d, l, flipped(f)
	}
	text, ok := textLiteral(r)
	if !ok {
		return nil, b.outside(r)
	}
	switch f {
	case operators.Equals:
		return equalText(c, text), nil
	case operators.NotEquals:
		return not(equalText(c, text)), nil
	}
	return b.perText(c, func(s string) bool { return holds(f, strings.Compare(s, text)) }), nil
}

func holds(f string, order int) bool {
	switch f {
	case operators.Less:
		return order < 0
	case operators.LessEquals:
		return order <= 0
	case operators.Greater:
		return order > 0
	}
	return order >= 0
}

func (b *builder) among(e, what, list ast.Expr) (test, error) {
	if list.Kind() != ast.ListKind || len(list.AsList().Elements()) == 0 {
		return nil, b.outside(e)
	}
	if c := b.textColumn(what); c != nil {
		set := map[string]bool{}
		for _, x := range list.AsList().Elements() {
			s, ok := textLiteral(x)
			if !ok {
				return nil, b.outside(x)
			}
			set[s] = true
		}
		return b.perText(c, func(s string) bool { return set[s] }), nil
	}
	var out test
	for _, x := range list.AsList().Elements() {
		eq, err := b.compare(operators.Equals, what, x)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = eq
		} else {
			out = either(out, eq)
		}
	}
	return out, nil
}

// number is what a comparison of days or numbers has on one side: a column, or nothing, and what is added to it.
type number struct {
	col   *column
	late  bool // of a When, the latest day
	plus  func(q *Query) int64
	fixed float64 // of a double, the constant
	isDbl bool
}

func (n number) double() bool {
	return n.isDbl || n.col != nil && n.col.field.Kind == rules.Number
}

// Larger constants than this would need the overflow rules of the language; no day or count comes near it.
const largest = 1 << 60

func (b *builder) number(e ast.Expr) (number, error) {
	switch e.Kind() {
	case ast.LiteralKind:
		switch v := e.AsLiteral().(type) {
		case types.Int:
			if v > largest || v < -largest {
				return number{}, fmt.Errorf("%d: %w", v, errOutside)
			}
			return number{plus: func(*Query) int64 { return int64(v) }}, nil
		case types.Double:
			if math.IsNaN(float64(v)) {
				return number{}, b.outside(e)
			}
			return number{fixed: float64(v), isDbl: true}, nil
		}
	case ast.IdentKind:
		return b.numberOf(e)
	case ast.CallKind:
		return b.sum(e)
	}
	return number{}, b.outside(e)
}

func (b *builder) numberOf(e ast.Expr) (number, error) {
	name := e.AsIdent()
	ask := func(get func(q *Query) int64) (number, error) {
		b.cond.fixed = false
		return number{plus: get}, nil
	}
	switch name {
	case "on":
		return ask(func(q *Query) int64 { return int64(q.ValidOn) })
	case "period_from":
		return ask(func(q *Query) int64 { return int64(q.PeriodFrom) })
	case "period_to":
		return ask(func(q *Query) int64 { return int64(q.PeriodTo) })
	}
	n := number{plus: func(*Query) int64 { return 0 }}
	if p, special := rules.PlaceOf(name); special {
		if p.Op != "earliest" && p.Op != "latest" {
			return number{}, b.outside(e)
		}
		name, n.late = p.Field, p.Op == "latest"
	}
	c, ok := b.column(name)
	if !ok || c.dict != nil || c.field.Kind == rules.Bool {
		return number{}, b.outside(e)
	}
	n.col = c
	return n, nil
}

// sum takes day arithmetic: plus and minus, with a column on the left side at most.
func (b *builder) sum(e ast.Expr) (number, error) {
	call := e.AsCall()
	args := call.Args()
	f := call.FunctionName()
	if f != operators.Add && f != operators.Subtract || len(args) != 2 {
		return number{}, b.outside(e)
	}
	x, err := b.number(args[0])
	if err != nil {
		return number{}, err
	}
	y, err := b.number(args[1])
	if err != nil {
		return number{}, err
	}
	if x.double() || y.double() || y.col != nil && (x.col != nil || f == operators.Subtract) {
		return number{}, b.outside(e)
	}
	if y.col != nil {
		x, y = y, x
	}
	p, m := x.plus, y.plus
	if f == operators.Add {
		x.plus = func(q *Query) int64 { return bounded(p(q) + m(q)) }
	} else {
		x.plus = func(q *Query) int64 { return bounded(p(q) - m(q)) }
	}
	return x, nil
}

// bounded keeps sums far from overflow. Day arithmetic never comes near the bound.
func bounded(n int64) int64 { return min(max(n, -largest), largest) }
