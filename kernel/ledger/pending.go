package ledger

import (
	"embed"

	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// Migrations are the tables of the ledger.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Add notes an entry inside the transaction of what it testifies to. eid is unique: a version's vid. The sequencer
// puts it in order afterwards, so that writers never queue behind the log.
func Add(tx *store.Tx, eid, kind, id, vid, digest string) error {
	_, err := raw.Exec(tx, "INSERT INTO ledger_pending (eid, kind, id, vid, digest, at) VALUES (?, ?, ?, ?, ?, ?)",
		eid, kind, id, vid, digest, tx.Now)
	return err
}
