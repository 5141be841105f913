package script_test

import (
	"bytes"
	"encoding/binary"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

// sent is a bundle with everything a bundle can have.
var sent = script.Bundle{ID: "notice 12 & more", From: "zh", To: "ur", Units: []script.Unit{
	{ID: "title", Source: "{port}口岸<关闭>", Target: "{port} \"بند\" ہے", State: script.Approved, Notes: []string{"标题：短 & 清楚", "second"}},
	{ID: "body.1", Source: "从{from}到{until}，{phone}。{phone}", Target: "{phone} {until} سے {phone} {from}", State: script.Review},
	{ID: "body.2", Source: "请打电话\n{phone}", State: script.Untranslated},
	{ID: "n-3", Source: "路口  两个空格", Target: " جگہ  دو ", State: script.Draft},
	{ID: "x", Source: "旧", Target: "پرانا", State: script.Stale},
	{ID: "_code", Source: "G8511", Target: "G8511", State: script.Approved, Locked: true},
}}

func xliff(t *testing.T, v script.Version, b script.Bundle) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := script.WriteXLIFF(&out, v, b); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// wellFormed asks libxml2, which is none of ours.
func wellFormed(t *testing.T, raw []byte) {
	t.Helper()
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Log("xmllint is not installed: only our own reader has read it")
		return
	}
	c := exec.Command(lint, "--noout", "--nonet", "-")
	c.Stdin = bytes.NewReader(raw)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("xmllint: %v\n%s\n%s", err, out, raw)
	}
}

func TestXLIFFComesBackAsItWent(t *testing.T) {
	t.Parallel()
	for _, v := range []script.Version{script.XLIFF12, script.XLIFF21} {
		raw := xliff(t, v, sent)
		got, err := script.ReadXLIFF(raw)
		if err != nil {
			t.Fatalf("%s: %v\n%s", v, err, raw)
		}
		if diff := cmp.Diff(sent, got); diff != "" {
			t.Errorf("%s (-sent +come back):\n%s", v, diff)
		}
		wellFormed(t, raw)
	}
}

// TestXLIFFOfOtherTools: what tools do with a file that was sent to them.
func TestXLIFFOfOtherTools(t *testing.T) {
	t.Parallel()
	head21 := `<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" xmlns:my="urn:tool" version="2.0" srcLang="en-GB" trgLang="lo"><file id="f" original="n">`
	head12 := `<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"><file original="n" source-language="en" target-language="lo-LA" datatype="plaintext"><header/><body>`
	for name, c := range map[string]struct {
		raw  string
		want script.Unit
	}{
		"segments divided, in another order, with a remark and an extension": {head21 + `<my:x a="b"/><group id="g"><unit id="u"><my:y/><originalData><data id="d1">x</data></originalData>
			<segment id="a" state="reviewed"><source>Closed <mrk id="m" type="term">until</mrk> <ph id="1" equiv="until"/>.</source><target order="3">ຈົນ <ph id="1"/></target></segment>
			<ignorable><source> </source></ignorable><segment id="b" state="final"><source>Call <ph id="2" disp="{phone}"/></source><target order="1">ໂທ <ph id="2" equiv="phone"/></target></segment></unit></group></file></xliff>`,
			script.Unit{ID: "u", Source: "Closed until {until}. Call {phone}", Target: "ໂທ {phone} ຈົນ {until}", State: script.Review}},
		"no state said": {head21 + `<unit id="u"><segment><source>A</source><target>ກ</target></segment></unit></file></xliff>`,
			script.Unit{ID: "u", Source: "A", Target: "ກ", State: script.Draft}},
		"half translated is not translated": {head21 + `<unit id="u"><segment state="final"><source>A</source><target>ກ</target></segment><segment><source>B</source></segment></unit></file></xliff>`,
			script.Unit{ID: "u", Source: "AB", State: script.Untranslated}},
		"made pretty": {head12 + "<trans-unit id=\"u\"><source>\n    Call \n    <x id=\"1\" equiv-text=\"{phone}\"/>\n    now\n  </source><target state=\"final\">\n ໂທ\n <x id=\"1\"/>\n</target></trans-unit></body></file></xliff>",
			script.Unit{ID: "u", Source: "Call {phone} now", Target: "ໂທ{phone}", State: script.Approved}},
		"1.2 in a group, with x and alternatives": {head12 + `<group id="g"><trans-unit id="u" approved="yes"><source>To <x id="1" equiv-text="{until}"/></source><target>ຈົນ <x id="1"/></target>
			<alt-trans><target state="odd">?</target></alt-trans><note>look</note></trans-unit></group></body></file></xliff>`,
			script.Unit{ID: "u", Source: "To {until}", Target: "ຈົນ {until}", State: script.Approved, Notes: []string{"look"}}},
		"1.2 signed off, and empty": {head12 + `<trans-unit id="u"><source>A</source><target state="signed-off"/></trans-unit></body></file></xliff>`,
			script.Unit{ID: "u", Source: "A", State: script.Untranslated}},
		"places as plain words": {head12 + `<trans-unit id="u"><source>To {until}</source><target state="translated">ຈົນ {until}</target></trans-unit></body></file></xliff>`,
			script.Unit{ID: "u", Source: "To {until}", Target: "ຈົນ {until}", State: script.Review}},
	} {
		got, err := script.ReadXLIFF([]byte(c.raw))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff([]script.Unit{c.want}, got.Units); diff != "" || got.From != "en" || got.To != "lo" {
			t.Errorf("%s: from %s to %s (-want +got):\n%s", name, got.From, got.To, diff)
		}
	}
}

func TestXLIFFIsRefused(t *testing.T) {
	t.Parallel()
	v21 := string(xliff(t, script.XLIFF21, sent))
	v12 := string(xliff(t, script.XLIFF12, sent))
	for name, c := range map[string]struct{ raw, want string }{
		"DOCTYPE":                {"<!DOCTYPE xliff SYSTEM \"x.dtd\">" + strings.TrimPrefix(v12, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"), " script.exchange.doctype"},
		"entities that grow":     {`<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><xliff>&b;</xliff>`, " script.exchange.doctype"},
		"unknown entity":         {strings.Replace(v21, "پرانا", "&x;", 1), " script.exchange.xml"},
		"cut off":                {v21[:len(v21)/2], " script.exchange.xml"},
		"empty":                  {"", " script.exchange.xml"},
		"another encoding":       {strings.Replace(v21, "UTF-8", "GBK", 1), " script.exchange.xml"},
		"another kind of file":   {"<html/>", " script.exchange.kind"},
		"another version":        {strings.Replace(v21, `version="2.1"`, `version="3.0"`, 1), " script.exchange.kind"},
		"a language of others":   {strings.Replace(v21, `"ur-PK"`, `"tlh"`, 1), " script.exchange.lang"},
		"no language":            {strings.Replace(v12, `target-language="ur-PK"`, ``, 1), " script.exchange.lang"},
		"unknown state":          {strings.Replace(v21, `state="translated"`, `state="fine"`, 1), "body.1 script.exchange.state"},
		"unknown state 1.2":      {strings.Replace(v12, `state="new"`, `state="x-fine"`, 1), "n-3 script.exchange.state"},
		"sub-state alone":        {strings.Replace(v21, `state="initial" subState="yunqiao:draft"`, `subState="yunqiao:draft"`, 1), "n-3 script.exchange.state"},
		"place lost in the text": {strings.Replace(v12, `<ph id="until" equiv-text="{until}">{until}</ph> سے`, `سے`, 1), "body.1 script.exchange.missing"},
		"place doubled":          {strings.Replace(v12, `سے`, `<ph id="until"/>`, 1), "body.1 script.exchange.count"},
		"place of another":       {strings.Replace(v12, `پرانا`, `<ph id="z" equiv-text="z"/>`, 1), "x script.exchange.unknown"},
		"place without a name":   {strings.Replace(v12, `پرانا`, `<ph id="z"/>`, 1), "x script.exchange.element"},
		"a brace":                {strings.Replace(v12, `پرانا`, `{پ`, 1), "x script.exchange.brace"},
		"a mark that is lost":    {strings.Replace(v21, `پرانا`, `<pc id="1">b</pc>`, 1), "x script.exchange.element"},
		"two of one number":      {strings.Replace(v21, `<unit id="body.2"`, `<unit id="title"`, 1), "title script.exchange.id"},
		"an order with a gap":    {strings.Replace(v21, "<target xml:space", `<target order="2" xml:space`, 1), "title script.exchange.order"},
		"too deep":               {strings.Repeat("<a>", 50) + strings.Repeat("</a>", 50), " script.exchange.size"},
	} {
		_, err := script.ReadXLIFF([]byte(c.raw))
		found := fault.All(err)
		if len(found) == 0 || found[0].Kind != fault.Invalid || found[0].Field+" "+found[0].Key != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	if _, err := script.ReadXLIFF(make([]byte, 9<<20)); len(fault.All(err)) != 1 || fault.All(err)[0].Key != "script.exchange.size" {
		t.Errorf("nine million bytes: got %v", err)
	}
	var all []string
	_, err := script.ReadXLIFF([]byte(strings.NewReplacer("پرانا", "{a}", "بند", "{b}").Replace(v12)))
	for _, f := range fault.All(err) {
		all = append(all, f.Field+" "+f.Key)
	}
	if diff := cmp.Diff([]string{"title script.exchange.unknown", "x script.exchange.unknown"}, all); diff != "" {
		t.Errorf("all that is wrong is said at once (-want +got):\n%s", diff)
	}
	if err := script.WriteXLIFF(&bytes.Buffer{}, script.XLIFF21, script.Bundle{From: "zh", To: "lo", Units: []script.Unit{{ID: "a b", Source: "x", State: script.Approved}}}); len(fault.All(err)) != 2 {
		t.Errorf("a bundle with a space in a number and an approved nothing: got %v", err)
	}
}

func TestSameSource(t *testing.T) {
	t.Parallel()
	if !script.SameSource("从{from}到 {until}", "从\n  {from}到{until}\u200B") || script.SameSource("从{from}", "到{from}") {
		t.Error("spaces make no other source, words do")
	}
}

func TestXLIFFInUTF16(t *testing.T) {
	t.Parallel()
	raw := strings.Replace(string(xliff(t, script.XLIFF12, sent)), "UTF-8", "UTF-16", 1)
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		var wide []byte
		for _, u := range utf16.Encode([]rune("\uFEFF" + raw)) {
			wide = order.AppendUint16(wide, u)
		}
		got, err := script.ReadXLIFF(wide)
		if diff := cmp.Diff(sent, got); err != nil || diff != "" {
			t.Errorf("%v: %v\n%s", order, err, diff)
		}
	}
}

// FuzzXLIFF: nothing that comes makes the reader fail otherwise than by refusing, and what it takes it gives back.
func FuzzXLIFF(f *testing.F) {
	for _, v := range []script.Version{script.XLIFF12, script.XLIFF21} {
		var out bytes.Buffer
		if err := script.WriteXLIFF(&out, v, sent); err != nil {
			f.Fatal(err)
		}
		f.Add(out.Bytes())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := script.ReadXLIFF(raw)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("refused as %v", err)
			}
			return
		}
		for i := range b.Units { // notes and texts are kept as Clean gives them
			b.Units[i].Source, b.Units[i].Target = script.Clean(b.Units[i].Source), script.Clean(b.Units[i].Target)
			for k := range b.Units[i].Notes {
				b.Units[i].Notes[k] = script.Clean(b.Units[i].Notes[k])
			}
		}
		if b.ID = script.Clean(b.ID); b.Check() != nil {
			return // nothing was left of a text
		}
		for _, v := range []script.Version{script.XLIFF12, script.XLIFF21} {
			again, err := script.ReadXLIFF(xliff(t, v, b))
			if diff := cmp.Diff(b, again); err != nil || diff != "" {
				t.Fatalf("%s: %v\n%s", v, err, diff)
			}
		}
	})
}

func TestTMX(t *testing.T) {
	t.Parallel()
	m := script.Memory{From: "zh", Entries: []script.Entry{
		{ID: "a", Texts: translate.Text{"zh": "{port}关闭到{until} & <再>", "th": "{until} ปิด {port}", "si": "ශ්\u200Dරී {until} {port}"}, Notes: []string{"n"}, Changed: at(2026, 10, 5, 6, 30)},
		{Texts: translate.Text{"zh": "开放"}},
	}}
	var out bytes.Buffer
	if err := script.WriteTMX(&out, m); err != nil {
		t.Fatal(err)
	}
	wellFormed(t, out.Bytes())
	got, err := script.ReadTMX(out.Bytes())
	if diff := cmp.Diff(m, got); err != nil || diff != "" {
		t.Errorf("%v (-sent +come back):\n%s", err, diff)
	}
	for _, want := range []string{`<ph x="2" type="fact">{until}</ph> ปิด <ph x="1" type="fact">{port}</ph>`, `srclang="zh-CN"`, `changedate="20261005T063000Z"`, `xml:lang="si-LK"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is not in\n%s", want, out.String())
		}
	}
	if err := script.WriteTMX(&out, script.Memory{From: "zh", Entries: []script.Entry{{ID: "b", Texts: translate.Text{"zh": "{a}", "lo": "{b}"}}}}); err == nil {
		t.Error("a memory was written whose places differ")
	}
}

func TestTMXOfOthers(t *testing.T) {
	t.Parallel()
	raw := `<?xml version="1.0"?><tmx version="1.4"><header creationtool="T" creationtoolversion="1" segtype="sentence" o-tmf="T" adminlang="en" srclang="*all*" datatype="xml"/><body>
		<tu><tuv xml:lang="EN-us"><seg>The <hi>road</hi> is closed</seg></tuv><tuv xml:lang="en-GB"><seg>second</seg></tuv><tuv lang="vi"><seg>Đường đóng</seg></tuv><tuv xml:lang="tlh"><seg>x</seg></tuv></tu>
		<tu tuid="bold"><tuv xml:lang="en"><seg><bpt i="1">&lt;b&gt;</bpt>x<ept i="1"/></seg></tuv></tu>
		<tu tuid="lost"><tuv xml:lang="en"><seg>To <ph>{until}</ph></seg></tuv><tuv xml:lang="lo"><seg>ຈົນ</seg></tuv></tu><tu><tuv xml:lang="tlh"><seg>x</seg></tuv></tu></body></tmx>`
	m, err := script.ReadTMX([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]script.Entry{{Texts: translate.Text{"en": "The road is closed", "vi": "Đường đóng"}}}, m.Entries); diff != "" || m.From != "" {
		t.Errorf("from %q (-want +got):\n%s", m.From, diff)
	}
	var why []string
	for _, s := range m.Skipped {
		why = append(why, s.Field+" "+s.Key)
	}
	if diff := cmp.Diff([]string{"bold script.exchange.element", "lost script.exchange.missing", " script.exchange.empty"}, why); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	for _, bad := range []string{strings.Replace(raw, "<tmx", `<!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx`, 1), "<tmx version=\"2.0\"/>", "<x/>", "", strings.Replace(raw, `"*all*"`, `"tlh"`, 1)} {
		if _, err := script.ReadTMX([]byte(bad)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%.60s: got %v", bad, err)
		}
	}
}

// FuzzTMX: the same of memories.
func FuzzTMX(f *testing.F) {
	f.Add([]byte(`<tmx version="1.4"><header srclang="zh-CN"/><body><tu tuid="a"><note>n</note><tuv xml:lang="zh"><seg>到<ph x="1">{until}</ph></seg></tuv></tu></body></tmx>`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := script.ReadTMX(raw)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("refused as %v", err)
			}
			return
		}
		var out bytes.Buffer
		m.Skipped = nil
		if script.WriteTMX(&out, m) != nil {
			t.Fatalf("%v was read and cannot be written", m)
		}
		if _, err := script.ReadTMX(out.Bytes()); err != nil {
			t.Fatalf("%v\n%s", err, out.Bytes())
		}
	})
}
