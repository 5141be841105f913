package notices

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // the standard of messages names this digest
	"encoding/binary"
	"encoding/hex"
	"io"
	"path"
	"strconv"
	"strings"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// mostSound is how large a recording may be: some ten minutes of speech.
const mostSound = 4 << 20

// words is the fingerprint of what a message says in a language.
func words(i *alert.Block) string {
	return script.Fingerprint(strings.TrimSpace(i.Headline) + "\n" + strings.TrimSpace(i.Description) + "\n" + strings.TrimSpace(i.Instruction))
}

// saidIn is the fingerprint of what a notice says in a language: of its message once it is issued, else of its texts of now. ""
// where it says nothing in it. A language without texts is read from the source.
func saidIn(n *Notice, s *Situation, lang string) (string, error) {
	l := translate.Lang(lang)
	if x := (&Recording{Lang: lang}); !x.written() {
		l = Source
	}
	if e := readSealed(n.Message); e != nil {
		if i := e.In(l); i != nil {
			return words(i), nil
		}
		return "", nil
	}
	one, err := Speak(n, s, l)
	if err != nil || one.State == Untranslated {
		return "", err
	}
	return words(&alert.Block{Headline: script.Join(one.Headline), Description: script.Join(one.Text), Instruction: script.Join(one.Advice)}), nil
}

// Record takes a recording of a notice in: what it reads is what the notice says now. Invalid for what is no sound, is too large, or
// is in a language in which the notice says nothing.
func (d *Desk) Record(tx *store.Tx, id string, x *Recording, name string, raw []byte) (err error) {
	n, s, err := d.Load(&tx.View, id, false)
	if err != nil {
		return err
	}
	if !n.kind().Edit(tx.Who, n.Path[:]) {
		return fault.New(fault.Denied, "record.denied.unit", nil)
	}
	if x.Words, err = saidIn(n, s, x.Lang); err != nil {
		return err
	}
	if x.Words == "" {
		return fault.At("tongue", "notices.recording.no_text", nil)
	}
	f, err := files.Receive(bytes.NewReader(raw), name, mostSound, d.Channel.Folder)
	if err != nil {
		for _, e := range fault.All(err) {
			e.Field = "audio"
		}
		return err
	}
	defer f.Close() //nolint:errcheck // a copy that is kept elsewhere
	if !strings.HasPrefix(f.Kind.Type, "audio/") {
		return fault.At("audio", "notices.recording.no_sound", nil)
	}
	sum := sha1.Sum(raw) //nolint:gosec // as above
	x.ID, x.Unit, x.Level, x.Sample, x.Notice, x.Digest = clock.NewID(tx.Now), n.Unit, n.Level, n.Sample, n.ID, hex.EncodeToString(sum[:])
	x.State = "current"
	if secs := lasts(raw); secs > 0 {
		x.Seconds = record.Num{Value: secs, Set: true}
	}
	if err := d.Channel.Shelf.Put(tx.Context(), f); err != nil {
		return err
	}
	x.Audio = record.Doc{Digest: string(f.Digest), Name: f.Name, Type: f.Kind.Type, Size: f.Size}
	return record.Save(tx, Recordings, x, record.How{})
}

// lasts is for how many seconds a sound lasts, where its file says so; 0 where it does not.
func lasts(raw []byte) float64 {
	le := binary.LittleEndian
	switch {
	case bytes.HasPrefix(raw, []byte("RIFF")) && len(raw) > 44:
		if rate, at := le.Uint32(raw[28:]), bytes.Index(raw, []byte("data")); rate > 0 && at > 0 && len(raw) >= at+8 {
			return float64(min(le.Uint32(raw[at+4:]), uint32(len(raw)-at-8))) / float64(rate) //nolint:gosec // the file is small
		}
	case bytes.HasPrefix(raw, []byte("OggS")) && bytes.Contains(raw[:min(len(raw), 64)], []byte("OpusHead")):
		if at := bytes.LastIndex(raw, []byte("OggS")); len(raw) >= at+14 {
			return float64(le.Uint64(raw[at+6:])) / 48000
		}
	case len(raw) > 12 && string(raw[4:8]) == "ftyp":
		if at := bytes.Index(raw, []byte("mvhd")); at > 0 && len(raw) >= at+24 && raw[at+4] == 0 {
			if scale := binary.BigEndian.Uint32(raw[at+16:]); scale > 0 {
				return float64(binary.BigEndian.Uint32(raw[at+20:])) / float64(scale)
			}
		}
	}
	return 0
}

// recorded lists the recordings that count, the newest first.
func recorded(v *store.View, where string, args ...any) (out []*Recording, err error) {
	err = store.AsProgram(v, room, func() (err error) {
		out, err = record.Select(v, Recordings, "WHERE x.state = 'current' AND x.digest <> ''"+where+" ORDER BY x.id DESC", args...)
		return err
	})
	return out, err
}

// at is the address of a recording below the site.
func (x *Recording) at() string {
	return "/p/audio/" + x.Audio.Digest + path.Ext(x.Audio.Name)
}

// heard gives a message the recordings that read what it says, as resources of their blocks; those in languages that have no block go
// with the source and the languages of the staff.
func (d *Desk) heard(m *alert.Message, list []*Recording) {
	seen := map[string]bool{}
	for _, x := range list {
		for i := range m.Blocks {
			b := &m.Blocks[i]
			if x.written() && b.Language != x.Tag() || seen[x.Lang+" "+b.Language] {
				continue
			}
			if !x.written() {
				from := blockIn(m.Blocks, Source)
				if from == nil || words(from) != x.Words || b.Language != script.Tag(Source) && b.Language != script.Tag(translate.Staff[len(translate.Staff)-1]) {
					continue
				}
			} else if words(b) != x.Words {
				continue
			}
			seen[x.Lang+" "+b.Language] = true
			b.Resources = append(b.Resources, alert.Resource{Desc: publicWords["listen"].Show(langOfTag(b.Language)) + ": " + x.Called(), Mime: x.Audio.Type, Size: x.Audio.Size, URI: d.Web + x.at(), Digest: x.Digest})
		}
	}
}

func blockIn(list []alert.Block, l translate.Lang) *alert.Block {
	for i := range list {
		if list[i].Language == script.Tag(l) {
			return &list[i]
		}
	}
	return nil
}

func langOfTag(tag string) translate.Lang {
	for _, l := range translate.Langs {
		if script.Tag(l) == tag {
			return l
		}
	}
	return Source
}

// attach gives the messages of an edition the recordings that read what they say now, word for word.
func (e *Edition) attach(list []*Recording) {
	e.Sounds = map[string]*Recording{}
	for _, x := range e.Entries {
		x.Heard, x.OnlyHeard = map[string]*Recording{}, nil
		for _, r := range list {
			if r.written() {
				if i := x.In(translate.Lang(r.Lang)); i != nil && words(i) == r.Words && x.Heard[r.Lang] == nil {
					x.Heard[r.Lang] = r
					e.Sounds[r.at()] = r
				}
				continue
			}
			if i := x.In(Source); i != nil && words(i) == r.Words && x.Heard[r.Lang] == nil {
				x.Heard[r.Lang] = r
				x.OnlyHeard = append(x.OnlyHeard, r)
				e.Sounds[r.at()] = r
			}
		}
	}
}

// sound reads a recording from the shelf.
func (d *Desk) sound(ctx context.Context, x *Recording) ([]byte, error) {
	r, err := d.Channel.Shelf.Get(ctx, files.Digest(x.Audio.Digest))
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // read only
	return io.ReadAll(r)
}

// length is how long a recording is, in minutes and seconds, and how large, for those who pay for what they fetch.
func (x *Recording) length() string {
	out := strconv.FormatFloat(max(float64(x.Audio.Size)/(1<<20), 0.1), 'f', 1, 64) + " MB"
	if s := int(x.Seconds.Value + 0.5); x.Seconds.Set && s > 0 {
		rest := strconv.Itoa(s % 60)
		if len(rest) < 2 {
			rest = "0" + rest
		}
		out = strconv.Itoa(s/60) + ":" + rest + " · " + out
	}
	return out
}
