package app

import (
	"context"
	"encoding/base64"
	"strings"

	"yunqiao/kernel/deadline"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/wechat"
	"yunqiao/rooms/articles"
	"yunqiao/rooms/notices"
	"yunqiao/rooms/stories"
)

// officialAccount is the account of the settings; nil when they name none.
func (c *Config) officialAccount() (*wechat.Account, error) {
	if c.WeChatApp == "" && c.WeChatSecret == "" {
		return nil, nil
	}
	a := &wechat.Account{Address: c.WeChatAddress, App: c.WeChatApp, Secret: c.WeChatSecret}
	return a, a.Check()
}

// articlesRoom makes the room of the official account over what the other rooms tell the public.
func (a *App) articlesRoom(d *notices.Desk, told *stories.Desk) (*articles.Room, error) {
	w, err := a.Config.officialAccount()
	if err != nil {
		return nil, err
	}
	if w != nil {
		w.Clock = a.Store.Clock
	}
	m := &articles.Maker{Account: w, Store: a.Store, Shelf: a.Files, Sources: []articles.Source{noticeSource(d), storySource(told)}}
	a.Jobs.On(articles.DraftJob, m.Work)
	tell := d.Tell
	d.Tell = func(tx *store.Tx, n *notices.Notice) error {
		if err := tell(tx, n); err != nil {
			return err
		}
		before, err := d.Before(&tx.View, n)
		if err != nil {
			return err
		}
		return articles.Replace(tx, articles.OfNotices, before, n.Number)
	}
	a.Poster = m
	return &articles.Room{Maker: m}, nil
}

// noticeSource gives issued notices to the official account.
func noticeSource(d *notices.Desk) articles.Source {
	return articles.Source{Kind: articles.OfNotices, At: notices.Notices.URL(),
		Langs: func(_ context.Context, v *store.View, id string) ([]translate.Lang, error) {
			return d.ArticleLangs(v, id)
		},
		Read: func(_ context.Context, v *store.View, id string, l translate.Lang) (*articles.Text, error) {
			x, n, err := d.Article(v, id, l)
			if err != nil {
				return nil, err
			}
			return &articles.Text{Title: x.Title, Author: fitting(x.Author, wechat.MostAuthor), Digest: x.Digest, HTML: x.HTML, Link: x.Link, Number: x.Number, Unit: n.Unit, Level: n.Level, Sample: n.Sample}, nil
		}}
}

// storySource gives published stories to the official account.
func storySource(d *stories.Desk) articles.Source {
	published := func(v *store.View, id string) (*stories.Story, error) {
		x, err := record.Load(v, stories.Stories, id)
		if err == nil && x.State != stories.Published {
			err = fault.New(fault.Invalid, "stories.article.state", nil)
		}
		return x, err
	}
	return articles.Source{Kind: articles.OfStories, At: stories.Stories.URL(),
		Langs: func(_ context.Context, v *store.View, id string) (out []translate.Lang, err error) {
			x, err := published(v, id)
			if err != nil {
				return nil, err
			}
			for _, l := range translate.Langs {
				if x.Standing(l) == stories.Approved {
					out = append(out, l)
				}
			}
			return out, nil
		},
		Read: func(ctx context.Context, v *store.View, id string, l translate.Lang) (*articles.Text, error) {
			x, err := published(v, id)
			if err != nil {
				return nil, err
			}
			a, err := d.Article(ctx, v, id, l)
			if err != nil {
				return nil, err
			}
			t := &articles.Text{Title: a.Title, Author: fitting(a.Author, wechat.MostAuthor), Digest: fitting(a.Digest, wechat.MostDigest), HTML: a.HTML(func(key string) string { return key }), Pictures: map[string]articles.Picture{},
				Link: a.Link, Number: x.Number, Unit: x.Unit, Level: x.Level, Sample: x.Sample}
			shown := func(p stories.ArticlePicture) articles.Picture {
				return articles.Picture{Picture: wechat.Picture{Name: p.Name, Bytes: p.Body}, At: "data:" + p.Type + ";base64," + base64.StdEncoding.EncodeToString(p.Body)}
			}
			for _, p := range a.Pictures {
				t.Pictures[p.Key] = shown(p)
			}
			if a.Cover != nil {
				cover := shown(*a.Cover)
				t.Cover = &cover
			}
			return t, nil
		}}
}

// storyMoved marks what was made of a story that was corrected or withdrawn.
func storyMoved(tx *store.Tx, x *stories.Story) error {
	if x.State != stories.Corrected && x.State != stories.Withdrawn {
		return nil
	}
	return articles.Replace(tx, articles.OfStories, []string{x.ID}, x.Number)
}

// fitting is a name that fits; one that is too long is left to be typed, for it cannot be cut.
func fitting(name string, most int) string {
	if len([]rune(strings.TrimSpace(name))) > most {
		return ""
	}
	return strings.TrimSpace(name)
}

// articleDues: somebody sees to a text in the official account that is no longer what the office says, or of which nobody
// knows whether it was published.
func (a *App) articleDues(tx *store.Tx, x *articles.Draft) error {
	var due []*deadline.Deadline
	met := map[string]string{}
	for what, state := range map[string]string{"article_old": articles.Outdated, "article_missing": articles.Missing} {
		if x.State != state {
			met[what] = tx.ValidOn.String()
			continue
		}
		due = append(due, a.due(&x.Head, what, x.Unit, tx.ValidOn, 0, "given", x.Title))
	}
	return a.Deadlines.Keep(tx, articles.Drafts.Name, x.ID, due, met, "app.due.none")
}
