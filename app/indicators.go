package app

import (
	"io/fs"

	"github.com/BurntSushi/toml"

	"yunqiao/kernel/fault"
	"yunqiao/rooms/figures"
)

// Indicators reads what a pack says of each indicator: what it is called, and why it has no rule, if it has none.
func Indicators(files fs.FS) ([]figures.Indicator, error) {
	var in struct {
		Indicator []figures.Indicator `toml:"indicator"`
	}
	if _, err := toml.DecodeFS(files, "indicators.toml", &in); err != nil {
		return nil, fault.Because(err, fault.Invalid, "app.pack.broken", fault.Args{"file": "indicators.toml"})
	}
	return in.Indicator, nil
}
