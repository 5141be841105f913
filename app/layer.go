package app

import (
	"encoding/json"
	"os"
	"strings"

	"yunqiao/kernel/fault"
	"yunqiao/rooms/partners"
)

// ReadLayer reads the lines that the office loads over its large map, if it names any. They must be GeoJSON in degrees,
// and never without their source and the number of their approval.
func ReadLayer(c Config) (*partners.Layer, error) {
	if c.MapLayer == "" {
		return nil, nil //nolint:nilnil // no layer is what most offices have
	}
	if strings.TrimSpace(c.MapSource) == "" || strings.TrimSpace(c.MapReview) == "" {
		return nil, fault.New(fault.Invalid, "app.config.map", fault.Args{"path": c.MapLayer})
	}
	raw, err := os.ReadFile(c.MapLayer)
	if err != nil {
		return nil, fault.Because(err, fault.Invalid, "app.config.unreadable", fault.Args{"path": c.MapLayer})
	}
	var shape feature
	if err := json.Unmarshal(raw, &shape); err != nil || shape.Type != "FeatureCollection" && shape.Type != "Feature" {
		return nil, fault.Because(err, fault.Invalid, "app.config.map_broken", fault.Args{"path": c.MapLayer})
	}
	lines, ok := shape.lines()
	if !ok || len(lines) == 0 {
		return nil, fault.New(fault.Invalid, "app.config.map_lines", fault.Args{"path": c.MapLayer})
	}
	return &partners.Layer{Body: raw, Lines: lines, Source: c.MapSource, Review: c.MapReview}, nil
}

// feature is as much of GeoJSON (RFC 7946) as a layer of lines needs.
type feature struct {
	Type     string    `json:"type"`
	Features []feature `json:"features"`
	Geometry *struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

// lines gives the lines and the rims of surfaces, each as longitude and latitude in turn; false where something is
// neither, or does not lie on the earth in degrees.
func (f feature) lines() (out [][]float64, ok bool) {
	for _, part := range f.Features {
		more, ok := part.lines()
		if !ok {
			return nil, false
		}
		out = append(out, more...)
	}
	if f.Geometry == nil {
		return out, true
	}
	var flat [][][2]float64
	var err error
	switch f.Geometry.Type {
	case "LineString":
		flat = make([][][2]float64, 1)
		err = json.Unmarshal(f.Geometry.Coordinates, &flat[0])
	case "MultiLineString", "Polygon":
		err = json.Unmarshal(f.Geometry.Coordinates, &flat)
	case "MultiPolygon":
		var deep [][][][2]float64
		err = json.Unmarshal(f.Geometry.Coordinates, &deep)
		for _, d := range deep {
			flat = append(flat, d...)
		}
	default:
		return nil, false
	}
	if err != nil {
		return nil, false
	}
	for _, line := range flat {
		one := make([]float64, 0, 2*len(line))
		for _, p := range line {
			if p[0] < -180 || p[0] > 180 || p[1] < -90 || p[1] > 90 {
				return nil, false
			}
			one = append(one, p[0], p[1])
		}
		out = append(out, one)
	}
	return out, true
}
