package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"yunqiao/kernel/clock"
)

// Without comprehensions (their macros are taken out) an expression costs no more than its length; the limits below
// keep that length, and the cost of comparing texts, within reason.
const (
	longestExpr = 4000
	costLimit   = 20000
)

// Place is a special identifier of a checked tree: known(f), earliest(f), latest(f) and in_list(f, "key") become
// variables of their own when parsed, so that whoever evaluates the tree needs neither the opaque date nor the list.
type Place struct {
	Op    string // "known", "earliest", "latest" or "in"
	Field string
	List  string
}

// PlaceOf reads an identifier of a checked tree; false for an ordinary one.
func PlaceOf(ident string) (Place, bool) {
	if !strings.HasPrefix(ident, "@") {
		return Place{}, false
	}
	p := strings.SplitN(ident[1:], ":", 3)
	switch {
	case len(p) == 2:
		return Place{Op: p[0], Field: p[1]}, true
	case len(p) == 3:
		return Place{Op: p[0], Field: p[1], List: p[2]}, true
	}
	return Place{}, false
}

var listKey = regexp.MustCompile(`^[a-z0-9_-]+$`)

// language is the expression language over the fields of one record type.
type language struct {
	fields map[string]Field
	env    *cel.Env
}

func newLanguage(fields []Field, lists []string) (*language, error) {
	l := &language{fields: map[string]Field{}}
	for _, f := range slices.Concat(Head, fields) {
		l.fields[f.Name] = f
	}
	opts := []cel.EnvOption{
		cel.ClearMacros(),
		cel.Macros(
			cel.GlobalMacro("day", 1, expandDay),
			cel.GlobalMacro("known", 1, l.expand("known")),
			cel.GlobalMacro("earliest", 1, l.expand("earliest")),
			cel.GlobalMacro("latest", 1, l.expand("latest")),
			cel.GlobalMacro("in_list", 2, l.expandInList(lists)),
		),
		cel.ParserExpressionSizeLimit(longestExpr),
		cel.ParserRecursionLimit(60),
		cel.Variable("on", cel.IntType), cel.Variable("period_from", cel.IntType), cel.Variable("period_to", cel.IntType),
	}
	for name, f := range l.fields {
		opts = append(opts, cel.Variable("@known:"+name, cel.BoolType))
		switch f.Kind {
		case Text, Choice:
			opts = append(opts, cel.Variable(name, cel.StringType))
			for _, k := range lists {
				opts = append(opts, cel.Variable("@in:"+name+":"+k, cel.BoolType))
			}
		case Number:
			opts = append(opts, cel.Variable(name, cel.DoubleType))
		case Whole, Day:
			opts = append(opts, cel.Variable(name, cel.IntType))
		case Bool:
			opts = append(opts, cel.Variable(name, cel.BoolType))
		case When:
			opts = append(opts, cel.Variable("@earliest:"+name, cel.IntType), cel.Variable("@latest:"+name, cel.IntType))
		}
	}
	var err error
	l.env, err = cel.NewEnv(opts...)
	return l, err
}

func expandDay(eh cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
	if args[0].Kind() == ast.LiteralKind {
		if s, ok := args[0].AsLiteral().Value().(string); ok {
			if d, err := clock.ParseDay(s); err == nil {
				return eh.NewLiteral(types.Int(d)), nil
			}
		}
	}
	return nil, eh.NewError(args[0].ID(), `day takes a day in quotes, like day("2020-01-31")`)
}

// missing says what may stand in the place of a field that is not there.
func (l *language) missing(name string) error {
	var all []string
	for n := range l.fields {
		all = append(all, n)
	}
	slices.Sort(all)
	return fmt.Errorf("the record type has no field %q; it has: %s", name, strings.Join(all, ", "))
}

func (l *language) fieldOf(eh cel.MacroExprFactory, op string, e ast.Expr) (Field, *common.Error) {
	if e.Kind() != ast.IdentKind {
		return Field{}, eh.NewError(e.ID(), op+" takes the name of a field")
	}
	f, ok := l.fields[e.AsIdent()]
	if !ok {
		return Field{}, eh.NewError(e.ID(), l.missing(e.AsIdent()).Error())
	}
	return f, nil
}

func (l *language) expand(op string) cel.MacroFactory {
	return func(eh cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
		f, err := l.fieldOf(eh, op, args[0])
		if err != nil {
			return nil, err
		}
		if op != "known" && f.Kind != When {
			return nil, eh.NewError(args[0].ID(), fmt.Sprintf("%s takes a date of varying exactness; %q is none", op, f.Name))
		}
		return eh.NewIdent("@" + op + ":" + f.Name), nil
	}
}

func (l *language) expandInList(lists []string) cel.MacroFactory {
	return func(eh cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
		f, err := l.fieldOf(eh, "in_list", args[0])
		if err != nil {
			return nil, err
		}
		if f.Kind != Text && f.Kind != Choice {
			return nil, eh.NewError(args[0].ID(), fmt.Sprintf("in_list takes a text or a choice; %q is none", f.Name))
		}
		var key string
		if args[1].Kind() == ast.LiteralKind {
			key, _ = args[1].AsLiteral().Value().(string)
		}
		if !listKey.MatchString(key) || !slices.Contains(lists, key) {
			return nil, eh.NewError(args[1].ID(), fmt.Sprintf("there is no list %q; known are: %s", key, strings.Join(lists, ", ")))
		}
		return eh.NewIdent("@in:" + f.Name + ":" + key), nil
	}
}

// compile checks an expression and makes it runnable.
func (l *language) compile(c *Condition) error {
	parsed, iss := l.env.Parse(c.Expr)
	if iss.Err() != nil {
		return iss.Err()
	}
	if err := l.prepare(parsed.NativeRep().Expr()); err != nil {
		return err
	}
	checked, iss := l.env.Check(parsed)
	if iss.Err() != nil {
		return iss.Err()
	}
	if !checked.OutputType().IsExactType(cel.BoolType) {
		return fmt.Errorf("a condition is true or false; this one is %s", checked.OutputType())
	}
	c.tree = checked.NativeRep()
	used := map[string]bool{}
	if err := l.inspect(c.tree.Expr(), used); err != nil {
		return err
	}
	for f := range used {
		c.Uses = append(c.Uses, f)
	}
	slices.Sort(c.Uses)
	var err error
	c.program, err = l.env.Program(checked, cel.CostLimit(costLimit), cel.EvalOptions(cel.OptOptimize))
	return err
}

// prepare looks at the tree before it is checked: a date of varying exactness must not stand by itself, and a whole
// number beside a Number field is read as a double, so that authors need not write 250.0.
func (l *language) prepare(e ast.Expr) error {
	switch e.Kind() {
	case ast.IdentKind:
		f, ok := l.fields[e.AsIdent()]
		if _, special := PlaceOf(e.AsIdent()); !ok && !special && !slices.Contains([]string{"on", "period_from", "period_to"}, e.AsIdent()) {
			return l.missing(e.AsIdent())
		}
		if ok && f.Kind == When {
			return fmt.Errorf("the date %q is used through known, earliest or latest only", f.Name)
		}
	case ast.ListKind:
		for _, x := range e.AsList().Elements() {
			if err := l.prepare(x); err != nil {
				return err
			}
		}
	case ast.SelectKind:
		return l.prepare(e.AsSelect().Operand())
	case ast.CallKind:
		c := e.AsCall()
		args := c.Args()
		if c.IsMemberFunction() {
			args = append(slices.Clone(args), c.Target())
		}
		for _, x := range args {
			if err := l.prepare(x); err != nil {
				return err
			}
		}
		number := slices.ContainsFunc(args, func(x ast.Expr) bool {
			return x.Kind() == ast.IdentKind && l.fields[x.AsIdent()].Kind == Number
		})
		if number {
			for _, x := range args {
				toDouble(x)
			}
		}
	}
	return nil
}

func toDouble(e ast.Expr) {
	if e.Kind() == ast.ListKind {
		for _, x := range e.AsList().Elements() {
			toDouble(x)
		}
		return
	}
	if e.Kind() != ast.LiteralKind {
		return
	}
	if i, ok := e.AsLiteral().(types.Int); ok {
		e.SetKindCase(ast.NewExprFactory().NewLiteral(e.ID(), types.Double(i)))
	}
}

// inspect collects the fields an expression reads and refuses values that a choice cannot have.
func (l *language) inspect(e ast.Expr, used map[string]bool) error {
	switch e.Kind() {
	case ast.IdentKind:
		name := e.AsIdent()
		if p, ok := PlaceOf(name); ok {
			name = p.Field
		}
		if _, ok := l.fields[name]; ok {
			used[name] = true
		}
	case ast.ListKind:
		for _, x := range e.AsList().Elements() {
			if err := l.inspect(x, used); err != nil {
				return err
			}
		}
	case ast.SelectKind:
		return l.inspect(e.AsSelect().Operand(), used)
	case ast.CallKind:
		c := e.AsCall()
		args := c.Args()
		if c.IsMemberFunction() {
			args = append(slices.Clone(args), c.Target())
		}
		for _, x := range args {
			if err := l.inspect(x, used); err != nil {
				return err
			}
		}
		switch c.FunctionName() {
		case operators.Equals, operators.NotEquals:
			if err := l.allowed(args[0], args[1]); err != nil {
				return err
			}
			return l.allowed(args[1], args[0])
		case operators.In:
			return l.allowed(args[0], args[1])
		}
	}
	return nil
}

func (l *language) allowed(field, value ast.Expr) error {
	if field.Kind() != ast.IdentKind {
		return nil
	}
	f := l.fields[field.AsIdent()]
	if f.Kind != Choice {
		return nil
	}
	if value.Kind() == ast.ListKind {
		for _, x := range value.AsList().Elements() {
			if err := l.allowed(field, x); err != nil {
				return err
			}
		}
		return nil
	}
	if value.Kind() != ast.LiteralKind {
		return nil
	}
	if s, ok := value.AsLiteral().Value().(string); ok && s != "" && !slices.Contains(f.Values, s) {
		return fmt.Errorf("%s cannot be %q; it is one of: %s", f.Name, s, strings.Join(f.Values, ", "))
	}
	return nil
}
