package app

import (
	"context"

	"yunqiao/kernel/access"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/leaf"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/rooms/notices"
	"yunqiao/rooms/stories"
)

// storiesRoom makes the room of stories, and puts what it publishes on the public site of notices.
func (a *App) storiesRoom(board *notices.Room) *stories.Room {
	d := &stories.Desk{Names: board.Desk.Names, Web: board.Desk.Web, Zone: board.Desk.Zone, Hotlines: []string{board.Desk.Phone}, Gallery: &stories.Gallery{Shelf: a.Files}, PlaceNames: placeNames}
	press := &stories.Press{Desk: d, Store: a.Store}
	board.Sections = append(board.Sections, stories.Section())
	board.Press.Beside = besideWith(board.Press.Beside, press)
	a.Jobs.On(stories.PublishJob, func(ctx context.Context, _ jobs.Job, _ func(done, total int64)) (string, error) {
		return "", a.Store.Update(ctx, access.Program("stories"), d.Due)
	})
	return &stories.Room{Desk: d, Press: press, Frame: func(c *web.Call, l translate.Lang, p *leaf.Page) []byte { return board.Proof(c.Context(), l, p) }}
}

// besideWith adds stories to what the public pages show beside notices.
func besideWith(first notices.Besides, press *stories.Press) notices.Besides {
	last := ""
	return func(v *store.View, had string) (*notices.Around, string, error) {
		part, stamp, err := press.Part(context.Background(), v)
		if err != nil {
			return nil, "", err
		}
		if stamp != last { // all of it is read again: what is shown is one thing
			had = ""
		}
		around, rest, err := first(v, had)
		if err != nil {
			return nil, "", err
		}
		if around != nil {
			around.Parts = append(around.Parts, part)
		}
		last = stamp
		return around, rest, nil
	}
}
