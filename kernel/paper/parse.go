package paper

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// MaxText bounds the typed text of a document.
const MaxText = 200_000

// wide turns what input methods write in the place of the signs of the syntax into those signs.
var wide = strings.NewReplacer("｛", "{", "｝", "}", "｜", "|", "＃", "#", "\r\n", "\n", "\r", "\n", "\u3000", " ", "\t", " ")

var numbered = regexp.MustCompile(`^[0-9]{1,3}[.)、．] ?`)

// Parse reads typed text. It always gives a document; what it could not read stands in Problems, with the line.
func Parse(text string) *Doc {
	p := &parser{doc: &Doc{}}
	if len(text) > MaxText {
		p.fault("paper.long", fault.Args{"max": MaxText})
		return p.doc
	}
	lines := strings.Split(wide.Replace(text), "\n")
	for i := 0; i < len(lines); {
		p.line = i + 1
		i += p.block(lines[i:])
	}
	return p.doc
}

type parser struct {
	doc  *Doc
	line int
}

func (p *parser) fault(key string, args fault.Args) {
	p.doc.Problems = append(p.doc.Problems, Problem{Line: p.line, Key: key, Args: args})
}

func (p *parser) add(b Block) { p.doc.Blocks = append(p.doc.Blocks, b) }

// block reads the block that begins here and tells how many lines it took.
func (p *parser) block(lines []string) int {
	l := strings.TrimSpace(lines[0])
	start := p.line
	switch {
	case l == "":
		return 1
	case strings.HasPrefix(l, "#"):
		rest := strings.TrimLeft(l, "#")
		level := len(l) - len(rest)
		if level > 3 {
			p.fault("paper.heading_deep", nil)
			level = 3
		}
		if rest = strings.TrimSpace(rest); rest == "" {
			p.fault("paper.heading_empty", nil)
			return 1
		}
		p.add(Block{Kind: Heading, Line: start, Level: level, Spans: p.spans(rest)})
		return 1
	case isBullet(l) || numbered.MatchString(l):
		return p.list(lines)
	case strings.HasPrefix(l, "|"):
		return p.table(lines)
	case strings.HasPrefix(l, ">"):
		n := p.while(lines, func(s string) bool { return strings.HasPrefix(s, ">") })
		p.add(Block{Kind: Quote, Line: start, Spans: p.join(lines[:n], func(s string) string { return strings.TrimPrefix(s, ">") })})
		return n
	case strings.HasPrefix(l, "{chart") || strings.HasPrefix(l, "{map"):
		p.drawing(l)
		return 1
	}
	n := p.while(lines, func(s string) bool {
		return s != "" && !isBullet(s) && !numbered.MatchString(s) && !strings.HasPrefix(s, "#") && !strings.HasPrefix(s, "|") &&
			!strings.HasPrefix(s, ">") && !strings.HasPrefix(s, "{chart") && !strings.HasPrefix(s, "{map")
	})
	p.add(Block{Kind: Paragraph, Line: start, Spans: p.join(lines[:n], func(s string) string { return s })})
	return n
}

func isBullet(l string) bool {
	return strings.HasPrefix(l, "- ") || strings.HasPrefix(l, "* ") || strings.HasPrefix(l, "• ") || strings.HasPrefix(l, "· ")
}

func (p *parser) while(lines []string, like func(string) bool) int {
	n := 1
	for n < len(lines) && like(strings.TrimSpace(lines[n])) {
		n++
	}
	return n
}

// join reads lines as one text. Between two letters of a script that writes spaces there is one.
func (p *parser) join(lines []string, cut func(string) string) []Span {
	var out []Span
	start := p.line
	for i, l := range lines {
		p.line = start + i
		l = strings.TrimSpace(cut(strings.TrimSpace(l)))
		if i > 0 && len(out) > 0 && spaced(lines[i-1], l) {
			l = " " + l
		}
		out = append(out, p.spans(l)...)
	}
	p.line = start
	return out
}

func spaced(before, after string) bool {
	b, a := []rune(strings.TrimSpace(before)), []rune(after)
	return len(b) > 0 && len(a) > 0 && b[len(b)-1] < 0x2E80 && a[0] < 0x2E80
}

func (p *parser) list(lines []string) int {
	first := strings.TrimSpace(lines[0])
	b := Block{Kind: Bullets, Line: p.line}
	like := isBullet
	cut := func(s string) string { return strings.TrimSpace(s[strings.Index(s, " "):]) }
	if !isBullet(first) {
		b.Kind, like = Numbered, numbered.MatchString
		cut = func(s string) string { return strings.TrimSpace(s[len(numbered.FindString(s)):]) }
	}
	n := p.while(lines, like)
	start := p.line
	for i, l := range lines[:n] {
		p.line = start + i
		b.Items = append(b.Items, p.spans(cut(strings.TrimSpace(l))))
	}
	p.line = start
	p.add(b)
	return n
}

var rule = regexp.MustCompile(`^[|\-: ]+$`)

func (p *parser) table(lines []string) int {
	b := Block{Kind: Grid, Line: p.line}
	n := p.while(lines, func(s string) bool { return strings.HasPrefix(s, "|") })
	start := p.line
	for i, l := range lines[:n] {
		p.line = start + i
		l = strings.TrimSpace(l)
		if rule.MatchString(l) && strings.Contains(l, "-") {
			continue
		}
		var row [][]Span
		for _, cell := range cells(strings.TrimSuffix(strings.TrimPrefix(l, "|"), "|")) {
			row = append(row, p.spans(strings.TrimSpace(cell)))
		}
		if len(b.Rows) > 0 && len(row) != len(b.Rows[0]) {
			p.fault("paper.row_cells", fault.Args{"found": len(row), "wanted": len(b.Rows[0])})
			for len(row) < len(b.Rows[0]) {
				row = append(row, nil)
			}
			row = row[:len(b.Rows[0])]
		}
		b.Rows = append(b.Rows, row)
	}
	p.line = start
	if len(b.Rows) > 0 {
		p.add(b)
	}
	return n
}

// cells divides a row at its bars; those within braces are not its own.
func cells(l string) (out []string) {
	depth, from := 0, 0
	for i, r := range l {
		switch r {
		case '{':
			depth++
		case '}':
			depth--
		case '|':
			if depth <= 0 {
				out, from = append(out, l[from:i]), i+1
			}
		}
	}
	return append(out, l[from:])
}

// drawing reads {chart bar key key | title} and {map key | title}.
func (p *parser) drawing(l string) {
	if !strings.HasSuffix(l, "}") {
		p.fault("paper.brace", nil)
		return
	}
	inside, title, _ := strings.Cut(l[1:len(l)-1], "|")
	words := strings.Fields(inside)
	b := Block{Line: p.line, Kind: Chart, Form: "bar", Spans: p.spans(strings.TrimSpace(title))}
	rest := words[1:]
	switch words[0] {
	case "map":
		b.Kind, b.Form = Map, ""
	case "chart":
		if len(rest) > 0 && slices.Contains(Forms, rest[0]) {
			b.Form, rest = rest[0], rest[1:]
		}
	default:
		p.fault("paper.unknown", fault.Args{"word": words[0], "known": "chart, map"})
		return
	}
	var keys, options []string
	for _, w := range rest {
		if strings.Contains(w, "=") {
			options = append(options, w)
		} else {
			keys = append(keys, w)
		}
	}
	days := []string{""}
	for i, o := range options {
		if list, ok := strings.CutPrefix(o, "on="); ok && strings.Contains(list, ",") {
			days, options = strings.Split(list, ","), slices.Delete(options, i, i+1)
			break
		}
	}
	if len(keys) == 0 {
		p.fault("paper.no_figure", nil)
		return
	}
	if joined(b.Form) && len(days) < 2 {
		p.fault("paper.two_days", fault.Args{"form": b.Form, "key": keys[0]})
	}
	for _, key := range keys {
		for _, day := range days {
			own := append([]string{key}, options...)
			if day != "" {
				own = append(own, "on="+day)
			}
			if m, ok := p.mark(own); ok {
				b.Marks = append(b.Marks, len(p.doc.Marks))
				p.doc.Marks = append(p.doc.Marks, m)
			}
		}
	}
	p.add(b)
}

// spans reads a line: bound figures in braces, **strong** words, and numbers typed by hand.
func (p *parser) spans(l string) []Span {
	var out []Span
	strong := false
	words := func(s string) {
		for i, part := range strings.Split(s, "**") {
			if i > 0 {
				strong = !strong
			}
			for _, sp := range divide(part) {
				sp.Strong, sp.Line = strong, p.line
				out = append(out, sp)
			}
		}
	}
	for l != "" {
		open := strings.IndexByte(l, '{')
		if open < 0 {
			if strings.IndexByte(l, '}') >= 0 {
				p.fault("paper.brace", nil)
			}
			words(l)
			break
		}
		end := strings.IndexByte(l[open:], '}')
		if end < 0 {
			p.fault("paper.brace", nil)
			words(l)
			break
		}
		words(l[:open])
		if sp, ok := p.braces(strings.TrimSpace(l[open+1 : open+end])); ok {
			sp.Strong, sp.Line = strong, p.line
			out = append(out, sp)
		} else {
			out = append(out, Span{Kind: Unbound, Text: l[open : open+end+1], Strong: strong, Line: p.line})
		}
		l = l[open+end+1:]
	}
	if strong {
		p.fault("paper.strong", nil)
	}
	return out
}

// braces reads what stands between braces.
func (p *parser) braces(s string) (Span, bool) {
	if n, ok := strings.CutPrefix(s, "n:"); ok {
		return p.exempt(strings.TrimSpace(n))
	}
	words := strings.Fields(s)
	if len(words) > 0 && words[0] == "figure" {
		words = words[1:]
	}
	if len(words) == 0 {
		p.fault("paper.no_figure", nil)
		return Span{}, false
	}
	m, ok := p.mark(words)
	if !ok {
		return Span{}, false
	}
	p.doc.Marks = append(p.doc.Marks, m)
	return Span{Kind: Bound, Mark: len(p.doc.Marks) - 1}, true
}

// exempt reads {n:2022 year}: a number that is no figure. A number of four digits that can be a year needs no reason.
func (p *parser) exempt(s string) (Span, bool) {
	text, why := s, ""
	for _, r := range Reasons {
		if t, ok := strings.CutSuffix(s, " "+r); ok {
			text, why = strings.TrimSpace(t), r
		}
	}
	if n, err := strconv.Atoi(text); why == "" && err == nil && n >= 1800 && n < 2200 {
		why = "year"
	}
	if text == "" || why == "" {
		p.fault("paper.why", fault.Args{"text": s, "reasons": strings.Join(Reasons, ", ")})
		return Span{}, false
	}
	return Span{Kind: Exempt, Text: text, Why: why}, true
}

var keyShape = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$`)

// mark reads a key and what follows it.
func (p *parser) mark(words []string) (Mark, bool) {
	m := Mark{Key: words[0], Qualifier: "exact", Line: p.line}
	if !keyShape.MatchString(m.Key) {
		p.fault("paper.key", fault.Args{"key": m.Key})
		return m, false
	}
	for _, w := range words[1:] {
		name, value, option := strings.Cut(w, "=")
		switch {
		case option:
			if !p.option(&m, name, value) {
				return m, false
			}
		case w == "bare":
			m.Bare = true
		case slices.Contains(Qualifiers, w):
			m.Qualifier = w
		default:
			n, ok := ParseNumber(w)
			if !ok {
				p.fault("paper.option", fault.Args{"word": w, "known": strings.Join(Qualifiers, ", ")})
				return m, false
			}
			m.Said, m.HasSaid = n, true
		}
	}
	if !m.HasSaid && needsSaid(m.Qualifier) {
		p.fault("paper.said", fault.Args{"key": m.Key, "qualifier": m.Qualifier})
		return m, false
	}
	return m, true
}

func (p *parser) option(m *Mark, name, value string) bool {
	day := func(d *clock.Day) bool {
		got, err := clock.ParseDay(value)
		if err != nil {
			p.fault("paper.day", fault.Args{"text": value})
			return false
		}
		*d = got
		return true
	}
	switch name {
	case "on":
		return day(&m.On)
	case "from":
		return day(&m.From)
	case "to":
		return day(&m.To)
	case "by":
		m.Variant = value
	case "of":
		m.Part = value
	case "unit":
		m.Unit = value
	default:
		p.fault("paper.option", fault.Args{"word": name, "known": "on, from, to, by, of, unit"})
		return false
	}
	return true
}

// ParseNumber reads a number as a text says it: digits, a point, groups, or a fraction such as 1/5.
func ParseNumber(s string) (float64, bool) {
	if a, b, ok := strings.Cut(s, "/"); ok {
		x, err1 := strconv.ParseFloat(a, 64)
		y, err2 := strconv.ParseFloat(b, 64)
		if err1 == nil && err2 == nil && y > 0 && x >= 0 && y < 1e9 && x < 1e9 {
			return x / y, true
		}
		return 0, false
	}
	s = strings.ReplaceAll(s, ",", "")
	if s == "" || strings.Trim(s, "0123456789.") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}
