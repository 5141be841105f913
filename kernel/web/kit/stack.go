package kit

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Stack puts parts one below the other with the usual space between them.
func Stack(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, `<div class="stack">`); err != nil {
			return err
		}
		for _, p := range parts {
			if err := p.Render(ctx, w); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, `</div>`)
		return err
	})
}

// Body puts a picture with its remarks into the body of a panel.
func Body(picture templ.Component, remarks ...string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, `<div class="body">`); err != nil {
			return err
		}
		if err := picture.Render(ctx, w); err != nil {
			return err
		}
		for _, r := range remarks {
			if _, err := io.WriteString(w, `<p class="muted">`+templ.EscapeString(r)+`</p>`); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, `</div>`)
		return err
	})
}
