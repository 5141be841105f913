-- Files that were received with a form and of which no saved record is known to have taken them yet.
CREATE TABLE upload (
	digest TEXT NOT NULL PRIMARY KEY,
	at BIGINT NOT NULL
);
CREATE INDEX upload_at ON upload (at);
