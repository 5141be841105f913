CREATE TABLE term (
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
	tongue TEXT NOT NULL,
	word TEXT NOT NULL,
	use TEXT NOT NULL,
	never TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX term_id ON term (id, recorded_from);
CREATE INDEX term_list ON term (state, word, id, recorded_to);
CREATE INDEX term_listu2 ON term (u2, state, word, id, recorded_to);
CREATE INDEX term_listu3 ON term (u3, state, word, id, recorded_to);

CREATE TABLE earliertext (
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
	tongue TEXT NOT NULL,
	was TEXT NOT NULL,
	text TEXT NOT NULL,
	taken_from TEXT NOT NULL
);
CREATE INDEX earliertext_id ON earliertext (id, recorded_from);
CREATE INDEX earliertext_list ON earliertext (state, tongue, id, recorded_to);
CREATE INDEX earliertext_listu2 ON earliertext (u2, state, tongue, id, recorded_to);
CREATE INDEX earliertext_listu3 ON earliertext (u3, state, tongue, id, recorded_to);

CREATE TABLE textlink (
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
	situation TEXT NOT NULL,
	notice TEXT NOT NULL,
	tongue TEXT NOT NULL,
	person TEXT NOT NULL,
	digest TEXT NOT NULL,
	last_day BIGINT,
	saves DOUBLE PRECISION,
	saved_at DOUBLE PRECISION,
	closed_at DOUBLE PRECISION
);
CREATE INDEX textlink_id ON textlink (id, recorded_from);
CREATE INDEX textlink_list ON textlink (state, id, id, recorded_to);
CREATE INDEX textlink_listu2 ON textlink (u2, state, id, id, recorded_to);
CREATE INDEX textlink_listu3 ON textlink (u3, state, id, id, recorded_to);
CREATE INDEX textlink_situation ON textlink (situation) WHERE recorded_to IS NULL;
CREATE INDEX textlink_notice ON textlink (notice) WHERE recorded_to IS NULL;


CREATE INDEX textlink_digest ON textlink (digest) WHERE recorded_to IS NULL;

ALTER TABLE situation DROP COLUMN lent;
