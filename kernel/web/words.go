package web

import "embed"

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS
