package passports_test

import (
	"strconv"
	"strings"
	"testing"

	"yunqiao/rooms/passports"
)

// The specimen of the standard: its country and person do not exist.
const (
	first  = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
	second = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
)

// digit computes a check digit another way than the program: over the whole alphabet of the standard.
func digit(s string) string {
	sum := 0
	for i, r := range s {
		sum += max(0, strings.IndexRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", r)) * []int{7, 3, 1}[i%3]
	}
	return string(rune('0' + sum%10))
}

// line2 makes a second line with sound check digits.
func line2(number, nation, born, sex, expires, personal string) string {
	number += strings.Repeat("<", 9-len(number))
	personal += strings.Repeat("<", 14-len(personal))
	a, b, c, d := number+digit(number), born+digit(born), expires+digit(expires), personal+digit(personal)
	return a + nation + b + sex + c + d + digit(a+b+c+d)
}

func keys(found []passports.ZoneFault) string {
	var out []string
	for _, f := range found {
		s := strings.TrimPrefix(f.Key, "passports.zone.")
		for _, m := range f.Hints {
			s += "?" + strconv.Itoa(m.At) + string(m.Perhaps)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// A sound zone is read whole, however it was typed, pasted or scanned.
func TestSoundZones(t *testing.T) {
	t.Parallel()
	today := day(t, "2011-01-15")
	for name, text := range map[string]string{
		"as printed": first + "\n" + second, "one run": first + second, "lower case": strings.ToLower(first) + "\r\n" + second,
		"spaces": "  " + strings.ReplaceAll(first, "<<ANNA", "<< ANNA") + " \n\n" + second + "\n", "fewer fillers": strings.TrimRight(first, "<") + "<<<\n" + second,
		"more fillers": first + "<<\n" + second, "full width": strings.ReplaceAll(first, "<", "＜") + "\n" + second, "guillemets": strings.Replace(first, "<<", "«", 1) + "\n" + second,
	} {
		z, found := passports.ReadZone(text, today)
		if len(found) > 0 {
			t.Errorf("%s: found %s", name, keys(found))
		}
		if z.Surname != "ERIKSSON" || z.Given != "ANNA MARIA" || z.Number != "L898902C3" || z.Nationality != "UTO" || z.Issuer != "UTO" || z.Sex != "F" ||
			z.Born != "1974-08-12" || z.Expires.String() != "2012-04-15" || z.Personal != "ZE184226B" {
			t.Errorf("%s: read %+v", name, z)
		}
	}
}

// What is wrong is said at its place, with what it may have been; every check digit is verified.
func TestFaultyZones(t *testing.T) {
	t.Parallel()
	today := day(t, "2011-01-15")
	swap := func(s string, at int, c string) string { return s[:at-1] + c + s[at:] }
	for _, x := range []struct {
		name, text, want string
		line, at         int
	}{
		{"nothing", " \n", "lines", 0, 0},
		{"one line", first, "lines", 0, 0},
		{"an identity card", "I<UTO\nX\nY", "lines", 0, 0},
		{"too short", first + "\n" + second[:43], "short", 2, 0},
		{"too long", first + "\n" + second + "1", "long", 2, 0},
		{"a strange character", first + "\n" + swap(second, 1, "*"), "character", 2, 1},
		{"a Chinese character", strings.Replace(first, "ANNA", "安NNA", 1) + "\n" + second, "character", 1, 16},
		{"not a passport", "V" + first[1:] + "\n" + second, "not_passport", 1, 1},
		{"a digit in the name", strings.Replace(first, "ERIKSSON", "ERIKSS0N", 1) + "\n" + second, "letter?12O", 1, 12},
		{"E for 3 in the number", first + "\n" + swap(second, 9, "E"), "check_number?2B", 2, 1},
		{"O for 0 in the number", first + "\n" + swap(second, 6, "O"), "check_number?60", 2, 1},
		{"B for 8 in the number", first + "\n" + swap(second, 2, "B"), "check_number?28?4B?7Z", 2, 1},
		{"8 for B in the personal number", first + "\n" + swap(second, 37, "8"), "check_personal?34Z?37B", 2, 29},
		{"the check digit of the number", first + "\n" + swap(second, 10, "7"), "check_number?4B?7Z", 2, 1},
		{"O for 0 in the birth", first + "\n" + swap(second, 16, "O"), "digit?160", 2, 16},
		{"a turned date of birth", first + "\n" + swap(swap(second, 14, "4"), 15, "7"), "check_born", 2, 14},
		{"the date of expiry", first + "\n" + swap(second, 27, "6"), "check_expires", 2, 22},
		{"I for 1 in the expiry", first + "\n" + swap(second, 22, "I"), "digit?221", 2, 22},
		{"the last digit", first + "\n" + swap(second, 44, "1"), "check_all", 2, 44},
		{"a letter as the last digit", first + "\n" + swap(second, 44, "O"), "digit?440", 2, 44},
		{"a sex that is none", first + "\n" + swap(second, 21, "K"), "sex", 2, 21},
		{"a digit in the nationality", first + "\n" + swap(second, 13, "0"), "letter?13O", 2, 13},
		{"a day that does not exist", first + "\n" + line2("A1", "UTO", "740230", "F", "120415", ""), "no_born", 2, 14},
		{"an expiry that does not exist", first + "\n" + line2("A1", "UTO", "740228", "F", "121315", ""), "no_expires", 2, 22},
		{"no number", first + "\n" + line2("", "UTO", "740228", "F", "120415", ""), "no_number", 2, 1},
		{"no name", "P<UTO" + strings.Repeat("<", 39) + "\n" + second, "no_name", 1, 6},
	} {
		_, found := passports.ReadZone(x.text, today)
		if got := keys(found); got != x.want {
			t.Errorf("%s: found %q, want %q", x.name, got, x.want)
			continue
		}
		if found[0].Line != x.line || found[0].From != x.at {
			t.Errorf("%s: at line %d, character %d, want %d, %d", x.name, found[0].Line, found[0].From, x.line, x.at)
		}
		if !passports.Refused(found) {
			t.Errorf("%s: taken", x.name)
		}
	}
}

// Names lose their signs as the standard says, and years of two digits are told by what a date can mean.
func TestNamesAndCenturies(t *testing.T) {
	t.Parallel()
	pad := func(s string) string { return s + strings.Repeat("<", 44-len(s)) }
	for _, x := range []struct {
		name, line, born, expires, today string
		surname, given, wasBorn, expired string
		remark                           string
	}{
		{"signs", "P<UTOMÜLLER<<JOSÉ<<<<<<<<<<<<<<<<<<<<<<<<<", "740812", "300415", "2026-11-22", "MUELLER", "JOSE", "1974-08-12", "2030-04-15", ""},
		{"two surnames", pad("P<UTOVAN<DER<BERG<<ANNA"), "740812", "300415", "2026-11-22", "VAN DER BERG", "ANNA", "1974-08-12", "2030-04-15", ""},
		{"one name", pad("P<UTOARKFREITH"), "740812", "300415", "2026-11-22", "ARKFREITH", "", "1974-08-12", "2030-04-15", ""},
		{"cut short", "P<UTONILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K", "740812", "300415", "2026-11-22", "NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG K", "1974-08-12", "2030-04-15", "cut"},
		{"born this century", pad("P<UTOA<<B"), "011231", "300415", "2026-11-22", "A", "B", "2001-12-31", "2030-04-15", ""},
		{"born today", pad("P<UTOA<<B"), "261122", "300415", "2026-11-22", "A", "B", "2026-11-22", "2030-04-15", ""},
		{"born tomorrow is a hundred years old", pad("P<UTOA<<B"), "261123", "300415", "2026-11-22", "A", "B", "1926-11-23", "2030-04-15", ""},
		{"expired last century", pad("P<UTOA<<B"), "740812", "991231", "2026-11-22", "A", "B", "1974-08-12", "1999-12-31", "past"},
		{"expired yesterday", pad("P<UTOA<<B"), "740812", "261121", "2026-11-22", "A", "B", "1974-08-12", "2026-11-21", "past"},
		{"expires today", pad("P<UTOA<<B"), "740812", "261122", "2026-11-22", "A", "B", "1974-08-12", "2026-11-22", "soon"},
		{"only the year of birth is known", pad("P<UTOA<<B"), "60<<<<", "300415", "2026-11-22", "A", "B", "1960", "2030-04-15", ""},
		{"only the month", pad("P<UTOA<<B"), "6005<<", "300415", "2026-11-22", "A", "B", "1960-05", "2030-04-15", ""},
		{"nothing", pad("P<UTOA<<B"), "<<<<<<", "300415", "2026-11-22", "A", "B", "", "2030-04-15", ""},
	} {
		z, found := passports.ReadZone(x.line+"\n"+line2("A1234567", "UTO", x.born, "<", x.expires, ""), day(t, x.today))
		if keys(found) != x.remark || passports.Refused(found) {
			t.Errorf("%s: found %q, want %q", x.name, keys(found), x.remark)
		}
		if z.Surname != x.surname || z.Given != x.given || string(z.Born) != x.wasBorn || z.Expires.String() != x.expired {
			t.Errorf("%s: read %+v", x.name, z)
		}
	}
}

// Every single character of the numbers that is read wrongly is found, but for those the standard cannot tell apart.
func TestEveryMisreadDigitIsFound(t *testing.T) {
	t.Parallel()
	today := day(t, "2011-01-15")
	missed := 0
	for i := range len(second) {
		if i >= 10 && i < 13 || i == 20 { // nationality and sex stand under no check digit
			continue
		}
		for _, c := range "0123456789" {
			if second[i] == byte(c) || second[i] < '0' || second[i] > '9' {
				continue
			}
			if _, found := passports.ReadZone(first+"\n"+second[:i]+string(c)+second[i+1:], today); !passports.Refused(found) {
				missed++
				t.Errorf("character %d read as %c passes", i+1, c)
			}
		}
	}
}
