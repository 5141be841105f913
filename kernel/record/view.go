package record

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// SavedView is a list as a person wants to see it again: filters, order and columns under a name of their own.
type SavedView struct {
	Head
	Owner string // staff
	Of    string // type
	Name  string
	Query string // of the list's address
}

// SavedViews is the type of saved views. Everybody sees their own.
var SavedViews = Define("record", "savedview", func(s *SavedView) *Head { return &s.Head },
	Text("owner", func(s *SavedView) *string { return &s.Owner }).Required(),
	Text("of", func(s *SavedView) *string { return &s.Of }).Required(),
	Text("name", func(s *SavedView) *string { return &s.Name }).Required().Max(60),
	Text("query", func(s *SavedView) *string { return &s.Query }).Max(4000),
).SeenBy(func(w access.Who) access.Cond {
	if w.System {
		return access.All
	}
	return access.Cond{SQL: "x.owner = ?", Args: []any{w.ID}}
}).NotListed().EditedBy(func(w access.Who, _ []string) bool { return w.Known() }).OwnedBy(func(s *SavedView) string { return s.Owner })

// KeepDraft keeps what a person has typed into a form and not saved yet. form names the form, body is the form as the
// browser sends it.
func KeepDraft(tx *store.Tx, form, body string) error {
	_, err := raw.Exec(tx, `INSERT INTO draft (person, form, body, at) VALUES (?, ?, ?, ?)
ON CONFLICT (person, form) DO UPDATE SET body = excluded.body, at = excluded.at`, tx.Who.ID, form, body, tx.Now)
	return err
}

// Draft gives what a person had typed into a form; "" when nothing is kept.
func Draft(v *store.View, form string) (body string, at int64, err error) {
	err = raw.ReadOne(v, "SELECT body, at FROM draft WHERE person = ? AND form = ?", []any{v.Who.ID, form}, &body, &at)
	if fault.KindOf(err) == fault.Missing {
		return "", 0, nil
	}
	return body, at, err
}

// DropDraft forgets a draft, after a save or on request.
func DropDraft(tx *store.Tx, form string) error {
	_, err := raw.Exec(tx, "DELETE FROM draft WHERE person = ? AND form = ?", tx.Who.ID, form)
	return err
}

// Drafts lists the forms in which a person has typed something that is not saved, newest first.
func Drafts(v *store.View) (forms []string, at []int64, err error) {
	rows, err := raw.Read(v, "SELECT form, at FROM draft WHERE person = ? ORDER BY at DESC LIMIT 12", v.Who.ID)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var form string
		var ms int64
		if err := rows.Scan(&form, &ms); err != nil {
			return nil, nil, err
		}
		forms, at = append(forms, form), append(at, ms)
	}
	return forms, at, rows.Err()
}
