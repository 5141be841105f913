// Package script writes facts in each language in which texts are kept, and looks over texts in their scripts. What it
// knows of a language stands in tables under data, with the source of each; nothing is left to the platform, which
// prints another calendar or other digits than the office does. It is pure: no database, no address, no clock.
package script

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"golang.org/x/text/unicode/norm"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

// Words are the phrases of the findings.
//
//go:embed words/*.json
var Words embed.FS

//go:embed data/*.toml
var tables embed.FS

// language is what the tables say of one language.
type language struct {
	Tag, Name        string
	Scripts          []string
	Spaceless        bool
	Zero             string
	Group, Point     string
	Pairs            bool
	Date             string
	Years            int
	Instant, Sameday string
	Span             string
	Also, Behind     string
	Two, Sep, Last   string
	Read, Times      []string
	OwnWords         []string `toml:"own_words"`
	OtherWords       []string `toml:"other_words"`
	OwnLetters       string   `toml:"own_letters"`
	OtherLetters     string   `toml:"other_letters"`
	Months           []string
	Units            map[string][]string

	lang   translate.Lang
	zero   rune
	script []*unicode.RangeTable
	dates  []*regexp.Regexp
	times  []*regexp.Regexp
	number *regexp.Regexp
}

type zone struct {
	ID      string
	Minutes int
	Name    translate.Text
}

var (
	languages = loadLanguages()
	zones     = loadZones()
)

func read(name string, into any) {
	raw, err := tables.ReadFile("data/" + name)
	if err == nil {
		err = toml.Unmarshal(raw, into)
	}
	if err != nil {
		panic(fmt.Sprintf("data/%s: %v", name, err)) // a table of this package that cannot be read
	}
}

func loadLanguages() map[translate.Lang]*language {
	var t struct{ Lang map[translate.Lang]*language }
	read("languages.toml", &t)
	for k, l := range t.Lang {
		l.lang, l.zero = k, '0'
		if l.Zero != "" {
			l.zero, _ = utf8.DecodeRuneInString(l.Zero)
		}
		for _, s := range l.Scripts {
			l.script = append(l.script, unicode.Scripts[s])
		}
		l.compile()
	}
	return t.Lang
}

func loadZones() []zone {
	var t struct{ Zone []zone }
	read("zones.toml", &t)
	return t.Zone
}

func of(l translate.Lang) (*language, error) {
	if p := languages[l]; p != nil {
		return p, nil
	}
	return nil, fault.New(fault.Missing, "script.language", fault.Args{"lang": string(l)})
}

// Name gives a language's name in the language itself; its code when it is none of ours.
func Name(l translate.Lang) string {
	if p := languages[l]; p != nil {
		return p.Name
	}
	return string(l)
}

// Tag gives a language with the region whose use the tables follow, as exchange formats want it.
func Tag(l translate.Lang) string {
	if p := languages[l]; p != nil {
		return p.Tag
	}
	return string(l)
}

// Spaceless tells whether a language is written without spaces between words, so that lines break by rule.
func Spaceless(l translate.Lang) bool {
	p := languages[l]
	return p != nil && (p.Spaceless || unicode.Is(unicode.Han, firstLetter(p.Name)))
}

func firstLetter(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }

// Zones lists the zones in which a notice may tell the time, from the one furthest ahead.
func Zones() []string {
	var out []string
	for _, z := range zones {
		out = append(out, z.ID)
	}
	return out
}

// Location gives the clock of one of the zones; that of UTC for a zone there is none of, which Fact.Check refuses.
func Location(zone string) *time.Location {
	if z := zoneOf(zone); z != nil {
		return time.FixedZone(z.ID, z.Minutes*60)
	}
	return time.UTC
}

func zoneOf(id string) *zone {
	if i := slices.IndexFunc(zones, func(z zone) bool { return z.ID == id }); i >= 0 {
		return &zones[i]
	}
	return nil
}

// langOf reads a language tag of another program: its first part decides.
func langOf(tag string) (translate.Lang, bool) {
	first, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(tag), "_", "-"), "-")
	l := translate.Lang(first)
	return l, languages[l] != nil
}

// The characters that nobody sees and that say how a text runs or breaks.
const (
	nbsp     = '\u00A0'
	hardDash = '\u2011'
	zwsp     = '\u200B'
	zwnj     = '\u200C'
	zwj      = '\u200D'
	bom      = '\uFEFF'
	fsi      = '\u2068'
	pdi      = '\u2069'
)

// Clean gives a text as it is kept: composed (NFC), lines ended one way, without byte order marks and control
// characters. Joiners stay, because letters depend on them; zero-width spaces stay, because lines break at them.
func Clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n", "\t", " ").Replace(strings.ToValidUTF8(s, ""))
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if r != '\n' && unicode.Is(unicode.Cc, r) || r == bom {
			return -1
		}
		return r
	}, s))
}
