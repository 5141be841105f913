package app

import (
	"io/fs"
	"slices"

	"yunqiao/kernel/api"
	"yunqiao/kernel/bulk"
	"yunqiao/kernel/chart"
	"yunqiao/kernel/files"
	"yunqiao/kernel/history"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/seal"
	"yunqiao/kernel/search"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/signin"
	"yunqiao/kernel/store"
	"yunqiao/kernel/tally"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
	"yunqiao/packs"
	"yunqiao/rooms/aid"
	"yunqiao/rooms/commitments"
	"yunqiao/rooms/figures"
	"yunqiao/rooms/mechanisms"
	"yunqiao/rooms/office"
	"yunqiao/rooms/partners"
)

// Types is all record types of the program, in the order in which packs load them.
var Types = record.NewRegistry(slices.Concat([]*record.Kind{record.Sources.Kind, record.SavedViews.Kind}, office.Types, partners.Types,
	mechanisms.Types, commitments.Types, aid.Types, figures.Types)...)

// Migrations are the tables of the program, in the order in which they are made.
var Migrations = []store.Source{
	{Name: "history", Files: history.Migrations}, {Name: "search", Files: search.Migrations},
	{Name: "jobs", Files: jobs.Migrations}, {Name: "signin", Files: signin.Migrations}, {Name: "api", Files: api.Migrations},
	{Name: "record", Files: record.Migrations}, {Name: "bulk", Files: bulk.Migrations},
	{Name: "office", Files: office.Migrations}, {Name: "partners", Files: partners.Migrations},
	{Name: "mechanisms", Files: mechanisms.Migrations}, {Name: "commitments", Files: commitments.Migrations},
	{Name: "aid", Files: aid.Migrations}, {Name: "figures", Files: figures.Migrations},
}

// words are the phrase books of the packages.
var words = []fs.FS{record.Words, history.Words, jobs.Words, signin.Words, api.Words, rules.Words, files.Words, ledger.Words, seal.Words,
	sheet.Words, bulk.Words, tally.Words, kit.Words, chart.Words, web.Words, store.Words, lifecycle.Words, packs.Words, office.Words, partners.Words,
	mechanisms.Words, commitments.Words, aid.Words, figures.Words, Words}
