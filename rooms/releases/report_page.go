package releases

import (
	"bytes"
	"html"
	"io"
	"slices"
	"strconv"
	"strings"

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
	return paper.Look{Lang: l, Book: d.Speaker.Book, Draw: Bars, Fill: func(mark int) paper.Filled {
		list := b.Said[string(l)]
		if mark >= len(list) {
			return paper.Filled{Bad: "?"}
		}
		f := b.Figures[list[mark].Figure]
		v, _ := strconv.ParseFloat(f.Value, 64) // written by this program
		return paper.Filled{Text: list[mark].Text, Title: inText(f.Title, l), Href: Anchor(l, list[mark].Figure), Value: v}
	}}
}

// Bars draws the figures of a chart as bars, each as long as its number; the table below says the same.
func Bars(bl paper.Block, filled []paper.Filled) string {
	most := 0.0
	for _, f := range filled {
		most = max(most, f.Value)
	}
	if bl.Kind != paper.Chart || most <= 0 {
		return ""
	}
	const width, row = 600, 26
	var b strings.Builder
	b.WriteString(`<svg class="paper-bars" viewBox="0 0 ` + strconv.Itoa(width) + " " + strconv.Itoa(row*len(filled)) + `" role="presentation" aria-hidden="true">`)
	for i, f := range filled {
		y := strconv.Itoa(i*row + 3)
		w := strconv.FormatFloat(max(1, f.Value/most*width*0.8), 'f', 1, 64)
		b.WriteString(`<rect x="0" y="` + y + `" width="` + w + `" height="20"/><text x="` +
			strconv.FormatFloat(max(1, f.Value/most*width*0.8)+6, 'f', 1, 64) + `" y="` + strconv.Itoa(i*row+18) + `">` + html.EscapeString(f.Text) + "</text>")
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// pageStyle is the look of the page that leaves the house: it stands alone, for a screen, the dark and paper.
const pageStyle = `:root{color-scheme:light dark}*{box-sizing:border-box}body{font:16px/1.7 "Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans SC",sans-serif;max-width:52rem;margin:0 auto;padding:1.5rem;color:light-dark(#1c2730,#e7ecee);background:light-dark(#fbfaf6,#16202a)}
h1,h2,h3,h4{line-height:1.35}h1{font-size:1.9rem}header p,.facts{color:light-dark(#4a5761,#b4c0c6);font-size:.9rem}nav a{margin-inline-end:1rem}
table{border-collapse:collapse;width:100%;margin:.6rem 0;font-size:.88rem}th,td{border:1px solid light-dark(#c9d1d3,#44525b);padding:.3rem .5rem;text-align:start;vertical-align:top;overflow-wrap:anywhere}
a{color:light-dark(#0b5d66,#7fd0d3)}a.bound{font-weight:600;text-decoration-style:dotted;text-underline-offset:.2em}mark.unbound{background:none;color:light-dark(#a3001b,#ff8b93);border:2px dashed;padding:0 .2em;font-weight:700}
section[lang]{border-top:2px solid light-dark(#c9d1d3,#44525b);margin-top:2rem}.fig:target{outline:3px solid light-dark(#0b5d66,#7fd0d3);outline-offset:.4rem}.fig{margin:1.2rem 0}code,.digest{font-family:ui-monospace,Consolas,monospace;font-size:.78rem;overflow-wrap:anywhere}
summary{cursor:pointer}blockquote{border-inline-start:4px solid light-dark(#c9d1d3,#44525b);margin-inline:0;padding-inline-start:1rem}.paper-bars{width:100%;height:auto}.paper-bars rect{fill:light-dark(#2c7f86,#5fb5b8)}.paper-bars text{font-size:13px;fill:currentColor}.paper-scroll{overflow-x:auto}
@media print{body{max-width:none;background:#fff;color:#000}nav,.back{display:none}a{color:inherit}section[lang]{break-before:page}.fig{break-inside:avoid-page}}`

type pageWriter struct {
	b *bytes.Buffer
	d *Desk
	l translate.Lang
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
	p := pageWriter{b, d, first}
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
			heading = "h2"
		}
		p.tag(heading, inText(r.Title, l))
		p.facts(r, digest)
		p.raw(paper.HTML(paper.Parse(r.Text[string(l)]), d.sealedLook(r, l)))
		p.tag("h2", p.say("evidence"))
		for n, f := range r.Figures {
			p.figure(r, n, f)
		}
		p.tag("h2", p.say("signed"))
		p.raw("<ul>")
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
	p.raw(`<p class="facts">`)
	p.text(p.say("facts", "code", r.Code, "valid", r.ValidOn, "known", p.d.instant(r.KnownOn), "sealed", p.d.instant(r.SealedAt)))
	if a := inText(r.Audience, p.l); a != "" {
		p.text(" " + p.say("audience", "who", a))
	}
	if r.Sample {
		p.text(" " + p.say("sample"))
	}
	if r.Supersedes != "" {
		p.raw("<br><strong>")
		p.text(p.say("supersedes", "code", r.Supersedes, "reason", inText(r.Reason, p.l)))
		p.raw("</strong>")
	}
	p.raw(`<br><span class="digest">`, html.EscapeString(digest), "</span></p>\n")
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
	p.tag("h3", said+" — "+inText(f.Title, p.l))
	p.tag("p", p.say("counted", "value", f.Value, "valid", f.ValidOn, "records", len(f.Counted), "rule", inText(f.Rule.Title, p.l), "version", f.Rule.Version))
	if c := inText(f.Rule.Cites, p.l); c != "" {
		p.tag("p", c)
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
			p.text(strings.Join(e.Sources, " "))
		}
		p.raw(`</td><td class="digest">`)
		p.text(e.Type + " " + e.VID + " " + e.Digest)
		p.raw("</td></tr>\n")
	}
	p.raw("</tbody></table>\n")
}

func entryName(e ledger.ReleaseEntry, l translate.Lang, hidden string) string {
	if name := inText(e.Label, l); name != "" {
		return name
	}
	return hidden
}

// Word writes a sealed release as a Word file in one language, with the evidence of each figure behind it.
func (d *Desk) Word(w io.Writer, r ledger.Release, digest string, l translate.Lang) error {
	p := pageWriter{nil, d, l}
	head := []string{inText(r.Office, l), p.say("facts", "code", r.Code, "valid", r.ValidOn, "known", d.instant(r.KnownOn), "sealed", d.instant(r.SealedAt)), digest}
	if r.Supersedes != "" {
		head = append(head, p.say("supersedes", "code", r.Supersedes, "reason", inText(r.Reason, l)))
	}
	var annexes []paper.Annex
	for i, f := range r.Figures {
		a := paper.Annex{Title: strconv.Itoa(i+1) + ". " + inText(f.Title, l), Columns: []string{p.say("record"), p.say("sources"), p.say("digest")},
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
	return paper.DOCX(w, inText(r.Title, l), head, paper.Parse(r.Text[string(l)]), d.sealedLook(r, l), annexes...)
}

// Sheet writes the evidence of a sealed release as a table: a row for each version behind each figure.
func (d *Desk) Sheet(w io.Writer, r ledger.Release, digest string, l translate.Lang) (err error) {
	defer fault.Wrap(&err, "writing the evidence of %s", r.Code)
	p := pageWriter{nil, d, l}
	t := sheet.Table{Kind: sheet.XLSX, Name: p.say("evidence"), NotesName: p.say("about"), Notes: [][]string{{inText(r.Title, l)}, {r.Code}, {digest},
		{p.say("facts", "code", r.Code, "valid", r.ValidOn, "known", d.instant(r.KnownOn), "sealed", d.instant(r.SealedAt))}}}
	for _, k := range []string{"said", "key", "value", "rule", "counts", "record", "type", "id", "version", "digest", "sources", "because"} {
		t.Columns = append(t.Columns, sheet.Column{Key: k, Label: p.say("column." + k)})
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
			return out.Row(said, f.Key, value, f.Rule.Version, counts, entryName(e, l, p.say("name_hidden")), e.Type, e.ID, e.VID, e.Digest,
				strings.Join(e.Sources, " "), strings.Join(because, " "))
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
