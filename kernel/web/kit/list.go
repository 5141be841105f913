package kit

import (
	"context"
	"io"
	"sync"

	"github.com/a-h/templ"

	"yunqiao/kernel/translate"
)

// List is a table of records with all that one does to a list. Only Columns and Rows are needed.
type List struct {
	Title        string // accessible name of the table
	Count, Total string // "46" of "1,284"; Total may be empty
	Views        []Tab
	SaveView     string // POST address that keeps the present filters under a name ("name"); "" offers none
	Chips        []Chip
	Filters      []Filter
	FilterKeep   []Pair // sent along with the add-filter form
	Columns      []Column
	AllColumns   []Option // every column, the shown ones selected; sent as repeated "col"
	Rows         []Row
	Select       bool
	Bulk         []Bulk
	BulkAction   string // POST address; sends repeated "id" and "do"
	Pager        Pager
	Exports      []Link
	Empty        Empty
}

// Chip is one filter that is on.
type Chip struct{ Field, Value, RemoveHref string }

// Filter is one field one may filter by. The form is a GET to the page with the field's Name; a number or day sends
// Name.from and Name.to, a choice repeats Name.
type Filter struct {
	Name, Title string
	Kind        string // choice, text, number, day, bool
	Options     []Option
	Value       string
	From, To    string
	Fixed       string // names the field on this site, when nothing of it is chosen; "" is never kept
}

// Column is one column of a list or table.
type Column struct {
	Key, Title string
	Number     bool
	SortHref   string // "" cannot be sorted
	Sorted     int    // 1 ascending, -1 descending
}

// CellKind says how a cell is drawn.
type CellKind uint8

// The kinds of cells. CellLink is the one that names the row.
const (
	CellText CellKind = iota
	CellLink
	CellStatus
	CellNumber
	CellDay
	CellFlag // Code is the country's two letters, Text its name
	CellCode
	CellMuted
)

// Cell is one cell, its text already in the person's language.
type Cell struct {
	Kind    CellKind
	Text    string
	Lang    translate.Lang // of Text when it is not the page's
	Sub     string         // a second, smaller line
	SubLang translate.Lang
	Href    string
	Code    string
	Status  string // kind of Status for CellStatus
	Sample  bool
}

// Row is one record of a list. Label names it for those who do not see the table.
type Row struct {
	ID, Label, Href string
	Cells           []Cell
	Selected        bool
	Urgent          bool
}

// Bulk is something to do with all rows marked.
type Bulk struct {
	Name, Title, Confirm string
	Danger               bool
}

// Pager leads to the neighbours by cursor; an empty address is not offered.
type Pager struct{ Range, First, Prev, Next string }

// rowsOf writes the rows by hand: it is the one place where a page has thousands of small pieces, and the piece-wise
// writer of the templates would cost several times as much.
func rowsOf(c *Call, rows []Row, cols []Column, selectable bool) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		pb := rowPool.Get().(*[]byte)
		b := (*pb)[:0]
		sprite := c.asset("icons.svg")
		selectWord := ""
		if selectable {
			selectWord = c.t("list.select_row")
		}
		sample, why := "", ""
		titles := make([]string, len(cols))
		for i := range cols {
			titles[i] = string(appendText(nil, cols[i].Title))
		}
		for i := range rows {
			r := &rows[i]
			b = append(b, `<tr role="row" class="row`...)
			if r.Urgent {
				b = append(b, ` urgent`...)
			}
			b = append(b, `">`...)
			if selectable {
				b = append(b, `<td role="cell" class="sel"><input type="checkbox" name="id" form="bulk" value="`...)
				b = appendText(b, r.ID)
				b = append(b, `" aria-label="`...)
				b = appendText(b, selectWord)
				b = append(b, ' ')
				b = appendText(b, r.Label)
				b = append(b, '"')
				if r.Selected {
					b = append(b, ` checked`...)
				}
				b = append(b, `></td>`...)
			}
			for j := range r.Cells {
				cell := &r.Cells[j]
				b = append(b, `<td role="cell"`...)
				switch cell.Kind {
				case CellNumber:
					b = append(b, ` class="num"`...)
				case CellDay:
					b = append(b, ` class="nowrap day"`...)
				case CellFlag:
					b = append(b, ` class="nowrap"`...)
				case CellCode:
					b = append(b, ` class="code"`...)
				case CellMuted:
					b = append(b, ` class="muted"`...)
				case CellLink:
					b = append(b, ` class="name"`...)
				case CellText, CellStatus:
				}
				if j < len(cols) && cell.Kind != CellLink {
					b = append(b, ` data-t="`...)
					b = append(b, titles[j]...)
					b = append(b, '"')
				}
				if cell.Lang != "" {
					b = appendLang(b, cell.Lang)
				}
				b = append(b, '>')
				switch {
				case cell.Kind == CellStatus:
					if cell.Text != "" {
						s := Status{Kind: cell.Status}
						b = append(b, `<span class="st `...)
						b = appendText(b, cell.Status)
						b = append(b, `"><svg aria-hidden="true"><use href="`...)
						b = append(b, sprite...)
						b = append(b, `#s-`...)
						b = append(b, s.shape()...)
						b = append(b, `"></use></svg>`...)
						b = appendText(b, cell.Text)
						b = append(b, `</span>`...)
					}
				case cell.Href != "" || (cell.Kind == CellLink && r.Href != ""):
					to := cell.Href
					if to == "" {
						to = r.Href
					}
					b = append(b, `<a href="`...)
					b = appendText(b, string(href(to)))
					b = append(b, `">`...)
					b = appendText(b, cell.Text)
					b = append(b, `</a>`...)
				default:
					if cell.Kind == CellFlag && cell.Code != "" {
						b = append(b, `<span class="flag">`...)
						b = appendText(b, cell.Code)
						b = append(b, `</span> `...)
					}
					b = appendText(b, cell.Text)
				}
				if cell.Sample {
					if sample == "" {
						sample, why = c.t("sample"), c.t("sample.why")
					}
					b = append(b, ` <span class="sample" title="`...)
					b = appendText(b, why)
					b = append(b, `">`...)
					b = appendText(b, sample)
					b = append(b, `</span>`...)
				}
				if cell.Sub != "" {
					b = append(b, `<span class="sub"`...)
					if cell.SubLang != "" {
						b = appendLang(b, cell.SubLang)
					}
					b = append(b, '>')
					b = appendText(b, cell.Sub)
					b = append(b, `</span>`...)
				}
				b = append(b, `</td>`...)
			}
			b = append(b, `</tr>`...)
		}
		_, err := w.Write(b)
		*pb = b
		rowPool.Put(pb)
		return err
	})
}

// rowPool keeps the buffers of rows from one page to the next.
var rowPool = sync.Pool{New: func() any { b := make([]byte, 0, 64<<10); return &b }}

func appendLang(b []byte, l translate.Lang) []byte {
	b = append(b, ` lang="`...)
	b = appendText(b, lang(l))
	if l.RTL() {
		b = append(b, `" dir="rtl`...)
	}
	return append(b, '"')
}

// appendText escapes a text for an element or a quoted attribute.
func appendText(b []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		esc := escapes[s[i]]
		if esc == "" {
			continue
		}
		b = append(b, s[from:i]...)
		b = append(b, esc...)
		from = i + 1
	}
	return append(b, s[from:]...)
}

// escapes are the bytes that stand for themselves in no element and no quoted attribute.
var escapes = [256]string{'<': "&lt;", '>': "&gt;", '&': "&amp;", '"': "&#34;", '\'': "&#39;"}

// boxes writes the boxes of a choice of columns by hand, as there are many on every list.
func boxes(name string, options []Option) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		pb := rowPool.Get().(*[]byte)
		b := (*pb)[:0]
		for i := range options {
			o := &options[i]
			b = append(b, `<label class="check"><input type="checkbox" name="`...)
			b = appendText(append(appendText(b, name), `" value="`...), o.Value)
			b = append(b, '"')
			if o.Selected {
				b = append(b, ` checked`...)
			}
			b = append(appendText(append(b, '>'), o.Title), `</label>`...)
		}
		_, err := w.Write(b)
		*pb = b
		rowPool.Put(pb)
		return err
	})
}

func ariaSort(n int) string {
	if n > 0 {
		return "ascending"
	}
	return "descending"
}
