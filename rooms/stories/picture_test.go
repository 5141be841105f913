package stories

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
)

// camera is a photograph as a camera keeps it: lying on its side, with notes that say where it was taken.
func camera(t *testing.T, w, h, turn int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{20, 20, 200, 255}
			if x < w/2 && y < h/2 {
				c = color.RGBA{220, 20, 20, 255} // the corner that tells how it lies
			}
			m.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	notes := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00")
	notes = append(notes, byte(turn), 0, 0, 0, 0, 0, 0)
	notes = append(notes, "GPS 25.04N 102.71E taken by somebody"...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(notes)+2))...)
	return append(append(out, notes...), b.Bytes()[2:]...)
}

func onShelf(t *testing.T, raw []byte, name string) (*Gallery, string) {
	t.Helper()
	disk, err := files.OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	in, err := files.Receive(bytes.NewReader(raw), name, 32<<20, disk.Folder())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close() //nolint:errcheck // the shelf has its own copy
	if err := disk.Put(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	return &Gallery{Shelf: disk}, string(in.Digest)
}

// TestWhatTheCameraNotedIsNotShown: no size of a picture has anything of the notes, and each stands upright.
func TestWhatTheCameraNotedIsNotShown(t *testing.T) {
	t.Parallel()
	for turn, red := range map[int][2]bool{1: {false, false}, 2: {true, false}, 3: {true, true}, 4: {false, true}, 5: {false, false}, 6: {true, false}, 7: {true, true}, 8: {false, true}} {
		raw := camera(t, 800, 400, turn)
		if !bytes.Contains(raw, []byte("GPS")) {
			t.Fatal("the photograph of this test has no notes: it proves nothing")
		}
		g, digest := onShelf(t, raw, "a.jpg")
		for _, width := range widths {
			s, err := g.Seen(context.Background(), digest, width)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(s.Body, []byte("Exif")) || bytes.Contains(s.Body, []byte("GPS")) {
				t.Errorf("turn %d, width %d: the notes of the camera are in what is shown", turn, width)
			}
			m, err := jpeg.Decode(bytes.NewReader(s.Body))
			if err != nil {
				t.Fatal(err)
			}
			w, h := 800, 400
			if turn > 4 {
				w, h = h, w
			}
			if w > width {
				w, h = width, h*width/w
			}
			if m.Bounds().Dx() != w || m.Bounds().Dy() != h || s.Width != w || s.Height != h {
				t.Errorf("turn %d, width %d: got %v, said %dx%d, want %dx%d", turn, width, m.Bounds(), s.Width, s.Height, w, h)
			}
			x, y := w/4, h/4
			if red[0] {
				x = w * 3 / 4
			}
			if red[1] {
				y = h * 3 / 4
			}
			if r, _, b, _ := m.At(x, y).RGBA(); r < b {
				t.Errorf("turn %d, width %d: the red corner is not at %d,%d", turn, width, x, y)
			}
		}
		w, h, err := g.Size(context.Background(), digest)
		s, _ := g.Seen(context.Background(), digest, widest)
		if err != nil || w != s.Width || h != s.Height {
			t.Errorf("turn %d: size %dx%d (%v), want that of the widest, %dx%d", turn, w, h, err, s.Width, s.Height)
		}
	}
}

func TestADrawingStaysADrawing(t *testing.T) {
	t.Parallel()
	m := image.NewNRGBA(image.Rect(0, 0, 1000, 500))
	for i := range m.Pix {
		m.Pix[i] = 128
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	g, digest := onShelf(t, b.Bytes(), "a.png")
	s, err := g.Seen(context.Background(), digest, 480)
	if err != nil || s.Type != "image/png" || s.Width != 480 || s.Height != 240 {
		t.Errorf("got %v %v, want a PNG of 480x240: it is not opaque", s, err)
	}
}

// TestAPictureThatClaimsToBeHugeIsRefused: it is refused by what it says of itself, before anything is unpacked.
func TestAPictureThatClaimsToBeHugeIsRefused(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	raw := b.Bytes()
	binary.BigEndian.PutUint32(raw[16:], 60000)
	binary.BigEndian.PutUint32(raw[20:], 60000)
	binary.BigEndian.PutUint32(raw[29:], crcOf(raw[12:29]))
	if _, err := drawn(raw, 480); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v, want it refused", err)
	}
	for _, broken := range [][]byte{nil, []byte("no picture"), raw[:20]} {
		if _, err := drawn(broken, 480); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%d bytes: got %v, want it refused", len(broken), err)
		}
	}
}

// crcOf is the check sum of a chunk of a PNG.
func crcOf(b []byte) uint32 {
	sum := ^uint32(0)
	for _, x := range b {
		sum ^= uint32(x)
		for range 8 {
			sum = sum>>1 ^ 0xedb88320&-(sum&1)
		}
	}
	return ^sum
}

func FuzzTurnIsReadFromAnything(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x20Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if turn := turnOf(raw); turn < 1 || turn > 8 {
			t.Errorf("turn %d", turn)
		}
	})
}
