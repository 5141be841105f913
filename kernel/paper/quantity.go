package paper

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/translate"
)

// Qualifiers are what a text adds to a number; they are part of the figure.
var Qualifiers = []string{"exact", "more_than", "at_least", "fewer_than", "almost", "about", "all", "from_none"}

func needsSaid(q string) bool {
	return q == "more_than" || q == "at_least" || q == "fewer_than" || q == "almost" || q == "about"
}

// tolerance is how far "about" and "almost" may be from what is said.
const tolerance = 0.1

// True tells whether what a text says of a value is so: "more than 250" is not true of 250. Of "all", whole is how many
// there are in all; zero where nobody knows, and then nothing can be called all.
func True(value float64, qualifier string, said float64, hasSaid bool, whole float64) bool {
	if !hasSaid {
		said = value
	}
	switch qualifier {
	case "more_than":
		return value > said
	case "at_least":
		return value >= said
	case "fewer_than":
		return value < said
	case "almost":
		return value < said && value >= said*(1-tolerance)
	case "about":
		return math.Abs(value-said) <= tolerance*math.Abs(said)+1e-9
	case "all":
		return whole > 0 && value == whole && said == value
	case "from_none":
		return value > 0 && said == value
	}
	return math.Abs(value-said) < 1e-9
}

// UnitWords are the words for a unit, by language: "pair|pairs". They hold for days, because offices change what they
// call things.
type UnitWords struct {
	Key      string
	From, To clock.Day // [From, To); zero = open
	Words    translate.Text
}

// Speaker says numbers in the words of the phrase books and of a pack.
type Speaker struct {
	Book  *translate.Book
	Units []UnitWords
}

// Unit gives the word for a unit on a day: of the pack, or of the books.
func (sp Speaker) Unit(l translate.Lang, key string, value float64, on clock.Day) string {
	if key == "" {
		return ""
	}
	words := ""
	i := slices.IndexFunc(sp.Units, func(u UnitWords) bool {
		return u.Key == key && (u.From == 0 || u.From <= on) && (u.To == 0 || on < u.To) && u.Words[l] != ""
	})
	switch {
	case i >= 0:
		words = sp.Units[i].Words[l]
	case sp.Book.Has(l, unitPhrase(key)):
		words = sp.Book.Say(l, unitPhrase(key))
	default:
		words = key
	}
	one, many, ok := strings.Cut(words, "|")
	if !ok || value == 1 {
		return one
	}
	return many
}

// currencies are the units that packs name by their code.
var currencies = map[string]string{"CNY": "yuan", "USD": "usd"}

func unitPhrase(key string) string {
	if word := currencies[key]; word != "" {
		key = word
	}
	return "paper.unit." + key
}

// Quantity is a number as a text says it.
type Quantity struct {
	Value     float64
	Qualifier string
	Unit      string // key; "" says none
	On        clock.Day
}

// Say gives a quantity in words: "103对", "more than 250 teams", "20余国", "about one fifth".
func (sp Speaker) Say(l translate.Lang, q Quantity) string {
	say := func(key string, pairs ...any) string { return sp.Book.Say(l, key, pairs...) }
	value, round := "", false
	if q.Unit == "share" {
		value = sp.share(l, q)
		q.Unit = ""
	} else {
		value, round = sp.number(l, q.Value)
	}
	key := "paper.say." + q.Qualifier
	if q.Qualifier == "" || q.Qualifier == "exact" {
		key = "paper.say.exact"
	}
	if round && sp.Book.Has(l, key+".round") {
		key += ".round"
	}
	return strings.TrimSpace(say(key, "value", value, "unit", sp.Unit(l, q.Unit, q.Value, q.On)))
}

// fractions are those that have words, as n*100+d.
var fractions = [][2]int{{1, 2}, {1, 3}, {2, 3}, {1, 4}, {3, 4}, {1, 5}, {2, 5}, {3, 5}, {4, 5}, {1, 6}, {1, 8}, {1, 10}}

func (sp Speaker) share(l translate.Lang, q Quantity) string {
	if q.Qualifier != "" && q.Qualifier != "exact" {
		for _, f := range fractions {
			if math.Abs(q.Value-float64(f[0])/float64(f[1])) < 1e-6 {
				return sp.Book.Say(l, "paper.fraction."+strconv.Itoa(f[0])+"_"+strconv.Itoa(f[1]))
			}
		}
	}
	return sp.Book.Say(l, "paper.percent", "value", decimal(math.Round(q.Value*1000)/10))
}

// number writes a number as its language does: with its own large units where nothing is lost by them, or else in
// groups. It also tells whether the number is a round one, written in full: some languages then put the qualifier
// behind it.
func (sp Speaker) number(l translate.Lang, v float64) (text string, round bool) {
	for _, s := range strings.Split(sp.Book.Say(l, "paper.scales"), ",") {
		size, word, ok := strings.Cut(s, ":")
		n, err := strconv.ParseFloat(size, 64)
		if !ok || err != nil || math.Abs(v) < n {
			continue
		}
		if scaled := v / n; math.Abs(scaled*100-math.Round(scaled*100)) < 1e-9 {
			return decimal(scaled) + word, false
		}
	}
	return grouped(decimal(v), sp.Book.Say(l, "paper.group")), v >= 10 && math.Mod(v, 10) == 0
}

// grouped puts a sign between each three digits of a number that has five and more; "-" stands for none.
func grouped(s, sign string) string {
	if sign == "-" {
		return s
	}
	return strings.ReplaceAll(translate.Group(s), ",", sign)
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
