package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

type read struct {
	Header []string
	Rows   []Row
}

func readAll(t testing.TB, raw []byte, kind Kind) (read, error) {
	t.Helper()
	r, err := Open(bytes.NewReader(raw), int64(len(raw)), kind)
	if err != nil {
		return read{}, err
	}
	defer r.Close()
	got := read{Header: r.Header()}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return got, nil
		}
		if err != nil {
			return got, err
		}
		got.Rows = append(got.Rows, row)
	}
}

func keyOf(err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Key
	}
	return fmt.Sprint(err)
}

func TestReadCSV(t *testing.T) {
	t.Parallel()
	gb, err := simplifiedchinese.GBK.NewEncoder().String("名称,地\n昆明,云南\n")
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("名称\t地\n昆明\t云南\n")
	if err != nil {
		t.Fatal(err)
	}
	kunming := read{[]string{"名称", "地"}, []Row{{2, []string{"昆明", "云南"}, false}}}
	tests := map[string]struct {
		raw  string
		want read
	}{
		"utf-8":           {"名称,地\n昆明,云南\n", kunming},
		"mark":            {"\xef\xbb\xbf名称,地\r\n昆明,云南\r\n", kunming},
		"gbk":             {gb, kunming},
		"utf-16":          {wide, kunming},
		"semicolon":       {"名称;地\n昆明;云南", kunming},
		"quoted header":   {"\"名称\"\t\"地\"\n昆明\t云南", kunming},
		"sep line":        {"sep=|\n名称|地\n昆明|云南", read{kunming.Header, []Row{{3, []string{"昆明", "云南"}, false}}}},
		"empty rows":      {"\n,\n名称,地,,\n\n , \n昆明,云南\n", read{kunming.Header, []Row{{6, []string{"昆明", "云南"}, false}}}},
		"short and long":  {"a,b\n1\n1,2,,\n1,2,3\n", read{[]string{"a", "b"}, []Row{{2, []string{"1", ""}, false}, {3, []string{"1", "2"}, false}, {4, []string{"1", "2"}, true}}}},
		"lines in a cell": {"a,b\n\"x\ny\",1\nz,2\n", read{[]string{"a", "b"}, []Row{{2, []string{"x\ny", "1"}, false}, {4, []string{"z", "2"}, false}}}},
		"neutralised":     {"a,b\n'=1+1,'x\n", read{[]string{"a", "b"}, []Row{{2, []string{"=1+1", "'x"}, false}}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := readAll(t, []byte(test.raw), CSV)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A table that people drew has a title over its header, and one cell over several rows that say the same.
func TestTablesAsPeopleDrawThem(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	for i, row := range [][]any{{"Register of ties"}, {"as of 2026"}, {"name", "ours", "theirs"}, {"a", "Haven", "Riverton"}, {"b", nil, "Saltbay"}, {"c", nil, "Newbay"}, {"d", "Harbour"}} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range [][2]string{{"A1", "C1"}, {"B4", "B6"}, {"B7", "C7"}} {
		if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	want := read{Header: []string{"name", "ours", "theirs"}, Rows: []Row{{Number: 4, Cells: []string{"a", "Haven", "Riverton"}},
		{Number: 5, Cells: []string{"b", "Haven", "Saltbay"}}, {Number: 6, Cells: []string{"c", "Haven", "Newbay"}}, {Number: 7, Cells: []string{"d", "Harbour", ""}}}}
	got, err := readAll(t, b.Bytes(), XLSX)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	got, err = readAll(t, []byte("Register of ties,,\n\nname,ours,theirs\na,Haven,Riverton\n"), CSV)
	if d := cmp.Diff(read{Header: want.Header, Rows: []Row{{Number: 4, Cells: []string{"a", "Haven", "Riverton"}}}}, got); err != nil || d != "" {
		t.Error(err, d)
	}
	// A table of one column has no title that could be told from its header.
	got, err = readAll(t, []byte("name\na\nb\n"), CSV)
	if d := cmp.Diff(read{Header: []string{"name"}, Rows: []Row{{Number: 2, Cells: []string{"a"}}, {Number: 3, Cells: []string{"b"}}}}, got); err != nil || d != "" {
		t.Error(err, d)
	}
}

func TestEncodingIsToldFromTheWholeFile(t *testing.T) {
	t.Parallel()
	late, err := simplifiedchinese.GBK.NewEncoder().String("a,b\n" + strings.Repeat("x,y\n", 100_000) + "昆明,云南\n")
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(t, []byte(late), CSV)
	if err != nil || got.Rows[100_000].Cells[0] != "昆明" {
		t.Error(err)
	}
	for shift := range 4 { // characters cut by the borders of what is read at once
		raw := "a\n" + strings.Repeat("x", shift) + strings.Repeat("昆", 200_000) + "\n"
		if got, err := readAll(t, []byte(raw), CSV); err != nil || !strings.HasSuffix(got.Rows[0].Cells[0], "昆") {
			t.Error(shift, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		raw  string
		kind Kind
		want string
	}{
		"empty":        {"", CSV, "sheet.empty"},
		"only spaces":  {" , \n\n", CSV, "sheet.empty"},
		"twice":        {"a, a\n", CSV, "sheet.header.twice"},
		"quote":        {"a,b\n\"x,1\n", CSV, "sheet.csv.quote"},
		"encoding":     {"a,b\n\xff\xff\xff,1\n", CSV, "sheet.csv.encoding"},
		"columns":      {strings.Repeat("a,", 1) + manyColumns(), CSV, "sheet.columns"},
		"cell":         {"a\n" + strings.Repeat("x", longestCell+1), CSV, "sheet.cell"},
		"no workbook":  {"PK\x03\x04", XLSX, "sheet.xlsx.broken"},
		"unknown kind": {"a", "doc", "sheet.kind"},
		"json lines":   {"{}", JSONL, "sheet.kind"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readAll(t, []byte(test.raw), test.kind)
			if keyOf(err) != test.want || fault.KindOf(err) != fault.Invalid {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func manyColumns() string {
	var b strings.Builder
	for i := range mostColumns + 1 {
		fmt.Fprintf(&b, "c%d,", i)
	}
	return b.String()
}

var table = Table{Name: "友城/2022", NotesName: "说明", Notes: [][]string{{"截至", "2022-08-15"}},
	Columns: []Column{{"name", "名称", 30}, {"day", "日期", 0}, {"signed", "签署", 0}, {"count", "数", 0}, {"share", "比例", 0}, {"own", "本省", 0}}}

var rows = [][]any{
	{"=HYPERLINK(\"x\")", clock.DayFrom(2022, 8, 15), clock.When("2022-08"), 12, 0.5, true},
	{"昆明, \"春城\"\n<b>&", clock.Open, clock.When("2022-08-15"), int64(-3), -1e21, false},
	{"007", nil, nil, nil, math.NaN(), nil},
	{"-x", clock.DayFrom(1850, 1, 1), clock.When(""), 0, 0.0, nil},
}

func written(t testing.TB, kind Kind, mark bool) []byte {
	t.Helper()
	var b bytes.Buffer
	of := table
	of.Kind, of.Mark = kind, mark
	w, err := NewWriter(&b, of)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Row(r...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriteCSV(t *testing.T) {
	t.Parallel()
	want := "\xef\xbb\xbf名称,日期,签署,数,比例,本省\r\n" +
		"\"'=HYPERLINK(\"\"x\"\")\",2022-08-15,2022-08,12,0.5,true\r\n" +
		"\"昆明, \"\"春城\"\"\r\n<b>&\",,2022-08-15,-3,-1000000000000000000000,false\r\n" +
		"007,,,,,\r\n" +
		"'-x,1850-01-01,,0,0,\r\n"
	if diff := cmp.Diff(want, string(written(t, CSV, true))); diff != "" {
		t.Error(diff)
	}
	for _, s := range []string{"=1", "+1", "-1", "@a", "\tx", "\rx"} {
		if h := harmless(s); h[0] != '\'' || restored(h) != s {
			t.Errorf("%q: %q", s, h)
		}
	}
	if harmless("a=1") != "a=1" || harmless("") != "" {
		t.Error("harmless text was changed")
	}
}

func TestWriteJSONLines(t *testing.T) {
	t.Parallel()
	want := `{"name":"=HYPERLINK(\"x\")","day":"2022-08-15","signed":"2022-08","count":12,"share":0.5,"own":true}
{"name":"昆明, \"春城\"\n<b>&","signed":"2022-08-15","count":-3,"share":-1000000000000000000000,"own":false}
{"name":"007"}
{"name":"-x","day":"1850-01-01","count":0,"share":0}
`
	if diff := cmp.Diff(want, string(written(t, JSONL, false))); diff != "" {
		t.Error(diff)
	}
}

func TestWriteXLSXAndReadBack(t *testing.T) {
	t.Parallel()
	raw := written(t, XLSX, false)
	r, err := Open(bytes.NewReader(raw), int64(len(raw)), XLSX)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if diff := cmp.Diff([]string{"名称", "日期", "签署", "数", "比例", "本省"}, r.Header()); diff != "" {
		t.Error(diff)
	}
	first, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if first.Cells[0] != `=HYPERLINK("x")` || first.Cells[2] != "2022-08" || first.Cells[3] != "12" || first.Number != 2 {
		t.Errorf("%v", first)
	}
	if w, err := r.When(first.Cells[1]); err != nil || w != "2022-08-15" {
		t.Error(first.Cells[1], w, err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if diff := cmp.Diff([]string{"友城 2022", "说明"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	if s, _ := f.GetCellFormula("友城 2022", "A2"); s != "" {
		t.Error("a text became a formula")
	}
	if s, _ := f.GetCellValue("友城 2022", "B2"); s != "2022-08-15" {
		t.Error("the day is shown as", s)
	}
	if s, _ := f.GetCellValue("友城 2022", "A4"); s != "007" {
		t.Error("a number was lost its zeros:", s)
	}
	if p, err := f.GetPanes("友城 2022"); err != nil || !p.Freeze || p.YSplit != 1 {
		t.Error("the header is not frozen", err)
	}
	if s, _ := f.GetCellValue("说明", "B1"); s != "2022-08-15" {
		t.Error("notes:", s)
	}
}

func TestHiddenSheetsAreNotRead(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	defer f.Close()
	if _, err := f.NewSheet("shown"); err != nil {
		t.Fatal(err)
	}
	f.SetActiveSheet(1)
	if err := errors.Join(f.SetCellValue("Sheet1", "A1", "no"), f.SetCellValue("shown", "A3", "yes"), f.SetSheetVisible("Sheet1", false)); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(t, b.Bytes(), XLSX)
	if err != nil || got.Header[0] != "yes" {
		t.Error(got, err)
	}
}

func TestWhen(t *testing.T) {
	t.Parallel()
	r := &Reader{base: time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)}
	for cell, want := range map[string]clock.When{
		"": "", "2022": "2022", "2022年": "2022", "2022-08": "2022-08", "2022年8月": "2022-08", "2022/8/15": "2022-08-15", "2022.8.15": "2022-08-15",
		"2022年8月15日": "2022-08-15", "20220815": "2022-08-15", " 2022-08-15 ": "2022-08-15", "44788": "2022-08-15", "44788.75": "2022-08-15",
		"2022-08-15 10:30": "2022-08-15", "2022-08-15T10:30:00Z": "2022-08-15",
	} {
		if got, err := r.When(cell); err != nil || got != want {
			t.Errorf("%q: %q %v", cell, got, err)
		}
	}
	for _, bad := range []string{"yesterday", "2022-13", "15.8.2022", "2022-02-30", "123", "-1"} {
		if got, err := r.When(bad); err == nil {
			t.Errorf("%q: %q", bad, got)
		}
	}
}

func TestWriterSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{XLSX, CSV, JSONL} {
		w, err := NewWriter(io.Discard, Table{Kind: kind, Columns: []Column{{Key: "a", Label: "a"}}})
		if err != nil {
			t.Fatal(err)
		}
		if w.Row() == nil || w.Row(struct{}{}) == nil {
			t.Errorf("%s: a wrong row was written", kind)
		}
	}
	if _, err := NewWriter(io.Discard, Table{Kind: "doc"}); keyOf(err) != "sheet.kind" {
		t.Error(err)
	}
}

func TestSheetName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"": "x", "a/b:c": "a b c", "'q'": "q", strings.Repeat("友", 40): strings.Repeat("友", 31), "[]": "x"} {
		if got := sheetName(name, "x"); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}

func TestWordsAreComplete(t *testing.T) {
	t.Parallel()
	book := translate.NewBook()
	if err := book.Add(Words); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(book.Keys("zh"), book.Keys("en")); diff != "" {
		t.Error(diff)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte("sep=;\n\"a\";b"))
	f.Add([]byte("\xff\xfea\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := readAll(t, raw, CSV)
		for _, r := range got.Rows {
			if len(r.Cells) != len(got.Header) {
				t.Errorf("%q: %v %v", raw, r, err)
			}
		}
	})
}

// many writes n rows of ten columns.
func many(t testing.TB, w io.Writer, kind Kind, n int) {
	t.Helper()
	of := Table{Kind: kind, Name: "many"}
	for i := range 10 {
		of.Columns = append(of.Columns, Column{Key: fmt.Sprint("k", i), Label: fmt.Sprint("列", i)})
	}
	out, err := NewWriter(w, of)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		day := clock.DayFrom(2000, 1, 1+i%9000)
		if err := out.Row(fmt.Sprint("编号", i), "关于接待老挝代表团的请示", i, 0.5, day, true, "", "琅勃拉邦", int64(i), clock.When("2022-08")); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// peak watches how much memory the program holds while something is done.
func peak(do func()) uint64 {
	var m runtime.MemStats
	runtime.GC()
	stop, done := make(chan struct{}), make(chan struct{})
	var most uint64
	go func() {
		defer close(done)
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	do()
	close(stop)
	<-done
	return most
}

func TestMemoryAt100000Rows(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	for _, kind := range []Kind{CSV, XLSX} {
		var b bytes.Buffer
		start := time.Now()
		wrote := peak(func() { many(t, &b, kind, 100_000) })
		written := time.Since(start)
		start = time.Now()
		n := 0
		readMost := peak(func() {
			r, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()), kind)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for ; ; n++ {
				if _, err := r.Next(); err != nil {
					break
				}
			}
		})
		t.Logf("%s: %d MB; written in %v with %d MB; read in %v with %d MB", kind, b.Len()>>20, written, wrote>>20, time.Since(start), readMost>>20)
		if n != 100_000 || wrote > 200<<20 || readMost > 200<<20 {
			t.Errorf("%s: %d rows", kind, n)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, kind := range []Kind{CSV, JSONL, XLSX} {
		b.Run(string(kind), func(b *testing.B) {
			for b.Loop() {
				many(b, io.Discard, kind, 10_000)
			}
		})
	}
}
