-- What the program told a person. A message is never written twice under one key.
CREATE TABLE message (
	id TEXT NOT NULL PRIMARY KEY,
	staff TEXT NOT NULL,
	kind TEXT NOT NULL,
	mark TEXT NOT NULL,
	day BIGINT NOT NULL,
	title TEXT NOT NULL,
	lines TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	read_at BIGINT,
	mailed_at BIGINT
);
CREATE UNIQUE INDEX message_mark ON message (staff, mark);
CREATE INDEX message_staff ON message (staff, id);
CREATE INDEX message_unread ON message (staff) WHERE read_at IS NULL;

-- How far somebody has been reminded of one thing that is due, and of which day.
CREATE TABLE message_told (
	item TEXT NOT NULL,
	staff TEXT NOT NULL,
	mark BIGINT NOT NULL,
	due BIGINT NOT NULL,
	day BIGINT NOT NULL,
	PRIMARY KEY (item, staff)
);

-- When and where a person wants to be told. Somebody without a line has what the office settled.
CREATE TABLE message_wish (
	staff TEXT NOT NULL PRIMARY KEY,
	hour BIGINT NOT NULL,
	lang TEXT NOT NULL,
	mail TEXT NOT NULL,
	by_mail BIGINT NOT NULL,
	quiet_from BIGINT NOT NULL,
	quiet_to BIGINT NOT NULL
);
