package stories

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"path"
	"strconv"
	"strings"
	"sync"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
)

// Gallery shows pictures in the sizes in which pages have them. What it gives is drawn anew: of what the camera wrote
// beside the picture, the place and the time and the name of its owner, nothing is left.
type Gallery struct {
	Shelf files.Shelf

	mu    sync.Mutex
	kept  map[string]*Seen
	bytes int
}

// Seen is a picture in one size.
type Seen struct {
	Type          string
	Width, Height int
	Body          []byte
}

// The widths in which a picture is shown, the widest last.
var widths = []int{480, 960, widest}

const widest = 1600

// mostPoints bounds what is unpacked: a small file may claim to be a very large picture.
const mostPoints = 64 << 20

// mostKept is how many bytes of drawn pictures are kept in memory.
const mostKept = 48 << 20

// Seen draws a picture no wider than width; a smaller one stays as large as it is.
func (g *Gallery) Seen(ctx context.Context, digest string, width int) (*Seen, error) {
	key := digest + "-" + strconv.Itoa(width)
	g.mu.Lock() // one picture at a time: unpacked, each is large
	defer g.mu.Unlock()
	if s := g.kept[key]; s != nil {
		return s, nil
	}
	r, err := g.Shelf.Get(ctx, files.Digest(digest))
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // read only
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	s, err := drawn(raw, width)
	if err != nil {
		return nil, err
	}
	if g.bytes += len(s.Body); g.kept == nil || g.bytes > mostKept {
		g.kept, g.bytes = map[string]*Seen{}, len(s.Body)
	}
	g.kept[key] = s
	return s, nil
}

// beginning is how much of a file is read to learn how large its picture is.
const beginning = 256 << 10

// Size tells how large the widest of a picture is, from the beginning of its file.
func (g *Gallery) Size(ctx context.Context, digest string) (w, h int, err error) {
	r, err := g.Shelf.Get(ctx, files.Digest(digest))
	if err != nil {
		return 0, 0, err
	}
	defer r.Close() //nolint:errcheck // read only
	raw, err := io.ReadAll(io.LimitReader(r, beginning))
	if err != nil {
		return 0, 0, err
	}
	about, kind, err := measured(raw)
	if err != nil {
		return 0, 0, err
	}
	w, h = fitted(about, turnFor(kind, raw), widest)
	return w, h, nil
}

// measured reads what a file says of its picture.
func measured(raw []byte) (image.Config, string, error) {
	about, kind, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || about.Width < 1 || about.Height < 1 || about.Width > mostPoints/about.Height {
		return about, kind, fault.Because(err, fault.Invalid, "stories.picture_unread", nil)
	}
	return about, kind, nil
}

func turnFor(kind string, raw []byte) int {
	if kind != "jpeg" {
		return 1
	}
	return turnOf(raw)
}

// fitted is how large a picture is once it stands upright and is no wider than width.
func fitted(about image.Config, turn, width int) (w, h int) {
	w, h = about.Width, about.Height
	if turn > 4 {
		w, h = h, w
	}
	if w > width {
		w, h = width, max(1, h*width/w)
	}
	return w, h
}

func drawn(raw []byte, width int) (*Seen, error) {
	about, kind, err := measured(raw)
	if err != nil {
		return nil, err
	}
	from, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fault.Because(err, fault.Invalid, "stories.picture_unread", nil)
	}
	turn := turnFor(kind, raw)
	w, h := fitted(about, turn, width)
	if turn > 4 { // it is made smaller as it lies
		w, h = h, w
	}
	small := turned(shrunk(from, w, h), turn)
	out := &Seen{Width: small.Rect.Dx(), Height: small.Rect.Dy()}
	if small.Opaque() {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, small, &jpeg.Options{Quality: 82}); err != nil {
			return nil, err
		}
		out.Type, out.Body = "image/jpeg", b.Bytes()
	}
	if kind == "png" { // a drawing is smaller and sharper as it came; a photograph is not
		var b bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, small); err != nil {
			return nil, err
		}
		if out.Body == nil || b.Len() < len(out.Body) {
			out.Type, out.Body = "image/png", b.Bytes()
		}
	}
	return out, nil
}

// shrunk makes a picture smaller: each new point is the mean of those it stands for.
func shrunk(from image.Image, w, h int) *image.RGBA {
	b := from.Bounds()
	all := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(all, all.Rect, from, b.Min, draw.Src)
	if w == b.Dx() && h == b.Dy() {
		return all
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		y0, y1 := y*b.Dy()/h, max((y+1)*b.Dy()/h, y*b.Dy()/h+1)
		for x := range w {
			x0, x1 := x*b.Dx()/w, max((x+1)*b.Dx()/w, x*b.Dx()/w+1)
			var sum [4]int
			for yy := y0; yy < y1; yy++ {
				row := all.Pix[yy*all.Stride+x0*4 : yy*all.Stride+x1*4]
				for i := 0; i < len(row); i += 4 {
					sum[0] += int(row[i])
					sum[1] += int(row[i+1])
					sum[2] += int(row[i+2])
					sum[3] += int(row[i+3])
				}
			}
			n, at := (y1-y0)*(x1-x0), y*out.Stride+x*4
			for i := range sum {
				out.Pix[at+i] = uint8((sum[i] + n/2) / n)
			}
		}
	}
	return out
}

// turned puts a picture upright that the camera kept lying on its side, by the number under which it says so.
func turned(from *image.RGBA, turn int) *image.RGBA {
	if turn < 2 || turn > 8 {
		return from
	}
	w, h := from.Rect.Dx(), from.Rect.Dy()
	ow, oh := w, h
	if turn > 4 {
		ow, oh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, ow, oh))
	for y := range oh {
		for x := range ow {
			fx, fy := x, y
			switch turn {
			case 2:
				fx = w - 1 - x
			case 3:
				fx, fy = w-1-x, h-1-y
			case 4:
				fy = h - 1 - y
			case 5:
				fx, fy = y, x
			case 6:
				fx, fy = y, h-1-x
			case 7:
				fx, fy = w-1-y, h-1-x
			case 8:
				fx, fy = w-1-y, x
			}
			copy(out.Pix[y*out.Stride+x*4:][:4], from.Pix[fy*from.Stride+fx*4:][:4])
		}
	}
	return out
}

// turnOf reads how a camera held a picture from what it wrote beside it: 1 is upright, and is also what is not told.
func turnOf(raw []byte) int {
	for i := 2; i+4 <= len(raw) && raw[i] == 0xff; {
		n := int(binary.BigEndian.Uint16(raw[i+2:]))
		if raw[i+1] == 0xda || n < 2 || i+2+n > len(raw) {
			return 1
		}
		if part := raw[i+4 : i+2+n]; raw[i+1] == 0xe1 && bytes.HasPrefix(part, []byte("Exif\x00\x00")) {
			return turnIn(part[6:])
		}
		i += 2 + n
	}
	return 1
}

// turnIn reads it from the notes themselves: the entry with the number 0x0112 of the first table.
func turnIn(b []byte) int {
	var order binary.ByteOrder = binary.BigEndian
	if len(b) < 8 {
		return 1
	}
	if b[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int(order.Uint32(b[4:]))
	if at < 8 || at+2 > len(b) {
		return 1
	}
	for n := int(order.Uint16(b[at:])); n > 0 && at+14 <= len(b); n, at = n-1, at+12 {
		if e := b[at+2:]; order.Uint16(e) == 0x0112 {
			if turn := int(order.Uint16(e[8:])); turn >= 1 && turn <= 8 {
				return turn
			}
			return 1
		}
	}
	return 1
}

// nameFor gives a file the ending of what it became.
func nameFor(name, kind string) string {
	ending := ".jpg"
	if kind == "image/png" {
		ending = ".png"
	}
	return strings.TrimSuffix(name, path.Ext(name)) + ending
}
