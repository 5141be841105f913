package stories

import "embed"

// Migrations are the tables of the room.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Words are the phrases of the room.
//
//go:embed words/*.json
var Words embed.FS
