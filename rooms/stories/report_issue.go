package stories

import (
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Desk publishes stories.
type Desk struct {
	// Names are those of the office in the languages of its texts; Web is where the public site is.
	Names translate.Text
	Web   string
	// Zone is where the office's clock hangs.
	Zone string
	// Read are the languages in which somebody who reads them has looked through the words of the public pages.
	Read []string
	// Hotlines are telephone numbers of the office: in a text they name nobody.
	Hotlines []string
	Gallery  *Gallery
	// PlaceNames gives the names of places by id.
	PlaceNames func(v *store.View, ids []string) ([]translate.Text, error)
}
