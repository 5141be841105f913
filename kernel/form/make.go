package form

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
)

// Make turns the plain text of a form, as a pack keeps it, into a DOCX: "# " a title, "## " a heading, "= " a line in the
// middle, "> " a line at the right, "~ " a note in small letters, "| a | b |" the row of a table, the first of them in
// bold when "|---|" follows it, "|: 1 3 |" before a table the widths of its columns, "---" a new page. A cell that begins
// with "* " is in bold. In a row with fewer cells the last one reaches to the edge. lang is that of the text.
func Make(text, lang string) ([]byte, error) {
	var b strings.Builder
	var table [][]string
	widths, headed := []int(nil), false
	flush := func() {
		if len(table) > 0 {
			writeTable(&b, table, widths, headed)
		}
		table, widths, headed = nil, nil, false
	}
	for line := range strings.Lines(strings.ReplaceAll(text, "\r", "")) {
		line = strings.TrimRight(line, "\n ")
		if strings.HasPrefix(line, "|") {
			cells := strings.Split(strings.Trim(line, "|"), "|")
			switch {
			case strings.HasPrefix(line, "|:"):
				flush()
				for w := range strings.FieldsSeq(strings.Trim(line, "|: ")) {
					n, _ := strconv.Atoi(w) // what is no number is as narrow as can be
					widths = append(widths, max(1, n))
				}
			case strings.HasPrefix(line, "|---"):
				headed = true
			default:
				for i := range cells {
					cells[i] = strings.TrimSpace(cells[i])
				}
				table = append(table, cells)
			}
			continue
		}
		flush()
		mark, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "":
		case line == "---":
			b.WriteString(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`)
		case mark == "#":
			para(&b, "Title", rest, false)
		case mark == "##":
			para(&b, "Heading1", rest, false)
		case mark == "=":
			para(&b, "Middle", rest, false)
		case mark == ">":
			para(&b, "Right", rest, false)
		case mark == "~":
			para(&b, "Note", rest, false)
		default:
			para(&b, "", line, false)
		}
	}
	flush()
	return pack([]part{
		{name: "[Content_Types].xml", body: []byte(head + contentTypes)},
		{name: "_rels/.rels", body: []byte(head + rootRels)},
		{name: "word/document.xml", body: []byte(head + `<w:document xmlns:w="` + wordSpace + `"><w:body>` + b.String() + page + `</w:body></w:document>`)},
		{name: "word/_rels/document.xml.rels", body: []byte(head + docRels)},
		{name: "word/styles.xml", body: []byte(head + strings.ReplaceAll(styles, "LANG", lang))},
		{name: "word/footer1.xml", body: []byte(head + footer)},
	})
}

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

func para(b *strings.Builder, style, text string, bold bool) {
	b.WriteString("<w:p>")
	if style != "" {
		b.WriteString(`<w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`)
	}
	b.WriteString("<w:r>")
	if bold {
		b.WriteString("<w:rPr><w:b/></w:rPr>")
	}
	b.WriteString(`<w:t xml:space="preserve">` + escape(text) + `</w:t></w:r></w:p>`)
}

// textWidth is the width of the text of a page, in twentieths of a point.
const textWidth = 8844

func writeTable(b *strings.Builder, rows [][]string, shares []int, headed bool) {
	n := len(shares)
	for _, r := range rows {
		n = max(n, len(r))
	}
	for len(shares) < n {
		shares = append(shares, 1)
	}
	sum := 0
	for _, s := range shares {
		sum += s
	}
	b.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	width := make([]int, n)
	for i, s := range shares {
		width[i] = textWidth * s / sum
		b.WriteString(`<w:gridCol w:w="` + strconv.Itoa(width[i]) + `"/>`)
	}
	b.WriteString(`</w:tblGrid>`)
	for i, r := range rows {
		b.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
		if headed && i == 0 {
			b.WriteString(`<w:tblHeader/>`)
		}
		b.WriteString(`</w:trPr>`)
		for j, cell := range r {
			w, span := width[j], 1
			if j == len(r)-1 {
				for ; j+span < n; span++ {
					w += width[j+span]
				}
			}
			b.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + strconv.Itoa(w) + `" w:type="dxa"/>`)
			if span > 1 {
				b.WriteString(`<w:gridSpan w:val="` + strconv.Itoa(span) + `"/>`)
			}
			b.WriteString(`<w:vAlign w:val="center"/></w:tcPr>`)
			text, bold := strings.CutPrefix(cell, "* ")
			para(b, "Cell", text, bold || headed && i == 0)
			b.WriteString(`</w:tc>`)
		}
		b.WriteString(`</w:tr>`)
	}
	b.WriteString(`</w:tbl><w:p><w:pPr><w:pStyle w:val="Gap"/></w:pPr></w:p>`)
}

const (
	wordSpace    = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/></Types>`
	rootRels     = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`
	docRels      = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/></Relationships>`
	// The margins leave 156 by 225 millimetres for the text of an A4 page.
	page   = `<w:sectPr><w:footerReference xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" w:type="default" r:id="rId2"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="1134" w:gutter="0"/></w:sectPr>`
	footer = `<w:ftr xmlns:w="` + wordSpace + `"><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>`
)

var styles = `<w:styles xmlns:w="` + wordSpace + `"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="FangSong" w:cs="Times New Roman"/><w:sz w:val="28"/><w:lang w:val="en-GB" w:eastAsia="LANG"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="80" w:line="336" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
	`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>` +
	styleOf("Title", "Title", `<w:keepNext/><w:spacing w:before="120" w:after="240" w:line="288" w:lineRule="auto"/><w:jc w:val="center"/>`, `<w:rFonts w:eastAsia="SimSun"/><w:b/><w:sz w:val="40"/>`) +
	styleOf("Heading1", "heading 1", `<w:keepNext/><w:spacing w:before="200"/><w:outlineLvl w:val="0"/>`, `<w:rFonts w:eastAsia="SimHei"/><w:b/><w:sz w:val="28"/>`) +
	styleOf("Middle", "Middle", `<w:jc w:val="center"/>`, ``) + styleOf("Right", "Right", `<w:spacing w:before="120"/><w:jc w:val="right"/>`, ``) +
	styleOf("Note", "Note", `<w:spacing w:after="40" w:line="264" w:lineRule="auto"/>`, `<w:sz w:val="21"/>`) +
	styleOf("Cell", "Cell", `<w:spacing w:before="40" w:after="40" w:line="264" w:lineRule="auto"/>`, `<w:sz w:val="22"/>`) +
	styleOf("Gap", "Gap", `<w:spacing w:after="0" w:line="160" w:lineRule="exact"/>`, `<w:sz w:val="12"/>`) +
	`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>` +
	`<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>` + borders() + `</w:tblBorders></w:tblPr></w:style></w:styles>`

func borders() string {
	var b strings.Builder
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="404040"/>`)
	}
	return b.String()
}

func styleOf(id, name, para, chars string) string {
	return `<w:style w:type="paragraph" w:styleId="` + id + `"><w:name w:val="` + name + `"/><w:basedOn w:val="Normal"/><w:pPr>` + para + `</w:pPr><w:rPr>` + chars + `</w:rPr></w:style>`
}
