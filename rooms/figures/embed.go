package figures

import "embed"

// Migrations are the tables of the room.
//
//go:embed migrations/*.sql
var Migrations embed.FS
