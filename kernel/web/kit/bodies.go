package kit

import "github.com/a-h/templ"

// The compiler would copy what templ makes of a component into every room that calls it. These four are large and called
// by all rooms: each stands in the program once.

// Lists is the body of a list page: views, filters, table, pager, export.
//
//go:noinline
func Lists(c *Call, v List) templ.Component { return listBody(c, v) }

// Forms is the body of a form page.
//
//go:noinline
func Forms(c *Call, v Form) templ.Component { return formBody(c, v) }

// Records is the body of a record's page.
//
//go:noinline
func Records(c *Call, v Record) templ.Component { return recordBody(c, v) }

// Panel draws one section.
//
//go:noinline
func Panel(c *Call, s Section) templ.Component { return panelBody(c, s) }
