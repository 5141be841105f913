CREATE TABLE savedview (
	vid TEXT NOT NULL PRIMARY KEY,
	id TEXT NOT NULL,
	rev BIGINT NOT NULL,
	valid_from BIGINT,
	valid_to BIGINT,
	recorded_from BIGINT NOT NULL,
	recorded_to BIGINT,
	unit TEXT NOT NULL,
	u1 TEXT NOT NULL,
	u2 TEXT NOT NULL,
	u3 TEXT NOT NULL,
	u4 TEXT NOT NULL,
	state TEXT NOT NULL,
	level BIGINT NOT NULL,
	sample BIGINT NOT NULL,
	label TEXT NOT NULL,
	by_who TEXT NOT NULL,
	act TEXT NOT NULL,
	why TEXT NOT NULL,
	claims TEXT NOT NULL,
	disputed BIGINT NOT NULL,
	sources TEXT NOT NULL,
	owner TEXT NOT NULL,
	of TEXT NOT NULL,
	name TEXT NOT NULL,
	query TEXT NOT NULL
);
CREATE INDEX savedview_id ON savedview (id, recorded_from);
CREATE INDEX savedview_list ON savedview (state, recorded_from, id) WHERE recorded_to IS NULL;

CREATE INDEX savedview_owner ON savedview (owner, of) WHERE recorded_to IS NULL;
CREATE TABLE draft (
	person TEXT NOT NULL,
	form TEXT NOT NULL,
	body TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (person, form)
);
