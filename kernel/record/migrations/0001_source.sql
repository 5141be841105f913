CREATE TABLE source (
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
	title TEXT NOT NULL,
	address TEXT NOT NULL,
	publisher TEXT NOT NULL,
	day TEXT NOT NULL,
	lang TEXT NOT NULL,
	quality TEXT NOT NULL,
	digest TEXT NOT NULL,
	copy TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX source_id ON source (id, recorded_from);
CREATE INDEX source_list ON source (state, day, id, recorded_to);
CREATE INDEX source_listu2 ON source (u2, state, day, id, recorded_to);
CREATE INDEX source_listu3 ON source (u3, state, day, id, recorded_to);

