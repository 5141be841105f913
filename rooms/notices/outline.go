package notices

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

// ground is where on the ground a notice holds: inside an outline, or within so many kilometres of a point.
type ground struct {
	polygon []alert.Point // closed
	circle  *alert.Circle
}

// farthest is the largest radius that is taken, in kilometres: beyond it the unit or the place is wrong.
const farthest = 500

var (
	loosePoint  = regexp.MustCompile(`\s*[,，、]\s*`)
	groundUnits = strings.NewReplacer("公里", " km ", "千米", " km ", "KM", "km", "Km", "km", ";", " ", "；", " ", "°", "", "\u00a0", " ")
	radiusForm  = regexp.MustCompile(`^(\d+(?:\.\d+)?)(km)?$`)
)

// readGround reads what was typed: three points or more, or one with a radius behind it. One that is open is closed. Nothing
// typed is no ground. Whatever cannot be read is said, and never left out.
func readGround(text string) (*ground, error) {
	wrong := func(what string, args fault.Args) (*ground, error) {
		key := "notices.outline." + what
		return nil, fault.At("outline", key, args)
	}
	out, radius := &ground{}, ""
	var points []alert.Point
	for _, one := range strings.Fields(loosePoint.ReplaceAllString(groundUnits.Replace(text), ",")) {
		if one == "km" && radius != "" {
			continue
		}
		parts := strings.Split(one, ",")
		if len(parts) == 1 {
			if !radiusForm.MatchString(one) || radius != "" || len(points) == 0 {
				return wrong("unread", fault.Args{"text": one})
			}
			radius = radiusForm.FindStringSubmatch(one)[1]
			continue
		}
		lat, e1 := strconv.ParseFloat(parts[0], 64)
		lon, e2 := strconv.ParseFloat(parts[1], 64)
		if e1 != nil || e2 != nil || len(parts) > 3 || math.IsNaN(lat) || math.IsNaN(lon) {
			return wrong("unread", fault.Args{"text": one})
		}
		switch {
		case math.Abs(lat) > 90 && math.Abs(lon) <= 90:
			return wrong("swapped", fault.Args{"text": one})
		case math.Abs(lat) > 90 || math.Abs(lon) > 180:
			return wrong("nowhere", fault.Args{"text": one})
		}
		points = append(points, alert.Point{Lat: lat, Lon: lon})
		if len(parts) == 3 {
			if !radiusForm.MatchString(parts[2]) || radius != "" {
				return wrong("unread", fault.Args{"text": one})
			}
			radius = radiusForm.FindStringSubmatch(parts[2])[1]
		}
	}
	switch {
	case len(points) == 0:
		return nil, nil
	case radius != "" && len(points) > 1:
		return wrong("one_point", nil)
	case radius != "":
		km, _ := strconv.ParseFloat(radius, 64) // its form was looked at
		if km <= 0 || km > farthest {
			return wrong("radius", fault.Args{"most": farthest})
		}
		out.circle = &alert.Circle{Point: points[0], Radius: km}
		return out, nil
	}
	if out.polygon = points; points[0] != points[len(points)-1] {
		out.polygon = append(points, points[0])
	}
	switch {
	case len(points) == 1:
		return wrong("no_radius", nil)
	case len(out.polygon) < 4:
		return wrong("few", nil)
	case alert.Crosses(out.polygon):
		return wrong("crosses", nil)
	}
	return out, nil
}

// String is the ground as it is kept: as a message has it.
func (g *ground) String() string {
	switch {
	case g == nil:
		return ""
	case g.circle != nil:
		return g.circle.String() + " " + strconv.FormatFloat(g.circle.Radius, 'f', -1, 64)
	}
	out := make([]string, len(g.polygon))
	for i, p := range g.polygon {
		out[i] = p.String()
	}
	return strings.Join(out, " ")
}

// typed is the ground as somebody types it: one point a line, the last not again.
func (g *ground) typed() string {
	if g == nil || g.circle != nil {
		return g.String()
	}
	lines := strings.Fields(g.String())
	return strings.Join(lines[:len(lines)-1], "\n")
}

// onto puts the ground into an area of a message.
func (g *ground) onto(a *alert.Area) {
	if g.circle != nil {
		a.Circles = []alert.Circle{*g.circle}
		return
	}
	a.Polygons = [][]alert.Point{g.polygon}
}

// groundOf is the one outline or circle of a block; nil when it has none, or more than one.
func groundOf(b *alert.Block) (out *ground) {
	for _, a := range b.Areas {
		if len(a.Polygons)+len(a.Circles) == 0 {
			continue
		}
		if out != nil || len(a.Polygons)+len(a.Circles) > 1 {
			return nil
		}
		out = &ground{}
		if len(a.Circles) == 1 {
			out.circle = &a.Circles[0]
		} else {
			out.polygon = a.Polygons[0]
		}
	}
	return out
}

// fewPoints is how many points of an outline a reader is shown; of a longer one, how far it reaches.
const fewPoints = 6

// in writes the ground for people: coordinates are written alike in all languages, as maps take them.
func (g *ground) in(l translate.Lang) string {
	point := func(p alert.Point) string { return script.Isolated(l, strings.Replace(p.String(), ",", ", ", 1)) }
	if g.circle != nil {
		f := script.Fact{Kind: script.KindNumber, Number: strconv.FormatFloat(g.circle.Radius, 'f', -1, 64), Unit: "kilometre"}
		p, err := f.In(l)
		if err != nil {
			return point(g.circle.Point)
		}
		return point(g.circle.Point) + " · " + p.Text
	}
	if corners := g.polygon[:len(g.polygon)-1]; len(corners) <= fewPoints {
		out := make([]string, len(corners))
		for i, p := range corners {
			out[i] = point(p)
		}
		return strings.Join(out, " · ")
	}
	low, high := g.reach()
	return point(low) + " – " + point(high)
}

// reach is how far an outline reaches to the south and west, and to the north and east.
func (g *ground) reach() (low, high alert.Point) {
	low, high = g.polygon[0], g.polygon[0]
	for _, p := range g.polygon {
		low.Lat, low.Lon = min(low.Lat, p.Lat), min(low.Lon, p.Lon)
		high.Lat, high.Lon = max(high.Lat, p.Lat), max(high.Lon, p.Lon)
	}
	return low, high
}

// degree is the length of a degree of latitude in kilometres, near enough to see whether an outline is meant.
const degree = 111.2

// across is how far the ground reaches from side to side, in kilometres: whoever typed a digit too many sees it.
func (g *ground) across() float64 {
	if g.circle != nil {
		return 2 * g.circle.Radius
	}
	low, high := g.reach()
	wide := (high.Lon - low.Lon) * degree * math.Cos((low.Lat+high.Lat)/2*math.Pi/180)
	return max((high.Lat-low.Lat)*degree, wide)
}
