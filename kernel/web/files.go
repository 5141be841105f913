package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web/kit"
)

// maxFile bounds one file of a record.
const maxFile = 32 << 20

// taken is what a posted form brought of files: put on the shelf before the transaction was opened.
type taken struct {
	docs  map[string][]record.Doc // by field
	found []*fault.Error          // what was refused, and why
	there map[string]bool         // digests that were named in the form and lie on the shelf
}

// take receives the files of a form of the type, and looks whether those it only names are there: nobody can attach
// what was never received.
func (s *Site) take(k *record.Kind) func(c *Call) error {
	return func(c *Call) error {
		if s.Files == nil {
			return nil
		}
		c.taken = taken{docs: map[string][]record.Doc{}, there: map[string]bool{}}
		var named []string
		for _, f := range k.Fields {
			if f.Kind == record.KindFile {
				for _, text := range append(c.R.PostForm[f.Name], c.R.PostForm["mine."+f.Name]...) {
					for _, d := range docsIn(text) {
						named = append(named, d.Digest)
					}
				}
			}
		}
		if err := s.keepAWhile(c, named...); err != nil {
			return err
		}
		for _, f := range k.Fields {
			if f.Kind != record.KindFile {
				continue
			}
			for _, text := range append(c.R.PostForm[f.Name], c.R.PostForm["mine."+f.Name]...) {
				for _, d := range docsIn(text) {
					digest, err := files.ParseDigest(d.Digest)
					if err != nil {
						continue
					}
					_, ok, err := s.Files.Has(c.Context(), digest)
					if err != nil {
						return err
					}
					c.taken.there[d.Digest] = ok
				}
			}
			c.taken.found = append(c.taken.found, c.beyond[f.Name+".file"]...)
			if c.R.MultipartForm == nil {
				continue
			}
			for _, h := range c.R.MultipartForm.File[f.Name+".file"] {
				if h.Filename == "" {
					continue
				}
				file, err := h.Open()
				if err != nil {
					return err
				}
				doc, err := s.receive(c, file, h.Filename)
				_ = file.Close() // read only
				if found := fault.All(err); found != nil && fault.KindOf(err) == fault.Invalid {
					for _, e := range found {
						c.taken.found = append(c.taken.found, fault.At(f.Name, e.Key, e.Args))
					}
					continue
				}
				if err != nil {
					return err
				}
				c.taken.docs[f.Name] = append(c.taken.docs[f.Name], doc)
			}
		}
		return nil
	}
}

// SweepJob is the kind of the job that clears away files which came with a form and were never saved.
const SweepJob = "sweep"

// day is how long the sweep waits before it looks again.
const day = 24 * 3600 * 1000

// keepAWhile notes files as received, and asks for the sweep that looks later whether they were saved.
func (s *Site) keepAWhile(c *Call, digests ...string) error {
	if len(digests) == 0 {
		return nil
	}
	return s.Store.Update(c.Context(), access.Program("files"), func(tx *store.Tx) error {
		if err := record.Received(tx, digests); err != nil {
			return err
		}
		return jobs.Later(tx, SweepJob, tx.Now+day)
	})
}

// unsavedAfter is how long a file may lie unsaved: a form left open over a holiday still finds it.
const unsavedAfter = 14 * day

// Sweep does the job: it takes off the shelf what was received a while ago and is in no record, no draft and no import.
func (s *Site) Sweep(ctx context.Context, held func(v *store.View, digest string) (bool, error)) (n int, err error) {
	defer fault.Wrap(&err, "clearing away unsaved files")
	err = s.Store.Update(ctx, access.Program("files"), func(tx *store.Tx) error {
		gone, more, err := record.Unsaved(tx, s.Types, tx.Now-unsavedAfter, held)
		if err != nil {
			return err
		}
		for _, d := range gone { // within the transaction: see record.Unsaved
			if err := s.Files.Drop(ctx, files.Digest(d)); err != nil {
				return err
			}
		}
		n = len(gone)
		if more {
			return jobs.Later(tx, SweepJob, tx.Now+day)
		}
		return nil
	})
	return n, err
}

// sift reads a form that is larger than forms may be: what was typed and every file that fits is kept as if the rest had
// not been sent, and of what did not fit it is said where it was chosen.
func (c *Call) sift() (err error) {
	c.R.Body = http.MaxBytesReader(c.W, c.R.Body, maxSent)
	in, err := c.R.MultipartReader()
	if err != nil {
		return err
	}
	kept, err := os.CreateTemp(c.Site.Folder, "form-*")
	if err != nil {
		return err
	}
	defer os.Remove(kept.Name()) //nolint:errcheck // the machine clears such folders
	defer kept.Close()           //nolint:errcheck // it was read back
	out := multipart.NewWriter(kept)
	c.beyond = map[string][]*fault.Error{}
	left := int64(maxForm)
	for {
		p, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		at, err := kept.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		w, err := out.CreatePart(p.Header)
		if err != nil {
			return err
		}
		n, err := io.Copy(w, io.LimitReader(p, left+1))
		if err != nil {
			return err
		}
		if n <= left {
			left -= n
			continue
		}
		if p.FileName() == "" {
			return &http.MaxBytesError{Limit: maxForm}
		}
		name := p.FormName()
		c.beyond[name] = append(c.beyond[name], fault.At(strings.TrimSuffix(name, ".file"), "web.file.beyond", fault.Args{"name": files.SafeName(p.FileName()), "mb": maxForm >> 20}))
		if err := kept.Truncate(at); err != nil {
			return err
		}
		if _, err := kept.Seek(at, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, p); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	if _, err := kept.Seek(0, io.SeekStart); err != nil {
		return err
	}
	c.R.Body, c.R.ContentLength, c.R.MultipartForm = io.NopCloser(kept), -1, nil
	c.R.Header.Set("Content-Type", out.FormDataContentType())
	return c.R.ParseMultipartForm(inMemory)
}

// receive checks a file and puts it on the shelf.
func (s *Site) receive(c *Call, r io.Reader, name string) (d record.Doc, err error) {
	in, err := files.Receive(r, name, maxFile, s.Folder)
	if err != nil {
		return d, err
	}
	defer in.Close() //nolint:errcheck // the shelf has its own copy
	if err := s.keepAWhile(c, string(in.Digest)); err != nil {
		return d, err
	}
	return record.Doc{Digest: string(in.Digest), Name: in.Name, Type: in.Kind.Type, Size: in.Size}, s.Files.Put(c.Context(), in)
}

// docsIn reads one file or a list of files as fields carry them.
func docsIn(text string) (out []record.Doc) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	if !strings.HasPrefix(text, "[") {
		text = "[" + text + "]"
	}
	if json.Unmarshal([]byte(text), &out) != nil {
		return nil
	}
	return out
}

// readFiles puts into a field what the form kept and what it brought.
func (c *Call) readFiles(f *record.Field, rec any, post url.Values) error {
	if !post.Has(f.Name + ".asked") {
		return nil
	}
	had := map[string]record.Doc{}
	for _, d := range f.Docs(rec) {
		had[d.Digest] = d
	}
	var docs []record.Doc
	seen := map[string]bool{}
	add := func(d record.Doc) {
		if !seen[d.Digest] {
			seen[d.Digest] = true
			docs = append(docs, d)
		}
	}
	for _, text := range post[f.Name] {
		for _, d := range docsIn(text) {
			if old, ok := had[d.Digest]; ok {
				add(old)
				continue
			}
			// A draft that is only shown again was looked through when it is sent.
			if c.R.Method == "POST" && !c.taken.there[d.Digest] {
				return fault.At(f.Name, "web.file.gone", fault.Args{"name": files.SafeName(d.Name)})
			}
			d.Name = files.SafeName(d.Name)
			k, _ := files.KindByName(d.Name)
			d.Type = k.Type
			add(d)
		}
	}
	for _, d := range c.taken.docs[f.Name] {
		add(d)
	}
	return f.SetDocs(rec, docs)
}

// uploadFile takes one file while the form is still being filled, so that what was chosen is kept like what was typed.
func (s *Site) uploadFile(k *record.Kind) Plain {
	type answer struct {
		Value string `json:"value,omitempty"`
		Name  string `json:"name,omitempty"`
		Note  string `json:"note,omitempty"`
		Error string `json:"error,omitempty"`
	}
	return func(c *Call) (Reply, error) {
		f := k.Field(c.R.URL.Query().Get("field"))
		if f == nil || f.Kind != record.KindFile || s.Files == nil {
			return nil, noSuch()
		}
		if err := s.take(k)(c); err != nil {
			return nil, err
		}
		var out []answer
		for _, d := range c.taken.docs[f.Name] {
			out = append(out, answer{Value: d.JSON(), Name: d.Name, Note: fileNote(d)})
		}
		for _, e := range c.taken.found {
			out = append(out, answer{Error: c.SayFault(e)})
		}
		raw, err := json.Marshal(out)
		return Bytes{Type: "application/json", Body: raw}, err
	}
}

// download gives a file of a record to whoever may see a version of the record that has it.
func (s *Site) download(k *record.Kind) Reader {
	return func(c *Call, v *store.View) (Reply, error) {
		hist, err := k.History(v, c.Path("id"))
		if err != nil {
			return nil, err
		}
		for _, rec := range hist {
			for _, f := range k.Fields {
				if f.Kind != record.KindFile || !c.sees(f, k.Head(rec)) {
					continue
				}
				for _, d := range f.Docs(rec) {
					if d.Digest == c.Path("digest") {
						return s.hand(c, d)
					}
				}
			}
		}
		return nil, noSuch()
	}
}

func (s *Site) hand(c *Call, d record.Doc) (Reply, error) {
	if s.Files == nil {
		return nil, noSuch()
	}
	r, err := s.Files.Get(c.Context(), files.Digest(d.Digest))
	if err != nil {
		return nil, err
	}
	k, _ := files.KindByName(d.Name)
	// A file is no page of ours: whatever is in it runs nothing and reaches nothing. Browsers show no PDF in a sandbox.
	policy := "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
	if k.Shown {
		policy = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
	}
	c.W.Header().Set("Content-Security-Policy", policy)
	return Stream{Type: k.Type, Name: d.Name, Shown: k.Shown && !c.R.URL.Query().Has("save"), Write: func(w io.Writer) error {
		defer r.Close() //nolint:errcheck // read only
		_, err := io.Copy(w, r)
		return err
	}}, nil
}

// sees tells whether this person may see a field of a record; what is sealed is shown as such to all.
func (c *Call) sees(f *record.Field, h *record.Head) bool {
	return f.Kind == record.KindSealed || f.ShownTo(c.Who, h.Path[:])
}

// fileLines are the files of a field as pages show them.
func fileLines(k *record.Kind, id string, docs []record.Doc) []kit.FileLine {
	var out []kit.FileLine
	for _, d := range docs {
		line := kit.FileLine{Name: d.Name, Note: fileNote(d), Value: d.JSON()}
		if id != "" {
			line.Href = k.URL() + "/" + id + "/file/" + d.Digest
		}
		out = append(out, line)
	}
	return out
}

// fileNote says what kind of file it is and how large.
func fileNote(d record.Doc) string {
	kind := strings.ToUpper(strings.TrimPrefix(path.Ext(d.Name), "."))
	return strings.TrimPrefix(kind+" · "+sizeText(d.Size), " · ")
}

func sizeText(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	case n >= 1<<10:
		return strconv.FormatInt((n+512)>>10, 10) + " KB"
	}
	return strconv.FormatInt(n, 10) + " B"
}
