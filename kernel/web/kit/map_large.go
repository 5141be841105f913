package kit

import (
	"github.com/a-h/templ"
)

// LargeMap is a map that one can move in, over a picture of the same places that stands for it without its program and
// on paper. The list of the places belongs beside it: it is what the program reads, and how one reaches them by key.
type LargeMap struct {
	Map
	List string // id of the list of places
	// Layer is what the office itself draws over the land, with who drew it and who approved it; empty draws nothing.
	Layer MapLayer
}

// MapLayer is a layer of lines that the office answers for.
type MapLayer struct {
	Href, Source, Review string
	// Lines are the same for the picture that stands for the map, each as longitude and latitude in turn.
	Lines [][]float64
}

// LargeMaps shows a large map. It alone asks for the program of the map.
func LargeMaps(c *Call, v LargeMap) templ.Component {
	p := &pen{b: make([]byte, 0, 24<<10)}
	p.s(`<map-view data-list="`)
	p.t(v.List)
	p.s(`" data-title="`)
	p.t(v.Title + " · " + c.t("map.moves"))
	p.s(`" data-land="`)
	p.t(c.asset("land.geojson"))
	p.s(`" data-worker="`)
	p.t(c.asset("map-worker.js"))
	if v.Layer.Href != "" {
		p.s(`" data-layer="`)
		p.t(string(href(v.Layer.Href)))
	}
	p.s(`" data-arcs="`)
	for i, a := range v.Arcs {
		if a[0] >= len(v.Points) || a[1] >= len(v.Points) {
			continue
		}
		if i > 0 {
			p.s(";")
		}
		p.at(&v.Points[a[0]])
		p.s(",")
		p.at(&v.Points[a[1]])
	}
	p.s(`"><div class="maptools no-print" role="group" aria-label="`)
	p.t(c.t("map.tools"))
	p.s(`">`)
	for _, b := range [...]struct{ do, sign, word string }{{"in", "+", "map.in"}, {"out", "−", "map.out"}, {"all", "⤢", "map.all"}} {
		p.s(`<button type="button" class="btn" data-do="` + b.do + `" title="`)
		p.t(c.t(b.word))
		p.s(`" aria-label="`)
		p.t(c.t(b.word))
		p.s(`"><span aria-hidden="true">` + b.sign + `</span></button>`)
	}
	p.s(`</div>`)
	p.svgMap(c, v.Map, v.Layer)
	p.s(`</map-view><script type="module" src="`)
	p.t(c.asset("map.js"))
	p.s(`"></script>`)
	return p.component()
}

// at writes a position as exactly as it is known.
func (p *pen) at(pt *Point) {
	p.s(degrees(pt.Lon))
	p.s(",")
	p.s(degrees(pt.Lat))
}

// MapPlaces lists the places of a large map as links, home first and then those with most.
func MapPlaces(c *Call, id, title string, points []Point) templ.Component {
	p := &pen{b: make([]byte, 0, 8<<10)}
	p.s(`<div class="placelist scroll" tabindex="0" role="group" aria-label="`)
	p.t(title)
	p.s(`"><ul class="lines plain" id="`)
	p.t(id)
	p.s(`">`)
	for i := range points {
		pt := &points[i]
		p.s(`<li`)
		if pt.Home {
			p.s(` class="home"`)
		}
		p.s(`><a class="plainlink" href="`)
		p.t(string(href(or(pt.Href, "#"+id))))
		p.s(`" data-at="`)
		p.at(pt)
		p.s(`" data-label="`)
		p.t(pt.Label)
		p.s(`" data-count="`)
		p.s(itoa(pt.Count))
		if pt.Home {
			p.s(`" data-home="`)
		}
		p.s(`"><b>`)
		p.t(pt.Label)
		p.s(`</b></a>`)
		switch {
		case pt.Home && pt.Count == 0:
			p.s(`<small>`)
			p.t(c.t("map.home"))
			p.s(`</small>`)
		case pt.Count > 0:
			p.s(`<span class="num">` + itoa(pt.Count) + `</span>`)
		}
		p.s(`</li>`)
	}
	p.s(`</ul></div>`)
	return p.component()
}
