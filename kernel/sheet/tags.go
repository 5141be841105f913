package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// tags goes through an XML part tag by tag. The general reader of the standard library takes four times as long, and a
// workbook of 100,000 rows has five million of them. Prefixes of names are dropped; what a part declares before its first
// tag is passed over, and one that declares entities of its own is refused.
type tags struct {
	in    *bufio.Reader
	attrs []byte
	empty bool // the tag has no inside
}

func newTags(r io.Reader) *tags {
	in := bufio.NewReaderSize(r, 128<<10)
	if head, _ := in.Peek(2); len(head) == 2 && (head[0] == 0xFE && head[1] == 0xFF || head[0] == 0xFF && head[1] == 0xFE) {
		in = bufio.NewReaderSize(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(in), 128<<10)
	}
	return &tags{in: in}
}

// until gives what stands before a character, and takes both. It may be kept until the next reading.
func (g *tags) until(c byte, most int, into []byte) ([]byte, error) {
	part, err := g.in.ReadSlice(c)
	if err == nil && len(into) == 0 {
		return part[:len(part)-1], nil
	}
	into = append(into, part...)
	for errors.Is(err, bufio.ErrBufferFull) && len(into) <= most {
		part, err = g.in.ReadSlice(c)
		into = append(into, part...)
	}
	if err != nil {
		return into, err
	}
	return into[:len(into)-1], nil
}

// next passes over text and gives the name of the next tag; end tells that it closes one. io.EOF is the end of the part.
func (g *tags) next() (name string, end bool, err error) {
	for {
		if err := g.skip('<'); err != nil {
			return "", false, err
		}
		passed, err := g.aside(nil)
		if err != nil {
			return "", false, broke(err)
		}
		if !passed {
			return g.tag()
		}
	}
}

// skip passes over everything up to a character and takes that too.
func (g *tags) skip(c byte) error {
	for {
		_, err := g.in.ReadSlice(c)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// drain reads what is left of the part; io.EOF when it is whole.
func (g *tags) drain() error {
	if _, err := io.Copy(io.Discard, g.in); err != nil {
		return err
	}
	return io.EOF
}

// aside passes over a comment or an instruction behind a '<', and adds text that is marked as such; false when a tag follows.
func (g *tags) aside(text *[]byte) (bool, error) {
	head, err := g.in.Peek(1)
	if err != nil {
		return false, err
	}
	switch head[0] {
	case '?':
		return true, g.pass("?>", nil)
	case '!':
		if head, _ = g.in.Peek(8); bytes.HasPrefix(head, []byte("!--")) {
			_, _ = g.in.Discard(3)
			return true, g.pass("-->", nil)
		}
		if string(head) == "![CDATA[" {
			_, _ = g.in.Discard(8)
			return true, g.pass("]]>", text)
		}
		return false, errBroken
	}
	return false, nil
}

// pass reads up to an end mark; what stands before it is added to text.
func (g *tags) pass(mark string, text *[]byte) error {
	var last []byte
	for {
		c, err := g.in.ReadByte()
		if err != nil {
			return err
		}
		last = append(last, c)
		if n := len(last) - len(mark); n >= 0 && string(last[n:]) == mark {
			if text != nil {
				*text = append(*text, last[:n]...)
			}
			return nil
		}
		if text == nil && len(last) > 64 {
			last = append(last[:0], last[len(last)-len(mark):]...)
		}
		if len(last) > 2*longestCell {
			return errBroken
		}
	}
}

// tag reads a tag behind its '<'.
func (g *tags) tag() (name string, end bool, err error) {
	raw, err := g.until('>', longestName, nil)
	for err == nil && bytes.Count(raw, []byte{'"'})%2 == 1 { // the '>' stands in a value
		kept := append(bytes.Clone(raw), '>')
		raw, err = g.until('>', longestName, kept)
	}
	if err != nil {
		return "", false, broke(err)
	}
	if len(raw) > 0 && raw[0] == '/' {
		end, raw = true, raw[1:]
	}
	g.empty = len(raw) > 0 && raw[len(raw)-1] == '/'
	if g.empty {
		raw = raw[:len(raw)-1]
	}
	i := 0
	for i < len(raw) && raw[i] > ' ' {
		i++
	}
	word := raw[:i]
	if at := bytes.IndexByte(word, ':'); at >= 0 {
		word = word[at+1:]
	}
	g.attrs = raw[i:]
	return known(word), end, nil
}

// known gives a name without taking memory for those that stand a million times in a sheet.
func known(word []byte) string {
	switch string(word) {
	case "c":
		return "c"
	case "v":
		return "v"
	case "is":
		return "is"
	case "t":
		return "t"
	case "row":
		return "row"
	case "si":
		return "si"
	case "r":
		return "r"
	}
	return string(word)
}

// attr gives what the open tag says under a name without a prefix, nil when it says nothing. Nothing that is asked for has
// characters that would have to be escaped. It may be kept until the next reading.
func (g *tags) attr(name string) []byte {
	rest := g.attrs
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		at := bytes.IndexByte(rest, '=')
		if at < 0 {
			return nil
		}
		word := bytes.TrimRight(rest[:at], " \t\r\n")
		rest = bytes.TrimLeft(rest[at+1:], " \t\r\n")
		if len(rest) == 0 {
			return nil
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return nil
		}
		if string(word) == name {
			return rest[1 : end+1]
		}
		rest = rest[end+2:]
	}
}

// inside appends the text between the open tag and the one that closes it, whatever tags stand in between.
func (g *tags) inside(to []byte, name string) ([]byte, error) {
	if g.empty {
		return to, nil
	}
	for {
		at := len(to)
		for {
			part, err := g.in.ReadSlice('<')
			to = append(to, part...)
			if len(to)-at > 8*longestCell {
				return to, errBroken
			}
			if err == nil {
				break
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				return to, broke(err)
			}
		}
		var err error
		if to, err = plainText(to[:len(to)-1], at); err != nil {
			return to, err
		}
		passed, err := g.aside(&to)
		if err != nil {
			return to, broke(err)
		}
		if passed {
			continue
		}
		if got, end, err := g.tag(); err != nil || end && got == name {
			return to, err
		}
	}
}

// rich appends the text of an open tag that holds it in pieces (ECMA-376, part 1, 18.4.8), without how it is spoken.
func (g *tags) rich(to []byte, name string) ([]byte, error) {
	if g.empty {
		return to, nil
	}
	spoken := false
	for {
		got, end, err := g.next()
		switch {
		case err != nil:
			return to, broke(err)
		case end && got == name:
			return to, nil
		case got == "rPh":
			spoken = !end && !g.empty
		case got == "t" && !end && !spoken:
			if to, err = g.inside(to, "t"); err != nil {
				return to, err
			}
		}
	}
}

// plainText puts characters in the place of their names in what stands behind a place, and one line feed for each end of a line
// (XML 1.0, 2.11 and 4.1).
func plainText(text []byte, from int) ([]byte, error) {
	if bytes.IndexByte(text[from:], '&') < 0 && bytes.IndexByte(text[from:], '\r') < 0 {
		return text, nil
	}
	out := text[:from]
	for i := from; i < len(text); i++ {
		switch c := text[i]; c {
		case '\r':
			if i+1 == len(text) || text[i+1] != '\n' {
				out = append(out, '\n')
			}
		case '&':
			end := bytes.IndexByte(text[i:min(len(text), i+12)], ';')
			if end < 0 {
				return out, errBroken
			}
			r, ok := character(string(text[i+1 : i+end]))
			if !ok {
				return out, errBroken
			}
			out = utf8.AppendRune(out, r)
			i += end
		default:
			out = append(out, c)
		}
	}
	return out, nil
}

func character(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base := 10
	if name = name[1:]; name[0] == 'x' {
		name, base = name[1:], 16
	}
	n, err := strconv.ParseUint(name, base, 32)
	return rune(n), err == nil && n > 0 && n <= utf8.MaxRune //nolint:gosec // bounded in the same line
}
