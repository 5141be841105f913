package script_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones are held to it

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

const hour = int64(3600 * 1000)

// at gives a minute of Unix time, told in UTC.
func at(y, m, d, h, mi int) int64 {
	return clock.DayFrom(y, m, d).Time().UnixMilli() + int64(h)*hour + int64(mi)*60000
}

func write(t *testing.T, f script.Fact, l translate.Lang) string {
	t.Helper()
	p, err := f.In(l)
	if err != nil {
		t.Fatalf("%s in %s: %v", f.Kind, l, err)
	}
	return p.Text
}

// TestFactsInEachLanguage: the office's form of a day, a number, a length and a minute in each language, "~" for a space
// at which no line breaks.
func TestFactsInEachLanguage(t *testing.T) {
	t.Parallel()
	facts := []script.Fact{
		{Kind: script.KindDay, Day: clock.DayFrom(2026, 10, 5)},
		{Kind: script.KindNumber, Number: "1234567.5"},
		{Kind: script.KindNumber, Number: "12", Unit: "kilometre"},
		{Kind: script.KindInstant, At: at(2026, 10, 5, 6, 30), Zone: "Asia/Shanghai"},
		{Kind: script.KindSpan, At: at(2026, 10, 5, 0, 0), End: at(2026, 10, 5, 9, 5), Zone: "Asia/Bangkok"},
		{Kind: script.KindDuration, Minutes: 24*60 + 90},
	}
	for lang, want := range map[translate.Lang][]string{
		"zh": {"2026年10月5日", "1,234,567.5", "12公里", "北京时间2026年10月5日14:30", "中南半岛时间2026年10月5日07:00至16:05", "1天1小时30分钟"},
		"en": {"5~October 2026", "1,234,567.5", "12~kilometres", "5~October 2026, 14:30 (Beijing time)", "5~October 2026, 07:00 to 16:05 (Indochina Time)", "1~day 1~hour 30~minutes"},
		"lo": {"5~ຕຸລາ 2026", "1.234.567,5", "12~ກິໂລແມັດ", "5~ຕຸລາ 2026, 14:30 (ເວລາມາດຕະຖານຈີນ)", "5~ຕຸລາ 2026, 07:00 – 16:05 (ເວລາອິນດູຈີນ)", "1~ມື້ 1~ຊົ່ວໂມງ 30~ນາທີ"},
		"my": {"၂၀၂၆ အောက်တိုဘာ~၅", "၁,၂၃၄,၅၆၇.၅", "၁၂~ကီလိုမီတာ", "၂၀၂၆ အောက်တိုဘာ~၅, ၁၄:၃၀ (တရုတ် စံတော်ချိန်)", "၂၀၂၆ အောက်တိုဘာ~၅, ၀၇:၀၀ – ၁၆:၀၅ (အင်ဒိုချိုင်းနား အချိန်)", "၁~ရက် ၁~နာရီ ၃၀~မိနစ်"},
		"vi": {"5 tháng 10, 2026", "1.234.567,5", "12~kilômét", "5 tháng 10, 2026, 14:30 (Giờ Chuẩn Trung Quốc)", "5 tháng 10, 2026, 07:00 – 16:05 (Giờ Đông Dương)", "1~ngày 1~giờ 30~phút"},
		"th": {"5~ตุลาคม ค.ศ.~2026 (พ.ศ.~2569)", "1,234,567.5", "12~กิโลเมตร", "5~ตุลาคม ค.ศ.~2026 (พ.ศ.~2569), 14:30 (เวลามาตรฐานจีน)", "5~ตุลาคม ค.ศ.~2026 (พ.ศ.~2569), 07:00 – 16:05 (เวลาอินโดจีน)", "1~วัน 1~ชั่วโมง 30~นาที"},
		"km": {"5~តុលា 2026", "1,234,567.5", "12~គីឡូម៉ែត្រ", "5~តុលា 2026, 14:30 (ម៉ោងស្តង់ដារនៅចិន)", "5~តុលា 2026, 07:00 – 16:05 (ម៉ោងនៅឥណ្ឌូចិន)", "1~ថ្ងៃ 1~ម៉ោង 30~នាទី"},
		"bn": {"৫~অক্টোবর, ২০২৬", "১২,৩৪,৫৬৭.৫", "১২~কিলোমিটার", "৫~অক্টোবর, ২০২৬, ১৪:৩০ (চীন মানক সময়)", "৫~অক্টোবর, ২০২৬, ০৭:০০ – ১৬:০৫ (ইন্দোচীন সময়)", "১~দিন ১~ঘণ্টা ৩০~মিনিট"},
		"ne": {"२०२६ अक्टोबर~५", "१२,३४,५६७.५", "१२~किलोमिटर", "२०२६ अक्टोबर~५, १४:३० (चीन मानक समय)", "२०२६ अक्टोबर~५, ०७:०० – १६:०५ (इन्डोचाइना समय)", "१~दिन १~घण्टा ३०~मिनेट"},
		"si": {"2026 ඔක්තෝබර්~5", "1,234,567.5", "කිලෝමීටර්~12", "2026 ඔක්තෝබර්~5, 14:30 (චීන සම්මත වේලාව)", "2026 ඔක්තෝබර්~5, 07:00 – 16:05 (ඉන්දුචීන වේලාව)", "දින~1 පැය~1 මිනිත්තු~30"},
		"hi": {"5~अक्टूबर 2026", "12,34,567.5", "12~किलोमीटर", "5~अक्टूबर 2026, 14:30 (चीन मानक समय)", "5~अक्टूबर 2026, 07:00 – 16:05 (इंडोचाइना समय)", "1~दिन 1~घंटा 30~मिनट"},
		"ur": {"5~اکتوبر، 2026", "1,234,567.5", "12~کلو میٹر", "5~اکتوبر، 2026، 14:30 (چین سٹینڈرڈ ٹائم)", "5~اکتوبر، 2026، 07:00 – 16:05 (ہند چین ٹائم)", "1~دن 1~گھنٹہ 30~منٹ"},
		"id": {"5~Oktober 2026", "1.234.567,5", "12~kilometer", "5~Oktober 2026, 14:30 (Waktu Standar Tiongkok)", "5~Oktober 2026, 07:00 – 16:05 (Waktu Indochina)", "1~hari 1~jam 30~menit"},
	} {
		for i, f := range facts {
			got := strings.ReplaceAll(write(t, f, lang), "\u00A0", "~")
			if got != norm.NFC.String(want[i]) {
				t.Errorf("%s in %s: got %q, want %q", f.Kind, lang, got, want[i])
			}
		}
	}
}

// TestSevenOffsets tells one minute in each zone, and holds the table to the time zone database.
func TestSevenOffsets(t *testing.T) {
	t.Parallel()
	want := map[string]string{"Asia/Shanghai": "2 January 2027, 02:10 (Beijing time)", "Asia/Bangkok": "2 January 2027, 01:10 (Indochina Time)",
		"Asia/Jakarta": "2 January 2027, 01:10 (Western Indonesia Time)", "Asia/Yangon": "2 January 2027, 00:40 (Myanmar Time)",
		"Asia/Dhaka": "2 January 2027, 00:10 (Bangladesh Standard Time)", "Asia/Kathmandu": "1 January 2027, 23:55 (Nepal Time)",
		"Asia/Kolkata": "1 January 2027, 23:40 (India Standard Time)", "Asia/Karachi": "1 January 2027, 23:10 (Pakistan Standard Time)"}
	ms := at(2027, 1, 1, 18, 10)
	offsets := map[string]bool{}
	for _, z := range script.Zones() {
		got := strings.ReplaceAll(write(t, script.Fact{Kind: script.KindInstant, At: ms, Zone: z}, "en"), "\u00A0", " ")
		if got != want[z] {
			t.Errorf("%s: got %q, want %q", z, got, want[z])
		}
		where, err := time.LoadLocation(z)
		if err != nil {
			t.Fatal(err)
		}
		there := time.UnixMilli(ms).In(where)
		if !strings.Contains(got, there.Format("2 January 2006, 15:04")) {
			t.Errorf("%s: the table says %q, the time zone database %s", z, got, there)
		}
		offsets[there.Format("-07:00")] = true
	}
	for _, o := range []string{"+08:00", "+07:00", "+06:30", "+06:00", "+05:45", "+05:30", "+05:00"} {
		if !offsets[o] {
			t.Errorf("no zone of the table is at %s", o)
		}
	}
}

func TestAFurtherZoneStandsBehind(t *testing.T) {
	t.Parallel()
	f := script.Fact{Kind: script.KindInstant, At: at(2026, 10, 5, 17, 0), Zone: "Asia/Shanghai", Also: []string{"Asia/Yangon", "Asia/Bangkok"}}
	if got, want := write(t, f, "zh"), "北京时间2026年10月6日01:00（缅甸时间2026年10月5日23:30和中南半岛时间00:00）"; got != want {
		t.Errorf("got %s, want %s: a zone where it is another day names the day", got, want)
	}
}

// TestNumbersKeepTogether: what a line may not divide has no space or dash at which one breaks.
func TestNumbersKeepTogether(t *testing.T) {
	t.Parallel()
	for _, l := range translate.Langs {
		for _, f := range []script.Fact{{Kind: script.KindPhone, Number: "+86 691-512 34"}, {Kind: script.KindNumber, Number: "-1200.25", Unit: "metre"}, {Kind: script.KindNumber, Number: "3", Unit: "celsius"}} {
			got := write(t, f, l)
			head := strings.TrimRight(got, "abcdefghijklmnopqrstuvwxyz")
			if i := strings.IndexAny(head, " -\t"); i >= 0 && f.Kind == script.KindPhone {
				t.Errorf("%s: a line may break inside %q", l, got)
			} else if digits := regexp.MustCompile(`\p{Nd} |\p{L} \p{Nd}`); digits.MatchString(got) {
				t.Errorf("%s: a line may break beside the number in %q", l, got)
			}
		}
	}
	if got, want := write(t, script.Fact{Kind: script.KindPhone, Number: "+86 691-512"}, "my"), "+86\u00A0691\u2011512"; got != want {
		t.Errorf("got %q, want %q: telephone numbers keep the digits one dials", got, want)
	}
}

func TestYearsAreNeverDivided(t *testing.T) {
	t.Parallel()
	for n, want := range map[string]string{"0": "0", "2026": "2026", "12345": "12,345", "-98765": "-98,765", "123456789": "12,34,56,789"} {
		if got := write(t, script.Fact{Kind: script.KindNumber, Number: n}, "hi"); got != want {
			t.Errorf("%s: got %s, want %s", n, got, want)
		}
	}
}

func TestPlacesFallBackHonestly(t *testing.T) {
	t.Parallel()
	f := script.Fact{Kind: script.KindPlace, Names: translate.Text{"zh": "磨憨", "en": "Mohan"}}
	p, err := f.In("lo")
	if err != nil || p.Text != "Mohan" || p.Lang != "en" {
		t.Errorf("got %+v, %v; want the English name, said to be English", p, err)
	}
	if p, _ = f.In("ur"); !p.Isolate || p.Lang != "en" {
		t.Errorf("got %+v; a name that runs the other way is isolated", p)
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	for l, want := range map[translate.Lang]string{"zh": "甲、乙和丙", "en": "甲, 乙 and 丙", "ur": "甲، 乙، اور 丙", "th": "甲 乙 และ丙", "lo": "甲, 乙, 丙"} {
		if got, err := script.List(l, []string{"甲", "乙", "丙"}); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", l, got, err, want)
		}
	}
	if _, err := script.List("tlh", nil); fault.KindOf(err) != fault.Missing {
		t.Errorf("got %v for a language there is no table of", err)
	}
}

func TestWrongFactsAreRefused(t *testing.T) {
	t.Parallel()
	day := clock.DayFrom(2026, 1, 1)
	for want, f := range map[string]script.Fact{
		"script.fact.kind": {}, "script.fact.names": {Kind: script.KindPlace, Names: translate.Text{"zh": ""}}, "script.fact.number": {Kind: script.KindNumber, Number: "1,200"},
		"script.fact.unit": {Kind: script.KindNumber, Number: "1", Unit: "mile"}, "script.fact.phone": {Kind: script.KindPhone, Number: "call me"},
		"script.fact.link": {Kind: script.KindLink, Number: "javascript:alert(1)"}, "script.fact.day": {Kind: script.KindDay},
		"script.fact.until": {Kind: script.KindDays, Day: day, Until: day}, "script.fact.zone": {Kind: script.KindInstant, At: at(2026, 1, 1, 0, 0), Zone: "UTC"},
		"script.fact.at": {Kind: script.KindInstant, Zone: "Asia/Dhaka"}, "script.fact.end": {Kind: script.KindSpan, At: at(2026, 1, 1, 0, 0), End: at(2026, 1, 1, 0, 0) + 59999, Zone: "Asia/Dhaka"},
		"script.fact.minutes": {Kind: script.KindDuration},
	} {
		_, err := f.In("en")
		if found := fault.All(err); len(found) != 1 || found[0].Key != want {
			t.Errorf("%+v: got %v, want %s", f, err, want)
		}
	}
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	tpl, err := script.Parse("{port}：{until}前关闭，电话{phone}。{port}")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"port", "until", "phone", "port"}, tpl.Places()); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	if tpl.String() != "{port}：{until}前关闭，电话{phone}。{port}" {
		t.Errorf("got %s back", tpl)
	}
	facts := map[string]script.Fact{"port": {Kind: script.KindPlace, Names: translate.Text{"zh": "{phone}口岸"}}, "until": {Kind: script.KindDay}}
	_, err = tpl.Fill("zh", facts)
	var keys []string
	for _, e := range fault.All(err) {
		keys = append(keys, e.Field+" "+e.Key)
	}
	if diff := cmp.Diff([]string{"until script.fact.day", "phone script.template.unknown"}, keys); diff != "" {
		t.Errorf("all that is wrong, by name (-want +got):\n%s", diff)
	}
	facts["until"], facts["phone"] = script.Fact{Kind: script.KindDay, Day: clock.DayFrom(2026, 10, 5)}, script.Fact{Kind: script.KindPhone, Number: "110"}
	pieces, err := tpl.Fill("zh", facts)
	if got, want := script.Join(pieces), "{phone}口岸：2026年10月5日前关闭，电话110。{phone}口岸"; err != nil || got != want {
		t.Errorf("got %s, %v, want %s: a value is never read as a place", got, err, want)
	}
	for _, bad := range []string{"{", "}", "a } b", "{Port}", "{}", "{a b}", "{{a}}", "{1}"} {
		if _, err := script.Parse(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: got %v; a brace that names nothing goes out to nobody", bad, err)
		}
	}
}

func TestSamePlaces(t *testing.T) {
	t.Parallel()
	source, err := script.Parse("{port}到{until}，{phone}")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"{phone} {until} {port}":        nil,
		"{until}":                       {"place.missing:", "place.missing:"},
		"{port} {until} {phone} {port}": {"place.count: {port}"},
		"{port} {until} {phone} {fax}":  {"place.unknown: {fax}"},
	} {
		target, err := script.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, said(text, script.SamePlaces(source, target))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestIsolationInTextsFromRightToLeft(t *testing.T) {
	t.Parallel()
	tpl, err := script.Parse("رابطہ: {phone} (WeChat، G8511) {port}")
	if err != nil {
		t.Fatal(err)
	}
	pieces, err := tpl.Fill("ur", map[string]script.Fact{"phone": {Kind: script.KindPhone, Number: "+86 691"}, "port": {Kind: script.KindPlace, Names: translate.Text{"en": "Mohan"}}})
	if got, want := script.Join(pieces), "رابطہ: \u2068+86\u00A0691\u2069 (\u2068WeChat\u2069، \u2068G8511\u2069) \u2068Mohan\u2069"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if once := script.Isolated("ur", "کال 110-4 کریں"); script.Isolated("ur", once) != once || !strings.Contains(once, "\u2068110-4\u2069") {
		t.Errorf("got %q, and twice %q", once, script.Isolated("ur", once))
	}
	if s := "Call 110"; script.Isolated("en", s) != s {
		t.Error("marks were set in a text from left to right")
	}
}

// TestFactsAreReadBack: whatever a fact is and whatever the language, what is read out of the text is the fact.
func TestFactsAreReadBack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 13))
	for n := range 120 {
		var f script.Fact
		var want []string
		ms := at(2000, 1, 1, 0, 0) + r.Int64N(100*365*24)*hour + r.Int64N(60)*60000
		z := script.Zones()[r.IntN(len(script.Zones()))]
		where, err := time.LoadLocation(z)
		if err != nil {
			t.Fatal(err)
		}
		day := clock.Day(ms / (24 * hour))
		switch n % 6 {
		case 0:
			f = script.Fact{Kind: script.KindNumber, Number: fmt.Sprint(r.Int64N(1e6))}
			want = []string{f.Number}
		case 1:
			f = script.Fact{Kind: script.KindNumber, Number: fmt.Sprintf("%d.%d", r.Int64N(1e10), 1+r.IntN(9)), Unit: "kilometre"}
			want = []string{f.Number}
		case 2:
			f, want = script.Fact{Kind: script.KindDay, Day: day}, []string{day.String()}
		case 3:
			f, want = script.Fact{Kind: script.KindDays, Day: day, Until: day + 1 + clock.Day(r.IntN(900))}, nil
			want = []string{f.Day.String(), f.Until.String()}
		case 4:
			f = script.Fact{Kind: script.KindInstant, At: ms, Zone: z}
			f.At = max(f.At, at(2010, 1, 1, 0, 0)) // before that some clocks of these zones were changed in summer
			there := time.UnixMilli(f.At).In(where)
			want = []string{there.Format("2006-01-02"), there.Format("15:04"), z}
		case 5:
			f = script.Fact{Kind: script.KindPhone, Number: fmt.Sprintf("+%d %d-%d", 10+r.IntN(90), r.IntN(1000), 1e6+r.IntN(1e6))}
			want = []string{strings.NewReplacer("+", "", " ", "", "-", "").Replace(f.Number)}
		}
		for _, l := range translate.Langs {
			text := write(t, f, l)
			found, err := script.Extract(l, text)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range found {
				if x.From < 0 || x.To > len(text) || x.From >= x.To {
					t.Fatalf("%s: %+v lies outside %q", l, x, text)
				}
				got = append(got, x.Value)
			}
			slices.Sort(got)
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s: %+v is written %q and read back as (-want +got):\n%s", l, f, text, diff)
			}
		}
	}
}

func TestSameFacts(t *testing.T) {
	t.Parallel()
	zh := "磨憨口岸10月5日14时30分起关闭，距县城12,500米，电话0691-8123456，详见https://example.org/n/12。"
	for name, c := range map[string]struct {
		lang       translate.Lang
		text       string
		want, said string
	}{
		"same in English":       {"en", "Mohan port is closed from 2:30 pm on 5 October; 12,500 metres from the town; telephone 0691 812 3456; see https://example.org/n/12.", "", ""},
		"same with a year":      {"th", "ด่านปิดตั้งแต่ 14.30 น. วันที่ 5 ตุลาคม พ.ศ. 2569 ระยะ 12,500 เมตร โทร 0691-8123456 https://example.org/n/12", "", ""},
		"native digits":         {"my", "၁၄:၃၀ အောက်တိုဘာ ၅၊ ၁၂,၅၀၀ မီတာ ၀၆၉၁-၈၁၂၃၄၅၆ https://example.org/n/12", "", ""},
		"another day":           {"vi", "14:30, 6 tháng 10, 12.500 mét, 0691-8123456, https://example.org/n/12", "script.facts.missing --10-05 script.facts.extra --10-06", "6 tháng 10"},
		"a digit of the number": {"id", "14:30, 5 Oktober, 12.500 meter, 0691-8123465, https://example.org/n/12", "script.facts.missing 06918123456 script.facts.extra 06918123465", "0691-8123465"},
		"a time left out":       {"en", "5 October, 12,500 metres, 0691-8123456, https://example.org/n/12", "script.facts.missing 14:30", ""},
	} {
		found, err := script.SameFacts("zh", zh, c.lang, c.text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		said := ""
		for _, f := range found {
			got = append(got, f.Key, fmt.Sprint(f.Args["fact"]))
			said += c.text[f.From:f.To]
		}
		if strings.Join(got, " ") != c.want || said != c.said {
			t.Errorf("%s: got %v at %q, want %s at %q", name, got, said, c.want, c.said)
		}
	}
}

// TestTablesAreWhole: every language has every form, composed and without invisible spaces, and no two months or zones
// of a language are alike.
func TestTablesAreWhole(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"languages", "zones", "persons", "plain"} {
		raw, err := os.ReadFile("data/" + name + ".toml")
		if err != nil {
			t.Fatal(err)
		}
		if !norm.NFC.IsNormal(raw) || strings.ContainsAny(string(raw), "\u200B\u00A0\uFEFF\u202F") {
			t.Errorf("data/%s.toml is not composed, or has spaces that nobody sees", name)
		}
	}
	for _, l := range translate.Langs {
		if script.Name(l) == string(l) || script.Tag(l) == string(l) {
			t.Errorf("%s has no table", l)
		}
		seen := map[string]int{}
		for m := 1; m <= 12; m++ {
			seen[write(t, script.Fact{Kind: script.KindDay, Day: clock.DayFrom(2026, m, 1)}, l)] = m
		}
		if len(seen) != 12 {
			t.Errorf("%s has %d months: %v", l, len(seen), seen)
		}
		for _, u := range []string{"minute", "hour", "day", "week", "month", "metre", "kilometre", "kilogram", "litre", "celsius", "percent"} {
			if got := write(t, script.Fact{Kind: script.KindNumber, Number: "2", Unit: u}, l); strings.ContainsAny(got, "{}~") {
				t.Errorf("%s: %s is written %q", l, u, got)
			}
		}
		for _, z := range script.Zones() {
			if got := write(t, script.Fact{Kind: script.KindInstant, At: at(2026, 1, 1, 0, 0), Zone: z}, l); strings.ContainsAny(got, "{}~") || strings.Contains(got, "()") {
				t.Errorf("%s: %s is written %q", l, z, got)
			}
		}
	}
}

// TestEveryFindingHasItsPhrase, in both languages of the staff.
func TestEveryFindingHasItsPhrase(t *testing.T) {
	t.Parallel()
	book := translate.NewBook()
	if err := book.Add(script.Words); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	key := regexp.MustCompile(`"(script\.[a-z_.]+)"`)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") {
			continue
		}
		raw, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(raw), -1) {
			used[m[1]] = true
		}
	}
	for k := range used {
		for _, l := range translate.Staff {
			if !book.Has(l, k) && !strings.HasSuffix(k, ".") {
				t.Errorf("%s is missing in %s", k, l)
			}
		}
	}
	for _, k := range book.Keys("en") {
		if !used[k] && !strings.HasPrefix(k, "script.person.") && !strings.HasPrefix(k, "script.exchange.") {
			t.Errorf("nothing says %s", k)
		}
	}
}
