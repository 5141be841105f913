package notices

import (
	"html"
	"strings"
	"time"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Article is an issued notice in one language, for a channel that takes whole articles: out of what was issued, and nothing
// else.
type Article struct {
	Title, Author, Digest string
	HTML                  string
	Link                  string // its page on the public site
	Number                string
}

// longestDigest is how long a text may be that is its own summary: of a longer one the channel makes a summary.
const longestDigest = 128

// longestTitle is how long a headline may be that is the title in whole.
const longestTitle = 32

// told is the message of a notice that may be told to everyone now. Invalid for every other: drafts, exercises, what is
// restricted, what something newer took the place of, and what has run out.
func (d *Desk) told(v *store.View, id string) (*Notice, *Entry, error) {
	n, err := load(v, id, false)
	if err != nil {
		return nil, nil, err
	}
	e := cleared(n)
	if e == nil || e.Type != "Cancel" && !time.UnixMilli(v.Now).Before(e.Ends()) {
		return nil, nil, errWithheld
	}
	return n, e, nil
}

// ArticleLangs are the languages in which a notice may be told to everyone now.
func (d *Desk) ArticleLangs(v *store.View, id string) ([]translate.Lang, error) {
	_, e, err := d.told(v, id)
	if err != nil {
		return nil, err
	}
	return e.Langs(), nil
}

// Article gives an issued notice in a language. Invalid when it may not be told to everyone, or says nothing in the language.
func (d *Desk) Article(v *store.View, id string, l translate.Lang) (*Article, *Notice, error) {
	n, e, err := d.told(v, id)
	if err != nil {
		return nil, nil, err
	}
	i := e.In(l)
	if i == nil {
		return nil, nil, fault.New(fault.Invalid, "notices.no_language", fault.Args{"lang": script.Name(l)})
	}
	a := &Article{Title: i.Headline, Author: d.Names[l], Number: e.Number, Link: d.Web + "/p/" + string(l) + "/n/" + e.Number}
	if text := strings.TrimSpace(i.Description); len([]rune(text)) <= longestDigest {
		a.Digest = text
	}
	a.HTML = d.articleBody(e, i, l, a.Link)
	return a, n, nil
}

// Before lists the notices of a chain that were issued before one.
func (d *Desk) Before(v *store.View, n *Notice) ([]string, error) {
	if n.of != nil {
		return nil, nil
	}
	chain, err := d.Chain(v, n)
	var out []string
	for _, o := range chain {
		if o.ID != n.ID {
			out = append(out, o.ID)
		}
	}
	return out, err
}

// colon parts a label from its value, as the language writes it.
func colon(l translate.Lang) string {
	if l == Source {
		return "："
	}
	return ": "
}

// articleBody is the text with what a reader must know beside it: number, times, where to ask, and where the newest stands.
func (d *Desk) articleBody(e *Entry, i *alert.Block, l translate.Lang, link string) string {
	label := d.label(l)
	var b strings.Builder
	b.WriteString(`<section lang="` + script.Tag(l) + `" dir="` + l.Dir() + `"`)
	if l.RTL() {
		b.WriteString(` style="direction: rtl; text-align: right; line-height: 2.2"`)
	}
	b.WriteString(">")
	para := func(tag, text string) {
		for one := range strings.SplitSeq(text, "\n") {
			if one = strings.TrimSpace(one); one != "" {
				b.WriteString("<" + tag + ">" + html.EscapeString(one) + "</" + tag + ">")
			}
		}
	}
	if len([]rune(i.Headline)) > longestTitle { // it is said in whole where it cannot be the title
		para("h2", i.Headline)
	}
	para("p", i.Description)
	para("p", i.Instruction)
	b.WriteString("<hr/>")
	fact := func(key, value string) {
		if value != "" {
			para("p", label(key)+colon(l)+script.Isolated(l, value))
		}
	}
	fact("number", e.Number)
	fact("issued", stampIn(l, e.Sent, e.zone()))
	if e.Type != "Cancel" {
		fact("until", stampIn(l, i.Expires, e.zone()))
	}
	fact("phone", i.Contact)
	para("p", script.Isolated(l, link))
	b.WriteString("</section>")
	return b.String()
}
