package app

import (
	"encoding/csv"
	"io/fs"
	"slices"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/rooms/partners"
)

// World is what the rules of a pack may speak of: the declared types with their fields, and the keys of the pack's
// dated lists.
func World(files fs.FS) rules.World {
	w := rules.World{Types: map[string][]rules.Field{}}
	for _, k := range Types.Kinds {
		w.Types[k.Name] = RuleFields(k)
	}
	names, _ := fs.Glob(files, "records/*-placelist.csv") // the pattern is well formed
	for _, name := range names {
		if f, err := files.Open(name); err == nil {
			rows, err := csv.NewReader(f).ReadAll()
			_ = f.Close() // read only
			if err != nil || len(rows) == 0 {
				continue // loading the pack says what is wrong with the file
			}
			at := slices.Index(rows[0], "key")
			for _, row := range rows[1:] {
				if at >= 0 {
					w.Lists = append(w.Lists, row[at])
				}
			}
		}
	}
	return w
}

// RuleFields are the fields of a type that conditions may use.
func RuleFields(k *record.Kind) []rules.Field {
	var states []string
	for _, s := range k.Life.States {
		states = append(states, s.Key)
	}
	out := []rules.Field{{Name: "state", Kind: rules.Choice, Values: states}}
	for _, f := range k.Fields {
		switch f.Kind {
		case record.KindText, record.KindRef:
			out = append(out, rules.Field{Name: f.Name, Kind: rules.Text})
		case record.KindChoice:
			out = append(out, rules.Field{Name: f.Name, Kind: rules.Choice, Values: f.Choices})
		case record.KindNumber:
			out = append(out, rules.Field{Name: f.Name, Kind: rules.Number})
		case record.KindDay:
			out = append(out, rules.Field{Name: f.Name, Kind: rules.Day})
		case record.KindWhen:
			out = append(out, rules.Field{Name: f.Name, Kind: rules.When})
		case record.KindBool:
			out = append(out, rules.Field{Name: f.Name, Kind: rules.Bool})
		case record.KindI18n, record.KindMoney, record.KindSpan, record.KindRefs, record.KindParts, record.KindPlace, record.KindFile, record.KindSealed:
			// These hold more than one value: conditions do not speak of them.
		}
	}
	return out
}

// PackLists gives the dated lists of a pack as its files have them, for the rules' own test cases; a running office
// asks its records instead.
func PackLists(files fs.FS) (rules.Lists, error) {
	lists := map[string][]partners.Member{}
	names, err := fs.Glob(files, "records/*-placelist.csv")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		f, err := files.Open(name)
		if err != nil {
			return nil, err
		}
		rows, err := csv.NewReader(f).ReadAll()
		_ = f.Close() // read only
		if err != nil {
			return nil, err
		}
		key, members := slices.Index(rows[0], "key"), slices.Index(rows[0], "members")
		for _, row := range rows[1:] {
			l := partners.PlaceLists.New()
			if err := partners.PlaceLists.Fill(l, "members", row[members]); err != nil {
				return nil, err
			}
			lists[row[key]] = append(lists[row[key]], l.Members...)
		}
	}
	return func(key, member string, on clock.Day) bool {
		for _, m := range lists[key] {
			if (m.Country == member || m.Place == member) && m.Holds(on) {
				return true
			}
		}
		return false
	}, nil
}
