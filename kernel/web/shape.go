package web

import (
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web/kit"
)

// shape is what the lists of a type say in one language whatever they hold: it is put together once, since the phrases
// do not change while the program serves.
type shape struct {
	fields  map[*record.Field]string
	states  map[string]kit.Status
	choices map[*record.Field]map[string]string
	filters []kit.Filter // with nothing chosen
}

type shapeKey struct {
	kind *record.Kind
	lang translate.Lang
}

func (c *Call) shape(k *record.Kind) *shape {
	key := shapeKey{k, c.Lang}
	if s, ok := c.Site.shapes.Load(key); ok {
		return s.(*shape)
	}
	s := &shape{fields: map[*record.Field]string{}, states: map[string]kit.Status{}, choices: map[*record.Field]map[string]string{}}
	s.filters = []kit.Filter{{Name: "q", Title: c.Say("web.search"), Kind: "text"}}
	if len(k.Life.States) > 1 {
		f := kit.Filter{Name: "state", Title: c.Say("record.head.state"), Kind: "choice"}
		for _, st := range k.Life.States {
			s.states[st.Key] = c.StateOf(k, st.Key)
			f.Options = append(f.Options, kit.Option{Value: st.Key, Title: s.states[st.Key].Word})
		}
		s.filters = append(s.filters, f)
	}
	for _, f := range k.Fields {
		s.fields[f] = c.FieldName(k, f.Name)
		if f.Kind == record.KindChoice {
			s.choices[f] = map[string]string{"": ""}
			for _, v := range f.Choices {
				s.choices[f][v] = c.ChoiceName(k, f, v)
			}
		}
		x := kit.Filter{Name: questionOf(f), Title: s.fields[f], Kind: filterable(f)}
		switch x.Kind {
		case "":
			continue
		case "choice":
			for _, v := range f.Choices {
				x.Options = append(x.Options, kit.Option{Value: v, Title: s.choices[f][v]})
			}
		case "bool":
			x.Options = []kit.Option{{Value: "1", Title: c.Say("web.yes")}, {Value: "0", Title: c.Say("web.no")}}
		case "when":
			x.Kind = "day"
		}
		s.filters = append(s.filters, x)
	}
	for i := range s.filters {
		s.filters[i].Fixed = k.Name + "/" + s.filters[i].Name
	}
	got, _ := c.Site.shapes.LoadOrStore(key, s)
	return got.(*shape)
}

// choice gives the word of a field that is a choice; false for every other, and for a value that is none of its own.
func (s *shape) choice(f *record.Field, rec any) (string, bool) {
	words := s.choices[f]
	if words == nil {
		return "", false
	}
	v, ok := f.Text(rec)
	if !ok {
		return "", false
	}
	w, ok := words[v]
	return w, ok
}
