package releases

import (
	"bytes"
	"html"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/paper"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// inText gives the text of a sealed release for a reader, in a language or else the first there is.
func inText(m map[string]string, l translate.Lang) string {
	t := translate.Text{}
	for k, s := range m {
		t[translate.Lang(k)] = s
	}
	return t.Show(l)
}

// sealedLook shows a sealed text with its figures as they were said when it was sealed.
func (d *Desk) sealedLook(b ledger.Release, l translate.Lang) paper.Look {
	of := func(mark int) (f ledger.ReleaseFigure, text string, ok bool) {
		list := b.Said[string(l)]
		if mark >= len(list) {
			return f, "", false
		}
		return b.Figures[list[mark].Figure], list[mark].Text, true
	}
	return paper.Look{Lang: l, Book: d.Speaker.Book, Fill: func(mark int) paper.Filled {
		f, text, ok := of(mark)
		if !ok {
			return paper.Filled{Bad: "?"}
		}
		v, _ := strconv.ParseFloat(f.Value, 64) // written by this program
		on, _ := clock.ParseDay(f.ValidOn)      // as is this
		return paper.Filled{Text: text, Title: inText(f.Title, l), Href: Anchor(l, b.Said[string(l)][mark].Figure), Value: v, On: on, Unit: d.unit(l, f.Unit, on)}
	}, Map: func(bl paper.Block, title string, filled []paper.Filled) paper.Picture {
		list := make([]placed, len(bl.Marks))
		for i, mark := range bl.Marks {
			f, _, _ := of(mark)
			list[i] = placed{filled[i], f.Places, f.Unplaced}
		}
		return d.picture(l, title, list)
	}}
}

// pageStyle is the look of the page that leaves the house: it stands alone, for a screen, the dark and paper.
const pageStyle = `:root{color-scheme:light dark;--ink:light-dark(#1c2730,#e6ebec);--soft:light-dark(#55626b,#a9b6bc);--line:light-dark(#d5dbdc,#3a4851);--paper:light-dark(#fdfcf9,#182129);--back:light-dark(#f1efe9,#10171c);--accent:light-dark(#0b5d66,#7fd0d3);--tint:light-dark(#eef3f3,#1f2c34);--seal:light-dark(#a3352c,#f0938a);--serif:"Noto Serif CJK SC","Source Han Serif SC","Songti SC",SimSun,Georgia,serif}
*{box-sizing:border-box}html{background:var(--back)}body{font:1rem/1.75 "Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;font-variant-numeric:tabular-nums;max-width:54rem;margin:0 auto;padding:clamp(0rem,3vw,2rem) clamp(0rem,3vw,1.5rem);color:var(--ink)}
header{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 1rem;align-items:baseline;padding:.5rem clamp(1rem,5vw,3.5rem)}header p{margin:0;color:var(--soft);font-size:.9rem}nav a{display:inline-block;padding:.25rem 0;margin-inline-start:1.25rem}nav a:first-child{margin-inline-start:0}
section[lang]{background:var(--paper);border:1px solid var(--line);border-top:4px solid var(--accent);border-radius:4px;padding:clamp(1.25rem,5vw,3.5rem);margin-bottom:2rem}
h1,h2.title{font:700 clamp(1.5rem,1.1rem + 2vw,2.25rem)/1.3 var(--serif);margin:0 0 1rem;text-wrap:balance}h2,h3,h4{line-height:1.35;text-wrap:balance}h2{font:700 1.35rem/1.35 var(--serif);margin:2.25rem 0 .75rem}h3{font-size:1.125rem;margin:1.75rem 0 .5rem}h4{font-size:1rem}p{margin:.6rem 0;text-wrap:pretty}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2rem 1rem;margin:0 0 1.75rem;padding:.9rem 1rem;background:var(--tint);border-radius:4px;font-size:.875rem;line-height:1.55}.facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}.facts .code{font:600 1rem/1.4 ui-monospace,Consolas,monospace;letter-spacing:.04em}.note{border-inline-start:4px solid var(--seal);background:var(--tint);padding:.6rem .9rem;font-weight:600}
table{border-collapse:collapse;width:100%;margin:.75rem 0;font-size:.9rem;line-height:1.5}th,td{border-bottom:1px solid var(--line);padding:.4rem .6rem;text-align:start;vertical-align:top;overflow-wrap:anywhere}thead th{border-bottom:2px solid var(--line);color:var(--soft);font-weight:600}
a{color:var(--accent);text-underline-offset:.2em}a:focus-visible,summary:focus-visible,.scroll:focus-visible,.paper-scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}a.bound{font-weight:600;text-decoration-style:dotted}mark.unbound{background:none;color:var(--seal);border:2px dashed;padding:0 .2em;font-weight:700}
figure{margin:1.5rem 0}figcaption{font-weight:600}.mapbox{margin:0}.mapbox figcaption{font-weight:400;font-size:.8rem;color:var(--soft)}.chartbox>p{font-size:.9rem;color:var(--soft)}.scroll,.paper-scroll{overflow-x:auto}.slim{display:none}
.places{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:0 1.5rem;font-size:.875rem;margin:.75rem 0}.places div{display:flex;justify-content:space-between;gap:.5rem;border-bottom:1px solid var(--line);padding:.15rem 0}.places dt{overflow-wrap:anywhere}.places dd{margin:0;font-weight:600}
blockquote{border-inline-start:4px solid var(--line);margin-inline:0;padding-inline-start:1rem;color:var(--soft)}li{margin:.2rem 0}
.fig{margin:0;padding:1rem 0;border-top:1px solid var(--line);scroll-margin-top:1rem}.fig h3{margin:0 0 .3rem}.fig p{margin:.2rem 0;font-size:.9rem}.fig .cites{color:var(--soft)}.fig:target{outline:3px solid var(--accent);outline-offset:.5rem;border-radius:2px}code,.digest{font-family:ui-monospace,Consolas,monospace;font-size:.72rem;color:var(--soft);overflow-wrap:anywhere}.back{font-size:.85rem}summary{cursor:pointer;font-size:.9rem;padding:.2rem 0;min-height:1.75rem;color:var(--accent)}
.sources{font-size:.875rem}.sources div{display:flex;gap:.75rem;border-bottom:1px solid var(--line);padding:.25rem 0}.sources dt{flex:0 0 8rem;color:var(--soft);overflow-wrap:anywhere}.sources dd{margin:0;overflow-wrap:anywhere}.sources div:target{outline:2px solid var(--accent)}.signs{list-style:none;padding:0}.signs li{border-inline-start:3px solid var(--accent);padding:.1rem 0 .1rem .8rem;margin:.6rem 0}
.chart{max-width:100%;height:auto;overflow:visible}.chart text{fill:var(--soft)}.chart .lbl{fill:var(--ink);font-weight:600}.chart .axis{stroke:var(--line)}.chart .zero{stroke:var(--soft)}.chart .hatch,.chart .pin{stroke:var(--paper)}
.chart .a{fill:light-dark(#1d6673,#6fbac3)}.chart .b{fill:light-dark(#8fc0c7,#3d7d87)}.chart .c{fill:light-dark(#8a5a10,#d9a85a)}.chart .d{fill:light-dark(#4d4f94,#a5a7e8)}.chart .line{fill:none}.chart .line.a{stroke:light-dark(#1d6673,#6fbac3)}.chart .line.b{stroke:light-dark(#8fc0c7,#3d7d87)}.chart .line.c{stroke:light-dark(#8a5a10,#d9a85a)}.chart .line.d{stroke:light-dark(#4d4f94,#a5a7e8)}.chart .total{fill:light-dark(#44525a,#9fb0b8)}.chart .range.a{fill:none;stroke:light-dark(#8fc0c7,#3d7d87)}
.map{width:100%;height:auto;border-radius:4px;display:block}.map .sea{fill:light-dark(#e6eef0,#1b2830)}.map .land{fill:light-dark(#fbfaf5,#2c3a43);stroke:light-dark(#b9c6c9,#4c5d67);stroke-width:.75}.map .grat{fill:none;stroke:light-dark(#d6e1e3,#26343c);stroke-width:.75}.map circle{fill:var(--accent);stroke:var(--paper);stroke-width:1.25}.map circle.home{fill:var(--seal)}.map text{font-size:11px;font-weight:500;fill:var(--ink);paint-order:stroke;stroke:var(--paper);stroke-width:2.5px;stroke-linejoin:round}.map .n{font-size:10px;fill:var(--paper);text-anchor:middle;stroke:none}
@media (max-width:44rem){body{padding:0}section[lang]{border-inline:0;border-radius:0}.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.5rem}.chartbox:has(>.slim)>.wide{display:none}.slim{display:block}.fig thead{display:none}.fig tr{display:block;border-bottom:1px solid var(--line);padding:.4rem 0}.fig td{display:block;border:0;padding:.05rem 0}}
@media print{@page{margin:18mm 16mm}:root{color-scheme:light}html,body{background:#fff;color:#000;max-width:none;padding:0;font-size:10.5pt}header{padding:0 0 4mm}nav,.back{display:none}section[lang]{border:0;padding:0;margin:0}section[lang]+section[lang]{break-before:page}a{color:inherit;text-decoration-color:#888}h1,h2,h3,summary,thead,figcaption{break-after:avoid}tr,.chart,.map,.facts,.signs li{break-inside:avoid}figcaption,.chartbox>.wide{break-after:avoid}.fig{padding:2mm 0}.fig table{font-size:8pt;line-height:1.3;margin:1mm 0}.fig td,.fig th{padding:.6mm 1.2mm}.fig .digest{font-size:6.5pt}thead{display:table-header-group}.scroll,.paper-scroll{overflow:visible}.wide{display:block!important}.slim{display:none!important}.fig:target{outline:0}.facts{background:none;border:.5pt solid #888}svg{print-color-adjust:exact}}`

type pageWriter struct {
	b *bytes.Buffer
	d *Desk
	l translate.Lang
	r ledger.Release
}

func (p pageWriter) say(key string, pairs ...any) string {
	return p.d.Speaker.Book.Say(p.l, "releases.doc."+key, pairs...)
}
func (p pageWriter) raw(s ...string) {
	for _, x := range s {
		p.b.WriteString(x)
	}
}
func (p pageWriter) text(s string) { p.b.WriteString(html.EscapeString(s)) }
func (p pageWriter) tag(name, s string) {
	p.raw("<", name, ">")
	p.text(s)
	p.raw("</", strings.Fields(name)[0], ">\n")
}

func langCode(l translate.Lang) string {
	if l == "zh" {
		return "zh-CN"
	}
	return string(l)
}

// writePage writes a sealed release as one page that needs nothing else: every language, every number leading to its
// evidence, no program in it.
func (d *Desk) writePage(b *bytes.Buffer, r ledger.Release, digest string) {
	first := translate.Staff[0]
	p := pageWriter{b, d, first, r}
	p.raw(`<!DOCTYPE html>`, "\n", `<html lang="`, langCode(first), `"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">`,
		`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>`)
	p.text(inText(r.Title, first) + " · " + r.Code)
	p.raw("</title><style>", pageStyle, "</style></head><body>\n<header><p>")
	var titles []string
	for _, l := range translate.Staff {
		titles = append(titles, inText(r.Office, l))
	}
	p.text(strings.Join(slices.Compact(titles), " · "))
	p.raw("</p><nav>")
	for _, l := range translate.Staff {
		p.raw(`<a href="#`, string(l), `" lang="`, langCode(l), `" hreflang="`, langCode(l), `">`)
		p.text(d.Speaker.Book.Say(l, "releases.doc.this_language"))
		p.raw("</a>")
	}
	p.raw("</nav></header>\n<main>\n")
	for i, l := range translate.Staff {
		p.l = l
		p.raw(`<section id="`, string(l), `" lang="`, langCode(l), `">`, "\n")
		heading := "h1"
		if i > 0 {
			heading = `h2 class="title"`
		}
		p.tag(heading, inText(r.Title, l))
		p.facts(r, digest)
		p.raw(paper.HTML(paper.Parse(r.Text[string(l)]), d.sealedLook(r, l)))
		p.tag("h2", p.say("evidence"))
		for n, f := range r.Figures {
			p.figure(r, n, f)
		}
		p.sourceList()
		p.tag("h2", p.say("signed"))
		p.raw(`<ul class="signs">`)
		for _, s := range r.Signed {
			p.tag("li", p.say("step."+s.Step)+" · "+inText(s.Name, l)+" · "+d.instant(s.At)+" · "+s.Opinion)
		}
		p.raw("</ul>\n<p>")
		p.text(p.say("check"))
		p.raw("</p>\n</section>\n")
	}
	p.raw("</main></body></html>\n")
}

func (d *Desk) instant(ms int64) string { return d.Clock.At(ms).Format("2006-01-02 15:04:05 -07:00") }

func (p pageWriter) facts(r ledger.Release, digest string) {
	if r.Supersedes != "" {
		p.tag(`p class="note"`, p.say("supersedes", "code", r.Supersedes, "reason", inText(r.Reason, p.l)))
	}
	if r.Sample {
		p.tag(`p class="note"`, p.say("sample"))
	}
	p.raw(`<dl class="facts">`, "\n")
	for _, f := range [][3]string{{"code", r.Code, ` class="code"`}, {"to", inText(r.Audience, p.l), ""}, {"as_of", r.ValidOn, ""}, {"known", p.d.instant(r.KnownOn), ""}, {"sealed", p.d.instant(r.SealedAt), ""}, {"mark", digest, ` class="digest"`}} {
		if f[1] == "" {
			continue
		}
		p.tag("dt", p.say("fact."+f[0]))
		p.raw("<dd" + f[2] + ">")
		p.text(f[1])
		p.raw("</dd>\n")
	}
	p.raw("</dl>\n")
}

// figureTitle is what a figure says and what it is called, with its day where that is not the release's own.
func figureTitle(r ledger.Release, f ledger.ReleaseFigure, said string, l translate.Lang) string {
	out := said + " — " + inText(f.Title, l)
	switch {
	case f.From != "":
		out += " · " + f.From + " – " + f.To
	case f.ValidOn != r.ValidOn:
		out += " · " + f.ValidOn
	}
	return out
}

func (p pageWriter) figure(r ledger.Release, n int, f ledger.ReleaseFigure) {
	said := ""
	for _, s := range r.Said[string(p.l)] {
		if s.Figure == n {
			said = s.Text
			break
		}
	}
	p.raw(`<div class="fig" id="`, strings.TrimPrefix(Anchor(p.l, n), "#"), `">`)
	p.tag("h3", figureTitle(r, f, said, p.l))
	p.tag("p", p.say("counted", "value", f.Value, "valid", f.ValidOn, "records", len(f.Counted), "rule", inText(f.Rule.Title, p.l), "version", f.Rule.Version))
	if c := inText(f.Rule.Cites, p.l); c != "" {
		p.tag(`p class="cites"`, c)
	}
	p.raw("<details open><summary>")
	p.text(p.say("records", "n", len(f.Counted)))
	p.raw("</summary>")
	p.entries(f.Counted, false)
	p.raw("</details>\n")
	if len(f.Near)+f.Hidden > 0 {
		p.raw("<details><summary>")
		p.text(p.say("near", "n", len(f.Near)+f.Hidden))
		p.raw("</summary>")
		p.entries(f.Near, true)
		if f.Hidden > 0 {
			p.tag("p", p.say("hidden", "n", masked(f.Hidden)))
		}
		p.raw("</details>\n")
	}
	p.raw(`<p class="back"><a href="#`, string(p.l), `">`)
	p.text(p.say("back"))
	p.raw("</a></p></div>\n")
}

// masked is a number of hidden records as anyone may read it: few could be told apart.
func masked(n int) string {
	if n < fewest {
		return "<" + strconv.Itoa(fewest)
	}
	return strconv.Itoa(n)
}

func (p pageWriter) entries(es []ledger.ReleaseEntry, why bool) {
	if len(es) == 0 {
		return
	}
	p.raw(`<table><thead><tr><th scope="col">`)
	p.text(p.say("record"))
	p.raw(`</th><th scope="col">`)
	if why {
		p.text(p.say("because"))
	} else {
		p.text(p.say("sources"))
	}
	p.raw(`</th><th scope="col">`)
	p.text(p.say("digest"))
	p.raw("</th></tr></thead><tbody>\n")
	for _, e := range es {
		p.raw("<tr><td>")
		p.text(entryName(e, p.l, p.say("name_hidden")))
		p.raw("</td><td>")
		if why {
			var because []string
			for _, b := range e.Because {
				because = append(because, inText(b, p.l))
			}
			p.text(strings.Join(because, " "))
		} else {
			p.sources(e.Sources)
		}
		p.raw(`</td><td class="digest">`)
		p.text(e.Type + " " + e.VID + " " + e.Digest)
		p.raw("</td></tr>\n")
	}
	p.raw("</tbody></table>\n")
}

// sources lead to the list of sources at the end.
func (p pageWriter) sources(ids []string) {
	for i, id := range ids {
		if i > 0 {
			p.raw(", ")
		}
		if len(p.r.Sources[id]) == 0 {
			p.text(id)
			continue
		}
		p.raw(`<a href="#source_`, string(p.l), "_", html.EscapeString(id), `">`)
		p.text(id)
		p.raw("</a>")
	}
}

// sourceList says which documents the records name.
func (p pageWriter) sourceList() {
	if len(p.r.Sources) == 0 {
		return
	}
	p.tag("h2", p.say("source_list"))
	p.raw(`<dl class="sources">`, "\n")
	for _, id := range slices.Sorted(maps.Keys(p.r.Sources)) {
		p.raw(`<div id="source_`, string(p.l), "_", html.EscapeString(id), `"><dt>`)
		p.text(id)
		p.raw("</dt><dd>")
		p.text(inText(p.r.Sources[id], p.l))
		p.raw("</dd></div>\n")
	}
	p.raw("</dl>\n")
}

// sourceNames are the sources of a record with their titles, for a cell of a table.
func (p pageWriter) sourceNames(ids []string) string {
	var out []string
	for _, id := range ids {
		if t := inText(p.r.Sources[id], p.l); t != "" {
			id += " " + t
		}
		out = append(out, id)
	}
	return strings.Join(out, "; ")
}

func entryName(e ledger.ReleaseEntry, l translate.Lang, hidden string) string {
	if name := inText(e.Label, l); name != "" {
		return name
	}
	return hidden
}

// Word writes a sealed release as a Word file in one language, with the evidence of each figure behind it.
func (d *Desk) Word(w io.Writer, r ledger.Release, digest string, l translate.Lang) error {
	p := pageWriter{nil, d, l, r}
	head := []string{inText(r.Office, l), p.say("facts", "code", r.Code, "valid", r.ValidOn, "known", d.instant(r.KnownOn), "sealed", d.instant(r.SealedAt)), digest}
	if r.Supersedes != "" {
		head = append(head, p.say("supersedes", "code", r.Supersedes, "reason", inText(r.Reason, l)))
	}
	var annexes []paper.Annex
	for i, f := range r.Figures {
		a := paper.Annex{Title: strconv.Itoa(i+1) + ". " + inText(f.Title, l), Widths: []int{4, 3, 3}, Columns: []string{p.say("record"), p.say("sources"), p.say("digest")},
			Lines: []string{p.say("counted", "value", f.Value, "valid", f.ValidOn, "records", len(f.Counted), "rule", inText(f.Rule.Title, l), "version", f.Rule.Version)}}
		for j, e := range f.Counted {
			name := ""
			if j == 0 {
				name = strings.TrimPrefix(Anchor(l, i), "#")
			}
			a.Rows = append(a.Rows, paper.AnnexRow{Name: name, Cells: []string{entryName(e, l, p.say("name_hidden")), strings.Join(e.Sources, " "), e.VID}})
		}
		annexes = append(annexes, a)
	}
	if len(r.Sources) > 0 {
		a := paper.Annex{Title: p.say("source_list"), Columns: []string{p.say("source"), p.say("record_title")}, Widths: []int{1, 3}}
		for _, id := range slices.Sorted(maps.Keys(r.Sources)) {
			a.Rows = append(a.Rows, paper.AnnexRow{Cells: []string{id, inText(r.Sources[id], l)}})
		}
		annexes = append(annexes, a)
	}
	signed := paper.Annex{Title: p.say("signed")}
	for _, s := range r.Signed {
		signed.Lines = append(signed.Lines, p.say("step."+s.Step)+" · "+inText(s.Name, l)+" · "+d.instant(s.At)+" · "+s.Opinion)
	}
	annexes = append(annexes, signed)
	return paper.DOCX(w, inText(r.Title, l), head, paper.Parse(r.Text[string(l)]), d.sealedLook(r, l), annexes...)
}

// sheetWidths are of the columns that need another than the usual width, in characters.
var sheetWidths = map[string]float64{"said": 18, "title": 32, "key": 26, "record": 44, "id": 28, "version": 30, "digest": 48, "sources": 60, "because": 60}

// Sheet writes the evidence of a sealed release as a table: a row for each version behind each figure.
func (d *Desk) Sheet(w io.Writer, r ledger.Release, digest string, l translate.Lang) (err error) {
	defer fault.Wrap(&err, "writing the evidence of %s", r.Code)
	p := pageWriter{nil, d, l, r}
	t := sheet.Table{Kind: sheet.XLSX, Name: p.say("evidence"), NotesName: p.say("about"), Notes: [][]string{{inText(r.Title, l)}, {r.Code}, {digest},
		{p.say("facts", "code", r.Code, "valid", r.ValidOn, "known", d.instant(r.KnownOn), "sealed", d.instant(r.SealedAt))}}}
	for _, k := range []string{"said", "title", "key", "value", "rule", "counts", "record", "type", "id", "version", "digest", "sources", "because"} {
		t.Columns = append(t.Columns, sheet.Column{Key: k, Label: p.say("column." + k), Width: sheetWidths[k]})
	}
	out, err := sheet.NewWriter(w, t)
	if err != nil {
		return err
	}
	for i, f := range r.Figures {
		said := ""
		for _, s := range r.Said[string(l)] {
			if s.Figure == i {
				said = s.Text
				break
			}
		}
		value, _ := strconv.ParseFloat(f.Value, 64) // written by this program
		put := func(e ledger.ReleaseEntry, counts string) error {
			var because []string
			for _, b := range e.Because {
				because = append(because, inText(b, l))
			}
			return out.Row(said, inText(f.Title, l), f.Key, value, f.Rule.Version, counts, entryName(e, l, p.say("name_hidden")), e.Type, e.ID, e.VID, e.Digest,
				p.sourceNames(e.Sources), strings.Join(because, " "))
		}
		for _, e := range f.Counted {
			if err := put(e, p.say("yes")); err != nil {
				return err
			}
		}
		for _, e := range f.Near {
			if err := put(e, p.say("no")); err != nil {
				return err
			}
		}
	}
	return out.Close()
}

// Found is a sealed release as anyone finds it by its code.
type Found struct {
	Release *Release // as it stands now; nil where it was taken out of the register
	Copy    *SealedCopy
	Body    ledger.Release
	Next    *Release // the sealed release that took its place
}

// ByCode finds a sealed release by its code, however the letters are spaced. The View must be the program's own: what
// of it the reader may see is for the page to say.
func (d *Desk) ByCode(v *store.View, code string) (f Found, err error) {
	all, err := selectCopies(v, tidyCode(code))
	if err != nil {
		return f, err
	}
	if len(all) == 0 {
		return f, fault.New(fault.Missing, "releases.no_code", fault.Args{"code": code})
	}
	f.Copy = all[0]
	if f.Body, err = ledger.ReadRelease([]byte(f.Copy.Body)); err != nil {
		return f, err
	}
	if f.Release, f.Next, err = current(v, f.Copy.Release); fault.KindOf(err) == fault.Missing {
		err = nil
	}
	return f, err
}

// tidyCode brings a code that somebody typed into its one spelling.
func tidyCode(s string) string {
	var out []byte
	for _, r := range strings.ToUpper(s) {
		if strings.ContainsRune(codeLetters, r) {
			if len(out) == 4 || len(out) == 9 {
				out = append(out, '-')
			}
			out = append(out, byte(r))
		}
	}
	return string(out)
}
