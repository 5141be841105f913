package kit

import "github.com/a-h/templ"

// attrs are the attributes of an input that depend on whether it has a note or a mistake.
func attrs(f Field) templ.Attributes {
	a := templ.Attributes{}
	if d := describedBy(f); d != "" {
		a["aria-describedby"] = d
	}
	if f.Error != "" {
		a["aria-invalid"] = "true"
	}
	return a
}

func at(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}
