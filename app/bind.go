package app

import (
	"context"

	"yunqiao/kernel/translate"
)

// bind puts the rooms over the store: what one room needs of another stands in crossings.go.
func (a *App) bind(ctx context.Context) error { return nil }

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
