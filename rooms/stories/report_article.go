package stories

import (
	"context"
	"html"
	"slices"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Article is one language of one story, for a channel that takes whole articles with their pictures: nothing in it leads
// back to the record but its address on the public site.
type Article struct {
	Story, VID string // the record and the version it was made of
	Lang       translate.Lang
	Title      string
	Author     string // the office
	Digest     string // the lead, as plain text
	Link       string // on the public site; "" while the story is not published
	Sample     bool
	Cover      *ArticlePicture // nil when the story has none
	Pictures   []ArticlePicture

	text Parsed
	end  []ArticlePicture // those that the text has no place for
}

// ArticlePicture is a picture of an article: a file without the camera's notes, and what it shows.
type ArticlePicture struct {
	Key           string // by which HTML asks for its address
	Name          string // of the file
	Type          string // image/jpeg or image/png
	Width, Height int
	Alt, Credit   string
	Body          []byte // the file, small enough for a page
}

// HTML is the body of the article: paragraphs, headings, lists, quotations, strong words, links, and pictures whose
// addresses src gives by their keys; a picture for which it gives none is left out. No scripts, styles or classes.
func (a *Article) HTML(src func(key string) string) string {
	one := func(p ArticlePicture) string {
		at := src(p.Key)
		if at == "" {
			return ""
		}
		out := `<p><img src="` + html.EscapeString(at) + `" alt="` + html.EscapeString(p.Alt) + `"></p>`
		if p.Credit != "" {
			out += "<p>" + html.EscapeString(p.Credit) + "</p>"
		}
		return out
	}
	out := a.text.HTML(func(n int) string {
		if n < 1 || n > len(a.Pictures) {
			return ""
		}
		return one(a.Pictures[n-1])
	})
	for _, p := range a.end {
		out += one(p)
	}
	return out
}

// Article gives a language of a story as a channel takes it. Invalid when nobody has read the story in it, or when it is
// neither published nor about to be.
func (d *Desk) Article(ctx context.Context, v *store.View, id string, l translate.Lang) (_ *Article, err error) {
	defer fault.Wrap(&err, "making an article of story %s", id)
	x, err := record.Load(v, Stories, id)
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]string{Published, Scheduled}, x.State) {
		return nil, fault.New(fault.Invalid, "stories.article.state", nil)
	}
	if x.Standing(l) != Approved {
		return nil, fault.New(fault.Invalid, "stories.article.unread", fault.Args{"lang": script.Name(l)})
	}
	a := &Article{Story: x.ID, VID: x.VID, Lang: l, Title: x.Title[l], Author: d.Names.Show(l), Digest: x.Lead[l], Sample: x.Sample, text: Parse(x.Body[l])}
	if x.State == Published {
		a.Link = d.Web + "/p/" + string(l) + "/story/" + x.Number
	}
	placed := a.text.Placed()
	take := func(id string) (ArticlePicture, error) {
		p, err := record.Load(v, Pictures, id)
		if err != nil {
			return ArticlePicture{}, err
		}
		shown, err := d.Gallery.Seen(ctx, p.File.Digest, widest)
		if err != nil {
			return ArticlePicture{}, err
		}
		return ArticlePicture{Key: p.ID, Name: nameFor(p.File.Name, shown.Type), Type: shown.Type, Width: shown.Width, Height: shown.Height, Alt: p.Alt.Show(l), Credit: p.Credit.Show(l), Body: shown.Body}, nil
	}
	if x.Cover != "" {
		p, err := take(x.Cover)
		if err != nil {
			return nil, err
		}
		a.Cover = &p
	}
	for i, id := range x.Pictures {
		p, err := take(id)
		if err != nil {
			return nil, err
		}
		a.Pictures = append(a.Pictures, p)
		if !placed[i+1] && id != x.Cover {
			a.end = append(a.end, p)
		}
	}
	return a, nil
}
