package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/unicode"

	"yunqiao/kernel/fault"
)

// packed makes a workbook of one sheet out of parts; nil leaves a part out, another value takes its place.
func packed(t testing.TB, more map[string]string) []byte {
	t.Helper()
	parts := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels": `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="chart" sheetId="1" r:id="r9"/><sheet name="one" sheetId="2" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="/xl/worksheets/Sheet1.xml"/>
<Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/chartsheet" Target="chartsheets/sheet1.xml"/>
<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/sharedStrings.xml":     `<sst/>`,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData/></worksheet>`,
	}
	for name, text := range more {
		parts[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Workbooks are written in many ways; what stands in them is read alike.
func TestWorkbooksOfManyPrograms(t *testing.T) {
	t.Parallel()
	wide, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(
		`<?xml version="1.0" encoding="UTF-16"?><worksheet><sheetData><row><c t="str"><v>名称</v></c></row><row><c t="str"><v>昆明</v></c></row></sheetData></worksheet>`)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		sheet, texts string
		want         [][]string
	}{
		"prefixes, comments, marked text": {`<?xml version="1.0"?><!-- a < b --><x:worksheet xmlns:x="m"><x:cols/><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>a</x:v></x:c></x:row>
<x:row r="2"><x:c t="str"><!-- no --><x:f>A1&amp;"x"</x:f><x:v>b<![CDATA[<&>]]>&#x4E2D;&amp;</x:v></x:c></x:row></x:sheetData></x:worksheet>`, "", [][]string{{"a"}, {"b<&>中&"}}},
		"pieces and how they are spoken": {`<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v> 1 </v></c></row><row><c t="s"><v>2</v></c><c t="inlineStr"><is><t>x</t><rPh sb="0" eb="1"><t>no</t></rPh><r><rPr><b/></rPr><t xml:space="preserve"> y</t></r></is></c></row></sheetData></worksheet>`,
			`<sst count="3"><si><t>a</t><phoneticPr fontId="1"/></si><si><r><t>b</t></r><r><t>_x0041_</t></r><rPh sb="0" eb="1"><t>no</t></rPh></si><si><t/></si></sst>`,
			[][]string{{"a", "bA"}, {"", "x y"}}},
		"gaps and places": {`<worksheet><sheetData><row r="2"><c r="B2" t="str"><v>b</v></c><c r="D2" t="str"><v>d</v></c></row><row r="4"/><row r="5" spans="1:4"><c r="A5"><v>1.50</v></c><c r="D5" t="b"><v>1</v></c></row></sheetData></worksheet>`,
			"", [][]string{{"", "b", "", "d"}, {"1.50", "", "", "1"}}},
		"rows of what is drawn": {`<worksheet><sheetData><row><c t="str"><v>a</v></c></row><row><c t="str"><v>b</v></c></row></sheetData><controls><control><anchor><xdr:row>7</xdr:row></anchor></control></controls></worksheet>`,
			"", [][]string{{"a"}, {"b"}}},
		"a sign in a value": {`<worksheet><sheetData><row x="a>b"><c s="1" note="/>" t="str"><v>a</v></c></row><row><c t='str'><v>b
c</v></c></row></sheetData></worksheet>`, "", [][]string{{"a"}, {"b\nc"}}},
		"two bytes a letter": {wide, "", [][]string{{"名称"}, {"昆明"}}},
		"escapes":            {`<worksheet><sheetData><row><c t="inlineStr"><is><t>a</t></is></c></row><row><c t="inlineStr"><is><t>_x005F_x0041_ _x00e9__x_</t></is></c></row></sheetData></worksheet>`, "", [][]string{{"a"}, {"_x0041_ é_x_"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parts := map[string]string{"xl/worksheets/sheet1.xml": test.sheet}
			if test.texts != "" {
				parts["xl/sharedStrings.xml"] = test.texts
			}
			got, err := readAll(t, packed(t, parts), XLSX)
			if err != nil {
				t.Fatal(err)
			}
			rows := [][]string{got.Header}
			for _, r := range got.Rows {
				rows = append(rows, r.Cells)
			}
			if d := cmp.Diff(test.want, rows); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestBrokenWorkbooks(t *testing.T) {
	t.Parallel()
	sheet := func(rows string) map[string]string {
		return map[string]string{"xl/worksheets/sheet1.xml": "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"}
	}
	a := `<row><c t="str"><v>a</v></c></row>`
	for name, parts := range map[string]map[string]string{
		"no such text":    sheet(a + `<row><c t="s"><v>1</v></c></row>`),
		"no number":       sheet(a + `<row><c t="s"><v>x</v></c></row>`),
		"order of cells":  sheet(`<row><c r="B1" t="str"><v>a</v></c><c r="A1" t="str"><v>a</v></c></row>`),
		"order of rows":   sheet(`<row r="2"><c t="str"><v>a</v></c></row><row r="1"/>`),
		"far column":      sheet(`<row><c r="XFE1" t="str"><v>a</v></c></row>`),
		"far row":         sheet(`<row r="1048577"><c t="str"><v>a</v></c></row>`),
		"unknown name":    sheet(a + `<row><c t="str"><v>&nbsp;</v></c></row>`),
		"no UTF-8":        sheet(a + "<row><c t=\"str\"><v>\xff</v></c></row>"),
		"cut off":         {"xl/worksheets/sheet1.xml": "<worksheet><sheetData>" + a + "<row><c>"},
		"cut off at row":  {"xl/worksheets/sheet1.xml": "<worksheet><sheetData>" + a},
		"own entities":    {"xl/worksheets/sheet1.xml": `<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData>` + a + "</sheetData></worksheet>"},
		"no workbook":     {"xl/workbook.xml": "<workbook"},
		"no relations":    {"_rels/.rels": ""},
		"texts elsewhere": {"xl/sharedStrings.xml": "<sst><si><t>a"},
		"a long tag":      sheet(`<row r="` + strings.Repeat("1", 200_000) + `">`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readAll(t, packed(t, parts), XLSX)
			if keyOf(err) != "sheet.xlsx.broken" || fault.KindOf(err) != fault.Invalid {
				t.Errorf("got %v", err)
			}
		})
	}
	for name, parts := range map[string]map[string]string{"no rows": {"xl/worksheets/sheet1.xml": "<worksheet/>"}, "empty rows": sheet("")} {
		if _, err := readAll(t, packed(t, parts), XLSX); keyOf(err) != "sheet.empty" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A packed part that was changed on the way shows it by its checksum, also where the rows end before it does.
	raw := packed(t, sheet(a))
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range z.File {
		in, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		h := f.FileHeader
		if strings.Contains(f.Name, "sheet1") {
			h.CRC32++
		}
		out, err := w.CreateRaw(&h)
		if err == nil {
			_, err = io.Copy(out, in)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := readAll(t, b.Bytes(), XLSX); keyOf(err) != "sheet.xlsx.broken" {
		t.Errorf("a changed part: %v", err)
	}
}

// What another library writes and reads, which keeps texts apart from their cells or in them, is read alike.
func TestReadsAsExcelizeDoes(t *testing.T) {
	t.Parallel()
	texts := []string{"", "a", " b ", "昆明", "x<y>&\"'", "line\nbreak", "_x0041_", "\u000b", "ລາວ", "007", "=1+1", strings.Repeat("长", 3000)}
	for seed := range uint64(40) {
		d := rand.New(rand.NewPCG(seed, 7))
		f := excelize.NewFile()
		var stream *excelize.StreamWriter
		var err error
		if seed%2 == 1 {
			if stream, err = f.NewStreamWriter("Sheet1"); err != nil {
				t.Fatal(err)
			}
		}
		for r := 1; r <= 1+d.IntN(30); r++ {
			var row []any
			for range 1 + d.IntN(8) {
				switch d.IntN(6) {
				case 0:
					row = append(row, d.IntN(1e6)-500)
				case 1:
					row = append(row, d.Float64())
				case 2:
					row = append(row, d.IntN(2) == 0)
				case 3:
					row = append(row, nil)
				default:
					row = append(row, texts[d.IntN(len(texts))])
				}
			}
			at := fmt.Sprintf("%c%d", 'A'+d.IntN(3), r)
			if stream != nil {
				err = stream.SetRow(at, row)
			} else {
				err = f.SetSheetRow("Sheet1", at, &row)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if stream != nil {
			if err := stream.Flush(); err != nil {
				t.Fatal(err)
			}
		}
		b, err := f.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		g, err := excelize.OpenReader(bytes.NewReader(b.Bytes()), excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		want, err := g.GetRows("Sheet1")
		if err != nil {
			t.Fatal(err)
		}
		got := make([][]string, len(want))
		x := &Reader{close: func() error { return nil }}
		if err := x.openXLSX(bytes.NewReader(b.Bytes()), int64(b.Len())); err != nil {
			t.Fatal(err)
		}
		for {
			cells, n, err := x.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(seed, err)
			}
			for len(cells) > 0 && cells[len(cells)-1] == "" {
				cells = cells[:len(cells)-1]
			}
			if n <= len(got) {
				got[n-1] = cells
			} else if len(cells) > 0 {
				t.Errorf("%d: row %d is not in the other's", seed, n)
			}
		}
		for i := range want {
			for len(want[i]) > 0 && want[i][len(want[i])-1] == "" {
				want[i] = want[i][:len(want[i])-1]
			}
			if strings.Join(want[i], "\x00") != strings.Join(got[i], "\x00") {
				t.Errorf("seed %d, row %d: %q, want %q", seed, i+1, got[i], want[i])
			}
		}
		if err := errors.Join(x.close(), f.Close(), g.Close()); err != nil {
			t.Error(err)
		}
	}
}

// Texts that do not fit into memory go through a file, which is gone afterwards.
func TestManySharedTexts(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	one := strings.Repeat("text ", 6000)
	var texts, rows strings.Builder
	const many = keptShared/30_000 + 200
	for i := range many {
		fmt.Fprintf(&texts, "<si><t>%d %s</t></si>", i, one)
		fmt.Fprintf(&rows, `<row><c t="s"><v>%d</v></c></row>`, many-1-i)
	}
	raw := packed(t, map[string]string{"xl/sharedStrings.xml": "<sst>" + texts.String() + "</sst>", "xl/worksheets/sheet1.xml": "<worksheet><sheetData>" + rows.String() + "</sheetData></worksheet>"})
	r, err := Open(bytes.NewReader(raw), int64(len(raw)), XLSX)
	if err != nil {
		t.Fatal(err)
	}
	left, _ := os.ReadDir(dir)
	for i := many - 2; i >= 0; i-- {
		row, err := r.Next()
		if err != nil || row.Cells[0] != strings.TrimSpace(fmt.Sprintf("%d %s", i, one)) {
			t.Fatal(i, err)
		}
	}
	if err := r.Close(); err != nil || len(left) != 1 {
		t.Error(err, left)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Error("left behind:", left)
	}
}

// Whatever a part holds, reading it ends with rows or an error.
func FuzzSheet(f *testing.F) {
	f.Add("<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><r><t>a&amp;b</t></r></is></c></row></sheetData></worksheet>")
	f.Add("<sheetData><row><c t=\"s\"><v>0</v></c><c/><c><v><![CDATA[x]]></v></c></row><!-- --></sheetData>")
	f.Add("<a x='>' y=\"<\"/><sheetData><row/><row r=''>")
	f.Fuzz(func(t *testing.T, part string) {
		rows := &rowReader{tags: newTags(strings.NewReader(part)), shared: &texts{bytes: []byte("ab"), ends: []uint32{1, 2}}}
		for {
			if _, _, err := rows.next(); err != nil {
				return
			}
		}
	})
}
