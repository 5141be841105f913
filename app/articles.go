package app

import (
	"context"
	"strings"

	"yunqiao/kernel/deadline"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/wechat"
	"yunqiao/rooms/articles"
	"yunqiao/rooms/notices"
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
func (a *App) articlesRoom(d *notices.Desk) (*articles.Room, error) {
	w, err := a.Config.officialAccount()
	if err != nil {
		return nil, err
	}
	if w != nil {
		w.Clock = a.Store.Clock
	}
	m := &articles.Maker{Account: w, Store: a.Store, Shelf: a.Files, Sources: []articles.Source{noticeSource(d)}}
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
