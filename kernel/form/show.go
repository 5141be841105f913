package form

import (
	"strconv"
	"strings"
)

// Block is a piece of a paper as a page shows it: a paragraph, or a table where it has rows.
type Block struct {
	Kind string // title, heading, middle, right, note, "" for plain text, table
	Text []Piece
	Rows [][]Cell
}

// Piece is a run of a paragraph; one that is a line break has no text.
type Piece struct {
	Text  string
	Bold  bool
	Break bool
}

// Cell is a cell of a table.
type Cell struct {
	Blocks []Block
	Span   int
}

// Show gives the text of a form as a page shows it. Pictures, heads and feet are not shown.
func (f *Form) Show() []Block {
	for _, p := range f.parts {
		if p.name != "word/document.xml" {
			continue
		}
		for _, k := range p.tree.kids {
			if k.name == "w:body" {
				return blocks(k)
			}
		}
	}
	return nil
}

func blocks(n *node) (out []Block) {
	for _, k := range n.kids {
		switch k.name {
		case "w:p":
			out = append(out, paragraph(k))
		case "w:tbl":
			out = append(out, grid(k))
		case "w:sdt", "w:sdtContent", "w:ins":
			out = append(out, blocks(k)...)
		}
	}
	return out
}

func (n *node) child(name string) *node {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

func (n *node) attr(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if full(a.Name) == name {
			return a.Value
		}
	}
	return ""
}

func paragraph(n *node) Block {
	props := n.child("w:pPr")
	b := Block{}
	switch style := strings.ToLower(props.child("w:pStyle").attr("w:val")); {
	case style == "title":
		b.Kind = "title"
	case strings.HasPrefix(style, "heading"):
		b.Kind = "heading"
	case style == "middle", style == "right", style == "note":
		b.Kind = style
	}
	switch props.child("w:jc").attr("w:val") {
	case "center":
		if b.Kind == "" {
			b.Kind = "middle"
		}
	case "right", "end":
		b.Kind = "right"
	}
	var walk func(n *node, bold bool)
	walk = func(n *node, bold bool) {
		for _, k := range n.kids {
			switch k.name {
			case "w:r":
				mark := k.child("w:rPr").child("w:b")
				walk(k, mark != nil && mark.attr("w:val") != "0" && mark.attr("w:val") != "false")
			case "w:t":
				b.Text = append(b.Text, Piece{Text: k.own(), Bold: bold})
			case "w:tab":
				b.Text = append(b.Text, Piece{Text: " "})
			case "w:br":
				b.Text = append(b.Text, Piece{Break: true})
			case "w:hyperlink", "w:ins", "w:smartTag", "w:sdt", "w:sdtContent":
				walk(k, bold)
			}
		}
	}
	walk(n, false)
	return b
}

func grid(n *node) Block {
	b := Block{Kind: "table"}
	for _, r := range n.kids {
		if r.name != "w:tr" {
			continue
		}
		var row []Cell
		for _, c := range r.kids {
			if c.name != "w:tc" {
				continue
			}
			span, err := strconv.Atoi(c.child("w:tcPr").child("w:gridSpan").attr("w:val"))
			if err != nil || span < 1 {
				span = 1
			}
			row = append(row, Cell{Blocks: blocks(c), Span: span})
		}
		b.Rows = append(b.Rows, row)
	}
	return b
}
