package script_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

// said gives findings as "key: the text they are about".
func said(text string, found []script.Finding) []string {
	var out []string
	for _, f := range found {
		out = append(out, strings.TrimSpace(strings.TrimPrefix(f.Key, "script.")+": "+text[f.From:f.To]))
	}
	return out
}

func look(t *testing.T, l translate.Lang, text string) []string {
	t.Helper()
	found, err := script.Look(l, text)
	if err != nil {
		t.Fatal(err)
	}
	return said(text, found)
}

// right are sentences that are right in their language, made of common words. Nothing may be found in them.
var right = map[translate.Lang]string{
	"zh": "因山体滑坡，{road}关闭到{until}。请打电话{phone}。",
	"en": "The road to the port is closed until {until}. Call {phone} for help (WeChat).",
	"lo": "ປິດຖະໜົນ ເນື່ອງຈາກດິນເຈື່ອນ ຈົນເຖິງ {until}. ໂທ {phone}.",
	"my": "မြေပြိုမှုကြောင့် လမ်းပိတ်ထားသည်။ {until} အထိ။ ဖုန်း {phone} သို့ ဆက်သွယ်ပါ။",
	"vi": "Đường bị đóng do sạt lở đất đến {until}. Gọi {phone}.",
	"th": "ปิดถนนเนื่องจากดินถล่มจนถึง {until} โทร {phone}",
	"km": "បិទផ្លូវដោយសារការបាក់ដី រហូតដល់ {until}។ ទូរស័ព្ទ {phone}។",
	"bn": "ভূমিধসের কারণে {until} পর্যন্ত রাস্তা বন্ধ। ফোন {phone}।",
	"ne": "पहिरोका कारण {until} सम्म बाटो बन्द छ। फोन {phone} मा गर्नुहोस्।",
	"si": "නායයෑමක් හේතුවෙන් {until} දක්වා මාර්ගය වසා ඇත. අමතන්න {phone}. ශ්\u200Dරී",
	"hi": "भूस्खलन के कारण सड़क {until} तक बंद है। फ़ोन {phone} करें।",
	"ur": "لینڈ سلائیڈنگ کی وجہ سے سڑک {until} تک بند ہے۔ فون {phone} کریں۔",
	"id": "Jalan ditutup karena tanah longsor sampai {until}. Hubungi {phone} untuk bantuan.",
}

func TestNothingIsFoundInWhatIsRight(t *testing.T) {
	t.Parallel()
	for _, l := range translate.Langs {
		if got := look(t, l, right[l]); len(got) > 0 {
			t.Errorf("%s: found %v in %s", l, got, right[l])
		}
		if got := script.Persons(l, right[l], nil); len(got) > 0 {
			t.Errorf("%s: found a person in %s: %v", l, right[l], said(right[l], got))
		}
		if got := script.Clean(right[l]); got != right[l] {
			t.Errorf("%s: cleaning changed it to %q", l, got)
		}
	}
	if got := script.SameText(right); len(got) > 0 {
		t.Errorf("found the same text: %v", got)
	}
}

// TestEveryTextInEveryOtherLanguage: a text put under a language of another script is stopped; under one of the same
// script it is a question.
func TestEveryTextInEveryOtherLanguage(t *testing.T) {
	t.Parallel()
	latin := []translate.Lang{"en", "vi", "id"}
	for _, under := range translate.Langs {
		for _, is := range translate.Langs {
			if under == is || slices.Contains(latin, under) && slices.Contains(latin, is) {
				continue
			}
			text := right[is]
			found, err := script.Look(under, text)
			if err != nil {
				t.Fatal(err)
			}
			pair := string(under) + " " + string(is)
			switch {
			case pair == "ne hi" || pair == "hi ne":
				if len(found) != 1 || found[0].Key != "script.language.other" || found[0].Severity != script.Ask {
					t.Errorf("%s: %v; want the question whether it is the other language", pair, said(text, found))
				}
			case len(found) == 0 || found[len(found)-1].Key != "script.script.wrong" || !script.Stops(found):
				t.Errorf("%s: %v; want the wrong script", pair, said(text, found))
			}
		}
	}
}

func TestMarkerLetters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lang translate.Lang
		text string
		want []string
	}{
		"Arabic under Urdu":           {"ur", "تم إغلاق الطريق بسبب الانهيار الأرضي في المنطقة حتى إشعار آخر", []string{"language.other: إغلاق الطريق بسبب الانهيار الأرضي في المنطقة حتى إ"}},
		"Arabic letters in Urdu":      {"ur", "سڑک بند ہے، براہ کرم كال کریں", []string{"language.letters: ك"}},
		"English under Indonesian":    {"id", "The road is closed and the port will open from Monday", []string{"language.other: The road is closed and the port will open from"}},
		"Vietnamese without marks":    {"vi", "Duong bi dong do sat lo dat den ngay mai, xin goi dien thoai", []string{"language.other: Duong bi dong do sat lo dat den ngay mai, xin goi dien thoai"}},
		"a name in Latin within Thai": {"th", "ด่าน Mohan ปิดถนนเนื่องจากดินถล่ม", nil},
	} {
		if diff := cmp.Diff(c.want, look(t, c.lang, c.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCharacters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lang translate.Lang
		text string
		want []string
	}{
		"byte order mark":            {"en", "\uFEFFThe road is open.", []string{"char.bom: \uFEFF"}},
		"control":                    {"en", "The road\x00 is\x1b open.", []string{"char.control: \x00", "char.control: \x1b"}},
		"broken bytes":               {"en", "The ro\xffad is open.", []string{"char.broken: \xff"}},
		"private use":                {"zh", "道路\uE001关闭", []string{"char.private: \uE001"}},
		"decomposed":                 {"vi", "Đươ\u0300ng bị đóng do sạt lở đất", []string{"char.composed: ơ\u0300"}},
		"ZWSP in English":            {"en", "The road\u200B is open.", []string{"char.zwsp: \u200B"}},
		"ZWSP between words of Lao":  {"lo", "ປິດ\u200Bຖະໜົນ", nil},
		"ZWSP twice and at the end":  {"km", "បិទ\u200B\u200Bផ្លូវ\u200B", []string{"char.zwsp: \u200B", "char.zwsp: \u200B"}},
		"ZWSP before a vowel":        {"th", "ปิดถน\u200Bุน", []string{"char.zwsp: \u200B"}},
		"joiners of Sinhala":         {"si", "ශ්\u200Dරී ලංකාව", nil},
		"full-width digits":          {"zh", "电话０８７１转１", []string{"digits: ０８７１", "digits: １"}},
		"the language's own digits":  {"my", "ရက် ၂၀၂၆ နေ့", nil},
		"digits it does not write":   {"th", "ด่านปิด ๑๔ วัน", []string{"digits: ๑๔"}},
		"a year of another calendar": {"th", "ปิดถึง 5 ตุลาคม 2569", []string{"calendar: 2569"}},
		"both years":                 {"th", "ปิดถึง 5 ตุลาคม ค.ศ. 2026 (พ.ศ. 2569)", nil},
		"another one":                {"ne", "२०८३ अक्टोबर ५ सम्म बन्द छ", []string{"calendar: २०८३"}},
		"isolation left open":        {"ur", "فون \u2068110 کریں", []string{"bidi.open: \u2068"}},
		"isolation closed":           {"ur", "فون \u2068110\u2069 کریں", nil},
		"closed in the next line":    {"ur", "فون \u2067110\nکریں\u2069", []string{"bidi.open: \u2067", "bidi.stray: \u2069"}},
		"closed by another":          {"ur", "فون \u2068110\u202C کریں\u2069", []string{"bidi.stray: \u202C"}},
		"turned around":              {"en", "The road \u202Enepo\u202C is open", []string{"bidi.turned: \u202E"}},
	} {
		if diff := cmp.Diff(c.want, look(t, c.lang, c.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// FuzzClean: what was cleaned has no character left that stops a text, and cleaning twice is cleaning once.
func FuzzClean(f *testing.F) {
	for _, s := range right {
		f.Add(s)
	}
	f.Add("a\r\nb\r\x00\uFEFF\xff\u0301\u2029")
	f.Fuzz(func(t *testing.T, s string) {
		once := script.Clean(s)
		if twice := script.Clean(once); twice != once {
			t.Fatalf("%q is cleaned to %q and then to %q", s, once, twice)
		}
		found, err := script.Look("my", once)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range found {
			if x.From < 0 || x.To < x.From || x.To > len(once) {
				t.Fatalf("%s lies at %d to %d of %d bytes", x.Key, x.From, x.To, len(once))
			}
			if slices.Contains([]string{"script.char.bom", "script.char.control", "script.char.composed"}, x.Key) {
				t.Fatalf("%q, cleaned, has %s", once, x.Key)
			}
		}
	})
}

func TestSameText(t *testing.T) {
	t.Parallel()
	got := script.SameText(map[translate.Lang]string{
		"en": "The road to {port} is closed until further news, and the bridge is open.",
		"id": "The road to {port} is closed until  further news, and the Bridge is open!",
		"vi": "Đường đến {port} đóng cho đến khi có tin mới.", "zh": "{port} 110", "lo": "{port} 110"})
	if len(got) != 1 || got["id"].Args["name"] != "English" || got["id"].Severity != script.Stop {
		t.Errorf("got %v; want the Indonesian text, which is the English one", got)
	}
}

// TestFactsAreEqualInEveryLanguage: whatever the facts are, texts filled with them say the same in every language, and a
// text filled with another fact does not.
func TestFactsAreEqualInEveryLanguage(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 9))
	for range 12 {
		zones := script.Zones()
		facts := map[string]script.Fact{
			"road":  {Kind: script.KindPlace, Names: translate.Text{"zh": "沿江路", "en": "River Road"}},
			"until": {Kind: script.KindInstant, At: at(2026, 1, 1, 0, 0) + r.Int64N(9000)*hour + r.Int64N(60)*60000, Zone: zones[r.IntN(len(zones))]},
			"phone": {Kind: script.KindPhone, Number: fmt.Sprintf("+86 %d-%d", 100+r.IntN(900), 1000000+r.IntN(9000000))},
		}
		other := maps.Clone(facts)
		late := facts["until"]
		late.At += 60000
		other["until"] = late
		filled := func(l translate.Lang, with map[string]script.Fact) string {
			tpl, err := script.Parse(right[l])
			if err != nil {
				t.Fatal(err)
			}
			pieces, err := tpl.Fill(l, with)
			if err != nil {
				t.Fatal(err)
			}
			return script.Join(pieces)
		}
		source := filled("zh", facts)
		for _, l := range translate.Langs {
			text := filled(l, facts)
			if found, err := script.SameFacts("zh", source, l, text); err != nil || len(found) > 0 {
				t.Fatalf("%s: %q and %q: %v, %v", l, source, text, found, err)
			}
			if found, err := script.SameFacts("zh", source, l, filled(l, other)); err != nil || len(found) == 0 {
				t.Fatalf("%s: a minute later was not found: %v", l, err)
			}
			found, err := script.Look(l, text)
			if err != nil || len(found) > 0 {
				t.Fatalf("%s: found %v in %q", l, said(text, found), text)
			}
		}
	}
}

// asZawgyi stores a text of the standard in Zawgyi, by the published differences between the two encodings. It is no
// converter for texts of others, but does what these words need.
func asZawgyi(s string) string {
	stacked := map[rune]rune{0x1000: 0x1060, 0x1001: 0x1061, 0x1002: 0x1062, 0x1003: 0x1063, 0x1005: 0x1065, 0x1006: 0x1066, 0x1007: 0x1068,
		0x100B: 0x106C, 0x100F: 0x1070, 0x1010: 0x1071, 0x1011: 0x1073, 0x1012: 0x1075, 0x1013: 0x1076, 0x1014: 0x1077, 0x1015: 0x1078,
		0x1016: 0x1079, 0x1017: 0x107A, 0x1018: 0x107B, 0x1019: 0x107C, 0x101C: 0x1085}
	consonant := func(r rune) bool { return r >= 0x1000 && r <= 0x102A || r == 0x103F }
	rs := []rune(s)
	var out []rune
	for i := 0; i < len(rs); {
		kinzi := i+2 < len(rs) && rs[i] == 0x1004 && rs[i+1] == 0x103A && rs[i+2] == 0x1039
		if kinzi {
			i += 3
		}
		if !consonant(rs[i]) {
			out = append(out, rs[i])
			i++
			continue
		}
		base := []rune{rs[i]}
		if rs[i] == 0x103F {
			base[0] = 0x1086
		}
		var before, behind []rune
		j := i + 1
		for ; j < len(rs); j++ {
			r := rs[j]
			switch {
			case r == 0x1039 && j+1 < len(rs):
				j++
				base = append(base, stacked[rs[j]])
			case r == 0x1031:
				before = append([]rune{0x1031}, before...)
			case r == 0x103C:
				before = append(before, 0x103B)
			case r == 0x103B:
				base = append(base, 0x103A)
			case r == 0x103D:
				base = append(base, 0x103C)
			case r == 0x103E:
				base = append(base, 0x103D)
			case r == 0x103A:
				behind = append(behind, 0x1039)
			case unicode.Is(unicode.M, r):
				behind = append(behind, r)
			default:
				goto end
			}
		}
	end:
		if kinzi {
			base = append(base, 0x1064)
		}
		out = append(append(append(out, before...), base...), behind...)
		i = j
	}
	return string(out)
}

// burmese are sentences as notices have them, in the standard.
var burmese = []string{
	"မြေပြိုမှုကြောင့် လမ်းပိတ်ထားသည်။ ဖုန်းဆက်ပါ။",
	"နယ်စပ်ဂိတ်ကို အောက်တိုဘာလ ၅ ရက်နေ့တွင် ပြန်ဖွင့်မည်။",
	"ကျေးဇူးပြု၍ ရေကို ကျိုချက်ပြီးမှ သောက်ပါ။",
	"မြစ်ရေကြီးမည်ဖြစ်သောကြောင့် ကျောင်းများ ပိတ်ထားပါသည်။",
	"နိုင်ငံကူးလက်မှတ် ယူဆောင်လာပါ။ သင်္ဘောဆိပ် ပိတ်သည်။",
	"အရေးပေါ်အခြေအနေတွင် ရဲစခန်းသို့ ဆက်သွယ်ပါ။",
}

// TestBothWordsOfThePublishedExample holds the test's own converter to words whose two forms are published everywhere.
func TestBothWordsOfThePublishedExample(t *testing.T) {
	t.Parallel()
	for standard, zawgyi := range map[string]string{
		"မြန်မာ": "\u103B\u1019\u1014\u1039\u1019\u102C", "ကျောင်း": "\u1031\u1000\u103A\u102C\u1004\u1039\u1038", "သင်္ဘော": "\u101E\u1031\u1018\u1064\u102C", "ဗုဒ္ဓ": "\u1017\u102F\u1012\u1076",
	} {
		if got := asZawgyi(standard); got != zawgyi {
			t.Errorf("%s: got %+q, want %+q", standard, got, zawgyi)
		}
	}
}

func TestZawgyi(t *testing.T) {
	t.Parallel()
	for _, s := range burmese {
		if enc, p := script.Encoded(s); enc != script.Unicode {
			t.Errorf("%s is standard; got %s, %.2f", s, enc, p)
		}
		z := asZawgyi(s)
		if enc, p := script.Encoded(z); enc != script.Zawgyi {
			t.Errorf("%s is Zawgyi; got %s, %.2f", z, enc, p)
		}
		found, err := script.Look("my", z)
		if err != nil || len(found) != 1 || found[0].Key != "script.zawgyi" || found[0].Severity != script.Stop {
			t.Errorf("%s: found %v, %v", z, said(z, found), err)
		}
	}
	// Half of a text in one encoding and half in the other is for a person to see, not for a guess.
	if enc, p := script.Encoded(burmese[0] + "\n" + asZawgyi(burmese[1])); enc != script.Unclear {
		t.Errorf("a text in both encodings: got %s, %.2f", enc, p)
	}
	if enc, p := script.Encoded("က မ လ"); enc != script.Unicode || p != 0 {
		t.Errorf("letters that are the same in both: got %s, %.2f", enc, p)
	}
	if enc, _ := script.Encoded("မွ"); enc != script.Unclear {
		t.Errorf("a syllable that may be either: got %s", enc)
	}
}

func TestPersons(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lang translate.Lang
		text string
		want []string
	}{
		"patient with age":       {"zh", "患者李某，女，45岁，住城南。", []string{"person.name: 患者李某，", "person.age: 女，45岁"}},
		"driver by name":         {"zh", "驾驶员王小明，已送医。", []string{"person.name: 驾驶员王小明，"}},
		"some, and nobody":       {"zh", "在某些路段、某日，于某处停车", nil},
		"a place with a surname": {"zh", "请旅客向金水河口岸通行，学校门口停车。", nil},
		"identity card":          {"zh", "证件号53250119900307123X。", []string{"person.identity: 53250119900307123X"}},
		"identity card, wide":    {"zh", "证件号５３２５０１１９９００３０７１２３X。", []string{"person.identity: ５３２５０１１９９００３０７１２３X"}},
		"plate":                  {"zh", "车辆云A·12345请挪车", []string{"person.plate: 云A·12345"}},
		"passport":               {"en", "Holder of passport E12345678 must report.", []string{"person.passport: E12345678"}},
		"age in English":         {"en", "A 45-year-old was taken to hospital.", []string{"person.age: A 45-year-old"}},
		"titled name":            {"en", "Contact Mr Smith at the port.", []string{"person.name: Mr Smith"}},
		"mobile":                 {"en", "Call +86 138 0013 8000 for help.", []string{"person.mobile: +86 138 0013 8000"}},
		"mobile, native digits":  {"my", "ဖုန်း ၀၉၄၂၁၂၃၄၅၆၇ ဆက်ပါ", []string{"person.mobile: ၀၉၄၂၁၂၃၄၅၆၇"}},
		"unknown landline":       {"zh", "电话0871-64095555", []string{"person.phone: 0871-64095555"}},
		"the hotline":            {"zh", "电话0691-8123456", nil},
		"a hotline in fours":     {"en", "Call 4008 1234 5678 for help.", nil},
		"the same, of nobody":    {"en", "Number 4008 1234 5679 is valid.", []string{"person.identity: 4008 1234 5679"}},
		"days and roads":         {"zh", "2026-10-05起，G8511高速12,500米处封闭，12岁以下儿童免票。", nil},
		"an age in Vietnamese":   {"vi", "Bệnh nhân 45 tuổi nam đã nhập viện", []string{"person.age: 45 tuổi nam"}},
	} {
		got := said(c.text, script.Persons(c.lang, c.text, []string{"+0691 812-3456", "400812345678"}))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestPlainLanguage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lang translate.Lang
		text string
		want []string
	}{
		"plain":            {"zh", "因山体滑坡，{road}关闭。预计{until}重新开放。请打{phone}。", nil},
		"officialese":      {"zh", "鉴于山体滑坡，现对该路段予以封闭，另行通知。", []string{"plain.word: 鉴于", "plain.drop: 予以", "plain.word: 另行通知"}},
		"too many facts":   {"zh", "{road}从{from}到{until}在{place}关闭，电话{phone}。", []string{"plain.facts: {road}从{from}到{until}在{place}关闭，电话{phone}。"}},
		"two moments":      {"zh", "自北京时间2026年11月23日21:40起，至北京时间2026年11月24日09:00止。", nil},
		"long":             {"zh", strings.Repeat("请所有过境的旅客带好证件", 4) + "。", []string{"plain.long: " + strings.Repeat("请所有过境的旅客带好证件", 4) + "。"}},
		"English passive":  {"en", "Travellers are kindly requested to call 110. The shallow road is closed.", []string{"plain.word: are kindly requested"}},
		"English word":     {"en", "Prior to entry, show your passport at No. 3.5 gate.", []string{"plain.word: Prior to"}},
		"no list, no word": {"lo", "{a}{b}{c}{d}{e}", nil},
	} {
		if diff := cmp.Diff(c.want, said(c.text, script.Plain(c.lang, c.text))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	a := script.Fingerprint("口岸关闭到{until}。 电话{phone}")
	for _, same := range []string{"口岸关闭到{until}。  电话{phone}\n", "\uFEFF口岸关闭到{until}。\u00A0电话\u200B{phone}"} {
		if script.Fingerprint(same) != a {
			t.Errorf("%q: spaces and invisible characters make no other text", same)
		}
	}
	for _, other := range []string{"口岸关闭到{from}。 电话{phone}", "口岸重开到{until}。 电话{phone}", "口岸关闭到{until}。 电话110"} {
		if script.Fingerprint(other) == a {
			t.Errorf("%q has the fingerprint of another text", other)
		}
	}
	if script.Fingerprint("ශ්\u200Dරී") == script.Fingerprint("ශ්රී") {
		t.Error("a joiner makes another letter")
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, want string }{
		"Chinese":     {"口岸今日关闭", "口岸今日重开", "=口岸今日 -关闭 +重开"},
		"English":     {"The port is closed until {until}.", "The port is open until {until}.", "=The port is  -closed +open = until {until}."},
		"a place":     {"到{until}", "到{from}", "=到 -{until} +{from}"},
		"Thai":        {"ปิดถนน", "เปิดถนน", "-ปิ +เปิ =ดถนน"},
		"Burmese":     {"လမ်းပိတ်", "လမ်းဖွင့်", "=လမ်း -ပိတ် +ဖွင့်"},
		"Khmer":       {"បិទផ្លូវ", "បើកផ្លូវ", "-បិទ +បើក =ផ្លូវ"},
		"Hindi":       {"सड़क बंद है", "सड़क खुली है", "=सड़क  -बंद +खुली = है"},
		"nothing new": {"အ", "အ", "=အ"},
		"empty":       {"", "新", "+新"},
	} {
		var got []string
		for _, s := range script.Diff(c.old, c.new) {
			got = append(got, map[script.Change]string{script.Kept: "=", script.Added: "+", script.Removed: "-"}[s.What]+s.Text)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %s, want %s", name, strings.Join(got, " "), c.want)
		}
	}
}

// FuzzDiff: what was kept and removed is the old text, what was kept and added the new one, and no two stretches of one
// kind stand side by side.
func FuzzDiff(f *testing.F) {
	for _, s := range right {
		f.Add(s, right["zh"]+s)
	}
	f.Add("\xff{a}", "{a}\xff\u1039")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 2000 || len(b) > 2000 {
			return
		}
		var old, new strings.Builder
		last := script.Change("")
		for _, s := range script.Diff(a, b) {
			if s.What == last || s.Text == "" {
				t.Fatalf("%q after %q: two stretches %s", b, a, last)
			}
			last = s.What
			if s.What != script.Added {
				old.WriteString(s.Text)
			}
			if s.What != script.Removed {
				new.WriteString(s.Text)
			}
		}
		if old.String() != a || new.String() != b {
			t.Fatalf("the stretches give %q and %q, not %q and %q", old.String(), new.String(), a, b)
		}
	})
}

// FuzzExtract: reading facts never fails, and every fact lies where it says.
func FuzzExtract(f *testing.F) {
	for l, s := range right {
		f.Add(string(l), s+" 5/10/2026 14:30 +86 691-8123456 1.234.567,5")
	}
	f.Fuzz(func(t *testing.T, lang, s string) {
		found, err := script.Extract(translate.Lang(lang), s)
		if err != nil {
			return
		}
		end := 0
		for _, x := range found {
			if x.From < end || x.To <= x.From || x.To > len(s) || x.Value == "" {
				t.Fatalf("%+v lies wrong in %q", found, s)
			}
			end = x.To
		}
		for _, x := range append(script.Persons(translate.Lang(lang), s, nil), script.Plain(translate.Lang(lang), s)...) {
			if x.From < 0 || x.To <= x.From || x.To > len(s) {
				t.Fatalf("%+v lies outside %q", x, s)
			}
		}
	})
}
