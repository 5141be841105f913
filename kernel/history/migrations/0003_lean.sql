-- An entry's place is the order of its table, and a version has one entry: two trees of each entry instead of four, one
-- of each hash instead of two.
-- sqlite
CREATE TABLE ledger_lean (
	idx BIGINT NOT NULL PRIMARY KEY,
	eid TEXT NOT NULL,
	kind TEXT NOT NULL,
	id TEXT NOT NULL,
	vid TEXT NOT NULL,
	digest TEXT NOT NULL,
	at BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO ledger_lean SELECT idx, eid, kind, id, vid, digest, at FROM ledger_entry ORDER BY idx;
DROP TABLE ledger_entry;
ALTER TABLE ledger_lean RENAME TO ledger_entry;
CREATE UNIQUE INDEX ledger_entry_vid ON ledger_entry (vid);
CREATE TABLE ledger_tree (
	idx BIGINT NOT NULL PRIMARY KEY,
	hash TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO ledger_tree SELECT idx, hash FROM ledger_hash ORDER BY idx;
DROP TABLE ledger_hash;
ALTER TABLE ledger_tree RENAME TO ledger_hash;
-- postgres
DROP INDEX ledger_entry_vid;
CREATE UNIQUE INDEX ledger_entry_vid ON ledger_entry (vid);
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_eid_key;
-- both
