package paper

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// numerals are the characters that write numbers in Chinese, from which a number can be made by hand as well.
const numerals = "〇零一二三四五六七八九十百千万亿两廿卅壹贰叁肆伍陆柒捌玖拾佰仟"

// counted are the measure words after which even a single numeral is a count.
const counted = "国对个批次项名座人所家条种件份届场村州县省市处位支架只艘辆倍成"

// spoken finds numbers in English words. The word one stands for too much else.
var spoken = regexp.MustCompile(`(?i)\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen|dozens|hundreds|thousands|millions|half|third|thirds|quarter|quarters|fifth|fifths|tenth|tenths)\b`)

// idle are words made of numerals that are no numbers.
var idle = []string{"万一", "千万不", "十分", "一一", "百姓", "万事", "千方百计", "一带一路", "万象", "百花", "千里", "万里", "十足"}

// divide cuts words at the numbers that somebody typed.
func divide(s string) []Span {
	var out []Span
	from := 0
	put := func(a, b int) {
		if a > from {
			out = append(out, Span{Kind: Plain, Text: s[from:a]})
		}
		out = append(out, Span{Kind: Unbound, Text: s[a:b]})
		from = b
	}
	said := spoken.FindAllStringIndex(s, -1)
	for i := 0; i < len(s); {
		if len(said) > 0 && i == said[0][0] {
			put(said[0][0], said[0][1])
			i, said = said[0][1], said[1:]
			continue
		}
		for len(said) > 0 && said[0][0] < i {
			said = said[1:]
		}
		if n := digitsAt(s[i:]); n > 0 {
			put(i, i+n)
			i += n
			continue
		}
		if n, skip := numeralsAt(s, i); n > 0 {
			if !skip {
				put(i, i+n)
			}
			i += n
			continue
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		i += n
	}
	if from < len(s) {
		out = append(out, Span{Kind: Plain, Text: s[from:]})
	}
	return out
}

// digits is a number in digits of whatever script, with what joins its parts.
var digits = regexp.MustCompile(`^[\p{Nd}\p{No}Ⅰ-ↈ]+(?:[.,，/:：~–-][\p{Nd}]+)*[%％‰]?`)

// digitsAt tells how long the number in digits is that begins here.
func digitsAt(s string) int { return len(digits.FindString(s)) }

// numeralsAt tells how long the run of Chinese numerals is that begins here, and whether it is no number.
func numeralsAt(s string, i int) (n int, skip bool) {
	rest := s[i:]
	runes := 0
	for _, r := range rest {
		if !strings.ContainsRune(numerals, r) {
			break
		}
		n, runes = n+utf8.RuneLen(r), runes+1
	}
	if n == 0 {
		return 0, false
	}
	for _, w := range idle {
		if strings.HasPrefix(rest, w) {
			return len(w), true
		}
	}
	if strings.HasSuffix(s[:i], "第") || strings.HasSuffix(s[:i], "唯") || strings.HasSuffix(s[:i], "统") || strings.HasSuffix(s[:i], "同") {
		return n, true
	}
	after := rest[n:]
	if strings.HasPrefix(after, "分之") {
		return n + len("分之") + runLen(after[len("分之"):]), false
	}
	if runes > 1 {
		return n, false
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(after, "余多"))
	first, _ := utf8.DecodeRuneInString(rest)
	return n, first == '一' || !strings.ContainsRune(counted, next)
}

func runLen(s string) (n int) {
	for _, r := range s {
		if !strings.ContainsRune(numerals, r) {
			return n
		}
		n += utf8.RuneLen(r)
	}
	return n
}
