CREATE TABLE credential (
	staff TEXT NOT NULL PRIMARY KEY,
	hash TEXT NOT NULL,
	changed_at BIGINT NOT NULL
);

CREATE TABLE code (
	staff TEXT NOT NULL PRIMARY KEY,
	secret TEXT NOT NULL,
	enrolled_at BIGINT NOT NULL,
	confirmed_at BIGINT NOT NULL,
	last_step BIGINT NOT NULL,
	recovery TEXT NOT NULL
);

CREATE TABLE session (
	id TEXT NOT NULL PRIMARY KEY,
	digest TEXT NOT NULL,
	staff TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	seen_at BIGINT NOT NULL,
	agent TEXT NOT NULL,
	addr TEXT NOT NULL
);
CREATE UNIQUE INDEX session_digest ON session (digest);
CREATE INDEX session_staff ON session (staff);
CREATE INDEX session_seen ON session (seen_at);

-- Who tries too often waits. The keys are digests: neither logins nor addresses are kept.
CREATE TABLE attempt (
	target TEXT NOT NULL PRIMARY KEY,
	failures BIGINT NOT NULL,
	last_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL
);
CREATE INDEX attempt_last ON attempt (last_at);

CREATE TABLE token (
	id TEXT NOT NULL PRIMARY KEY,
	digest TEXT NOT NULL,
	staff TEXT NOT NULL,
	name TEXT NOT NULL,
	scope TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	seen_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX token_digest ON token (digest);
CREATE INDEX token_staff ON token (staff);
