package stories

import (
	"html"
	"regexp"
	"strconv"
	"strings"

	"yunqiao/kernel/fault"
)

// Block is one part of a text: a paragraph, a heading, a list, a quotation, or the place of a picture.
type Block struct {
	Kind  string // p, h, ul, ol, quote or picture
	Lines []string
	N     int // of the picture, from 1
}

// Parsed is a text as its marks divide it, with what is wrong in them.
type Parsed struct {
	Blocks []Block
	Wrong  []*fault.Error // without a field
}

// The marks of a text: "# " begins a heading, "- " and "1. " the lines of a list, "> " a quotation; a line {picture 2} puts
// the second picture there; an empty line ends a paragraph. Within a line **words** are strong and [words](https://…) lead
// to an address. Everything else is what it is: nothing a writer types becomes markup of the page.
var (
	pictureMark = regexp.MustCompile(`^\{\s*(?:picture|图)\s*([0-9]{1,2})\s*\}$`)
	numberMark  = regexp.MustCompile(`^[0-9]{1,3}[.、]\s+`)
	linkMark    = regexp.MustCompile(`\[([^\]\[\n]{1,300})\]\(([^)\s]{0,600})\)`)
	strongMark  = regexp.MustCompile(`\*\*([^*\n]+)\*\*`)
)

// Parse divides a text by its marks.
func Parse(text string) Parsed {
	var out Parsed
	for _, m := range linkMark.FindAllStringSubmatch(text, -1) {
		if !secure(m[2]) {
			out.Wrong = append(out.Wrong, fault.New(fault.Invalid, "stories.link", fault.Args{"words": m[1], "address": m[2]}))
		}
	}
	open := "" // the kind that a further line goes on
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimSpace(line)
		kind, rest := "p", line
		switch m := pictureMark.FindStringSubmatch(line); {
		case line == "":
			open = ""
			continue
		case m != nil:
			n, _ := strconv.Atoi(m[1]) // digits
			out.Blocks = append(out.Blocks, Block{Kind: "picture", N: n})
			open = ""
			continue
		case strings.HasPrefix(line, "#"):
			out.Blocks = append(out.Blocks, Block{Kind: "h", Lines: []string{strings.TrimSpace(strings.TrimLeft(line, "#"))}})
			open = ""
			continue
		case strings.HasPrefix(line, "- "):
			kind, rest = "ul", line[2:]
		case strings.HasPrefix(line, "> "):
			kind, rest = "quote", line[2:]
		case numberMark.MatchString(line):
			kind, rest = "ol", numberMark.ReplaceAllString(line, "")
		}
		if kind != open {
			out.Blocks = append(out.Blocks, Block{Kind: kind})
		}
		last := &out.Blocks[len(out.Blocks)-1]
		last.Lines = append(last.Lines, rest)
		open = kind
	}
	return out
}

// Line writes the words of a line: strong words and links; everything else as plain text.
func Line(s string) string {
	var b strings.Builder
	for {
		m := linkMark.FindStringSubmatchIndex(s)
		if m == nil {
			break
		}
		b.WriteString(strong(s[:m[0]]))
		if address := s[m[4]:m[5]]; secure(address) {
			b.WriteString(`<a href="` + html.EscapeString(address) + `" rel="noopener">` + strong(s[m[2]:m[3]]) + `</a>`)
		} else { // shown as it was typed; a check says so
			b.WriteString(strong(s[m[0]:m[1]]))
		}
		s = s[m[1]:]
	}
	b.WriteString(strong(s))
	return b.String()
}

func strong(s string) string {
	return strongMark.ReplaceAllString(html.EscapeString(s), "<strong>$1</strong>")
}

// HTML writes a text for a page; picture writes the one with a number, "" where there is none.
func (p Parsed) HTML(picture func(n int) string) string {
	var b strings.Builder
	join := func(lines []string, between string) {
		for i, l := range lines {
			if i > 0 {
				b.WriteString(between)
			}
			b.WriteString(Line(l))
		}
	}
	for _, x := range p.Blocks {
		switch x.Kind {
		case "picture":
			b.WriteString(picture(x.N))
		case "h":
			b.WriteString("<h2>")
			join(x.Lines, " ")
			b.WriteString("</h2>")
		case "quote":
			b.WriteString("<blockquote><p>")
			join(x.Lines, "<br>")
			b.WriteString("</p></blockquote>")
		case "ul", "ol":
			b.WriteString("<" + x.Kind + "><li>")
			join(x.Lines, "</li><li>")
			b.WriteString("</li></" + x.Kind + ">")
		default:
			b.WriteString("<p>")
			join(x.Lines, "<br>")
			b.WriteString("</p>")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// Placed are the numbers of the pictures that the text has a place for.
func (p Parsed) Placed() map[int]bool {
	out := map[int]bool{}
	for _, x := range p.Blocks {
		if x.Kind == "picture" {
			out[x.N] = true
		}
	}
	return out
}

// Plain is the text without its marks, for feeds and counts.
func (p Parsed) Plain() string {
	var b strings.Builder
	for _, x := range p.Blocks {
		for _, l := range x.Lines {
			l = linkMark.ReplaceAllString(l, "$1")
			b.WriteString(strings.ReplaceAll(l, "**", "") + "\n")
		}
	}
	return strings.TrimSpace(b.String())
}
