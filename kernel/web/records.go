package web

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web/kit"
)

// Records registers the default pages of a type: list, form, record, history, comparison, moves, export. A room that
// has a page of its own for one record says so with ownShow and registers GET <address>/{id} itself.
func (s *Site) Records(k *record.Kind, ownShow bool) {
	u := k.URL()
	see := access.See(k.Name)
	s.Get(u, see, s.list(k))
	if !ownShow {
		s.Get(u+"/{id}", see, s.show(k))
	}
	s.Get(u+"/{id}/history", see, s.history(k))
	s.Get(u+"/{id}/compare", see, s.compare(k))
	s.Get(u+"/{id}/version/{vid}", see, s.version(k))
	s.Free("GET", u+"/export", see, s.export(k))
	s.Get(u+"/new", k.Need("new"), s.newForm(k))
	s.Get(u+"/{id}/edit", k.Need("edit"), s.editForm(k))
	s.Get(u+"/{id}/move/{verb}", k.Need("move"), s.moveForm(k))
	s.postWith(u, k.Need("new"), s.take(k), s.create(k))
	s.postWith(u+"/{id}", k.Need("edit"), s.take(k), s.update(k))
	s.postWith(u+"/{id}/resolve", k.Need("edit"), s.take(k), s.resolve(k))
	if hasSealed(k) {
		s.Get(u+"/{id}/open/{field}", see, s.openForm(k))
		s.Post(u+"/{id}/open/{field}", see, s.openSealed(k))
	}
	if slices.ContainsFunc(k.Fields, func(f *record.Field) bool { return f.Kind == record.KindFile }) {
		s.Get(u+"/{id}/file/{digest}", see, s.download(k))
		s.Free("POST", u+"/upload", k.Need("edit"), s.uploadFile(k))
	}
	s.Post(u+"/{id}/move/{verb}", k.Need("move"), s.move(k))
	s.Get(u+"/{id}/merge", access.Do("merge", k.Name), s.mergeForm(k))
	s.Post(u+"/{id}/merge", access.Do("merge", k.Name), s.merge(k))
	s.Post(u+"/{id}/unmerge", access.Do("merge", k.Name), s.unmerge(k))
	s.Post(u+"/views", access.SignedIn(), s.saveView(k))
	s.Post(u+"/bulk", access.Do("bulk", k.Name), s.bulk(k))
	s.Post(u+"/draft", k.Need("edit"), s.keepDraft(k))
	s.Post(u+"/draft/drop", k.Need("edit"), s.dropDraft(k))
}

// OpenShared registers the pages that belong to no room: search, suggestions, work in the background, theme.
func (s *Site) OpenShared() {
	s.Get("/search", access.SignedIn(), s.search)
	s.Get("/suggest/{type}", access.SignedIn(), s.suggest)
	s.Get("/jobs", access.SignedIn(), s.jobs)
	s.Post("/jobs/{id}/again", access.Only(access.Admin), s.again)
	s.Free("POST", "/theme", access.Anyone(), s.theme)
	s.Get("/records", access.SignedIn(), s.kinds)
}

var exportTypes = map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "jsonl": "application/jsonl"}

func (s *Site) export(k *record.Kind) Plain {
	return func(c *Call) (Reply, error) {
		format := c.R.URL.Query().Get("format")
		if exportTypes[format] == "" || s.Export == nil {
			return nil, fault.New(fault.Invalid, "web.export.format", fault.Args{"format": format})
		}
		a := c.ask(k)
		a.query.After = ""
		name := k.Name + "-" + s.Store.Clock.Today().String() + "." + format
		return Stream{Type: exportTypes[format], Name: name, Write: func(w io.Writer) error {
			return s.Store.Look(c.Context(), c.Who, c.At, func(v *store.View) error {
				return s.Export(v, k, a.query, format, c, w)
			})
		}}, nil
	}
}

// A page of a search shows so many findings, the newest first, and says of so many what they are.
const (
	searchShows  = 50
	searchCounts = 400
)

func (s *Site) search(c *Call, v *store.View) (Reply, error) {
	q, want, mark := c.Form("q"), c.Form("type"), c.Form("after")
	if want != "" && s.Types.Kind(want) == nil {
		return nil, noSuch()
	}
	all, err := s.Types.Find(v, q, searchCounts+1)
	if err != nil {
		return nil, err
	}
	found, total := all, strconv.Itoa(len(all))
	counted := len(all) <= searchCounts
	if !counted { // what was not counted is not said to be all
		total = strconv.Itoa(searchCounts) + "+"
	}
	per := map[string]int{}
	for _, f := range all {
		per[f.Kind.Name]++
	}
	count := total
	if want != "" || mark != "" {
		if found, err = s.Types.FindFrom(v, q, want, mark, searchShows+1); err != nil {
			return nil, err
		}
		switch {
		case want == "":
		case counted:
			count = strconv.Itoa(per[want])
		case mark == "" && len(found) <= searchShows:
			count = strconv.Itoa(len(found))
		default:
			count = ""
		}
	}
	view := kit.Search{Q: q, Count: count}
	address := func(kind, after string) string {
		p := c.queryWithout("after", "type")
		if kind != "" {
			p.Set("type", kind)
		}
		if after != "" {
			p.Set("after", after)
		}
		return "/search?" + p.Encode()
	}
	if mark != "" {
		view.Pager.First = address(want, "")
	}
	if len(found) > searchShows {
		found = found[:searchShows]
		view.Pager.Next = address(want, found[searchShows-1].Mark)
	}
	if view.Pager != (kit.Pager{}) {
		view.Pager.Range = c.Say("web.search.shown", "shown", len(found))
	}
	for _, f := range found {
		text, lang := titled(f.Label, f.ID, c.Lang)
		hit := kit.Hit{Type: c.TypeName(f.Kind), Title: text, Lang: lang, Href: f.Kind.URL() + "/" + f.ID, Sample: f.Sample, Meta: otherName(f.Label, c.Lang, text)}
		if len(f.Kind.Life.States) > 1 {
			st := c.StateOf(f.Kind, f.State)
			hit.Status = &st
		}
		view.Hits = append(view.Hits, hit)
	}
	if len(per) > 1 || want != "" {
		view.Kinds = append(view.Kinds, kit.Tab{Title: c.Say("web.list.all"), Href: address("", ""), Count: total, Current: want == ""})
		for _, k := range s.Types.Kinds {
			if per[k.Name] == 0 && want != k.Name {
				continue
			}
			tab := kit.Tab{Title: c.Say(k.Phrase("plural")), Href: address(k.Name, ""), Current: want == k.Name}
			if counted {
				tab.Count = strconv.Itoa(per[k.Name])
			}
			view.Kinds = append(view.Kinds, tab)
		}
	}
	view.Empty = kit.Empty{Title: c.Say("web.search.nothing"), Text: c.Say("web.search.nothing_why"), Actions: []kit.Action{{Title: c.Say("web.records"), Href: "/records"}}}
	return c.Show(kit.Head{Title: c.Say("web.search.title"), Crumbs: []kit.Link{{Title: c.Say("web.search.title")}}}, kit.Results(c.Kit(), view)), nil
}

func (s *Site) jobs(c *Call, v *store.View) (Reply, error) {
	by := c.Who.ID
	if c.Who.Has(access.Admin) {
		by = ""
	}
	list, err := jobs.List(v, by, 100)
	if err != nil {
		return nil, err
	}
	shades := map[string]string{jobs.Waiting: "wait", jobs.Running: "run", jobs.Done: "ok", jobs.Failed: "bad"}
	view := kit.Jobs{Empty: kit.Empty{Title: c.Say("web.jobs.none"), Text: c.Say("web.jobs.none_why"), Actions: []kit.Action{{Title: c.Say("web.records"), Href: "/records"}}}}
	per := map[string]int{}
	for _, j := range list {
		per[j.State]++
		row := kit.Job{Title: c.Say(jobs.Phrase(j.Kind)), Since: c.Instant(j.CreatedAt), Tries: strconv.Itoa(j.Attempt), Error: j.LastError,
			Status: kit.Status{Kind: shades[j.State], Word: c.Say("jobs.state." + j.State)}, Done: int(j.Done), Total: int(j.Total)}
		if j.State == jobs.Waiting && j.RunAt > c.Site.Store.Clock.Now() {
			row.Next = c.Instant(j.RunAt)
		}
		if j.State == jobs.Failed && c.Who.Has(access.Admin) {
			row.Actions = []kit.Action{{Title: c.Say("web.jobs.again"), Href: "/jobs/" + j.ID + "/again", Post: true}}
		}
		view.Rows = append(view.Rows, row)
	}
	for _, st := range []string{jobs.Waiting, jobs.Running, jobs.Failed, jobs.Done} {
		view.Counts = append(view.Counts, kit.Count{Kind: shades[st], Word: c.Say("jobs.state." + st), Value: strconv.Itoa(per[st])})
	}
	return c.Show(kit.Head{Title: c.Say("web.jobs"), Crumbs: []kit.Link{{Title: c.Say("web.jobs")}}}, kit.JobList(c.Kit(), view)), nil
}

func (s *Site) again(c *Call, tx *store.Tx) (Reply, error) {
	return Goto("/jobs"), jobs.Again(tx, c.Path("id"))
}

// theme keeps the chosen look in the browser.
func (s *Site) theme(c *Call) (Reply, error) {
	if t := c.Form("theme"); t == "light" || t == "dark" {
		c.SetCookie("theme", t, year, false)
	} else {
		c.SetCookie("theme", "", -1, false)
	}
	back := c.Form("back")
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") {
		back = "/"
	}
	return Goto(back), nil
}

// kinds lists every type one may look at, with its count.
func (s *Site) kinds(c *Call, v *store.View) (Reply, error) {
	sec := kit.Section{Title: c.Say("web.records")}
	for _, k := range s.Types.Kinds {
		if k.Hidden {
			continue
		}
		n, err := k.Count(v, record.ListQuery{})
		if err != nil {
			return nil, err
		}
		sec.Links = append(sec.Links, kit.LinkLine{Title: c.Say(k.Phrase("plural")), Href: k.URL(), End: strconv.Itoa(n)})
	}
	return c.Show(kit.Head{Title: c.Say("web.records"), Crumbs: []kit.Link{{Title: c.Say("web.records")}}}, kit.Sections(c.Kit(), []kit.Section{sec})), nil
}
