package app

import (
	"yunqiao/kernel/access"
	"yunqiao/rooms/figures"
	"yunqiao/rooms/office"
	"yunqiao/rooms/partners"
	assets "yunqiao/web"
)

// openRooms hangs the rooms' pages. What one room needs of another is bound here, and nowhere else.
func (a *App) openRooms() error {
	a.Site.Mount("GET", assets.Root+"{file...}", access.Anyone(), assets.Serve())
	desk := &office.Room{Desk: a.Desk, Tree: a.Tree}
	if a.Config.Demo {
		desk.Hint = "office.page.demo"
	}
	desk.Open(a.Site)
	network := partners.Open(a.Site)
	network.Rules = a.Rules
	for _, k := range partners.Types {
		a.Site.Records(k, k == partners.Ties.Kind)
	}
	for _, k := range figures.Types {
		a.Site.Records(k, false)
	}
	return nil
}
