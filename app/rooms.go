package app

import (
	"io/fs"
	"slices"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/api"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/bulk"
	"yunqiao/kernel/calendar"
	"yunqiao/kernel/chart"
	"yunqiao/kernel/deadline"
	"yunqiao/kernel/files"
	"yunqiao/kernel/form"
	"yunqiao/kernel/history"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/outbox"
	"yunqiao/kernel/paper"
	"yunqiao/kernel/post"
	"yunqiao/kernel/record"
	"yunqiao/kernel/remind"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/script"
	"yunqiao/kernel/seal"
	"yunqiao/kernel/search"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/signin"
	"yunqiao/kernel/store"
	"yunqiao/kernel/tally"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
	"yunqiao/kernel/wechat"
	"yunqiao/packs"
	"yunqiao/rooms/aid"
	"yunqiao/rooms/articles"
	"yunqiao/rooms/boundary"
	"yunqiao/rooms/commitments"
	"yunqiao/rooms/desk"
	"yunqiao/rooms/events"
	"yunqiao/rooms/figures"
	"yunqiao/rooms/mechanisms"
	"yunqiao/rooms/notices"
	"yunqiao/rooms/office"
	"yunqiao/rooms/papers"
	"yunqiao/rooms/partners"
	"yunqiao/rooms/passports"
	"yunqiao/rooms/releases"
	"yunqiao/rooms/services"
	"yunqiao/rooms/stories"
	"yunqiao/rooms/trips"
	"yunqiao/rooms/visits"
)

// Types is all record types of the program, in the order in which packs load them.
var Types = record.NewRegistry(slices.Concat([]*record.Kind{record.Sources.Kind, record.SavedViews.Kind}, office.Types, approval.Types, deadline.Types, partners.Types,
	mechanisms.Types, commitments.Types, visits.Types, events.Types, aid.Types, boundary.Types, services.Types, passports.Types, trips.Types, papers.Types, figures.Types, releases.Types, notices.Types, stories.Types, articles.Types)...)

// Migrations are the tables of the program, in the order in which they are made.
var Migrations = []store.Source{
	{Name: "history", Files: history.Migrations}, {Name: "search", Files: search.Migrations},
	{Name: "jobs", Files: jobs.Migrations}, {Name: "outbox", Files: outbox.Migrations}, {Name: "signin", Files: signin.Migrations}, {Name: "api", Files: api.Migrations},
	{Name: "record", Files: record.Migrations}, {Name: "bulk", Files: bulk.Migrations},
	{Name: "office", Files: office.Migrations}, {Name: "approval", Files: approval.Migrations}, {Name: "deadline", Files: deadline.Migrations}, {Name: "remind", Files: remind.Migrations}, {Name: "partners", Files: partners.Migrations},
	{Name: "mechanisms", Files: mechanisms.Migrations}, {Name: "commitments", Files: commitments.Migrations},
	{Name: "aid", Files: aid.Migrations}, {Name: "boundary", Files: boundary.Migrations}, {Name: "visits", Files: visits.Migrations}, {Name: "events", Files: events.Migrations},
	{Name: "services", Files: services.Migrations}, {Name: "passports", Files: passports.Migrations}, {Name: "trips", Files: trips.Migrations}, {Name: "papers", Files: papers.Migrations}, {Name: "figures", Files: figures.Migrations}, {Name: "releases", Files: releases.Migrations}, {Name: "notices", Files: notices.Migrations}, {Name: "stories", Files: stories.Migrations}, {Name: "articles", Files: articles.Migrations},
}

// words are the phrase books of the packages.
var words = []fs.FS{record.Words, history.Words, jobs.Words, outbox.Words, signin.Words, api.Words, rules.Words, files.Words, ledger.Words, seal.Words, approval.Words, calendar.Words, deadline.Words, remind.Words, post.Words,
	sheet.Words, bulk.Words, tally.Words, kit.Words, chart.Words, web.Words, store.Words, lifecycle.Words, packs.Words, office.Words, desk.Words, partners.Words,
	mechanisms.Words, commitments.Words, visits.Words, events.Words, aid.Words, boundary.Words, services.Words, passports.Words, trips.Words, papers.Words, form.Words,
	figures.Words, releases.Words, paper.Words, alert.Words, script.Words, notices.Words, stories.Words, wechat.Words, articles.Words, Words}
