// Package desk is the room of what waits for somebody: their work by the day it is due, approvals with the steps they
// take, and the sign-off page on which a decision is made.
package desk

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/deadline"
	"yunqiao/kernel/record"
	"yunqiao/kernel/remind"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// Room is the room as it is put into the program.
type Room struct {
	Approvals *approval.Desk
	Types     *record.Registry
	Reminders *remind.Desk
	// Owed gives what was promised and lies with some units, as lines of their work; nil gives nothing.
	Owed func(v *store.View, units []string) ([]remind.Item, error)
	// Rules shows what the rules say of a record that is to be decided: panels, and what is kept with the decision. Nil
	// shows nothing.
	Rules func(c *web.Call, v *store.View, s approval.Subject) ([]kit.Section, any, error)
	// Sitting gives who has a role in one of some units, in any unit when none is named.
	Sitting func(v *store.View, role access.Role, units []string) ([]access.Who, error)
	// Brief gives the address of the page that says on one page what a subject is about; nil and "" are none.
	Brief func(s approval.Subject) string
}

// OwnPage tells whether the room shows one record of a type on a page of its own.
func OwnPage(k *record.Kind) bool { return k == approval.Circuits.Kind }

// Open hangs the pages of the room.
func (rm *Room) Open(s *web.Site) {
	see := access.See(approval.Circuits.Name)
	own := approval.Circuits.URL() + "/{id}"
	s.Get("/work", access.SignedIn(), rm.work)
	s.Get("/work/messages", access.SignedIn(), rm.messages)
	s.Get("/work/messages/{id}", access.SignedIn(), rm.message)
	s.Post("/work/messages/{id}/read", access.SignedIn(), rm.readOne)
	s.Post("/work/messages/read", access.SignedIn(), rm.readAll)
	s.Get("/work/reminders", access.SignedIn(), rm.wish)
	s.Post("/work/reminders", access.SignedIn(), rm.choose)
	s.Unread = func(v *store.View, staff string) (string, int, error) {
		n, err := rm.Reminders.Unread(v, staff)
		return "/work", n, err
	}
	s.Get(own, see, rm.circuit)
	s.Post(own+"/act", access.SignedIn(), rm.act)
	s.Post(own+"/resume", access.SignedIn(), rm.resume)
	s.Post(own+"/withdraw", access.SignedIn(), rm.withdraw)
	s.Post(own+"/urge", access.SignedIn(), rm.urge)
	s.Add(web.Link{Key: "desk.page.work", Icon: "todo", Href: "/work", Need: access.SignedIn(), Order: 5})
	for i, k := range []*record.Kind{approval.Circuits.Kind, approval.Decisions.Kind, deadline.Deadlines.Kind, approval.StandIns.Kind, approval.Lines.Kind} {
		s.Add(web.Link{Group: "desk.page.room", Key: k.Phrase("plural"), Icon: k.Icon, Href: k.URL(), Need: access.See(k.Name), Order: 100 + i})
	}
}
