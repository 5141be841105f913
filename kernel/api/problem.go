package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
)

// problem sends an error as RFC 9457 has it: its kind, the sentence a person reads, each finding at its place in the
// body, and for a defect the incident number that also stands in the log.
func (c *call) problem(err error) {
	if errors.Is(err, context.Canceled) && c.r.Context().Err() != nil {
		return // nobody waits for the answer any more
	}
	kind := fault.KindOf(err)
	status := web.Status(kind)
	if c.status != 0 && kind != fault.Defect {
		status = c.status
	}
	incident := ""
	found := fault.All(err)
	detail := c.say("api.problem.defect.detail")
	if kind == fault.Defect {
		incident = strings.ToUpper(clock.Secret(5))
		c.api.Log.Error("defect", "incident", incident, "method", c.r.Method, "path", c.r.URL.Path, "who", c.who.ID, "err", err)
		found = nil
		if ailment := store.Ailment(err); ailment != "" { // the machine's trouble, not the program's: it is said as it is
			status, detail = http.StatusServiceUnavailable, c.say(ailment)
			c.w.Header().Set("Retry-After", "30")
		}
	} else {
		detail = c.sentence(found[0])
	}
	b := append([]byte(nil), `{"type":"urn:yunqiao:problem:`+kind.String()+`","title":`...)
	b = text(b, c.say("api.problem."+kind.String()))
	b = strconv.AppendInt(append(b, `,"status":`...), int64(status), 10)
	b = text(append(b, `,"detail":`...), detail)
	b = text(append(b, `,"kind":`...), kind.String())
	if incident != "" {
		b = text(append(b, `,"incident":`...), incident)
	}
	if kind == fault.Invalid {
		b = append(b, `,"errors":[`...)
		for i, f := range found {
			if i > 0 {
				b = append(b, ',')
			}
			b = text(append(b, `{"key":`...), f.Key)
			if f.Field != "" {
				b = text(append(b, `,"field":`...), f.Field)
				b = text(append(b, `,"pointer":`...), c.pointer(f.Key, f.Field))
			}
			b = append(text(append(b, `,"detail":`...), c.sentence(f)), '}')
		}
		b = append(b, ']')
	}
	if c.versions != nil {
		b = append(b, c.versions()...)
	}
	if status == http.StatusUnauthorized {
		c.w.Header().Set("WWW-Authenticate", "Bearer")
	}
	c.w.Header().Set("Content-Language", string(c.lang))
	c.send(status, "application/problem+json", append(b, '}'))
}

func (c *call) say(key string) string { return c.api.Book.Say(c.lang, key) }

func (c *call) sentence(f *fault.Error) string {
	if f.Key == "" {
		return c.say("api.problem.defect.detail")
	}
	return c.api.Book.SayMap(c.lang, f.Key, f.Args)
}

// pointer gives the place of a field in the body; a question of the address keeps its name.
func (c *call) pointer(key, field string) string {
	name, _, _ := strings.Cut(field, ".")
	if c.operation != nil && c.operation.kind != nil && c.operation.writes && (c.operation.kind.Field(name) != nil || key == "record.column.unknown") {
		field = "fields." + field
	}
	return "/" + strings.ReplaceAll(strings.NewReplacer("~", "~0", "/", "~1").Replace(field), ".", "/")
}

// text appends a JSON string.
func text(b []byte, s string) []byte {
	q, _ := json.Marshal(s) // a text always encodes
	return append(b, q...)
}
