package passports

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
)

// StampFinding is one difference between the stamps and the approval: a code, and the days or the country it is about.
type StampFinding struct {
	Code    string
	Days    int
	Country string
}

// The codes of findings.
const (
	ExitEarly   = "exit_early"
	ExitLate    = "exit_late"
	EntryEarly  = "entry_early"
	EntryLate   = "entry_late"
	Overstay    = "overstay"
	NotApproved = "not_approved"
	NotVisited  = "not_visited"
	NoProof     = "no_proof"
	Travelled   = "travelled"
)

// CheckStamps compares what the stamps, or the record of the border authority, say with what was approved. Days abroad are
// counted with both ends.
func (l *Loan) CheckStamps() (out []StampFinding) {
	if l.Proof == "unproved" {
		return []StampFinding{{Code: NoProof}}
	}
	if l.Proof == "not_travelled" {
		if l.Exit < clock.Open || l.Entry < clock.Open || l.Been != "" {
			return []StampFinding{{Code: Travelled}}
		}
		return nil
	}
	if l.Departs < clock.Open {
		switch d := int(l.Exit - l.Departs); {
		case l.Exit >= clock.Open:
		case d < 0:
			out = append(out, StampFinding{Code: ExitEarly, Days: -d})
		case d > 0:
			out = append(out, StampFinding{Code: ExitLate, Days: d})
		}
		if l.Days.Set && l.Entry < clock.Open {
			switch d := int(l.Entry - (l.Departs + clock.Day(l.Days.Value) - 1)); {
			case d < 0:
				out = append(out, StampFinding{Code: EntryEarly, Days: -d})
			case d > 0:
				out = append(out, StampFinding{Code: EntryLate, Days: d})
			}
		}
	}
	if l.Days.Set && l.Exit < clock.Open && l.Entry < clock.Open {
		if over := int(l.Entry-l.Exit) + 1 - int(l.Days.Value); over > 0 {
			out = append(out, StampFinding{Code: Overstay, Days: over})
		}
	}
	approved, been := strings.Fields(l.Countries), strings.Fields(l.Been)
	if len(approved) > 0 && len(been) > 0 {
		for _, c := range been {
			if !slices.Contains(approved, c) {
				out = append(out, StampFinding{Code: NotApproved, Country: c})
			}
		}
		for _, c := range approved {
			if !slices.Contains(been, c) {
				out = append(out, StampFinding{Code: NotVisited, Country: c})
			}
		}
	}
	return out
}

// codesOf writes findings as they are kept.
func codesOf(found []StampFinding) string {
	var out []string
	for _, f := range found {
		s := f.Code
		if v := cmp.Or(f.Country, strconv.Itoa(f.Days)); v != "0" {
			s += ":" + v
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// Found reads the findings that are kept with the loan.
func (l *Loan) Found() (out []StampFinding) {
	for s := range strings.FieldsSeq(l.Findings) {
		code, v, _ := strings.Cut(s, ":")
		f := StampFinding{Code: code}
		if n, err := strconv.Atoi(v); err == nil {
			f.Days = n
		} else {
			f.Country = v
		}
		out = append(out, f)
	}
	return out
}

// countryCodes writes a typed list of countries the one way it is kept.
func countryCodes(s string) string {
	list := strings.FieldsFunc(strings.ToUpper(s), func(r rune) bool { return strings.ContainsRune(" ,;、，；/\t\r\n", r) })
	var out []string
	for _, c := range list {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return strings.Join(out, " ")
}
