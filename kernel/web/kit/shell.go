package kit

import "yunqiao/kernel/translate"

// PublicLang is one language in which a public page exists, by its own name.
type PublicLang struct {
	Lang       translate.Lang
	Name, Href string
}

type keyName struct{ show, name string }

var keyNames = []keyName{
	{"/", "search"}, {"j", "down"}, {"k", "up"}, {"Enter", "open_row"}, {"x", "mark"}, {"e", "edit"}, {"n", "new"},
	{"g h", "home"}, {"g w", "work"}, {"t", "theme"}, {"?", "help"}, {"Esc", "leave"},
}

func flashIcon(kind string) string {
	if kind == "ok" {
		return "check"
	}
	return "warn"
}

// shape is the drawn sign of a status; an unknown kind is drawn as a question, never as nothing.
func (s Status) shape() string {
	switch s.Kind {
	case "draft", "run", "ok", "wait", "bad", "end":
		return s.Kind
	}
	return "unknown"
}
