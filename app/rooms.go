package app

import (
	"slices"

	"yunqiao/kernel/record"
	"yunqiao/rooms/figures"
	"yunqiao/rooms/office"
	"yunqiao/rooms/partners"
)

// Types is all record types of the program, in the order in which packs load them.
var Types = record.NewRegistry(slices.Concat([]*record.Kind{record.Sources.Kind}, office.Types, partners.Types, figures.Types)...)
