package record

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/history"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/seal"
	"yunqiao/kernel/store"
)

// leastReason is how many characters a reason for opening a sealed value must have at least.
const leastReason = 4

// ring seals and opens inside a transaction, with the keys of the database it writes.
func ring(tx *store.Tx, office *seal.Office) seal.Ring {
	return seal.Ring{Office: office,
		Find: func(_ context.Context, person string) ([]byte, error) {
			var text string
			if err := raw.ReadOne(&tx.View, "SELECT wrapped FROM seal_key WHERE person = ?", []any{person}, &text); err != nil {
				return nil, err
			}
			return base64.StdEncoding.DecodeString(text)
		},
		Keep: func(_ context.Context, person string, wrapped []byte) error {
			_, err := raw.Exec(tx, `INSERT INTO seal_key (person, wrapped, made_at) VALUES (?, ?, ?)
ON CONFLICT (person) DO UPDATE SET wrapped = excluded.wrapped`, person, base64.StdEncoding.EncodeToString(wrapped), tx.Now)
			return err
		}}
}

// keyOf names the key of a record: each record about a person has one of its own.
func (k *Kind) keyOf(id string) string { return k.Name + "/" + id }

// Seal puts a personal value into a sealed field. A new record gets its id by it: what is sealed belongs to one record.
func (k *Kind) Seal(tx *store.Tx, office *seal.Office, f *Field, rec any, value string) error {
	h := k.head(rec)
	if h.ID == "" {
		h.ID = clock.NewID(tx.Now)
	}
	if !clean(value) {
		return fault.At(f.Name, "record.field.not_text", nil)
	}
	if f.Longest > 0 && utf8.RuneCountInString(value) > f.Longest {
		return fault.At(f.Name, "record.field.too_long", fault.Args{"max": f.Longest})
	}
	text, err := ring(tx, office).Seal(tx.Context(), k.keyOf(h.ID), seal.Place{Type: k.Name, ID: h.ID, Field: f.Name}, strings.TrimSpace(value))
	if err != nil {
		return err
	}
	return f.set(rec, "", text)
}

// ImportKey gives the key under which the personal values of a table that comes in are kept until each is sealed in its
// record. It is made the first time that it is asked for.
func ImportKey(tx *store.Tx, office *seal.Office, batch string) (*seal.Key, error) {
	return ring(tx, office).Key(tx.Context(), "import/"+batch)
}

// ForgetImport destroys the key of a table that has come in: what its rows still hold opens nevermore.
func ForgetImport(tx *store.Tx, office *seal.Office, batch string) error {
	person := "import/" + batch
	r := ring(tx, office)
	if _, err := r.Find(tx.Context(), person); fault.KindOf(err) == fault.Missing {
		return nil // it held nothing personal
	}
	return r.Destroy(tx.Context(), person)
}

// MayOpen tells whether a person may open what is sealed in a record: a head or an officer of the unit it belongs to or
// of one above. Whoever keeps the system does not read people's personal data by it.
func MayOpen(who access.Who, h *Head) bool {
	return slices.ContainsFunc(who.Seats, func(s access.Seat) bool {
		return (s.Role == access.Head || s.Role == access.Officer) && s.Unit() != "" && slices.Contains(h.Path[:], s.Unit())
	})
}

// OpenSealed gives the value of a sealed field, and writes down in the same transaction who asked for it and why: what
// cannot be written down is not opened.
func (k *Kind) OpenSealed(tx *store.Tx, office *seal.Office, f *Field, rec any, why string) (value string, err error) {
	h := k.head(rec)
	why = strings.TrimSpace(why)
	switch {
	case !MayOpen(tx.Who, h):
		return "", fault.New(fault.Denied, "record.sealed.denied", nil)
	case utf8.RuneCountInString(why) < leastReason || !clean(why):
		return "", fault.At("why", "record.sealed.why", nil)
	}
	value, err = ring(tx, office).Open(tx.Context(), k.keyOf(h.ID), seal.Place{Type: k.Name, ID: h.ID, Field: f.Name}, f.inputs(rec)[0].Value)
	if err != nil {
		return "", err
	}
	o := opened{ID: clock.NewID(tx.Now), Type: k.Name, Record: h.ID, VID: h.VID, Field: f.Name, At: tx.Now, By: tx.Who.ID, Why: why}
	if _, err := raw.Exec(tx, "INSERT INTO seal_opening (oid, kind, id, vid, field, at, by_who, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		o.ID, o.Type, o.Record, o.VID, o.Field, o.At, o.By, o.Why); err != nil {
		return "", err
	}
	text, err := o.canonical()
	if err != nil {
		return "", err
	}
	return value, history.Add(tx, openingKind, h.ID, o.ID, text)
}

// openingKind is what the log calls the opening of a sealed value; its entries stand among those of the versions.
const openingKind = "seal_opening"

// opened is an opening as the log testifies to it.
type opened struct {
	At     int64  `json:"at"`
	By     string `json:"by"`
	Field  string `json:"field"`
	ID     string `json:"oid"`
	Record string `json:"record"`
	Type   string `json:"type"`
	VID    string `json:"vid"`
	Why    string `json:"why"`
}

func (o opened) canonical() ([]byte, error) { return json.Marshal(o) }

// openingText is an opening as it stands in the database now; Missing when it is gone.
func openingText(v *store.View, oid string) ([]byte, error) {
	var o opened
	if err := raw.ReadOne(v, "SELECT oid, kind, id, vid, field, at, by_who, why FROM seal_opening WHERE oid = ?", []any{oid},
		&o.ID, &o.Type, &o.Record, &o.VID, &o.Field, &o.At, &o.By, &o.Why); err != nil {
		return nil, err
	}
	return o.canonical()
}

// verifyOpenings finds openings without an entry. Those from before the log knew openings have none.
func verifyOpenings(v *store.View, rep *history.Report) error {
	rows, err := raw.Read(v, `SELECT o.id, o.oid FROM seal_opening o WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.vid = o.oid AND e.kind = ?)
AND NOT EXISTS (SELECT 1 FROM ledger_pending p WHERE p.vid = o.oid AND p.kind = ?)
AND o.at >= (SELECT min(f.at) FROM seal_opening f WHERE EXISTS (SELECT 1 FROM ledger_entry e WHERE e.vid = f.oid AND e.kind = ?)) ORDER BY o.oid LIMIT 100`,
		openingKind, openingKind, openingKind)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		f := history.Finding{Key: "record.verify.opening_unlogged", Kind: openingKind}
		if err := rows.Scan(&f.ID, &f.VID); err != nil {
			return err
		}
		rep.Findings = append(rep.Findings, f)
	}
	return rows.Err()
}

// Opening is one time that a sealed value was opened.
type Opening struct {
	Field   string
	At      int64
	By, Why string
}

// Openings lists when a record's sealed values were opened, the latest first. Whoever sees the record sees them.
func (k *Kind) Openings(v *store.View, id string) (out []Opening, err error) {
	until := v.KnownOn
	if until == 0 {
		until = v.Now
	}
	rows, err := raw.Read(v, "SELECT field, at, by_who, why FROM seal_opening WHERE kind = ? AND id = ? AND at <= ? ORDER BY at DESC, oid DESC LIMIT 200", k.Name, id, until)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var o Opening
		if err := rows.Scan(&o.Field, &o.At, &o.By, &o.Why); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, rows.Err()
}
