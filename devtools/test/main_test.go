package main

import (
	"strings"
	"testing"
)

func TestOnlyFailuresAndClosingLinesArePrinted(t *testing.T) {
	t.Parallel()
	in := `{"Action":"output","Package":"p","Test":"TestA","Output":"quiet\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"skip","Package":"p","Test":"TestC"}
{"Action":"build-output","ImportPath":"q","Output":"q.go:1: undefined\n"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}
{"Action":"fail","Package":"p"}
`
	var r run
	var out strings.Builder
	if err := r.read(strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	if want := "got 1, want 2\nq.go:1: undefined\nFAIL\tp\t0.1s\n"; out.String() != want {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
	if r.passed != 1 || r.failed != 1 || r.skipped != 1 {
		t.Errorf("counted %d passed, %d failed, %d skipped, want one of each", r.passed, r.failed, r.skipped)
	}
}
