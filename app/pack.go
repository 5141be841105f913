package app

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/trips"
)

// Pack is an office's own data: what it is called, its time zone, its units, records, lists and rules.
type Pack struct {
	Key        string
	Name       translate.Text
	Languages  []string
	TimeZone   string `toml:"time_zone"`
	OwnCountry string `toml:"own_country"`
	RootUnit   string `toml:"root_unit"`
	OwnPlace   string `toml:"own_place"`
	// Currencies are those amounts are given in, the office's own first.
	Currencies []string `toml:"currencies"`
	// Demo marks the pack that demo shows when none is named.
	Demo  bool
	Files fs.FS `toml:"-"`
}

// OpenPack reads pack.toml of a pack's folder.
func OpenPack(files fs.FS) (*Pack, error) {
	raw, err := fs.ReadFile(files, "pack.toml")
	if err != nil {
		return nil, fault.Because(err, fault.Invalid, "app.pack.missing", nil)
	}
	p := &Pack{Files: files}
	if err := toml.Unmarshal(raw, p); err != nil {
		return nil, fault.Because(err, fault.Invalid, "app.pack.broken", fault.Args{"file": "pack.toml"})
	}
	return p, nil
}

// Zone is the pack's time zone.
func (p *Pack) Zone() (*time.Location, error) {
	z, err := time.LoadLocation(p.TimeZone)
	if err != nil {
		return nil, fault.Because(err, fault.Invalid, "app.pack.zone", fault.Args{"zone": p.TimeZone})
	}
	return z, nil
}

// tripHabits reads trips.toml, the settings of trips that differ between offices. A pack without one has the usual ones.
func (p *Pack) tripHabits() (trips.Habits, error) {
	h := trips.Usual()
	h.HomeCountry = p.OwnCountry
	raw, err := fs.ReadFile(p.Files, "trips.toml")
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err == nil {
		err = toml.Unmarshal(raw, &h)
	}
	if err != nil {
		return h, fault.Because(err, fault.Invalid, "app.pack.broken", fault.Args{"file": "trips.toml"})
	}
	return h, nil
}

// Load writes the pack's records, file by file in the order of their names, each file in one transaction. Two rows
// with one id are two versions of a record that hold for different days.
func (p *Pack) Load(ctx context.Context, st *store.Store, types *record.Registry) (n int, err error) {
	names, err := fs.Glob(p.Files, "records/*.csv")
	if err != nil {
		return 0, err
	}
	// Units come first, whatever their file is called: every other record belongs to one.
	sort.Slice(names, func(i, j int) bool {
		a, b := strings.HasSuffix(names[i], "-unit.csv"), strings.HasSuffix(names[j], "-unit.csv")
		return a && !b || a == b && names[i] < names[j]
	})
	for _, name := range names {
		_, typ, _ := strings.Cut(strings.TrimSuffix(path.Base(name), ".csv"), "-")
		k := types.Kind(typ)
		if k == nil {
			return n, fault.New(fault.Invalid, "app.pack.type", fault.Args{"file": name, "type": typ})
		}
		err := st.Update(ctx, access.Program("pack:"+p.Key), func(tx *store.Tx) error {
			m, err := p.loadFile(tx, k, name)
			n += m
			return err
		})
		if err != nil {
			return n, fmt.Errorf("%s: %w", name, err)
		}
	}
	return n, nil
}

func (p *Pack) loadFile(tx *store.Tx, k *record.Kind, name string) (n int, err error) {
	f, err := p.Files.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	in := csv.NewReader(f)
	head, err := in.Read()
	if err != nil {
		return 0, err
	}
	for row := 2; ; row++ {
		vals, err := in.Read()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if err := p.loadRow(tx, k, head, vals); err != nil {
			return n, fmt.Errorf("row %d: %w", row, err)
		}
		n++
	}
}

func (p *Pack) loadRow(tx *store.Tx, k *record.Kind, head, vals []string) error {
	rec := k.Fresh()
	h := k.Head(rec)
	h.Level = k.Level
	h.Unit = p.RootUnit
	why := translate.Text{}
	for i, c := range head {
		if l, ok := strings.CutPrefix(c, "why."); ok {
			why[translate.Lang(l)] = vals[i]
			continue
		}
		if c == "unit" && vals[i] == "" {
			continue
		}
		if err := k.Fill(rec, c, vals[i]); err != nil {
			return err
		}
	}
	how := record.How{Act: record.ActNew, Why: why.JSON()}
	if k.IsDate {
		// A further row of the same record is what it is from that day on.
		last, err := k.SelectKnown(&tx.View, "WHERE x.id = ? ORDER BY coalesce(x.valid_from, -1073741824) DESC LIMIT 1", h.ID)
		if err != nil {
			return err
		}
		if len(last) == 1 {
			before := k.Head(last[0])
			h.VID, how.Act, how.From = before.VID, record.ActChange, h.From
			if h.From >= before.To {
				how.Act = record.ActResume
			}
		}
	}
	return record.SaveAny(tx, k, rec, how)
}
