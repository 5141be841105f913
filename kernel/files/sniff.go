package files

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	wide "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"yunqiao/kernel/fault"
)

// Kind is the kind of a file, told from its content.
type Kind struct {
	// Type is the media type it is served with.
	Type string
	// Endings are the endings its name may have, the usual one first.
	Endings []string
	// Shown tells whether a browser may show it in place; all else is handed out as an attachment.
	Shown bool
}

// The kinds that are accepted.
var (
	PDF  = Kind{"application/pdf", []string{".pdf"}, true}
	PNG  = Kind{"image/png", []string{".png"}, true}
	JPEG = Kind{"image/jpeg", []string{".jpg", ".jpeg"}, true}
	GIF  = Kind{"image/gif", []string{".gif"}, true}
	WebP = Kind{"image/webp", []string{".webp"}, true}
	MP3  = Kind{"audio/mpeg", []string{".mp3"}, false}
	Ogg  = Kind{"audio/ogg", []string{".ogg", ".oga", ".opus"}, false}
	M4A  = Kind{"audio/mp4", []string{".m4a"}, false}
	WAV  = Kind{"audio/wav", []string{".wav"}, false}
	DOCX = Kind{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", []string{".docx"}, false}
	XLSX = Kind{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", []string{".xlsx"}, false}
	PPTX = Kind{"application/vnd.openxmlformats-officedocument.presentationml.presentation", []string{".pptx"}, false}
	ZIP  = Kind{"application/zip", []string{".zip"}, false}
	XML  = Kind{"application/xml", []string{".xml"}, false}
	CSV  = Kind{"text/csv; charset=utf-8", []string{".csv"}, false}
	JSON = Kind{"application/json", []string{".json", ".geojson", ".jsonl"}, false}
	Text = Kind{"text/plain; charset=utf-8", []string{".txt", ".md", ".tsv"}, false}
	// TextGB is plain text as older Chinese office programs write it.
	TextGB = Kind{"text/plain; charset=gb18030", []string{".txt", ".csv", ".tsv"}, false}
	// TextWide is plain text as spreadsheets write it that call it Unicode: two bytes a character, with a mark in front.
	TextWide = Kind{"text/plain; charset=utf-16", []string{".txt", ".csv", ".tsv"}, false}
)

var kinds = []Kind{PDF, PNG, JPEG, GIF, WebP, MP3, Ogg, M4A, WAV, DOCX, XLSX, PPTX, ZIP, XML, CSV, JSON, Text}

// KindByName is the kind a file's name says it is, for serving what was received: its name and content agree. ok is
// false for a name that no accepted kind has.
func KindByName(name string) (k Kind, ok bool) {
	ending := strings.ToLower(path.Ext(name))
	for _, k := range kinds {
		if slices.Contains(k.Endings, ending) {
			return k, true
		}
	}
	return Kind{Type: "application/octet-stream"}, false
}

// Endings lists the endings of all accepted kinds, for the field in which a file is chosen.
func Endings() (out []string) {
	for _, k := range kinds {
		out = append(out, k.Endings...)
	}
	return out
}

var beginnings = []struct {
	bytes string
	kind  Kind
}{
	{"%PDF-", PDF}, {"\x89PNG\r\n\x1a\n", PNG}, {"\xff\xd8\xff", JPEG}, {"GIF87a", GIF}, {"GIF89a", GIF},
}

// sniff tells the kind from the content. The name only chooses between kinds of text, which look alike.
func sniff(f io.ReaderAt, size int64, name string) (Kind, error) {
	head := make([]byte, min(size, 512))
	if _, err := f.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return Kind{}, err
	}
	for _, b := range beginnings {
		if bytes.HasPrefix(head, []byte(b.bytes)) {
			return b.kind, nil
		}
	}
	if len(head) > 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP" {
		return WebP, nil
	}
	if k, is, err := sound(f, size, head); is || err != nil {
		return k, err
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return sniffZip(f, size, name)
	}
	if bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) {
		return Kind{}, fault.New(fault.Invalid, "files.old_office", fault.Args{"name": name})
	}
	whole := io.NewSectionReader(f, 0, size)
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		if isText(wide.UTF16(wide.LittleEndian, wide.ExpectBOM).NewDecoder().Reader(whole)) != clean || likeXML(bytes.ReplaceAll(head[2:], []byte{0}, nil)) {
			return Kind{}, fault.New(fault.Invalid, "files.unknown", fault.Args{"name": name})
		}
		return TextWide, nil
	}
	switch isText(whole) {
	case notText:
		if _, err := whole.Seek(0, io.SeekStart); err != nil {
			return Kind{}, err
		}
		if isText(simplifiedchinese.GB18030.NewDecoder().Reader(whole)) == clean && !likeXML(head) {
			return TextGB, nil
		}
		return Kind{}, fault.New(fault.Invalid, "files.unknown", fault.Args{"name": name})
	case holdsControls:
		return Kind{}, fault.New(fault.Invalid, "files.unknown", fault.Args{"name": name})
	}
	ending := strings.ToLower(path.Ext(name))
	if likeXML(head) {
		return XML, checkXML(io.NewSectionReader(f, 0, size), name)
	}
	for _, k := range []Kind{CSV, JSON} {
		if slices.Contains(k.Endings, ending) {
			return k, nil
		}
	}
	return Text, nil
}

// sound tells the kinds of sound: a film is none, though it may be packed alike.
func sound(f io.ReaderAt, size int64, head []byte) (k Kind, is bool, err error) {
	has := func(at int, s string) bool { return len(head) >= at+len(s) && string(head[at:at+len(s)]) == s }
	switch {
	case has(0, "RIFF") && has(8, "WAVE"):
		return WAV, true, nil
	case has(0, "OggS") && (has(28, "OpusHead") || has(28, "\x01vorbis")):
		return Ogg, true, nil
	case has(0, "ID3"), len(head) > 4 && head[0] == 0xff && head[1]&0xe6 == 0xe2 && head[2]&0xf0 != 0xf0 && head[2]&0x0c != 0x0c: // a frame of layer III
		return MP3, true, nil
	case has(4, "ftyp"):
		raw, err := io.ReadAll(io.NewSectionReader(f, 0, min(size, mostPacked)))
		if err != nil {
			return k, false, err
		}
		for rest := raw; ; {
			_, after, found := bytes.Cut(rest, []byte("hdlr"))
			if !found {
				break
			}
			if len(after) > 12 && string(after[8:12]) == "soun" {
				is = true
			}
			if len(after) > 12 && string(after[8:12]) == "vide" {
				return k, false, nil
			}
			rest = after
		}
		return M4A, is, nil
	}
	return k, false, nil
}

// mostPacked is how much of a packed film or sound is looked through for what is in it.
const mostPacked = 64 << 20

func likeXML(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"), []byte("<"))
}

type textness int

const (
	notText textness = iota
	holdsControls
	clean
)

// isText reads a text to its end: every character must be valid, and none a control but line ends and tabs.
func isText(r io.Reader) textness {
	buf := make([]byte, 64<<10)
	rest := 0
	for {
		n, err := io.ReadFull(r, buf[rest:])
		b := buf[:rest+n]
		done := err != nil
		if done && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return notText
		}
		for len(b) > 0 && (done || utf8.FullRune(b)) {
			c, w := utf8.DecodeRune(b)
			if c == utf8.RuneError {
				return notText // not UTF-8, or what a decoder puts for what it could not read
			}
			if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
				return holdsControls
			}
			b = b[w:]
		}
		if done {
			return clean
		}
		rest = copy(buf, b)
	}
}

// checkXML reads the whole document: no DOCTYPE (so no entities of its own and no outside files), well formed, and
// not a page or picture that runs scripts.
func checkXML(r io.Reader, name string) error {
	d := xml.NewDecoder(r)
	depth, first := 0, true
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.Because(err, fault.Invalid, "files.xml.broken", fault.Args{"name": name})
		}
		switch tok := tok.(type) {
		case xml.Directive:
			return fault.New(fault.Invalid, "files.xml.doctype", fault.Args{"name": name})
		case xml.StartElement:
			root := strings.ToLower(tok.Name.Local)
			if first && (root == "html" || root == "svg") {
				return fault.New(fault.Invalid, "files.unknown", fault.Args{"name": name})
			}
			first = false
			if depth++; depth > 200 {
				return fault.New(fault.Invalid, "files.xml.broken", fault.Args{"name": name})
			}
		case xml.EndElement:
			depth--
		}
	}
}

// Limits for what is packed: an office file of a session has hundreds of parts and a few megabytes.
const (
	mostParts    = 10_000
	mostUnpacked = 512 << 20
	mostRatio    = 200
	ratioFrom    = 8 << 20 // below this a high ratio hurts nobody
)

// sniffZip tells the kind of a packed file, and unpacks it once into nothing: what a packed file says of its own size
// is not to be believed.
func sniffZip(f io.ReaderAt, size int64, name string) (Kind, error) {
	args := fault.Args{"name": name}
	z, err := zip.NewReader(f, size)
	if err != nil {
		return Kind{}, fault.Because(err, fault.Invalid, "files.zip.broken", args)
	}
	if len(z.File) > mostParts {
		return Kind{}, fault.New(fault.Invalid, "files.zip.bomb", args)
	}
	kind := ZIP
	parts := map[string]Kind{"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
	office, total := false, int64(0)
	for _, part := range z.File {
		at := strings.ReplaceAll(part.Name, `\`, "/")
		if strings.HasPrefix(at, "/") || slices.Contains(strings.Split(at, "/"), "..") || strings.Contains(at, ":") {
			return Kind{}, fault.New(fault.Invalid, "files.zip.path", args)
		}
		if strings.EqualFold(path.Base(at), "vbaProject.bin") {
			return Kind{}, fault.New(fault.Invalid, "files.macro", args)
		}
		if k, ok := parts[at]; ok {
			kind = k
		}
		office = office || at == "[Content_Types].xml"
		n, err := unpack(part, mostUnpacked-total)
		total += n
		if total >= mostUnpacked || total > ratioFrom && total/mostRatio > size {
			return Kind{}, fault.New(fault.Invalid, "files.zip.bomb", args)
		}
		if err != nil {
			return Kind{}, fault.Because(err, fault.Invalid, "files.zip.broken", args)
		}
	}
	if !office {
		kind = ZIP
	}
	return kind, nil
}

func unpack(part *zip.File, limit int64) (int64, error) {
	if part.FileInfo().IsDir() {
		return 0, nil
	}
	if part.Flags&1 != 0 {
		return 0, errors.New("encrypted")
	}
	r, err := part.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	return io.Copy(io.Discard, io.LimitReader(r, limit))
}

// nameFits refuses a name that promises another kind than the content is, and completes one that promises none.
func nameFits(name string, kind Kind) (string, error) {
	ending := strings.ToLower(path.Ext(name))
	if ending == "" {
		return name + kind.Endings[0], nil
	}
	if !slices.Contains(kind.Endings, ending) {
		return "", fault.New(fault.Invalid, "files.mismatch", fault.Args{"name": name, "ending": ending, "kind": kind.Endings[0]})
	}
	return name, nil
}

// longestName bounds names in bytes, as file systems do.
const longestName = 200

// SafeName makes a name from outside fit to be shown and saved on any machine: no folders, no control or direction
// characters, nothing that a file system reserves.
func SafeName(name string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, ""))
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) {
			return -1
		}
		if strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, name)
	name = strings.TrimLeft(name, ". ")
	name = strings.TrimRight(name, ". ")
	ending := path.Ext(name)
	if len(ending) > 16 {
		ending = ""
	}
	stem := strings.TrimSpace(strings.TrimSuffix(name, ending))
	for len(stem)+len(ending) > longestName {
		_, w := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-w]
	}
	first, _, _ := strings.Cut(strings.ToUpper(stem), ".")
	if slices.Contains([]string{"CON", "PRN", "AUX", "NUL"}, first) || len(first) == 4 && (first[:3] == "COM" || first[:3] == "LPT") {
		stem = "_" + stem
	}
	if stem == "" {
		stem = "file"
	}
	return stem + ending
}
