// Package search turns texts in any script into terms that every engine finds in the same way.
//
// Scripts with spaces give words without diacritics; scripts without spaces give overlapping pairs of clusters, so
// that a phrase of pairs is the same as a part of the text and no dictionary decides what can be found. Neither
// engine's own parser plays a part: SQLite is told to cut at spaces only, and PostgreSQL is handed finished vectors.
// Index and question must come from the same Version; when it changes, the index is built anew.
package search

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Version changes whenever the same text gives other terms.
const Version = 2

// Tokenizer is how an FTS5 table must cut the text of Terms: tokenize = `…`.
const Tokenizer = `unicode61 remove_diacritics 0 categories 'L* N* Co M*'`

// Marks in front of terms that no text can give: characters for private use, which Terms reads as spaces.
const (
	markInitials = "\uE001" // first letters of a name in Chinese
	markPinyin   = "\uE002" // a name in Chinese spelt out
	markScope    = "\uE003" // a unit
	markEscape   = '\uE004' // inside a unit's term
	markBlock    = "\uE005" // a block of the index on PostgreSQL
)

// longest bounds a term; the rest of a longer word is not looked at, neither in texts nor in questions.
const longest = 64

// Terms gives the terms of a text in order. Their places matter: engines compare them when a phrase is asked for.
func Terms(text string) []string { return appendTerms(nil, text) }

func appendTerms(out []string, text string) []string {
	cut(text, func(r run) {
		if r.clusters == nil {
			out = append(out, r.pieces...)
			if len(r.pieces) > 1 {
				out = append(out, r.whole) // a code is also found when written together
			}
			return
		}
		out = append(out, r.pairs...)
		out = append(out, r.clusters[len(r.clusters)-1]) // so that one character alone is the beginning of some term
	})
	return out
}

// Join gives terms as the text that goes into an FTS5 table.
func Join(terms []string) string { return strings.Join(terms, " ") }

// Limits of PostgreSQL's tsvector: places end at 16383, and one term has at most 255 of them.
const (
	lastPlace  = 16383
	mostPlaces = 255
)

// Vector gives terms as the literal of a tsvector, with their places, in the order in which PostgreSQL keeps them: what
// comes sorted it does not sort.
func Vector(terms []string) string {
	order := make([]int32, len(terms))
	size := 0
	for i, t := range terms {
		order[i] = int32(i)
		size += len(t) + len("''  :00")
	}
	slices.SortFunc(order, func(a, b int32) int {
		if c := strings.Compare(terms[a], terms[b]); c != 0 {
			return c
		}
		return int(a - b)
	})
	b := make([]byte, 0, size)
	open, last, places := "", 0, 0
	for n, i := range order {
		t, place := terms[i], min(int(i)+1, lastPlace)
		switch {
		case n == 0 || t != open:
			if n > 0 {
				b = append(b, ' ')
			}
			b = append(appendLiteral(b, t), ':')
			open, places = t, 0
		case place == last || places == mostPlaces:
			continue
		default:
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(place), 10)
		last = place
		places++
	}
	return string(b)
}

// ScopeTerm is the term of a unit, beside the terms of the text. Unlike units have unlike terms, and no text gives one.
func ScopeTerm(unit string) string {
	var b strings.Builder
	b.WriteString(markScope)
	if len(unit) > longest { // engines bound terms; a digest behind two escapes is like no other code
		return fmt.Sprintf("%s%c%c%x", markScope, markEscape, markEscape, sha256.Sum256([]byte(unit)))
	}
	for i := range len(unit) {
		c := unit[i]
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			b.WriteByte(c)
			continue
		}
		b.WriteRune(markEscape)
		b.WriteString(strconv.FormatInt(int64(c)+0x100, 16)[1:])
	}
	return b.String()
}

// run is a stretch of text in one way of writing: a word or code, or clusters of a script without spaces.
type run struct {
	whole    string
	pieces   []string // a code split where letters meet digits and at its joints
	clusters []string
	pairs    []string // each cluster with the one behind it
}

// cut goes through a text and gives its runs in order.
func cut(text string, give func(run)) {
	c := cutter{give: give}
	c.all(text)
}

// clustersOf is cut without the words: for those who ask for clusters alone.
func clustersOf(text string, give func(run)) {
	c := cutter{give: give, wordless: true}
	c.all(text)
}

func (c *cutter) all(text string) {
	if !decomposed(text) {
		text = norm.NFKD.String(text)
	}
	for _, r := range text {
		c.take(r)
	}
	c.endClusters()
	c.endWord()
}

// decomposed tells of most texts that they are in NFKD: ASCII, common Han characters and the stops between them are
// (Unicode Standard Annex 15).
func decomposed(text string) bool {
	for _, r := range text {
		if r >= utf8.RuneSelf && (r < 0x4E00 || r > 0x9FFF) && (r < '、' || r > '】') {
			return false
		}
	}
	return true
}

type cutter struct {
	give   func(run)
	text   []byte // the open clusters, one behind the other
	starts []int  // where each begins
	piece  []byte
	runes  int
	pieces []string
	digits bool // whether the open piece is of digits
	joint  bool // whether the character before was one that joins the parts of a code
	bare   bool // whether the letter before is of a script whose marks are dropped

	wordless bool
}

func (c *cutter) take(r rune) {
	switch {
	case r >= 0x4E00 && r <= 0x9FFF: // most of what comes
		c.cluster(simplified(r))
	case r < utf8.RuneSelf:
		if !isASCIIWord(r) {
			c.space(r)
			return
		}
		c.endClusters()
		c.plain(r)
	case unicode.Is(unicode.Cf, r):
		// Invisible: zero-width spaces between words of Khmer or Lao are set by some writers and not by others.
	case r == laoBelow: // written below by some and as the letter itself by others
		c.cluster('ລ')
	case unicode.Is(unicode.M, r):
		c.mark(r)
	case !unicode.IsLetter(r) && !unicode.IsNumber(r):
		c.space(r)
	case spaceless(r):
		c.cluster(simplified(r))
	default:
		c.endClusters()
		c.letter(r)
	}
}

func isASCIIWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

func (c *cutter) cluster(r rune) {
	c.endWord()
	c.starts = append(c.starts, len(c.text))
	c.text = utf8.AppendRune(c.text, r)
}

// laoBelow is the Lao letter l as it is written below another.
const laoBelow = '\u0EBC'

// The circle above of Thai and Lao, a part of the vowel am: it is typed before or behind the tone over the same letter.
const (
	thaiCircle = '\u0E4D'
	laoCircle  = '\u0ECD'
)

// isTone tells whether a mark is a tone of Thai or Lao.
func isTone(r rune) bool { return r >= 0x0E48 && r <= 0x0E4B || r >= 0x0EC8 && r <= 0x0ECB }

// mark keeps a mark with its base where it is a vowel or a tone that words differ by, and drops accents.
func (c *cutter) mark(r rune) {
	if n := len(c.starts); n > 0 {
		if len(c.text)-c.starts[n-1] >= longest {
			return
		}
		if last, size := utf8.DecodeLastRune(c.text); isTone(last) && (r == thaiCircle || r == laoCircle) {
			c.text = utf8.AppendRune(c.text[:len(c.text)-size], r)
			r = last
		}
		c.text = utf8.AppendRune(c.text, r)
		return
	}
	if !c.bare && len(c.piece) > 0 && c.runes < longest {
		c.piece = utf8.AppendRune(c.piece, r)
		c.runes++
	}
}

// space ends a run; a single joint between letters or digits does not end a code.
func (c *cutter) space(r rune) {
	c.endClusters()
	if strings.ContainsRune("-/._", r) && len(c.piece) > 0 {
		c.endPiece()
		c.joint = true
		return
	}
	c.endWord()
}

// plain is letter for a letter or digit of ASCII.
func (c *cutter) plain(r rune) {
	if c.wordless {
		return
	}
	if r >= 'A' && r <= 'Z' {
		r += 'a' - 'A'
	}
	digits := r <= '9'
	c.bare = !digits
	if len(c.piece) > 0 && digits != c.digits {
		c.endPiece()
	}
	c.digits, c.joint = digits, false
	if c.runes < longest {
		c.piece = append(c.piece, byte(r))
		c.runes++
	}
}

func (c *cutter) letter(r rune) {
	if c.wordless {
		return
	}
	c.bare = unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew)
	plain := plainLetter(unicode.ToLower(r))
	digits := unicode.IsNumber(r)
	if len(c.piece) > 0 && digits != c.digits {
		c.endPiece()
	}
	c.digits, c.joint = digits, false
	if c.runes < longest {
		c.piece = append(c.piece, plain...)
		c.runes++
	}
}

func (c *cutter) endPiece() {
	if len(c.piece) > 0 {
		c.pieces = append(c.pieces, string(c.piece))
	}
	c.piece = c.piece[:0]
	c.runes = 0
}

func (c *cutter) endWord() {
	c.endPiece()
	if len(c.pieces) > 0 {
		whole := c.pieces[0]
		if len(c.pieces) > 1 {
			whole = strings.Join(c.pieces, "")
		}
		if len(whole) > longest && utf8.RuneCountInString(whole) > longest {
			whole = string([]rune(whole)[:longest])
		}
		c.give(run{whole: whole, pieces: c.pieces})
	}
	c.pieces, c.joint = nil, false
}

func (c *cutter) endClusters() {
	if len(c.starts) == 0 {
		return
	}
	text := string(c.text)
	room := make([]string, 2*len(c.starts)-1)
	r := run{clusters: room[:len(c.starts):len(c.starts)], pairs: room[len(c.starts):]}
	end, next := len(text), len(text)
	for i := len(c.starts) - 1; i >= 0; i-- {
		at := c.starts[i]
		r.clusters[i] = text[at:end]
		if i < len(r.pairs) {
			r.pairs[i] = text[at:next]
		}
		end, next = at, end
	}
	c.text, c.starts = c.text[:0], c.starts[:0]
	c.give(r)
}

var scriptsWithoutSpaces = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai,
	unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Bopomofo, unicode.Tai_Le, unicode.New_Tai_Lue, unicode.Tai_Tham, unicode.Yi}

func spaceless(r rune) bool {
	if r < 0x0E00 {
		return false
	}
	if r >= 0x4E00 && r <= 0x9FFF || r == 'ー' {
		return true
	}
	return !unicode.IsDigit(r) && unicode.In(r, scriptsWithoutSpaces...)
}

// zeros are the digit zero of each script whose digits offices of the region write.
var zeros = []rune{0x0660, 0x06F0, 0x0966, 0x09E6, 0x0DE6, 0x0E50, 0x0ED0, 0x1040, 0x1090, 0x17E0}

// plainLetter folds what decomposition leaves: strokes, ligatures, digits of other scripts, twins in Arabic script.
func plainLetter(r rune) string {
	switch r {
	case 'đ', 'ð', 'ɖ':
		return "d"
	case 'ł':
		return "l"
	case 'ø':
		return "o"
	case 'ı':
		return "i"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ß':
		return "ss"
	case 'ي', 'ى':
		return "ی"
	case 'ك':
		return "ک"
	case 'ہ', 'ۃ', 'ة', 'ھ':
		return "ه"
	}
	if r > 0x600 {
		for _, zero := range zeros {
			if r >= zero && r < zero+10 {
				return string('0' + r - zero)
			}
		}
	}
	return string(r)
}

// literal quotes a term for PostgreSQL.
func literal(term string) string { return string(appendLiteral(nil, term)) }

// appendLiteral is literal behind b. Terms hold no quotes, but nothing depends on that.
func appendLiteral(b []byte, term string) []byte {
	b = append(b, '\'')
	for i := range len(term) {
		if c := term[i]; c == '\'' || c == '\\' {
			b = append(b, c)
		}
		b = append(b, term[i])
	}
	return append(b, '\'')
}
