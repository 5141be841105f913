// Package fault holds the errors of the house: a kind that decides what happens, and a phrase key that a person
// may read. An error without a kind is a Defect: the person gets an incident number and the log gets the rest.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of thing went wrong, and so what the program does about it.
type Kind int

// The five kinds. Missing is also what one may not see.
const (
	Defect  Kind = iota // the program or its surroundings failed
	Missing             // there is no such thing, or this person may not see it
	Denied              // the thing is visible, but this person may not do that
	Invalid             // what was entered cannot be accepted as it is
	Stale               // somebody else changed it first
)

// String gives the kind's name as logs and problem documents show it.
func (k Kind) String() string {
	switch k {
	case Missing:
		return "missing"
	case Denied:
		return "denied"
	case Invalid:
		return "invalid"
	case Stale:
		return "stale"
	case Defect:
	}
	return "defect"
}

// Args are the named values that fill the places of a phrase.
type Args map[string]any

// Error is an error with a kind. Key names the phrase a person reads; Field names the field it belongs to, if one.
type Error struct {
	Kind  Kind
	Key   string
	Args  Args
	Field string
	// More holds the other findings of the same input, so that a person sees all gaps at once.
	More []*Error
	// Err is the cause, for the log only.
	Err error
}

// Error gives the text for logs; people are shown the phrase instead.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	if e.Key != "" {
		b.WriteString(" " + e.Key)
	}
	if e.Field != "" {
		b.WriteString(" (" + e.Field + ")")
	}
	if len(e.Args) > 0 {
		fmt.Fprintf(&b, " %v", map[string]any(e.Args))
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	for _, m := range e.More {
		b.WriteString("; " + m.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error of a kind with a phrase key.
func New(kind Kind, key string, args Args) *Error { return &Error{Kind: kind, Key: key, Args: args} }

// Because makes an error of a kind with a phrase key and a cause for the log.
func Because(err error, kind Kind, key string, args Args) *Error {
	return &Error{Kind: kind, Key: key, Args: args, Err: err}
}

// At makes an Invalid error that belongs to a field.
func At(field, key string, args Args) *Error {
	return &Error{Kind: Invalid, Key: key, Args: args, Field: field}
}

// Join makes one error out of the findings of one input; nil if there are none.
func Join(found []*Error) error {
	if len(found) == 0 {
		return nil
	}
	first := *found[0]
	first.More = append(first.More, found[1:]...)
	return &first
}

// KindOf tells the kind of an error; Defect for one that has none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Defect
}

// All lists an error's findings, itself first; nil when it has no kind.
func All(err error) []*Error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return nil
	}
	return append([]*Error{e}, e.More...)
}

// Wrap puts what was being done in front of an error, in place. Use it as `defer fault.Wrap(&err, "saving %s", id)`.
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf(format+": %w", append(args, *err)...)
	}
}
