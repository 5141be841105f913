-- What waits lies in the order in which it will be moved, and once: every save writes here.
CREATE TABLE ledger_waiting (
	eid TEXT NOT NULL,
	kind TEXT NOT NULL,
	id TEXT NOT NULL,
	vid TEXT NOT NULL,
	digest TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (at, eid)
)
-- sqlite
WITHOUT ROWID
-- both
;
INSERT INTO ledger_waiting (eid, kind, id, vid, digest, at) SELECT eid, kind, id, vid, digest, at FROM ledger_pending;
DROP TABLE ledger_pending;
ALTER TABLE ledger_waiting RENAME TO ledger_pending;
