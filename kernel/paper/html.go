package paper

import (
	"html"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/translate"
)

// Filled is a bound figure as it is shown.
type Filled struct {
	Text  string // "103 pairs"
	Title string // what the figure is called
	Href  string // where its evidence is
	Value float64
	On    clock.Day // as of which day
	Unit  string    // in the language of the document
	Bad   string    // why it cannot be shown; then nothing else counts
}

// Look says how a document is written: in which language, and what its figures are.
type Look struct {
	Lang translate.Lang
	Book *translate.Book
	Fill func(mark int) Filled
	// Map draws the places behind the figures of a map; the table stands below it in any case. nil draws none.
	Map func(b Block, title string, filled []Filled) Picture
	// Depth is added to the level of headings, which begin at 2 in a page that has its own title.
	Depth int
}

func (k Look) say(key string) string { return k.Book.Say(k.Lang, key) }

func (k Look) fill(mark int) Filled {
	if k.Fill == nil {
		return Filled{Bad: k.say("paper.broken")}
	}
	return k.Fill(mark)
}

// HTML writes the blocks of a document. Every text is escaped; a number typed by hand is marked by colour, shape and
// word, also on paper.
func HTML(d *Doc, k Look) string {
	var b strings.Builder
	for _, bl := range d.Blocks {
		k.block(&b, d, bl)
	}
	return b.String()
}

func (k Look) block(b *strings.Builder, d *Doc, bl Block) {
	switch bl.Kind {
	case Heading:
		n := strconv.Itoa(min(bl.Level+1+k.Depth, 6))
		b.WriteString("<h" + n + ">")
		k.spans(b, bl.Spans)
		b.WriteString("</h" + n + ">\n")
	case Paragraph:
		b.WriteString("<p>")
		k.spans(b, bl.Spans)
		b.WriteString("</p>\n")
	case Quote:
		b.WriteString("<blockquote><p>")
		k.spans(b, bl.Spans)
		b.WriteString("</p></blockquote>\n")
	case Bullets, Numbered:
		tag := "ul"
		if bl.Kind == Numbered {
			tag = "ol"
		}
		b.WriteString("<" + tag + ">\n")
		for _, it := range bl.Items {
			b.WriteString("<li>")
			k.spans(b, it)
			b.WriteString("</li>\n")
		}
		b.WriteString("</" + tag + ">\n")
	case Grid:
		k.table(b, bl)
	case Chart, Map:
		k.figure(b, d, bl)
	}
}

func (k Look) table(b *strings.Builder, bl Block) {
	b.WriteString(`<div class="paper-scroll" tabindex="0" role="group" aria-label="` + html.EscapeString(plainSpans(bl.Rows[0][0])) + `"><table>` + "\n")
	for i, row := range bl.Rows {
		open, end := "<td>", "</td>"
		switch i {
		case 0:
			b.WriteString("<thead>")
			open, end = `<th scope="col">`, "</th>"
		case 1:
			b.WriteString("<tbody>")
		}
		b.WriteString("<tr>")
		for _, cell := range row {
			b.WriteString(open)
			k.spans(b, cell)
			b.WriteString(end)
		}
		b.WriteString("</tr>")
		if i == 0 {
			b.WriteString("</thead>")
		}
		b.WriteString("\n")
	}
	if len(bl.Rows) > 1 {
		b.WriteString("</tbody>")
	}
	b.WriteString("</table></div>\n")
}

func (k Look) figure(b *strings.Builder, d *Doc, bl Block) {
	filled := make([]Filled, len(bl.Marks))
	for i, m := range bl.Marks {
		filled[i] = k.fill(m)
	}
	x := k.draw(d, bl, filled)
	b.WriteString(`<figure class="paper-figure chartbox">` + "\n<figcaption><strong>")
	if len(bl.Spans) > 0 {
		k.spans(b, bl.Spans)
	} else {
		b.WriteString(html.EscapeString(x.title))
	}
	b.WriteString("</strong></figcaption>\n" + x.html)
	if x.say != "" {
		b.WriteString("<p>" + html.EscapeString(x.say) + "</p>\n")
	}
	head, names, rows := k.figures(d, bl, filled)
	b.WriteString("<table><thead><tr>")
	for _, h := range head {
		b.WriteString(`<th scope="col">` + html.EscapeString(h) + "</th>")
	}
	b.WriteString("</tr></thead><tbody>\n")
	for i, row := range rows {
		b.WriteString("<tr><td>" + html.EscapeString(names[i]) + "</td>")
		for _, at := range row {
			b.WriteString("<td>")
			if at >= 0 {
				k.bound(b, filled[at])
			}
			b.WriteString("</td>")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table>\n")
	switch {
	case len(x.rows) > 0 && len(x.head) == 2: // one number each: side by side, as they may be many
		b.WriteString(`<dl class="places">`)
		for _, row := range x.rows {
			b.WriteString("<div><dt>" + html.EscapeString(row[0]) + "</dt><dd>" + html.EscapeString(row[1]) + "</dd></div>\n")
		}
		b.WriteString("</dl>\n")
	case len(x.rows) > 0:
		b.WriteString("<table><thead><tr>")
		for _, h := range x.head {
			b.WriteString(`<th scope="col">` + html.EscapeString(h) + "</th>")
		}
		b.WriteString("</tr></thead><tbody>\n")
		for _, row := range x.rows {
			b.WriteString("<tr>")
			for _, cell := range row {
				b.WriteString("<td>" + html.EscapeString(cell) + "</td>")
			}
			b.WriteString("</tr>\n")
		}
		b.WriteString("</tbody></table>\n")
	}
	b.WriteString("</figure>\n")
}

// RowTitle is what a figure is called in a row of a chart: with its day, where the text names one.
func RowTitle(m Mark, f Filled) string {
	title := f.Title
	if title == "" {
		title = m.Key
	}
	if day := dayOf(m); day != "" {
		title += " · " + day
	}
	return title
}

func (k Look) spans(b *strings.Builder, ss []Span) {
	for _, s := range ss {
		if s.Strong {
			b.WriteString("<strong>")
		}
		switch s.Kind {
		case Plain:
			b.WriteString(html.EscapeString(s.Text))
		case Exempt:
			b.WriteString(`<span class="exempt" title="` + html.EscapeString(k.say("paper.reason."+s.Why)) + `">` + html.EscapeString(s.Text) + "</span>")
		case Unbound:
			b.WriteString(`<mark class="unbound" title="` + html.EscapeString(k.say("paper.unbound_why")) + `"><span aria-hidden="true">⚠ </span>` +
				html.EscapeString(s.Text) + "<small> " + html.EscapeString(k.say("paper.unbound")) + "</small></mark>")
		case Bound:
			k.bound(b, k.fill(s.Mark))
		}
		if s.Strong {
			b.WriteString("</strong>")
		}
	}
}

func (k Look) bound(b *strings.Builder, f Filled) {
	switch {
	case f.Bad != "":
		b.WriteString(`<mark class="unbound"><span aria-hidden="true">⚠ </span>` + html.EscapeString(f.Bad) + "</mark>")
	case f.Href == "":
		b.WriteString(`<span class="bound" title="` + html.EscapeString(f.Title) + `">` + html.EscapeString(f.Text) + "</span>")
	default:
		b.WriteString(`<a class="bound" href="` + html.EscapeString(f.Href) + `" title="` + html.EscapeString(f.Title) + `">` + html.EscapeString(f.Text) + "</a>")
	}
}

// Text writes a document as plain text, as a mail would carry it.
func Text(d *Doc, k Look) string {
	var b strings.Builder
	for _, bl := range d.Blocks {
		switch bl.Kind {
		case Heading:
			b.WriteString(strings.Repeat("#", bl.Level) + " " + k.line(bl.Spans) + "\n\n")
		case Paragraph:
			b.WriteString(k.line(bl.Spans) + "\n\n")
		case Quote:
			b.WriteString("> " + k.line(bl.Spans) + "\n\n")
		case Bullets, Numbered:
			for i, it := range bl.Items {
				sign := "- "
				if bl.Kind == Numbered {
					sign = strconv.Itoa(i+1) + ". "
				}
				b.WriteString(sign + k.line(it) + "\n")
			}
			b.WriteString("\n")
		case Grid:
			for _, row := range bl.Rows {
				for i, cell := range row {
					if i > 0 {
						b.WriteString("\t")
					}
					b.WriteString(k.line(cell))
				}
				b.WriteString("\n")
			}
			b.WriteString("\n")
		case Chart, Map:
			filled := make([]Filled, len(bl.Marks))
			for i, m := range bl.Marks {
				filled[i] = k.fill(m)
			}
			x := k.draw(d, bl, filled)
			b.WriteString(x.title + "\n")
			if x.say != "" {
				b.WriteString(x.say + "\n")
			}
			_, names, rows := k.figures(d, bl, filled)
			for i, row := range rows {
				b.WriteString(names[i])
				for _, at := range row {
					b.WriteString("\t")
					if at >= 0 {
						b.WriteString(textOf(filled[at]))
					}
				}
				b.WriteString("\n")
			}
			for _, row := range x.rows {
				b.WriteString(strings.Join(row, "\t") + "\n")
			}
			b.WriteString("\n")
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func textOf(f Filled) string {
	if f.Bad != "" {
		return "⚠ " + f.Bad
	}
	return f.Text
}

func (k Look) line(ss []Span) string {
	var b strings.Builder
	for _, s := range ss {
		switch s.Kind {
		case Plain, Exempt:
			b.WriteString(s.Text)
		case Unbound:
			b.WriteString("⚠" + s.Text + " [" + k.say("paper.unbound") + "]")
		case Bound:
			b.WriteString(textOf(k.fill(s.Mark)))
		}
	}
	return b.String()
}
