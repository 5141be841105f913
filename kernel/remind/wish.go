package remind

import (
	"net/mail"
	"strings"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// Wish is when and where a person wants to be told.
type Wish struct {
	Staff     string
	Hour      int
	Lang      string
	Mail      string
	ByMail    bool
	QuietFrom int
	QuietTo   int
}

// usual is what somebody has who chose nothing.
func (d *Desk) usual(staff string) Wish {
	s := d.Settled
	return Wish{Staff: staff, Hour: s.Hour, Lang: s.Lang, QuietFrom: s.QuietFrom, QuietTo: s.QuietTo}
}

// WishOf reads what somebody chose, or what the office settled.
func (d *Desk) WishOf(v *store.View, staff string) (Wish, error) {
	w := Wish{Staff: staff}
	var by int
	err := raw.ReadOne(v, "SELECT hour, lang, mail, by_mail, quiet_from, quiet_to FROM message_wish WHERE staff = ?", []any{staff}, &w.Hour, &w.Lang, &w.Mail, &by, &w.QuietFrom, &w.QuietTo)
	if fault.KindOf(err) == fault.Missing {
		return d.usual(staff), nil
	}
	w.ByMail = by == 1
	return w, err
}

// Choose keeps what somebody wants. Invalid when an hour is none, the hour of the message lies in the quiet hours, or mail
// is wanted without an address that can be one.
func (d *Desk) Choose(tx *store.Tx, w Wish) error {
	var found []*fault.Error
	for _, x := range []struct {
		name string
		hour int
	}{{"hour", w.Hour}, {"quiet_from", w.QuietFrom}, {"quiet_to", w.QuietTo}} {
		if x.hour < 0 || x.hour > 23 {
			found = append(found, fault.At(x.name, "remind.wish.hour", nil))
		}
	}
	if len(found) == 0 && quiet(w.Hour, w.QuietFrom, w.QuietTo) {
		found = append(found, fault.At("hour", "remind.wish.quiet", nil))
	}
	w.Mail = strings.TrimSpace(w.Mail)
	if a, err := mail.ParseAddress(w.Mail); (w.ByMail || w.Mail != "") && (err != nil || a.Address != w.Mail || len(w.Mail) > 200) {
		found = append(found, fault.At("mail", "remind.wish.mail", nil))
	}
	if w.Lang != "zh" && w.Lang != "en" {
		w.Lang = d.Settled.Lang
	}
	if len(found) > 0 {
		return fault.Join(found)
	}
	by := 0
	if w.ByMail {
		by = 1
	}
	_, err := raw.Exec(tx, `INSERT INTO message_wish (staff, hour, lang, mail, by_mail, quiet_from, quiet_to) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (staff) DO UPDATE SET hour = excluded.hour, lang = excluded.lang, mail = excluded.mail, by_mail = excluded.by_mail, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to`,
		w.Staff, w.Hour, w.Lang, w.Mail, by, w.QuietFrom, w.QuietTo)
	return err
}

func readWishes(v *store.View) (map[string]Wish, error) {
	rows, err := raw.Read(v, "SELECT staff, hour FROM message_wish")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]Wish{}
	for rows.Next() {
		var w Wish
		if err := rows.Scan(&w.Staff, &w.Hour); err != nil {
			return nil, err
		}
		out[w.Staff] = w
	}
	return out, rows.Err()
}
