package app

import (
	"io/fs"
	"slices"

	"yunqiao/kernel/api"
	"yunqiao/kernel/history"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/search"
	"yunqiao/kernel/store"
	"yunqiao/packs"
	"yunqiao/rooms/figures"
	"yunqiao/rooms/office"
	"yunqiao/rooms/partners"
)

// Types is all record types of the program, in the order in which packs load them.
var Types = record.NewRegistry(slices.Concat([]*record.Kind{record.Sources.Kind, record.SavedViews.Kind}, office.Types, partners.Types, figures.Types)...)

// Migrations are the tables of the program, in the order in which they are made.
var Migrations = []store.Source{
	{Name: "history", Files: history.Migrations}, {Name: "search", Files: search.Migrations},
	{Name: "jobs", Files: jobs.Migrations}, {Name: "api", Files: api.Migrations}, {Name: "record", Files: record.Migrations},
	{Name: "office", Files: office.Migrations}, {Name: "partners", Files: partners.Migrations},
	{Name: "figures", Files: figures.Migrations},
}

// words are the phrase books of the packages.
var words = []fs.FS{record.Words, jobs.Words, api.Words, rules.Words, packs.Words}
