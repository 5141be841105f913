package web

import (
	"context"
	"html"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// problemPage is the page of an error.
func problemPage(c *Call, status int, lines []string, incident string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<!DOCTYPE html><html lang=\""+string(c.Lang)+"\"><head><title>"+html.EscapeString(c.Say("web.problem"))+"</title></head><body><h1>"+html.EscapeString(c.Say("web.problem"))+"</h1><p>"+html.EscapeString(strings.Join(lines, " "))+"</p><p>"+incident+"</p></body></html>")
		return err
	})
}
