package search

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
	_ "modernc.org/sqlite"
)

func TestTerms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                      "",
		" -—! ":                 "",
		"友好城市":                  "友好 好城 城市 市",
		"Hà Nội, Đồng Nai":      "ha noi dong nai",
		"Łódź Ørsted Straße":    "lodz orsted strasse",
		"雲南省":                   "云南 南省 省",
		"ＧＭＳ２０２２":               "gms 2022 gms2022",
		"YN-2022/015号":          "yn 2022 015 yn2022015 号",
		"เชียงใหม่":             "เชี ชีย ยง งใ ให หม่ ม่",
		"นคร๒๕๖๕":               "นค คร ร 2565",
		"नेपाल":                 "नेपाल",
		"عَرَبي":                "عربی",
		"ភ្នំ\u200bពេញ":         strings.Join(Terms("ភ្នំពេញ"), " "),
		"A\uE003b":              "a b",
		"x' OR \"1\" :* \\ <->": "x or 1",
		"カタカナ ラーメン":             "カタ タカ カナ ナ ラー ーメ メン ン",
		"မန္တလေး။":              "မန္ န္တ တလေး လေး",
	} {
		if diff := cmp.Diff(want, Join(Terms(text))); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	if got := Terms(strings.Repeat("é", 5000)); len(got) != 1 || len(got[0]) != longest {
		t.Errorf("a long word gives %d terms", len(got))
	}
}

// What is taken for decomposed is, and what is not is decomposed all the same.
func TestDecomposed(t *testing.T) {
	t.Parallel()
	n := 0
	for r := range unicode.MaxRune {
		s := "中" + string(r) + "a"
		if decomposed(s) {
			n++
			if norm.NFKD.String(s) != s {
				t.Errorf("%U is not decomposed", r)
			}
		}
	}
	if n < 20_000 || decomposed("é") || decomposed("雲Ａ") {
		t.Errorf("%d characters are taken for decomposed", n)
	}
}

func TestVector(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(`'o''b\\':4 '友好':1,3 '市':2`, Vector([]string{"友好", "市", "友好", `o'b\`})); diff != "" {
		t.Error(diff)
	}
	many := slices.Repeat([]string{"a"}, 20000)
	if got := strings.Count(Vector(many), ",") + 1; got != mostPlaces {
		t.Errorf("%d places", got)
	}
	long := make([]string, 0, 20000)
	for i := range 20000 {
		long = append(long, strconv.Itoa(i))
	}
	if v := Vector(long); !strings.Contains(v, " '19999':16383 ") {
		t.Error(v[len(v)-30:])
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"":            {"", ""},
		"老挝人":         {`"老挝 挝人"`, `('老挝' <-> '挝人')`},
		"市":           {`"市" *`, `'市':*`},
		"老挝 代表团":      {`"老挝" AND "代表 表团"`, `'老挝' & ('代表' <-> '表团')`},
		"2022-015":    {`("2022 015" OR "2022015")`, `(('2022' <-> '015') | '2022015')`},
		"Hà Nội":      {"(\"ha\" OR \"\uE001ha\" * OR \"\uE002ha\" *) AND (\"noi\" * OR \"\uE001noi\" * OR \"\uE002noi\" *)", "('ha' | '\uE001ha':* | '\uE002ha':*) & ('noi':* | '\uE001noi':* | '\uE002noi':*)"},
		`" OR ' -- \`: {"(\"or\" OR \"\uE001or\" * OR \"\uE002or\" *)", "('or' | '\uE001or':* | '\uE002or':*)"},
	} {
		q := Query(text)
		if diff := cmp.Diff(want, [2]string{q.Match(), q.TSQuery()}); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
		if q.Empty() != (want[0] == "") {
			t.Errorf("%q: empty is %v", text, q.Empty())
		}
	}
	if got := Query("市").Within("a", "b-1").Match(); got != "\"市\" * AND (\"\uE003a\" OR \"\uE003b\uE0042d1\")" {
		t.Errorf("%q", got)
	}
}

func TestScopeTermsCannotCollide(t *testing.T) {
	t.Parallel()
	units := []string{strings.Repeat("x", 100), strings.Repeat("x", 101), "a", "A", "a-", "a2d", "a\uE0042d", "-", "", "单位", "单", "a b", "a.b"}
	seen := map[string]string{}
	for _, u := range units {
		s := ScopeTerm(u)
		if other, ok := seen[s]; ok {
			t.Errorf("%q and %q share a term", u, other)
		}
		seen[s] = u
		if slices.Contains(Terms(s), s) || slices.Contains(Terms(u), s) || strings.ToLower(s) != s || strings.Contains(s, " ") {
			t.Errorf("the term of %q can come from a text", u)
		}
	}
}

func TestNameTerms(t *testing.T) {
	t.Parallel()
	has := func(name, query string) bool {
		terms := NameTerms(name)
		for _, p := range Query(query).parts[0] {
			for _, term := range terms {
				if p.prefix && strings.HasPrefix(term, p.terms[0]) {
					return true
				}
			}
		}
		return false
	}
	for _, test := range []struct{ name, query string }{
		{"昆明市", "kms"}, {"昆明市", "kmsh"}, {"昆明市", "kunmingshi"}, {"昆明市", "kunming"}, {"昆明市", "km"},
		{"云南省昆明市", "kms"}, {"雲南", "yn"}, {"重庆市", "cq"}, {"重庆市", "chongqing"}, {"厦门", "xm"}, {"吕梁", "lvliang"},
	} {
		if !has(test.name, test.query) {
			t.Errorf("%s is not found by %s: %q", test.name, test.query, NameTerms(test.name))
		}
	}
	if has("昆明市", "kx") || NameTerms("关于接待老挝代表团访问我省的请示") != nil || NameTerms("Hanoi") != nil || NameTerms("市") != nil {
		t.Error("terms for what is no name")
	}
}

// TestFoldedPairsAreTheSameWord: a traditional character and its simplified one must share a reading.
func TestFoldedPairsAreTheSameWord(t *testing.T) {
	t.Parallel()
	args := pinyin.NewArgs()
	args.Heteronym = true
	if len([]rune(folded))%2 != 0 {
		t.Fatal("the table has a character without its partner")
	}
	for at, simple := range toSimplified {
		if simple == 0 {
			continue
		}
		from, to := rune(at+firstFold), rune(simple)
		a, b := pinyin.SinglePinyin(from, args), pinyin.SinglePinyin(to, args)
		if !slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) }) {
			t.Errorf("%c %v is not %c %v", from, a, to, b)
		}
		if simplified(to) != to {
			t.Errorf("%c is folded twice", from)
		}
	}
}

// TestOneWordHoweverTyped: what looks alike and is typed in another order, or written in the other of two accepted ways,
// gives the same terms; unlike words do not.
func TestOneWordHoweverTyped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"ຫຼວງພະບາງ", "ຫລວງພະບາງ", true},
		{"ຫຼວງນ້ຳທາ", "ຫລວງນໍ້າທາ", true},
		{"ຈຳປາສັກ", "ຈໍາປາສັກ", true},
		{"ເມືອງ\u200bໄຊ", "ເມືອງໄຊ", true},
		{"ໜອງ", "ຫນອງ", true},
		{"น้ำ", "นํ้า", true},
		{"ຜົ້ງສາລີ", "ຜົງສາລີ", false},
		{"ບໍ່ແກ້ວ", "ບໍແກ້ວ", false},
		{"น้ำ", "นำ", false},
	} {
		if got := slices.Equal(Terms(c.a), Terms(c.b)); got != c.same {
			t.Errorf("%s and %s alike: %v, want %v: %q %q", c.a, c.b, got, c.same, Terms(c.a), Terms(c.b))
		}
	}
}

// --- both engines against a plain look at every text ---

var words = map[string][]string{
	"zh": strings.Fields("友好城市 代表团 老挝 老挝人民 琅勃拉邦 请示 关于 接待 访问 合作 備忘錄 清莱府 雲南省 河内 曼德勒 金边 签署 协议 二〇二二 口岸 会谈 市 县 人"),
	"th": strings.Fields("เชียงใหม่ เชียงราย มิตรภาพ เมือง ประเทศ ความร่วมมือ กรุงเทพมหานคร น้ำ จังหวัด"),
	"lo": strings.Fields("ຫຼວງພະບາງ ວຽງຈັນ ມິດຕະພາບ ແຂວງ ນະຄອນ ຮ່ວມມື ອຸດົມໄຊ"),
	"km": strings.Fields("ភ្នំពេញ សៀមរាប មិត្តភាព ខេត្ត រាជធានី កិច្ចសហប្រតិបត្តិការ"),
	"my": strings.Fields("မန္တလေး ရန်ကုန် ချစ်ကြည်ရေး မြို့ တိုင်းဒေသကြီး လားရှိုး"),
	"vi": strings.Fields("Hà Nội Lào Cai hữu nghị thành phố tỉnh Điện Biên hợp tác Đồng Nai Mandalay agreement Friendship"),
}

var scripts = []string{"zh", "th", "lo", "km", "my", "vi"}

func title(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(2) {
		s := scripts[r.IntN(len(scripts))]
		for range 2 + r.IntN(5) {
			b.WriteString(words[s][r.IntN(len(words[s]))])
			if s == "vi" || r.IntN(6) == 0 {
				b.WriteByte(' ')
			}
		}
		b.WriteByte("  ,;"[r.IntN(4)])
	}
	if r.IntN(3) == 0 {
		fmt.Fprintf(&b, "(YN-%d-%03d)", 1990+r.IntN(40), r.IntN(30))
	}
	return b.String()
}

// flat is the oracle's own way to make texts comparable: it shares nothing with the terms but the table of characters.
func flat(s string) string { return once("flat", s, flatten) }

func bare(s string) string { return once("bare", s, bareWords) }

var known sync.Map

func once(way, s string, make func(string) string) string {
	if v, ok := known.Load(way + s); ok {
		return v.(string)
	}
	v := make(s)
	known.Store(way+s, v)
	return v
}

func flatten(s string) string {
	return strings.Map(func(r rune) rune { return simplified(unicode.ToLower(r)) }, norm.NFKD.String(s))
}

func bareWords(s string) string {
	s = strings.NewReplacer("đ", "d", "-", " ", "(", " ", ")", " ", ",", " ", ";", " ").Replace(flat(s))
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		if r > 0x500 { // other scripts end a word
			return ' '
		}
		return r
	}, s)
	return " " + strings.Join(strings.Fields(s), " ") + " "
}

type asked struct {
	query string
	want  func(text string) bool
}

// questions takes parts out of texts of the corpus, and some that are in none.
func questions(r *rand.Rand, corpus []string) []asked {
	var out []asked
	for _, script := range scripts[:5] {
		for len(out) == 0 || len(out)%70 != 0 {
			w := words[script][r.IntN(len(words[script]))] + words[script][r.IntN(len(words[script]))]
			runes := []rune(w)
			from := r.IntN(len(runes))
			if unicode.Is(unicode.M, runes[from]) || unicode.Is(unicode.M, []rune(flat(string(runes[from])))[0]) {
				continue
			}
			q := string(runes[from:min(len(runes), from+1+r.IntN(5))])
			out = append(out, asked{q, func(text string) bool { return strings.Contains(flat(text), flat(q)) }})
		}
		out = append(out, asked{words[script][0], func(text string) bool { return strings.Contains(flat(text), flat(words[script][0])) }})
	}
	for _, w := range words["vi"] {
		out = append(out, asked{w, func(text string) bool {
			if len([]rune(w)) < shortestPrefix {
				return strings.Contains(bare(text), bare(w))
			}
			return strings.Contains(bare(text), strings.TrimRight(bare(w), " "))
		}})
		out = append(out, asked{strings.ToUpper(w) + " ", func(text string) bool { return strings.Contains(bare(text), bare(w)) }})
	}
	for range 20 {
		year := 1990 + r.IntN(40)
		code := fmt.Sprintf("yn-%d-%03d", year, r.IntN(30))
		out = append(out, asked{code, func(text string) bool { return strings.Contains(flat(text), code) }})
		out = append(out, asked{strings.ReplaceAll(code, "-", ""), func(text string) bool { return strings.Contains(flat(text), code) }})
		out = append(out, asked{fmt.Sprint(year), func(text string) bool { return strings.Contains(bare(text), fmt.Sprintf(" %d ", year)) }})
	}
	return out
}

func sameEverywhere(t *testing.T, texts []string, all []asked, count func(q Wanted) []int) {
	t.Helper()
	if len(all) < 300 {
		t.Fatalf("only %d questions", len(all))
	}
	found := 0
	for _, a := range all {
		var want []int
		for i, text := range texts {
			if a.want(text) {
				want = append(want, i)
			}
		}
		got := count(Query(a.query))
		found += len(got)
		if diff := cmp.Diff(want, got); diff != "" {
			missing := slices.DeleteFunc(slices.Clone(want), func(i int) bool { return slices.Contains(got, i) })
			extra := slices.DeleteFunc(slices.Clone(got), func(i int) bool { return slices.Contains(want, i) })
			t.Errorf("%q (%s): %d expected, %d found; missing %d, too many %d", a.query, Query(a.query).Match(), len(want), len(got), len(missing), len(extra))
			for _, i := range append(missing, extra...)[:1] {
				t.Logf("%s", texts[i])
			}
		}
	}
	t.Logf("%d questions, %d hits", len(all), found)
}

func corpus() ([]string, []asked) {
	r := rand.New(rand.NewPCG(1, 2))
	var texts []string
	for range 2000 {
		texts = append(texts, title(r))
	}
	return texts, questions(r, texts)
}

func ids(t *testing.T, rows *sql.Rows, err error) []int {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []int
	for rows.Next() {
		var id int
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		out = append(out, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// hostile are questions that must never be an error of an engine.
var hostile = []string{`"`, `'`, `\`, `' OR 1=1 --`, `a" AND "b`, "NEAR(a b)", "a:b*", "^a", "-a", "<->", "!a & b", "\x00", "\xff\xfe",
	"a\u0301\u0301", "\u0301", "(((", "{a}", "col : x", "市\uE003a", strings.Repeat("国", 3000), strings.Repeat("a ", 300), "𰻝𰻝面", "😀", "ﷺ"}

func TestSQLiteFindsWhatIsThere(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "s.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE VIRTUAL TABLE f USING fts5(terms, content='', contentless_delete=1, tokenize="` + Tokenizer + `")`); err != nil {
		t.Fatal(err)
	}
	texts, all := corpus()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		terms := append(Terms(text), ScopeTerm(fmt.Sprint("u", i%7)))
		if _, err := tx.Exec(`INSERT INTO f (rowid, terms) VALUES (?, ?)`, i+1, Join(terms)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	find := func(q Wanted) []int {
		rows, err := db.Query(`SELECT rowid-1 FROM f WHERE f MATCH ? ORDER BY rowid`, q.Match())
		return ids(t, rows, err)
	}
	sameEverywhere(t, texts, all, find)
	in := find(Query("").Within("u3"))
	if len(in) == 0 || in[0] != 3 || in[1] != 10 {
		t.Error("scope alone", in[:2])
	}
	for _, q := range hostile {
		if w := Query(q); !w.Empty() {
			find(w)
		}
		find(Query("老挝").Within(q))
	}
	if _, err := db.Exec(`DELETE FROM f WHERE rowid = 4`); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(find(Query("").Within("u3")), 3) {
		t.Error("a deleted row is found")
	}
}

func TestPostgreSQLFindsWhatIsThere(t *testing.T) {
	t.Parallel()
	db := postgres(t)
	if _, err := db.Exec(`CREATE TABLE f (id BIGINT, terms tsvector); CREATE INDEX ON f USING gin(terms)`); err != nil {
		t.Fatal(err)
	}
	texts, all := corpus()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		terms := append(Terms(text), ScopeTerm(fmt.Sprint("u", i%7)))
		if _, err := tx.Exec(`INSERT INTO f VALUES ($1, $2::tsvector)`, i, Vector(terms)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	find := func(q Wanted) []int {
		rows, err := db.Query(`SELECT id FROM f WHERE terms @@ $1::tsquery ORDER BY id`, q.TSQuery())
		return ids(t, rows, err)
	}
	sameEverywhere(t, texts, all, find)
	if in := find(Query("").Within("u3")); len(in) == 0 || in[0] != 3 {
		t.Error("scope alone")
	}
	for _, q := range hostile {
		if w := Query(q); !w.Empty() {
			find(w)
		}
		find(Query("老挝").Within(q))
	}
}

// postgres starts a server of its own in a temporary folder, reached by its socket only; without one it skips.
func postgres(t *testing.T) *sql.DB {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		t.Skip("no PostgreSQL here")
	}
	bin := filepath.Dir(found[len(found)-1])
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	attr := &syscall.SysProcAttr{}
	if os.Getuid() == 0 { // the server refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Skip("no user to run PostgreSQL as")
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", dir+"/d", "-U", "postgres", "-E", "UTF8", "--locale=C", "-A", "trust", "-N")
	initdb.SysProcAttr, initdb.Dir = attr, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", dir+"/d", "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off")
	server.SysProcAttr, server.Dir = attr, dir
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Signal(syscall.SIGINT); _ = server.Wait() })
	db, err := sql.Open("pgx", "user=postgres dbname=postgres host="+dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for range 100 {
		if err = db.Ping(); err == nil {
			return db
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal(err)
	return nil
}

func FuzzQuery(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, term := range append(Terms(s), NameTerms(s)...) {
			if term == "" || strings.ContainsAny(term, " '\"\\:*&|!()<>") {
				t.Errorf("%q gives the term %q", s, term)
			}
		}
		q := Query(s)
		if strings.Count(q.Match(), `"`)%2 != 0 {
			t.Errorf("%q: %s", s, q.Match())
		}
	})
}

func BenchmarkTerms(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Terms("关于接待老挝琅勃拉邦省友好城市代表团访问我省的请示（2022-015）")
	}
}

func BenchmarkVector(b *testing.B) {
	terms := Terms("关于接待老挝琅勃拉邦省友好城市代表团访问我省的请示（2022-015）")
	for b.Loop() {
		Vector(terms)
	}
}
