// Package leaf is what a room puts on the public site: pages that stand in the site's own frame, lines for its front page,
// answers for its search, and the addresses its map names.
package leaf

import (
	"context"

	"github.com/a-h/templ"

	"yunqiao/kernel/translate"
)

// Reader is who reads a page, and where the site is.
type Reader struct {
	Lang  translate.Lang // which they chose
	Words translate.Lang // of the site's own words: theirs, or another until somebody has read the words in it
	Home  string         // the path of the home in their language
	Web   string         // before every path, such as https://office.example
}

// Page is what stands at an address. Its text may be in another language than the words around it.
type Page struct {
	Status int // 0 is that all is well
	Title  string
	Lang   translate.Lang   // of the title
	Below  string           // its address below the home, alike in all languages
	Langs  []translate.Lang // in which it says something; nil is in all
	Hidden bool             // from programs that look through sites
	Body   templ.Component
	Data   any    // what programs read of it, in the words of schema.org
	Feed   Feed   // of its own
	Code   bool   // on paper it carries its address as a picture that a phone reads
	Kind   string // the media type, when it is no page but Raw
	Raw    []byte
}

// Feed is a list that programs come back to.
type Feed struct{ Title, Href string }

// Stop is an address that the map of the site names.
type Stop struct {
	Below, Last string
	Langs       []translate.Lang // in which it says something; nil is in all
}

// Section is an entry in the navigation of the site: the address of a list below the home, and how the list is called.
type Section struct {
	Below string
	Name  translate.Text
}

// Part is what a room shows now. It never changes: when something else is to be shown, the room gives another.
type Part struct {
	// At gives what stands at an address below the home; nil when nothing does.
	At func(ctx context.Context, r Reader, path []string) *Page
	// Front are its lines on the home, and Found those that have all words of a question in them; nil is none.
	Front func(r Reader) templ.Component
	Found func(r Reader, words []string) templ.Component
	// Map lists its addresses.
	Map []Stop
}
