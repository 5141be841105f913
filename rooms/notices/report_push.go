package notices

import (
	"bytes"
	"encoding/json"
	"strings"

	"yunqiao/kernel/outbox"
	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

// How long what is told to a browser may be, and its short form.
const (
	mostShown     = 3 << 10
	mostShort     = 512
	mostShownName = 400 // of the headline
)

// shownNotice is what a browser is told of a notice.
type shownNotice struct {
	Lang   string `json:"lang"`
	Dir    string `json:"dir"`
	Title  string `json:"title"`
	Line   string `json:"line,omitempty"`
	Number string `json:"number"`
	URL    string `json:"url"`
	Tag    string `json:"tag"` // what is newer under it takes its place on the screen
}

// sized writes it in at most so many bytes: what is too long of it is the line, and after that the title.
func (s shownNotice) sized(most int) ([]byte, error) {
	line := s.Line
	for room := most; ; room -= 64 {
		if s.Line = script.Cut(line, max(room, 0)); room < 0 {
			s.Line, s.Title = "", script.Cut(s.Title, max(most+room, 0))
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(s); err != nil || b.Len() <= most+1 || room < -most {
			return bytes.TrimSpace(b.Bytes()), err
		}
	}
}

// shown writes a message for browsers: in the language of the reader, or, where it is not there yet, in those of the staff under
// a line that says so.
func (k *Courier) shown(e *Entry, n *Notice, l translate.Lang) (long, short []byte, err error) {
	label := k.Desk.label(l)
	in, lines := l, []string{}
	i := e.In(l)
	if i == nil {
		lines = append(lines, strings.ReplaceAll(label("not_yet"), "{language}", script.Name(l)))
		for _, x := range translate.Staff {
			switch b := e.In(x); {
			case b == nil:
			case i == nil:
				in, i = x, b
			default:
				lines = append(lines, b.Headline)
			}
		}
	}
	s := shownNotice{Number: e.Number, URL: k.Desk.Web + "/p/" + string(l) + "/n/" + e.Number, Tag: outbox.Topic(n.First)}
	if i == nil {
		in, s.Title = l, label("number")+" "+script.Isolated(l, e.Number)
	} else {
		s.Title = script.Cut(i.Headline, mostShownName)
		lines = append(lines, i.Description, i.Instruction)
		if e.Type != "Cancel" { // it may stay on a screen for longer
			lines = append(lines, k.Desk.label(in)("until")+colon(in)+script.Isolated(in, stampIn(in, i.Expires, e.zone())))
		}
	}
	s.Lang, s.Dir = script.Tag(in), in.Dir()
	var said []string
	for _, x := range lines {
		if x = strings.TrimSpace(x); x != "" {
			said = append(said, x)
		}
	}
	s.Line = strings.Join(said, "\n")
	if long, err = s.sized(mostShown); err == nil {
		s.Line = ""
		short, err = s.sized(mostShort)
	}
	return long, short, err
}
