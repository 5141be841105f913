package notices

import (
	"bytes"
	"net/http"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// openRecordings hangs the page of a notice on which recordings of it are taken in.
func (rm *Room) openRecordings(s *web.Site, see, write access.Need) {
	at := Notices.URL() + "/{id}/recordings"
	s.Get(at, see, rm.recordings)
	s.Post(at, write, rm.recordingIn)
}

func soundOf(x *Recording) *soundView {
	return &soundView{Name: x.Called(), Tag: x.Tag(), Href: x.at(), Type: x.Audio.Type, Length: x.length()}
}

// playing bounds how many recordings are read from the shelf at once.
var playing = make(chan struct{}, 8)

// playSound gives a recording of a notice that the public may know, whole or in parts. What nothing public refers to is not there.
func (rm *Room) playSound(w http.ResponseWriter, r *http.Request) {
	ed, err := rm.Press.Current(r.Context())
	if err != nil {
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	}
	x := ed.Sounds[r.URL.Path]
	if x == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", x.Audio.Type)
	h.Set("ETag", `"`+x.Audio.Digest[:20]+`"`)
	h.Set("Cache-Control", "public, max-age=86400")
	h.Set("Content-Disposition", `inline; filename="`+script.Tag(translate.Lang(x.Lang))+`"`)
	select {
	case playing <- struct{}{}:
	case <-r.Context().Done():
		return
	}
	raw, err := rm.Desk.sound(r.Context(), x)
	<-playing
	if err != nil {
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(raw))
}

// recordings lists the recordings of a notice, and takes another in.
func (rm *Room) recordings(c *web.Call, v *store.View) (web.Reply, error) {
	return rm.recordingsOf(c, v, nil)
}

func (rm *Room) recordingsOf(c *web.Call, v *store.View, wrong []*fault.Error) (web.Reply, error) {
	n, s, err := rm.Desk.Load(v, c.Path("id"), false)
	if err != nil {
		return c.Site.Absent(c, v, Notices.Kind, err)
	}
	list, err := record.Select(v, Recordings, "WHERE x.notice = ? ORDER BY x.id DESC", n.ID)
	if err != nil {
		return nil, err
	}
	title, lang := c.Shown(n.Title)
	h := rm.head(c, c.Say("notices.recording.plural"))
	h.Sub, h.SubLang, h.Number = title, lang, n.Number
	h.Crumbs = []kit.Link{{Title: c.Say("notices.page.room"), Href: "/notices"}, {Title: title, Href: n.URL()}, {Title: h.Title}}
	sec := kit.Section{ID: "recordings", Title: h.Title, Empty: c.Say("notices.recording.none"), Foot: c.Say("notices.recording.foot")}
	for _, x := range list {
		now, err := saidIn(n, s, x.Lang)
		if err != nil && fault.KindOf(err) == fault.Defect {
			return nil, err
		}
		st := kit.Status{Kind: "ok", Word: c.Say("notices.recording.counts")}
		switch {
		case x.State != "current":
			st = kit.Status{Kind: "end", Word: c.Say("notices.recording.state.retired")}
		case now == "":
			st = kit.Status{Kind: "end", Word: c.Say("notices.recording.unsaid")}
		case now != x.Words:
			st = kit.Status{Kind: "bad", Word: c.Say("notices.recording.stale")}
		}
		sec.Links = append(sec.Links, kit.LinkLine{Title: x.Called(), Lang: translate.Lang(x.Lang), Href: Recordings.URL() + "/" + x.ID, Sub: x.Speaker, End: x.length(), Status: &st, Sample: x.Sample})
	}
	body := kit.Sections(c.Kit(), []kit.Section{sec})
	if n.kind().Edit(c.Who, n.Path[:]) && c.At.KnownOn == 0 {
		body = kit.Stack(body, kit.Forms(c.Kit(), rm.recordingForm(c, n, wrong)))
	}
	status := http.StatusOK
	if len(wrong) > 0 {
		status = unprocessable
	}
	return c.ShowWith(status, h, body), nil
}

// otherTongue stands in the list of languages for one that has no texts here.
const otherTongue = "-"

func (rm *Room) recordingForm(c *web.Call, n *Notice, wrong []*fault.Error) kit.Form {
	tongue := kit.Field{Kind: kit.FieldChoice, Name: "tongue", Title: c.Say("notices.recording.field.tongue"), Required: true}
	for _, l := range translate.Langs {
		tongue.Options = append(tongue.Options, kit.Option{Value: string(l), Title: script.Name(l), Selected: c.Form("tongue") == string(l)})
	}
	tongue.Options = append(tongue.Options, kit.Option{Value: otherTongue, Title: c.Say("notices.recording.other"), Selected: c.Form("tongue") == otherTongue})
	f := kit.Form{Action: n.URL() + "/recordings", File: true, Submit: c.Say("notices.recording.take")}
	f.Groups = []kit.FieldGroup{{Title: c.Say("notices.recording.take"), Help: c.Say("notices.recording.take_help"), Fields: []kit.Field{tongue,
		{Kind: kit.FieldText, Name: "tag", Title: c.Say("notices.recording.tag_field"), Help: c.Say("notices.recording.tag"), Value: c.Form("tag")},
		{Kind: kit.FieldText, Name: "tongue_name", Title: c.Say("notices.recording.field.tongue_name"), Help: c.Say("notices.recording.name_it"), Value: c.Form("tongue_name")},
		{Kind: kit.FieldText, Name: "speaker", Title: c.Say("notices.recording.field.speaker"), Help: c.Say("notices.recording.speaker_help"), Required: true, Value: c.Form("speaker")},
		{Kind: kit.FieldFile, Name: "audio", Title: c.Say("notices.recording.field.audio"), Accept: ".mp3,.ogg,.opus,.m4a,.wav"}}}}
	for i := range f.Groups[0].Fields {
		x := &f.Groups[0].Fields[i]
		for _, e := range wrong {
			if e.Field == x.Name || e.Field == "tongue" && x.Name == "tag" && c.Form("tongue") == otherTongue || e.Field == "" && x.Name == "audio" {
				x.Error = c.SayFault(e)
			}
		}
	}
	return f
}

// recordingIn takes a recording in.
func (rm *Room) recordingIn(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.recordingsOf(c, v, found) })
	raw, name, err := upload(c, "audio.file")
	if err != nil {
		return nil, err
	}
	x := Recordings.New()
	x.Lang, x.Speaker = c.Form("tongue"), c.Form("speaker")
	if x.Lang == otherTongue {
		x.Lang, x.Name = c.Form("tag"), c.Form("tongue_name")
	}
	if err := rm.Desk.Record(tx, c.Path("id"), x, name, raw); err != nil {
		return nil, err
	}
	c.Flash("notices.page.done")
	return web.Goto(Notices.URL() + "/" + c.Path("id") + "/recordings"), nil
}
