package app

import (
	"context"
	"encoding/json"
	"net/http"

	"yunqiao/kernel/access"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
)

// bind puts the rooms over the store: what one room needs of another stands in crossings.go.
func (a *App) bind(ctx context.Context) error {
	a.Site = &web.Site{Store: a.Store, Book: a.Book, Types: Types, Log: a.Log, Office: a.Pack.Name, Secure: a.Config.Secure,
		After: a.Jobs.Wake}
	a.Site.Identify = noted(func(*http.Request) (web.Visit, error) { return web.Visit{}, nil })
	a.Site.Free("GET", "/version", access.Anyone(), func(*web.Call) (web.Reply, error) {
		raw, err := json.Marshal(ThisVersion())
		return web.Bytes{Type: "application/json", Body: raw}, err
	})
	return nil
}

// Phrases gathers the phrase books of all packages.
func Phrases() (*translate.Book, error) {
	b := translate.NewBook()
	for _, w := range words {
		if err := b.Add(w); err != nil {
			return nil, err
		}
	}
	return b, nil
}
