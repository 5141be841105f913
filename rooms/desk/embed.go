package desk

import "embed"

// Words are the phrases of the room.
//
//go:embed words/*.json
var Words embed.FS
