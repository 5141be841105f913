package kit

import (
	"strconv"
	"strings"
	"testing"
)

func TestLandIsNumbersAndClosedWorld(t *testing.T) {
	t.Parallel()
	for i, line := range strings.Split(strings.TrimSpace(landText+fineText), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		ws := strings.Fields(line)
		if len(ws)%2 != 0 {
			t.Errorf("line %d: half a point", i+1)
		}
		for _, w := range ws {
			if _, err := strconv.Atoi(w); err != nil {
				t.Errorf("line %d: %v", i+1, err)
			}
		}
	}
	for _, r := range append(land(), fine()...) {
		for i := 0; i+1 < len(r); i += 2 {
			if r[i] < -400 || r[i] > 400 || r[i+1] < -91 || r[i+1] > 91 {
				t.Errorf("outside of the world: %v %v", r[i], r[i+1])
			}
		}
	}
}

func TestCutKeepsInsideAndDropsOutside(t *testing.T) {
	t.Parallel()
	square := []float64{0, 0, 10, 0, 10, 10, 0, 10}
	var other []float64
	if got := cut(square, 0, Box{2, 2, 8, 8}, nil, &other); len(got) != 8 {
		t.Errorf("a square around the box has %d numbers, want 8: %v", len(got), got)
	}
	if got := cut(square, 0, Box{20, 20, 30, 30}, nil, &other); len(got) != 0 {
		t.Errorf("a square beside the box leaves %v", got)
	}
}
