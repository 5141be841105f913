package remind

import (
	"testing"
	"testing/fstest"
)

func TestMarksThatAreReached(t *testing.T) {
	t.Parallel()
	s := Usual()
	for _, x := range []struct {
		left          int
		before, after bool
		mark          int
		ok            bool
	}{{6, true, true, 0, false}, {5, true, true, -5, true}, {3, true, true, -5, true}, {1, true, true, -1, true}, {0, true, true, 0, true}, {-1, true, true, 1, true}, {-4, true, true, 1, true},
		{-9, true, true, 5, true}, {2, false, true, 0, false}, {0, false, true, 0, true}, {-2, false, false, 0, false}} {
		if mark, ok := s.reached(x.left, x.before, x.after); mark != x.mark || ok != x.ok {
			t.Errorf("%d left: mark %d, %v; want %d, %v", x.left, mark, ok, x.mark, x.ok)
		}
	}
}

func TestQuietHoursMayPassMidnight(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		hour, from, to int
		want           bool
	}{{20, 20, 7, true}, {6, 20, 7, true}, {7, 20, 7, false}, {12, 20, 7, false}, {13, 12, 14, true}, {14, 12, 14, false}, {3, 0, 0, false}} {
		if got := quiet(x.hour, x.from, x.to); got != x.want {
			t.Errorf("%d o'clock, quiet from %d to %d: %v", x.hour, x.from, x.to, got)
		}
	}
}

func TestSettingsOfAPack(t *testing.T) {
	t.Parallel()
	load := func(text string) (Settled, error) {
		return Load(fstest.MapFS{"r.toml": {Data: []byte(text)}}, "r.toml")
	}
	if s, err := load("before = [10]\nescalate = 2\n"); err != nil || len(s.Before) != 1 || s.Before[0] != 10 || s.Escalate != 2 || len(s.After) != 2 || s.Hour != 8 {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err := load("after = []\n"); err != nil || len(s.After) != 0 || len(s.Before) != 2 {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err := Load(fstest.MapFS{}, "r.toml"); err != nil || s.Hour != Usual().Hour {
		t.Errorf("%+v, %v", s, err)
	}
	for _, bad := range []string{"before = [0]", "escalate = 0", "hour = 24", "hour = 22", "language = \"xx\"", "nonsense = 1", "before = [100]", "[["} {
		if _, err := load(bad); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}
