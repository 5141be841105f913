package papers

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/translate"
)

// Enclosed is one piece of the file of a case: what it is in each language, and its content, given or on the shelf.
type Enclosed struct {
	Path   string // inside the file, with folders
	Says   translate.Text
	Body   []byte
	Digest string // of a file on the shelf, in place of Body
}

// WriteArchive writes the file of a case: its pieces in the order of their paths, an index in each language, and the
// digests of all of them. The same pieces give the same bytes, whoever asks and when.
func WriteArchive(ctx context.Context, w io.Writer, shelf files.Shelf, all []Enclosed, say func(l translate.Lang, key string, pairs ...any) string) (err error) {
	defer fault.Wrap(&err, "writing the file of a case")
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Enclosed) int { return strings.Compare(a.Path, b.Path) })
	seen := map[string]int{}
	for i := range all {
		if seen[all[i].Path]++; seen[all[i].Path] > 1 {
			all[i].Path = numbered(all[i].Path, seen[all[i].Path])
		}
	}
	z := zip.NewWriter(w)
	var sums bytes.Buffer
	put := func(path string, r io.Reader) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Deflate, Flags: 0x800})
		if err != nil {
			return err
		}
		h := sha256.New()
		if _, err := io.Copy(io.MultiWriter(f, h), r); err != nil {
			return err
		}
		sums.WriteString(hex.EncodeToString(h.Sum(nil)) + "  " + path + "\n")
		return nil
	}
	for _, l := range translate.Staff {
		var b strings.Builder
		b.WriteString(say(l, "papers.archive.index") + "\n\n")
		for _, e := range all {
			b.WriteString(e.Path + "\n    " + e.Says.Show(l) + "\n")
		}
		b.WriteString("\n" + say(l, "papers.archive.digests_note") + "\n")
		if err := put("00-index."+string(l)+".txt", strings.NewReader(b.String())); err != nil {
			return err
		}
	}
	for _, e := range all {
		if e.Digest == "" {
			if err := put(e.Path, bytes.NewReader(e.Body)); err != nil {
				return err
			}
			continue
		}
		r, err := shelf.Get(ctx, files.Digest(e.Digest))
		if err != nil {
			return err
		}
		err = put(e.Path, r)
		if e := r.Close(); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
	}
	list := sums.String()
	if err := put("SHA256SUMS", strings.NewReader(list)); err != nil {
		return err
	}
	return z.Close()
}

// numbered tells two pieces of one name apart.
func numbered(path string, n int) string {
	if i := strings.LastIndex(path, "."); i > strings.LastIndex(path, "/") {
		return path[:i] + "-" + strconv.Itoa(n) + path[i:]
	}
	return path + "-" + strconv.Itoa(n)
}
