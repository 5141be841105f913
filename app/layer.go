package app

import (
	"encoding/json"
	"os"

	"yunqiao/kernel/fault"
	"yunqiao/rooms/partners"
)

// readLayer reads the lines that the office loads over its large map, if it names any. They must be GeoJSON in degrees,
// and never without their source and the number of their approval.
func readLayer(c Config) (*partners.Layer, error) {
	if c.MapLayer == "" {
		return nil, nil //nolint:nilnil // no layer is what most offices have
	}
	raw, err := os.ReadFile(c.MapLayer)
	if err != nil {
		return nil, fault.Because(err, fault.Invalid, "app.config.unreadable", fault.Args{"path": c.MapLayer})
	}
	var shape struct{ Type string }
	if err := json.Unmarshal(raw, &shape); err != nil || shape.Type != "FeatureCollection" && shape.Type != "Feature" {
		return nil, fault.Because(err, fault.Invalid, "app.config.map_broken", fault.Args{"path": c.MapLayer})
	}
	return &partners.Layer{Body: raw, Source: c.MapSource, Review: c.MapReview}, nil
}
