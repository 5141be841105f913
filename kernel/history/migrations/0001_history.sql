-- Entries wait in ledger_pending inside the transaction that made them; one sequencer moves them, in order, to
-- ledger_entry and builds the Merkle log over them.
CREATE TABLE ledger_pending (
	eid TEXT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	id TEXT NOT NULL,
	vid TEXT NOT NULL,
	digest TEXT NOT NULL,
	at BIGINT NOT NULL
);
CREATE TABLE ledger_entry (
	idx BIGINT NOT NULL PRIMARY KEY,
	eid TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL,
	id TEXT NOT NULL,
	vid TEXT NOT NULL,
	digest TEXT NOT NULL,
	at BIGINT NOT NULL
);
CREATE INDEX ledger_entry_vid ON ledger_entry (vid);
CREATE TABLE ledger_hash (
	idx BIGINT NOT NULL PRIMARY KEY,
	hash TEXT NOT NULL
);
CREATE TABLE ledger_checkpoint (
	size BIGINT NOT NULL PRIMARY KEY,
	root TEXT NOT NULL,
	at BIGINT NOT NULL,
	note TEXT NOT NULL
);
