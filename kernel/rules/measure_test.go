package rules_test

import (
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/rules"
)

const head = `
[[rule]]
key = "r"
version = "1"
type = "tie"
title = { zh = "数", en = "n" }
unit = "pair"
citation = { zh = "据", en = "c", source = "s" }
`

const kindIs = `
[[rule.condition]]
name = "kind"
severity = "population"
expr = 'kind == "twin"'
`

const quotient = `
[[rule]]
key = "share"
version = "1"
title = { zh = "占比", en = "Share" }
unit = "ratio"
citation = { zh = "据", en = "c" }
[rule.ratio]
of = "r"
to = "whole"
[[rule.test]]
name = "a part of the whole"
on = "2022-08-15"
of = 4060
to = 22000
value = 0.1845
`

func whole(key, more string) string {
	return strings.Replace(head, `"r"`, `"`+key+`"`, 1) + more + kindIs
}

func TestMeasuresOfSmallCases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, more, test string }{
		{"a sum, exactly", `measure = "money"`, `records = [{kind="twin", money=0.1}, {kind="twin", money=0.2}, {kind="exchange", money=9.0}]
value = 0.3`},
		{"a distinct thing counts once, by the smallest id", "measure = \"money\"\ndistinct = [\"partner\"]",
			`records = [{id="b", kind="twin", partner="x", money=5.0}, {id="a", kind="twin", partner="x", money=3.0}, {id="c", kind="twin", partner="y", money=1.0}]
value = 4`},
		{"what has no number is left out", `measure = "money"`, "record = {kind=\"twin\"}\ncounted = false\nexcluded = [\"measured\"]"},
		{"an implied condition need not be named", `measure = "money"`, "record = {kind=\"twin\"}\ncounted = false\nexcluded = []"},
		{"covered", "of_list = \"north5\"\ndistinct = [\"country\"]", `records = [{kind="twin", country="NO"}, {kind="twin", country="NO"}, {kind="twin", country="SE"}]
value = 1`},
		{"the mean of the years", "per = \"year\"\ndated_by = \"signed\"", `period_from = "2020-01-01"
period_to = "2022-12-31"
records = [{kind="twin", signed="2020-03"}, {kind="twin", signed="2022"}, {kind="twin", signed="2023"}, {kind="twin"}]
value = 0.6667`},
		{"the first", "first = true\ndated_by = \"signed\"", `records = [{kind="twin", signed="2020-03"}, {kind="twin", signed="2019"}]
value = 1`},
		{"none yet", "first = true\ndated_by = \"signed\"", `records = [{kind="exchange", signed="2020-03"}]
value = 0`},
	} {
		for _, r := range mustLoad(t, head+c.more+kindIs+"[[rule.test]]\nname=\"t\"\non=\"2022-08-15\"\n"+c.test+"\n").Test(north) {
			if !r.OK {
				t.Errorf("%s: expected %s, found %s", c.name, r.Expected, r.Found)
			}
		}
	}
	p := mustLoad(t, head+kindIs, whole("whole", ""), quotient)
	for _, r := range p.Test(north) {
		if !r.OK {
			t.Errorf("%s: expected %s, found %s", r.Name, r.Expected, r.Found)
		}
	}
}

func TestMeasuresThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, key, detail string
		texts             []string
	}{
		{"a missing field", "measure_missing", "money", []string{head + `measure = "quantity"` + kindIs}},
		{"no number", "measure", "country", []string{head + `measure = "country"` + kindIs}},
		{"unknown list", "of_list", "north5", []string{head + "of_list = \"north6\"\ndistinct = [\"country\"]" + kindIs}},
		{"two fields of a list", "of_list_distinct", "partner", []string{head + "of_list = \"north5\"\ndistinct = [\"country\", \"partner\"]" + kindIs}},
		{"another rate", "per", "month", []string{head + "per = \"month\"\ndated_by = \"signed\"" + kindIs}},
		{"no date", "dated_by_missing", "signed", []string{head + `first = true` + kindIs}},
		{"not a date", "dated_by", "country", []string{head + "first = true\ndated_by = \"country\"" + kindIs}},
		{"two measures", "one_measure", "money", []string{head + "first = true\ndated_by = \"signed\"\nmeasure = \"money\"" + kindIs}},
		{"by itself", "ratio_itself", "r / r", []string{head + kindIs, whole("whole", ""), strings.Replace(quotient, `"whole"`, `"r"`, 1)}},
		{"of itself", "ratio_itself", "share", []string{head + kindIs, strings.Replace(quotient, `"whole"`, `"share"`, 1)}},
		{"of nothing", "ratio", "whole", []string{head + kindIs, quotient}},
		{"a circle of quotients", "ratio_circle", "share → twice → share", []string{head + kindIs,
			strings.Replace(quotient, `"whole"`, `"twice"`, 1), strings.Replace(strings.Replace(quotient, `"whole"`, `"share"`, 1), `"share"`, `"twice"`, 1)}},
		{"a circle of parts", "parent_circle", "r → whole → r", []string{head + `parent = "whole"` + kindIs, whole("whole", `parent = "r"`)}},
		{"a missing field in a condition", "expression", "it has:", []string{strings.Replace(head+kindIs, "kind ==", "sort ==", 1)}},
		{"a quotient with conditions", "ratio_only", "ratio", []string{head + kindIs, whole("whole", ""), strings.Replace(quotient, `unit =`, "type = \"tie\"\nunit =", 1)}},
	} {
		_, err := load(t, c.texts...)
		found := false
		for _, f := range fault.All(err) {
			detail, _ := f.Args["detail"].(string)
			found = found || f.Key == "rules.load."+c.key && strings.Contains(detail, c.detail)
		}
		if !found {
			t.Errorf("%s: got %v, want rules.load.%s with %q", c.name, err, c.key, c.detail)
		}
	}
}

func TestSumsAreExactInAnyOrder(t *testing.T) {
	t.Parallel()
	d := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		want := new(big.Rat)
		var a, b rules.Sum
		n := 1 + d.IntN(50)
		vs := make([]float64, n)
		for i := range vs {
			vs[i] = []float64{float64(d.IntN(1000)) / 10, d.NormFloat64(), d.NormFloat64() * 1e15, float64(d.IntN(1e6)) / 1e6}[d.IntN(4)]
			r, _ := new(big.Rat).SetString(strconv.FormatFloat(vs[i], 'g', -1, 64))
			want.Add(want, r)
			a.Add(vs[i])
		}
		var c rules.Sum
		for i := range vs {
			if i%2 == 0 {
				b.Add(vs[n-1-i])
			} else {
				c.Add(vs[n-1-i])
			}
		}
		b.Merge(c)
		if a.Exact().Cmp(want) != 0 || b.Exact().Cmp(want) != 0 || a.Amount() != rules.AmountOf(want) {
			t.Fatalf("%v: got %v and %v, want %v", vs, a.Exact(), b.Exact(), want)
		}
	}
	for v, want := range map[rules.Amount]string{0.3: "0.3", 22000: "22000", 4060.0 / 22000: "0.1845", 61.0 / 3: "20.3333", 3500000: "3500000", 100000000.5: "100000000.5", 0: "0", 1.0 / 3000: "0.0003333"} {
		if v.String() != want {
			t.Errorf("got %s, want %s", v, want)
		}
	}
}
