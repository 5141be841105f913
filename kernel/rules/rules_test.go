package rules_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/translate"
)

var world = rules.World{
	Types: map[string][]rules.Field{
		"tie": {
			{Name: "kind", Kind: rules.Choice, Values: []string{"twin", "exchange"}},
			{Name: "grade", Kind: rules.Choice, Values: []string{"agreement", "listed"}},
			{Name: "own"}, {Name: "partner"}, {Name: "country"},
			{Name: "signed", Kind: rules.When}, {Name: "seen", Kind: rules.Day}, {Name: "money", Kind: rules.Number},
		},
	},
	Lists: []string{"north5"},
}

func north(key, member string, _ clock.Day) bool { return key == "north5" && member == "NO" }

const pairs = `
[[rule]]
key = "twin.pairs"
version = "1"
variant = "main"
type = "tie"
title = { zh = "结对", en = "Pairs" }
unit = "pair"
distinct = ["own", "partner"]
citation = { zh = "规定", en = "The order", source = "order-1" }

[[rule.condition]]
name = "kind"
severity = "population"
expr = 'kind == "twin"'

[[rule.condition]]
name = "dated"
severity = "exclude"
expr = 'known(signed) && earliest(signed) <= on'
because = { zh = "没有签署日期", en = "not signed by that day" }

[[rule.condition]]
name = "later rule"
severity = "exclude"
expr = 'in_list(country, "north5")'
because = { zh = "不在名单上", en = "not on the list" }
valid_from = "2030-01-01"

[[rule.test]]
name = "a signed pair"
on = "2022-08-15"
record = { kind = "twin", signed = "2022-08", country = "SE" }
counted = true

[[rule.test]]
name = "an undated pair"
on = "2022-08-15"
record = { kind = "twin" }
counted = false
excluded = ["dated"]

[[rule.test]]
name = "after the new rule"
on = "2031-08-15"
record = { kind = "twin", signed = "2022-08", country = "SE" }
counted = false
excluded = ["later rule"]

[[rule.test]]
name = "outside"
on = "2031-08-15"
record = { kind = "exchange" }
counted = false
excluded = []
`

const check = `
[[check]]
key = "tie.ready"
version = "1"
type = "tie"
title = { zh = "可用", en = "Ready" }

[[check.condition]]
name = "seen"
severity = "warn"
expr = 'seen >= day("2020-01-01")'
message = { zh = "早", en = "too early" }

[[check.condition]]
name = "money"
severity = "advise"
expr = 'known(money) ? money > 250 : true'
message = { zh = "少", en = "too little" }

[[check.test]]
name = "early"
on = "2022-01-01"
record = { seen = "2019-01-01", money = 251 }
fails = ["seen"]

[[dormancy]]
kind = "twin"
months = 24
at_risk_months = 18
qualifies = ["visit"]
citation = { zh = "规", en = "rule" }

[[anniversary]]
kind = "twin"
years = 10
citation = { zh = "规", en = "rule" }
`

func load(t *testing.T, texts ...string) (*rules.Pack, error) {
	t.Helper()
	files := fstest.MapFS{}
	for i, s := range texts {
		files["rules/"+string(rune('a'+i))+".toml"] = &fstest.MapFile{Data: []byte(s)}
	}
	return rules.Load(files, "rules/*.toml", world)
}

func mustLoad(t *testing.T, texts ...string) *rules.Pack {
	t.Helper()
	p, err := load(t, texts...)
	if err != nil {
		t.Fatalf("the pack must load: %v", err)
	}
	return p
}

func TestPackRunsItsOwnTests(t *testing.T) {
	t.Parallel()
	got := mustLoad(t, pairs, check).Test(north)
	if len(got) != 5 {
		t.Errorf("got %d test results, want 5", len(got))
	}
	for _, r := range got {
		if !r.OK {
			t.Errorf("%s: %s: expected %s, found %s", r.Rule, r.Name, r.Expected, r.Found)
		}
	}
	wrong := mustLoad(t, strings.Replace(pairs, "counted = true", "counted = false", 1)).Test(north)
	if wrong[0].OK {
		t.Error("a test case that expects the wrong thing must not be OK")
	}
}

func TestErringConditionBlocks(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, check)
	c := p.Checks("tie", clock.DayFrom(2022, 1, 1))[0]
	res := c.Explain(map[string]any{"money": 251.0}, rules.Always(clock.DayFrom(2022, 1, 1), north))
	if !res.Blocks() || !cmp.Equal(res.Erred(), []string{"seen"}) {
		t.Errorf("an unknown day compared with a day must err and block, got %+v", res.Outcomes)
	}
	res = c.Explain(map[string]any{"seen": "2021-01-01"}, rules.Always(clock.DayFrom(2022, 1, 1), nil))
	if res.Blocks() || len(res.Fails()) > 0 {
		t.Errorf("known() guards an unknown number, got %+v", res.Outcomes)
	}
	bad := c.Explain(map[string]any{"seen": "some day"}, rules.Always(clock.DayFrom(2022, 1, 1), nil))
	if !bad.Blocks() {
		t.Errorf("an unreadable value must block, got %+v", bad.Outcomes)
	}
	r, _ := mustLoad(t, pairs).At("twin.pairs", "", clock.DayFrom(2031, 1, 1))
	none := r.Explain(map[string]any{"kind": "twin", "signed": "2001"}, rules.Always(clock.DayFrom(2031, 1, 1), nil))
	if none.Counted() || !cmp.Equal(none.Erred(), []string{"later rule"}) {
		t.Errorf("a list nobody gave must err, got %+v", none.Outcomes)
	}
}

func TestRunCarriesWhatIsNeededToRepeatIt(t *testing.T) {
	t.Parallel()
	r, ok := mustLoad(t, pairs).At("twin.pairs", "main", clock.DayFrom(2031, 1, 1))
	if !ok {
		t.Fatal("the rule applies on any day")
	}
	run := r.Explain(map[string]any{"kind": "twin", "signed": clock.When("2022-08"), "country": "NO", "own": "secret"},
		rules.Always(clock.DayFrom(2031, 1, 1), north)).Run(77)
	raw, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"country":"NO","in_list(country,north5)":true,"kind":"twin","signed":"2022-08"}`
	if string(run.Inputs) != want {
		t.Errorf("inputs: got %s, want only what was read: %s", run.Inputs, want)
	}
	if !strings.Contains(string(raw), `"on":"2031-01-01"`) || len(run.Pack) != 64 || len(run.Digest) != 64 {
		t.Errorf("the run lacks its day or digests: %s", raw)
	}
}

func TestDigestKeepsToTheMeaning(t *testing.T) {
	t.Parallel()
	a := mustLoad(t, pairs)
	b := mustLoad(t, strings.ReplaceAll(pairs, "\n", "  \r\n"))
	if a.Digest != b.Digest {
		t.Error("line ends and trailing spaces must not change the digest")
	}
	c := mustLoad(t, strings.Replace(pairs, "<= on", "< on", 1))
	if a.Digest == c.Digest || a.All()[0].Digest == c.All()[0].Digest {
		t.Error("another expression must change the digests")
	}
	d := mustLoad(t, strings.Replace(pairs, "a signed pair", "a pair", 1))
	if a.All()[0].Digest != d.All()[0].Digest {
		t.Error("a renamed test must not change the rule's digest")
	}
}

func TestLoadNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	swap := func(old, with string) string { return strings.Replace(pairs, old, with, 1) }
	cases := []struct{ name, text, key, detail string }{
		{"unknown choice", swap(`kind == "twin"`, `kind == "twins"`), "expression", `kind cannot be "twins"`},
		{"unknown choice in a list", swap(`kind == "twin"`, `kind in ["twin", "x"]`), "expression", `kind cannot be "x"`},
		{"unknown list", swap(`"north5"`, `"north6"`), "expression", `there is no list "north6"`},
		{"unknown field", swap(`kind == "twin"`, `sort == "twin"`), "expression", "sort"},
		{"types", swap(`kind == "twin"`, `kind == 3`), "expression", "no matching overload"},
		{"not a condition", swap(`kind == "twin"`, `kind`), "expression", "true or false"},
		{"a date by itself", swap(`known(signed) &&`, `signed == "2022" &&`), "expression", "known, earliest or latest"},
		{"a bad day", swap(`<= on`, `<= day("2022-13-01")`), "expression", "day takes a day"},
		{"no comprehension", swap(`kind == "twin"`, `[1,2].all(x, x > 0)`), "expression", ""},
		{"unknown key", swap(`unit = `, `units = `), "unknown_key", "rule.units"},
		{"severity", swap(`"population"`, `"block"`), "severity", "block"},
		{"no Chinese", swap(`zh = "没有签署日期", `, ``), "language", "because.zh"},
		{"unknown type", swap(`type = "tie"`, `type = "knot"`), "type", "knot"},
		{"unknown distinct", swap(`"own", `, `"owner", `), "distinct", "owner"},
		{"unknown parent", swap(`unit = "pair"`, "unit = \"pair\"\nparent = \"all\""), "parent", "all"},
		{"two versions", pairs + pairs, "twice", "twin.pairs"},
		{"test field", swap(`record = { kind`, `record = { sort`), "test", "sort"},
		{"test condition", swap(`excluded = ["dated"]`, `excluded = ["date"]`), "test", "date"},
		{"not TOML", "[[rule]", "syntax", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, c.text)
			for _, f := range fault.All(err) {
				if f.Kind == fault.Invalid && f.Key == "rules.load."+c.key && strings.Contains(f.Args["detail"].(string), c.detail) &&
					f.Args["file"] == "rules/a.toml" {
					return
				}
			}
			t.Errorf("got %v, want a finding rules.load.%s with %q", err, c.key, c.detail)
		})
	}
}

func TestFindingNamesRuleAndCondition(t *testing.T) {
	t.Parallel()
	_, err := load(t, strings.Replace(pairs, `earliest(signed) <= on`, `earliest(signed) <= "x"`, 1))
	f := fault.All(err)
	if len(f) != 1 || f[0].Args["rule"] != "twin.pairs" || f[0].Args["condition"] != "dated" {
		t.Errorf("got %v, want one finding that names twin.pairs and dated", err)
	}
}

func TestPhrasesAreComplete(t *testing.T) {
	t.Parallel()
	b := translate.NewBook()
	if err := b.Add(rules.Words); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(b.Keys("zh"), b.Keys("en")); d != "" {
		t.Error(d)
	}
}

func BenchmarkExplain(b *testing.B) {
	p, err := rules.Load(fstest.MapFS{"a.toml": {Data: []byte(pairs)}}, "*.toml", world)
	if err != nil {
		b.Fatal(err)
	}
	r := p.All()[0]
	rec := map[string]any{"kind": "twin", "signed": clock.When("2022-08"), "country": "NO"}
	env := rules.Always(clock.DayFrom(2031, 1, 1), north)
	b.ReportAllocs()
	for b.Loop() {
		if !r.Explain(rec, env).Counted() {
			b.Fatal("counted")
		}
	}
}
