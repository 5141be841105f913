package web

import (
	"errors"
	"net/http"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// problem sends the page of an error: the sentence a person reads, what to do, and for a defect an incident number
// that also stands in the log.
func (c *Call) problem(err error) {
	kind := fault.KindOf(err)
	if errors.Is(err, c.R.Context().Err()) && c.R.Context().Err() != nil {
		return // nobody waits for the answer any more
	}
	var lines []string
	incident := ""
	ailment := ""
	if kind == fault.Defect {
		ailment = store.Ailment(err)
	}
	if ailment != "" { // the machine's trouble, not the program's: it is said as it is
		c.Site.Log.Error("the database is in trouble", "method", c.R.Method, "path", c.R.URL.Path, "who", c.Who.ID, "err", err)
		c.trouble(ailment)
		return
	}
	if kind == fault.Defect {
		incident = strings.ToUpper(clock.Secret(5))
		c.Site.Log.Error("defect", "incident", incident, "method", c.R.Method, "path", c.R.URL.Path, "who", c.Who.ID, "err", err)
		lines = []string{c.Say("web.defect")}
	}
	if found := fault.All(err); found != nil && (kind != fault.Defect || found[0].Key != "") {
		lines = nil
		for _, f := range found {
			lines = append(lines, c.SayFault(f))
		}
	}
	body := problemPage(c, Status(kind), lines, incident)
	if e := PageWith(Status(kind), body).send(c); e != nil {
		c.Site.Log.Error("showing an error", "err", e)
		http.Error(c.W, strings.Join(lines, "\n"), Status(kind))
	}
}

// trouble sends the page that says what ails the database.
func (c *Call) trouble(ailment string) {
	text := c.Say(ailment)
	c.W.Header().Set("Retry-After", "30")
	if e := PageWith(http.StatusServiceUnavailable, problemPage(c, http.StatusServiceUnavailable, []string{text}, "")).send(c); e != nil {
		c.Site.Log.Error("showing an error", "err", e)
		http.Error(c.W, text, http.StatusServiceUnavailable)
	}
}

type faultError = fault.Error

func missingThen() error { return fault.New(fault.Missing, "web.not_then", nil) }

func staleNow(id string) error { return fault.New(fault.Stale, "record.stale", fault.Args{"id": id}) }

func noMove(c *Call, k *record.Kind, state, verb string) error {
	return fault.New(fault.Invalid, "web.move.not_from", fault.Args{"move": c.Say(k.Phrase("move", verb)), "state": c.StateOf(k, state).Word})
}

func dayWrong(field, value string) error {
	return fault.At(field, "record.field.not_day", fault.Args{"value": value})
}
