package kit

import (
	_ "embed"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
)

//go:embed land.txt
var landText string

//go:embed land-fine.txt
var fineText string

// land and fine are the rings of the coast in degrees, read once, for the world and for a part of it. There is no
// other line in them: countries are points here.
var (
	land = sync.OnceValue(func() [][]float64 { return rings(landText) })
	fine = sync.OnceValue(func() [][]float64 { return rings(fineText) })
)

func rings(text string) [][]float64 {
	var out [][]float64
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		var ring []float64
		x, y, odd, v := 0, 0, false, 0
		for word := range strings.SplitSeq(line, " ") {
			n, _ := strconv.Atoi(word) // a test reads every number of the file
			if !odd {
				v = n
			} else {
				x, y = x+v, y+n
				ring = append(ring, float64(x)/10, float64(y)/10)
			}
			odd = !odd
		}
		out = append(out, unwrap(ring))
	}
	return out
}

// unwrap lets a ring that crosses the line of the date go on beyond 180 degrees instead of jumping across the world.
// The southern continent stays as it is: it goes around the pole and has no inside on a flat map.
func unwrap(ring []float64) []float64 {
	for i := 1; i < len(ring); i += 2 {
		if ring[i] < -85 {
			return ring
		}
	}
	for i := 2; i+1 < len(ring); i += 2 {
		for ring[i]-ring[i-2] > 180 {
			ring[i] -= 360
		}
		for ring[i]-ring[i-2] < -180 {
			ring[i] += 360
		}
	}
	return ring
}

// beside tells whether a whole ring, turned, lies west or east of a box.
func beside(ring []float64, turn float64, b Box) bool {
	west, east := ring[0], ring[0]
	for i := 2; i+1 < len(ring); i += 2 {
		west, east = min(west, ring[i]), max(east, ring[i])
	}
	return east+turn < b.West || west+turn > b.East
}

// coasts keeps the drawn land of the few boxes that pages use again and again.
var coasts = struct {
	sync.Mutex
	drawn map[coastKey][]byte
}{drawn: map[coastKey][]byte{}}

type coastKey struct {
	box   Box
	width int
}

const coastsMost = 64

// coast gives the outline of the land in a box as a path.
func coast(box Box, width int, px, py func(float64) float64) []byte {
	key := coastKey{box, width}
	coasts.Lock()
	old, ok := coasts.drawn[key]
	coasts.Unlock()
	if ok {
		return old
	}
	source := land()
	if box.East-box.West < 100 {
		source = fine()
	}
	p := &pen{b: make([]byte, 0, 16<<10)}
	var scratch, other []float64
	for _, ring := range source {
		for _, turn := range [...]float64{-360, 0, 360} {
			if beside(ring, turn, box) {
				continue
			}
			scratch = cut(ring, turn, box, scratch[:0], &other)
			if len(scratch) < 6 {
				continue
			}
			lx, ly := math.Inf(1), math.Inf(1)
			for i := 0; i+1 < len(scratch); i += 2 {
				x, y := px(scratch[i]), py(scratch[i+1])
				if i > 0 && math.Abs(x-lx) < .7 && math.Abs(y-ly) < .7 {
					continue
				}
				if i == 0 {
					p.s("M")
				} else {
					p.s("L")
				}
				p.n(x)
				p.s(" ")
				p.n(y)
				lx, ly = x, y
			}
			p.s("Z")
		}
	}
	coasts.Lock()
	if len(coasts.drawn) >= coastsMost {
		clear(coasts.drawn)
	}
	coasts.drawn[key] = p.b
	coasts.Unlock()
	return p.b
}

// Point is one place on a map.
type Point struct {
	Lon, Lat float64
	Label    string
	Title    string // read out and shown on hover; Label if empty
	Count    int    // 0 shows a plain dot
	Href     string
	Kind     string // kind of Status; "" is the accent
	Home     bool   // a place of the office itself
	Quiet    bool   // no label, for places that stand close
}

// Box is a part of the world in degrees.
type Box struct{ West, South, East, North float64 }

// Map is a small map over a base that shows land only.
type Map struct {
	Title, Say string
	Box        Box // zero: fitted to the points
	Points     []Point
	Arcs       [][2]int // pairs of points joined by a thin curve
	Width      int      // as shown; 720 if zero
}

// fit gives the part of the world around the points, never closer than a region can be recognised in.
func fit(ps []Point) Box {
	if len(ps) == 0 {
		return Box{-170, -56, 190, 76}
	}
	b := Box{ps[0].Lon, ps[0].Lat, ps[0].Lon, ps[0].Lat}
	for _, p := range ps {
		b.West, b.East = min(b.West, p.Lon), max(b.East, p.Lon)
		b.South, b.North = min(b.South, p.Lat), max(b.North, p.Lat)
	}
	dx, dy := max(8, (b.East-b.West)*.08), max(6, (b.North-b.South)*.1)
	return Box{max(-180, b.West-dx), max(-60, b.South-dy), min(180, b.East+dx), min(80, b.North+dy)}
}

// SvgMap draws a map: land, graticule and the points as links one can reach by key. It never draws a boundary.
func SvgMap(c *Call, v Map) templ.Component {
	p := &pen{b: make([]byte, 0, 16<<10)}
	p.svgMap(c, v, MapLayer{})
	return p.component()
}

// degrees writes a position to about ten metres.
func degrees(f float64) string { return strconv.FormatFloat(math.Round(f*1e4)/1e4, 'f', -1, 64) }

func (p *pen) svgMap(c *Call, v Map, layer MapLayer) {
	if v.Width == 0 {
		v.Width = 720
	}
	box := v.Box
	if box == (Box{}) {
		box = fit(v.Points)
	}
	w := float64(v.Width)
	k := w / (box.East - box.West)
	// Equirectangular with the true scale at the middle: no place is drawn at the wrong size by much, and lines of
	// the net stay straight.
	stretch := 1 / max(.5, math.Cos((box.South+box.North)/2*math.Pi/180))
	h := min((box.North-box.South)*k*stretch, w*.9)
	ky := h / (box.North - box.South)
	px := func(lon float64) float64 { return (lon - box.West) * k }
	py := func(lat float64) float64 { return (box.North - lat) * ky }

	p.s(`<figure class="mapbox">`)
	p.s(`<svg class="map" role="group" viewBox="0 0 `)
	p.n(w)
	p.s(" ")
	p.n(h)
	p.s(`" width="`)
	p.n(w)
	p.s(`" height="`)
	p.n(h)
	p.s(`" aria-label="`)
	p.t(v.Title)
	if v.Say != "" {
		p.s(". ")
		p.t(v.Say)
	}
	p.s(`"><rect class="sea" width="`)
	p.n(w)
	p.s(`" height="`)
	p.n(h)
	p.s(`"/><path class="grat" d="`)
	step := 10.0
	if box.East-box.West > 120 {
		step = 30
	}
	for lon := math.Ceil(box.West/step) * step; lon < box.East; lon += step {
		p.s("M")
		p.n(px(lon))
		p.s(" 0V")
		p.n(h)
	}
	for lat := math.Ceil(box.South/step) * step; lat < box.North; lat += step {
		p.s("M0 ")
		p.n(py(lat))
		p.s("H")
		p.n(w)
	}
	p.s(`"/><path class="land" d="`)
	p.b = append(p.b, coast(box, v.Width, px, py)...)
	p.s(`"/>`)
	wrap := func(lon float64) float64 {
		if lon < box.West {
			return lon + 360
		}
		return lon
	}
	for _, line := range layer.Lines {
		p.s(`<path class="own" d="`)
		for i := 0; i+1 < len(line); i += 2 {
			// A line that crosses the edge of the paper at the line of the date is taken up on the other side.
			if i == 0 || math.Abs(wrap(line[i])-wrap(line[i-2])) > 180 {
				p.s("M")
			} else {
				p.s("L")
			}
			p.n(px(wrap(line[i])))
			p.s(" ")
			p.n(py(line[i+1]))
		}
		p.s(`"/>`)
	}
	for _, a := range v.Arcs {
		if a[0] >= len(v.Points) || a[1] >= len(v.Points) {
			continue
		}
		x1, y1 := px(wrap(v.Points[a[0]].Lon)), py(v.Points[a[0]].Lat)
		x2, y2 := px(wrap(v.Points[a[1]].Lon)), py(v.Points[a[1]].Lat)
		p.s(`<path class="tie" d="M`)
		p.n(x1)
		p.s(" ")
		p.n(y1)
		p.s("Q")
		p.n((x1 + x2) / 2)
		p.s(" ")
		p.n((y1+y2)/2 - math.Abs(x2-x1)*.14)
		p.s(" ")
		p.n(x2)
		p.s(" ")
		p.n(y2)
		p.s(`"/>`)
	}
	// A label keeps clear of every mark, also of those that are drawn after it.
	taken := make([]box4, 0, 2*len(v.Points))
	for i := range v.Points {
		x, y, r := px(wrap(v.Points[i].Lon)), py(v.Points[i].Lat), v.Points[i].radius()
		taken = append(taken, box4{x - r, y - r, 2 * r, 2 * r})
	}
	for i := range v.Points {
		mark(p, &v.Points[i], px(wrap(v.Points[i].Lon)), py(v.Points[i].Lat), w, h, &taken)
	}
	p.s(`</svg><figcaption>`)
	if layer.Href != "" {
		p.t(c.t("map.layer", "source", layer.Source, "review", layer.Review))
	} else {
		p.t(c.t("map.land"))
	}
	p.s(`</figcaption></figure>`)
}

// radius is how large a point is drawn.
func (pt *Point) radius() float64 {
	switch {
	case pt.Count > 0:
		return min(16, 6.5+2*math.Sqrt(float64(pt.Count-1)))
	case pt.Home:
		return 5.5
	}
	return 4
}

// box4 is a rectangle on the paper that a label has taken.
type box4 struct{ x, y, w, h float64 }

func mark(p *pen, pt *Point, x, y, w, h float64, taken *[]box4) {
	if x < -4 || y < -4 || x > w+4 || y > h+4 {
		return
	}
	title := or(pt.Title, pt.Label)
	if pt.Count > 1 && !strings.Contains(title, itoa(pt.Count)) {
		title += " " + itoa(pt.Count)
	}
	if !strings.Contains(title, pt.Label) {
		title = pt.Label + " " + title
	}
	link := len(p.b)
	if pt.Href != "" {
		p.s(`<a class="pt" href="`)
		p.t(string(href(pt.Href)))
		p.s(`">`)
	} else {
		p.s(`<g class="pt">`)
	}
	start := len(p.b)
	written := pt.Count > 1
	p.s(`<title>`)
	p.t(title)
	p.s(`</title><circle class="`)
	p.t(classes(pt.Kind, when(pt.Home, "home")))
	p.s(`"`)
	p.attr("cx", x)
	p.attr("cy", y)
	r := pt.radius()
	p.attr("r", r)
	p.s(`/>`)
	if pt.Count > 1 {
		p.text("n", "", x, y+3.5, itoa(pt.Count))
	}
	if !pt.Quiet && pt.Label != "" {
		wide := 0.0
		for _, c := range pt.Label {
			if c > 0x2e80 {
				wide += 11.5
			} else {
				wide += 6.3
			}
		}
		for _, at := range [...]box4{{x + r + 4, y - 7, wide, 14}, {x - r - 4 - wide, y - 7, wide, 14}, {x - wide/2, y - r - 16, wide, 14}, {x - wide/2, y + r + 3, wide, 14}} {
			if at.x < 2 || at.x+at.w > w-2 || at.y < 2 || at.y+at.h > h-2 || hits(at, *taken) {
				continue
			}
			*taken = append(*taken, at)
			p.text("", "", at.x, at.y+11, pt.Label)
			written = true
			break
		}
	}
	if pt.Href != "" && !written {
		// What is drawn names the link; only a bare dot needs a name of its own.
		q := &pen{}
		q.s(`<a class="pt" href="`)
		q.t(string(href(pt.Href)))
		q.s(`" aria-label="`)
		q.t(title)
		q.s(`">`)
		p.b = slices.Replace(p.b, link, start, q.b...)
	}
	if pt.Href != "" {
		p.s(`</a>`)
	} else {
		p.s(`</g>`)
	}
}

func hits(a box4, all []box4) bool {
	for _, b := range all {
		if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
			return true
		}
	}
	return false
}

// cut clips a ring at the four edges of the box, one after the other (Sutherland and Hodgman 1974).
func cut(ring []float64, turn float64, b Box, out []float64, other *[]float64) []float64 {
	in := (*other)[:0]
	for i := 0; i+1 < len(ring); i += 2 {
		in = append(in, ring[i]+turn, ring[i+1])
	}
	for edge := range 4 {
		out = out[:0]
		n := len(in)
		if n == 0 {
			break
		}
		px, py := in[n-2], in[n-1]
		pd := depth(edge, px, py, b)
		for i := 0; i+1 < n; i += 2 {
			x, y := in[i], in[i+1]
			d := depth(edge, x, y, b)
			if (d >= 0) != (pd >= 0) {
				f := pd / (pd - d)
				out = append(out, px+(x-px)*f, py+(y-py)*f)
			}
			if d >= 0 {
				out = append(out, x, y)
			}
			px, py, pd = x, y, d
		}
		in, out = out, in
	}
	*other = out
	return in
}

func depth(edge int, x, y float64, b Box) float64 {
	const over = 1 // a little beyond the paper, so that the coast line does not run along its edge
	switch edge {
	case 0:
		return x - b.West + over
	case 1:
		return b.East + over - x
	case 2:
		return y - b.South + over
	}
	return b.North + over - y
}
