package translate

import "strings"

// Group writes a number for reading: a comma between each three digits of a whole part of five digits and more, as in
// 3,500,000. Four digits stay together, so that a year is never divided; what is no number stays as it is.
func Group(s string) string {
	sign, digits := "", s
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		sign, digits = s[:1], s[1:]
	}
	whole, rest, point := strings.Cut(digits, ".")
	if len(whole) < 5 || strings.Trim(whole+rest, "0123456789") != "" {
		return s
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if point {
		b.WriteString("." + rest)
	}
	return b.String()
}
