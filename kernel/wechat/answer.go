package wechat

import (
	"regexp"
	"strconv"

	"yunqiao/kernel/fault"
)

// When says when something that was refused may be tried again.
type When int

// Whether and when it may be tried again.
const (
	Never    When = iota // not before somebody has changed something
	Soon                 // after a pause
	Tomorrow             // when the account's day is over
)

// Refusal is an answer of the interface other than yes, or that none came.
type Refusal struct {
	Code  int
	Text  string // as it was answered
	Again When
	Lost  bool // no answer came: it may have been done all the same
}

// Error gives the answer for logs.
func (r *Refusal) Error() string {
	return "the official account answered " + strconv.Itoa(r.Code) + ": " + r.Text
}

// Unwrap gives the sentence for whoever has to do something about it.
func (r *Refusal) Unwrap() error {
	if r.Again != Never {
		return nil // it may still come to be: no finding, and the job tries again
	}
	return r.Fault()
}

// Fault is the sentence for a person: what was refused and what to do.
func (r *Refusal) Fault() *fault.Error {
	args := fault.Args{"code": r.Code, "answer": r.Text}
	if r.Code == notListed {
		args["address"] = addressIn.FindString(r.Text)
	}
	return fault.New(fault.Invalid, Phrase(r.Code, r.Lost), args)
}

// Phrase is the key of the sentence for an answer.
func Phrase(code int, lost bool) string {
	switch _, known := answers[code]; {
	case lost || code == 0:
		return "wechat.lost"
	case code == -1:
		return "wechat.answer.busy"
	case known:
		return "wechat.answer." + strconv.Itoa(code)
	}
	return "wechat.answer.other"
}

// notListed is the code that says that the address from which was asked is not on the account's list.
const notListed = 40164

// addressIn finds the address that an answer names.
var addressIn = regexp.MustCompile(`\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:]+:[0-9a-fA-F]+`)

// staleCodes say that a token holds no more.
var staleCodes = []int{40001, 40014, 42001}

// answers are the documented refusals that a maker of drafts can meet, each with whether it may be tried again. What is not
// among them is final and is shown as it was answered.
var answers = map[int]When{
	-1:    Soon,
	40001: Never, 40014: Never, 42001: Never, // the token, after it was fetched again
	40004: Never, 40005: Never, 40006: Never, 40009: Never, 40137: Never, // a picture
	40007: Never,                                                         // the cover, or the draft, is not there
	40013: Never, 40125: Never, 40243: Never, 41002: Never, 41004: Never, // the settings of the account
	40164: Never,                                           // the address
	40033: Never, 40035: Never, 43002: Never, 44002: Never, // the request itself
	41005: Never, 44001: Never, 44003: Never, // something empty
	45001: Never, 45002: Never, 45003: Never, 45004: Never, 45005: Never, 45006: Never, 45008: Never, 45110: Never, // something too long
	45009: Tomorrow, // the limit of the day
	45011: Soon,
	45166: Never,               // the content
	48001: Never, 48004: Never, // the right to do so
	50002: Never,
}

// Codes lists the refusals that have a sentence of their own.
func Codes() (out []int) {
	for code := range answers {
		out = append(out, code)
	}
	return out
}

func refusal(code int, text string) *Refusal {
	return &Refusal{Code: code, Text: text, Again: answers[code]}
}
