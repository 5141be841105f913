package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"yunqiao/kernel/fault"
)

// Annex is a table that follows the text of a DOCX: its title, its columns, and rows of text. A row's Name is where
// a link to it leads.
type Annex struct {
	Title   string
	Lines   []string
	Columns []string
	Rows    []AnnexRow
	Widths  []int // of the columns, beside each other; none makes them alike
}

// AnnexRow is one row of an annex.
type AnnexRow struct {
	Name  string // letters, digits and underlines; "" is linked from nowhere
	Cells []string
}

// DOCX writes a document as a Word file: its title, lines of head matter below it, the text, and annexes. The same
// document gives the same bytes.
func DOCX(w io.Writer, title string, head []string, d *Doc, k Look, annexes ...Annex) (err error) {
	defer fault.Wrap(&err, "writing a DOCX")
	x := &docx{look: k, doc: d}
	x.para("Title", run(title, ""))
	for _, l := range head {
		x.para("Subtitle", run(l, ""))
	}
	for _, b := range d.Blocks {
		x.block(b)
	}
	for _, a := range annexes {
		x.para("Heading1", run(a.Title, ""))
		for _, l := range a.Lines {
			x.para("", run(l, ""))
		}
		if len(a.Columns) > 0 {
			x.annex(a)
		}
	}
	z := zip.NewWriter(w)
	types, rels := "", ""
	list := []part{
		{"_rels/.rels", rootRels}, {"word/styles.xml", styles}, {"word/numbering.xml", x.numbering()},
		{"docProps/core.xml", xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + escape(title) + `</dc:title><dc:language>` + string(k.Lang) + `</dc:language></cp:coreProperties>`},
		{"word/document.xml", xmlHead + `<w:document ` + spaces + `><w:body>` + x.body.String() +
			`<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr></w:body></w:document>`},
	}
	for i, c := range x.charts {
		name := "charts/chart" + strconv.Itoa(i+1) + ".xml"
		list = append(list, part{"word/" + name, c})
		types += `<Override PartName="/word/` + name + `" ContentType="application/vnd.openxmlformats-officedocument.drawingml.chart+xml"/>`
		rels += `<Relationship Id="chart` + strconv.Itoa(i+1) + `" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart" Target="` + name + `"/>`
	}
	list = append([]part{{"[Content_Types].xml", strings.Replace(contentTypes, "</Types>", types+"</Types>", 1)},
		{"word/_rels/document.xml.rels", strings.Replace(docRels, "</Relationships>", rels+"</Relationships>", 1)}}, list...)
	for _, part := range list {
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, part.body); err != nil {
			return err
		}
	}
	return z.Close()
}

// part is one file of the package that a DOCX is.
type part struct{ name, body string }

// spaces are the vocabularies that a document uses.
const spaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ` +
	`xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"`

type docx struct {
	look   Look
	doc    *Doc
	body   strings.Builder
	lists  int // numbered lists so far; each begins at 1
	marks  int
	charts []string // the parts that hold them
}

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

func run(text, props string) string {
	if props != "" {
		props = "<w:rPr>" + props + "</w:rPr>"
	}
	return `<w:r>` + props + `<w:t xml:space="preserve">` + escape(text) + `</w:t></w:r>`
}

func (x *docx) para(style, runs string, props ...string) {
	x.body.WriteString("<w:p>")
	if style != "" || len(props) > 0 {
		x.body.WriteString("<w:pPr>")
		if style != "" {
			x.body.WriteString(`<w:pStyle w:val="` + style + `"/>`)
		}
		x.body.WriteString(strings.Join(props, "") + "</w:pPr>")
	}
	x.body.WriteString(runs + "</w:p>")
}

func (x *docx) block(b Block) {
	switch b.Kind {
	case Heading:
		x.para("Heading"+strconv.Itoa(b.Level), x.runs(b.Spans, ""))
	case Paragraph:
		x.para("", x.runs(b.Spans, ""))
	case Quote:
		x.para("Quote", x.runs(b.Spans, ""))
	case Bullets, Numbered:
		num := 1
		if b.Kind == Numbered {
			x.lists++
			num = 1 + x.lists
		}
		for _, it := range b.Items {
			x.para("ListParagraph", x.runs(it, ""), `<w:numPr><w:ilvl w:val="0"/><w:numId w:val="`+strconv.Itoa(num)+`"/></w:numPr>`)
		}
	case Grid:
		var rows [][]string
		for i, r := range b.Rows {
			var cells []string
			for _, c := range r {
				if i == 0 {
					cells = append(cells, x.runs(c, "<w:b/>"))
				} else {
					cells = append(cells, x.runs(c, ""))
				}
			}
			rows = append(rows, cells)
		}
		x.table(rows, nil, nil)
	case Chart, Map:
		x.figure(b)
	}
}

// figure writes a chart or a map: its title, the chart itself, what it shows in a sentence, and the tables.
func (x *docx) figure(b Block) {
	filled := make([]Filled, len(b.Marks))
	for i, m := range b.Marks {
		filled[i] = x.look.fill(m)
	}
	pic := x.look.draw(x.doc, b, filled)
	title := run(pic.title, "")
	if len(b.Spans) > 0 {
		title = x.runs(b.Spans, "")
	}
	x.para("Caption", title, `<w:keepNext/>`)
	if part := chartPart(pic.spec); part != "" {
		x.charts = append(x.charts, part)
		x.para("", x.drawing(pic))
	}
	if pic.say != "" {
		x.para("", run(pic.say, ""))
	}
	head, names, list := x.look.figures(x.doc, b, filled)
	rows := [][]string{nil}
	for _, h := range head {
		rows[0] = append(rows[0], run(h, "<w:b/>"))
	}
	for i, places := range list {
		row := []string{run(names[i], "")}
		for _, at := range places {
			if at < 0 {
				row = append(row, "")
				continue
			}
			row = append(row, x.bound(filled[at], ""))
		}
		rows = append(rows, row)
	}
	x.table(rows, nil, nil)
	if len(pic.rows) > 0 {
		x.annex(Annex{Columns: pic.head, Rows: annexRows(pic.rows)})
	}
}

func annexRows(rows [][]string) []AnnexRow {
	out := make([]AnnexRow, len(rows))
	for i, r := range rows {
		out[i] = AnnexRow{Cells: r}
	}
	return out
}

func (x *docx) annex(a Annex) {
	var rows [][]string
	names := []string{""}
	var head []string
	for _, c := range a.Columns {
		head = append(head, run(c, "<w:b/>"))
	}
	rows = append(rows, head)
	for _, r := range a.Rows {
		var cells []string
		for _, c := range r.Cells {
			cells = append(cells, run(c, ""))
		}
		rows, names = append(rows, cells), append(names, r.Name)
	}
	x.table(rows, names, a.Widths)
}

// table writes rows of ready runs; the first is repeated on each page.
func (x *docx) table(rows [][]string, names []string, shares []int) {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return
	}
	widths := make([]string, len(rows[0]))
	all := 0
	for _, share := range shares {
		all += share
	}
	grid := ""
	for i := range widths {
		widths[i] = strconv.Itoa(9000 / len(widths))
		if len(shares) == len(widths) {
			widths[i] = strconv.Itoa(9000 * shares[i] / all)
		}
		grid += `<w:gridCol w:w="` + widths[i] + `"/>`
	}
	x.body.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/></w:tblPr><w:tblGrid>` + grid + `</w:tblGrid>`)
	for i, r := range rows {
		x.body.WriteString("<w:tr>")
		if i == 0 {
			x.body.WriteString("<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>")
		} else {
			x.body.WriteString("<w:trPr><w:cantSplit/></w:trPr>")
		}
		for j, c := range r {
			if j == 0 && i < len(names) && names[i] != "" {
				x.marks++
				id := strconv.Itoa(x.marks)
				c = `<w:bookmarkStart w:id="` + id + `" w:name="` + escape(names[i]) + `"/>` + c + `<w:bookmarkEnd w:id="` + id + `"/>`
			}
			x.body.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + widths[j] + `" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="Cell"/></w:pPr>` + c + "</w:p></w:tc>")
		}
		x.body.WriteString("</w:tr>")
	}
	x.body.WriteString("</w:tbl><w:p/>")
}

const loud = `<w:b/><w:color w:val="B00020"/><w:u w:val="wave" w:color="B00020"/>`

func (x *docx) runs(ss []Span, props string) string {
	var b strings.Builder
	for _, s := range ss {
		p := props
		if s.Strong && !strings.Contains(p, "<w:b/>") {
			p = "<w:b/>" + p
		}
		switch s.Kind {
		case Plain, Exempt:
			b.WriteString(run(s.Text, p))
		case Unbound:
			b.WriteString(run("⚠ "+s.Text+" ["+x.look.say("paper.unbound")+"]", loud))
		case Bound:
			b.WriteString(x.bound(x.look.fill(s.Mark), p))
		}
	}
	return b.String()
}

func (x *docx) bound(f Filled, props string) string {
	name, ok := strings.CutPrefix(f.Href, "#")
	switch {
	case f.Bad != "":
		return run("⚠ "+f.Bad, loud)
	case ok:
		return `<w:hyperlink w:anchor="` + escape(name) + `">` + run(f.Text, props+`<w:u w:val="dotted"/>`) + `</w:hyperlink>`
	}
	return run(f.Text, props)
}

// numbering declares one list of bullets, and one of numbers for each numbered list.
func (x *docx) numbering() string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` +
		`<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>` +
		`<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/><w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>` +
		`<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>`)
	for i := range x.lists {
		b.WriteString(`<w:num w:numId="` + strconv.Itoa(i+2) + `"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>`)
	}
	b.WriteString(`</w:numbering>`)
	return b.String()
}

const (
	xmlHead      = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`
	rootRels     = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`
	docRels      = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/></Relationships>`
)

var styles = xmlHead + `<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="SimSun" w:cs="Arial"/><w:sz w:val="22"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="300" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
	`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>` +
	style("Title", "Title", `<w:spacing w:after="60"/>`, `<w:b/><w:sz w:val="40"/>`) + style("Subtitle", "Subtitle", ``, `<w:color w:val="595959"/>`) +
	style("Heading1", "heading 1", `<w:keepNext/><w:spacing w:before="320"/><w:outlineLvl w:val="0"/>`, `<w:b/><w:sz w:val="30"/>`) +
	style("Heading2", "heading 2", `<w:keepNext/><w:spacing w:before="240"/><w:outlineLvl w:val="1"/>`, `<w:b/><w:sz w:val="26"/>`) +
	style("Heading3", "heading 3", `<w:keepNext/><w:spacing w:before="200"/><w:outlineLvl w:val="2"/>`, `<w:b/><w:sz w:val="23"/>`) +
	style("Quote", "Quote", `<w:ind w:left="567"/>`, `<w:i/>`) + style("ListParagraph", "List Paragraph", `<w:ind w:left="720"/>`, ``) + style("Caption", "caption", `<w:keepNext/><w:spacing w:before="240"/>`, `<w:b/>`) +
	style("Cell", "Cell", `<w:spacing w:before="40" w:after="40" w:line="252" w:lineRule="auto"/>`, `<w:sz w:val="20"/>`) +
	`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/></w:style>` +
	`<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>` + borders + `</w:tblBorders></w:tblPr></w:style></w:styles>`

var borders = func() string {
	var b strings.Builder
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="BFC6C9"/>`)
	}
	return b.String()
}()

func style(id, name, para, chars string) string {
	return `<w:style w:type="paragraph" w:styleId="` + id + `"><w:name w:val="` + name + `"/><w:basedOn w:val="Normal"/><w:pPr>` + para + `</w:pPr><w:rPr>` + chars + `</w:rPr></w:style>`
}
