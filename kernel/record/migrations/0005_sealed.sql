-- The wrapped key of each record about a person, empty once it was destroyed; and who opened a sealed value, when and why.
CREATE TABLE seal_key (
	person TEXT NOT NULL PRIMARY KEY,
	wrapped TEXT NOT NULL,
	made_at BIGINT NOT NULL
);
CREATE TABLE seal_opening (
	oid TEXT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	id TEXT NOT NULL,
	vid TEXT NOT NULL,
	field TEXT NOT NULL,
	at BIGINT NOT NULL,
	by_who TEXT NOT NULL,
	why TEXT NOT NULL
);
CREATE INDEX seal_opening_of ON seal_opening (kind, id, at);
