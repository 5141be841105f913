CREATE TABLE series (
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
	number TEXT NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	founded TEXT NOT NULL,
	every_months DOUBLE PRECISION,
	organiser TEXT NOT NULL,
	mechanism TEXT NOT NULL,
	purpose TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX series_id ON series (id, recorded_from);
CREATE INDEX series_list ON series (state, number, id, recorded_to);
CREATE INDEX series_listu2 ON series (u2, state, number, id, recorded_to);
CREATE INDEX series_listu3 ON series (u3, state, number, id, recorded_to);
CREATE INDEX series_mechanism ON series (mechanism) WHERE recorded_to IS NULL;

CREATE TABLE edition (
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
	series TEXT NOT NULL,
	number DOUBLE PRECISION,
	kind TEXT NOT NULL,
	begins TEXT NOT NULL,
	ends TEXT NOT NULL,
	country TEXT NOT NULL,
	place TEXT NOT NULL,
	site TEXT NOT NULL,
	mode TEXT NOT NULL,
	part TEXT NOT NULL,
	organiser TEXT NOT NULL,
	international BIGINT NOT NULL,
	persons DOUBLE PRECISION,
	persons_as TEXT NOT NULL,
	countries DOUBLE PRECISION,
	papers DOUBLE PRECISION,
	value_signed DOUBLE PRECISION,
	value_by TEXT NOT NULL,
	attested TEXT NOT NULL,
	outcomes TEXT NOT NULL,
	session TEXT NOT NULL,
	clause TEXT NOT NULL,
	files TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX edition_id ON edition (id, recorded_from);
CREATE INDEX edition_list ON edition (state, begins, id, recorded_to);
CREATE INDEX edition_listu2 ON edition (u2, state, begins, id, recorded_to);
CREATE INDEX edition_listu3 ON edition (u3, state, begins, id, recorded_to);
CREATE INDEX edition_series ON edition (series) WHERE recorded_to IS NULL;
CREATE INDEX edition_place ON edition (place) WHERE recorded_to IS NULL;
CREATE INDEX edition_session ON edition (session) WHERE recorded_to IS NULL;
CREATE INDEX edition_clause ON edition (clause) WHERE recorded_to IS NULL;

CREATE TABLE attendance (
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
	who TEXT NOT NULL,
	edition TEXT NOT NULL,
	country TEXT NOT NULL,
	rank TEXT NOT NULL,
	persons DOUBLE PRECISION,
	came TEXT NOT NULL,
	note TEXT NOT NULL,
	series TEXT NOT NULL,
	kind TEXT NOT NULL,
	edition_state TEXT NOT NULL,
	began TEXT NOT NULL
);
CREATE INDEX attendance_id ON attendance (id, recorded_from);
CREATE INDEX attendance_list ON attendance (state, edition, id, recorded_to);
CREATE INDEX attendance_listu2 ON attendance (u2, state, edition, id, recorded_to);
CREATE INDEX attendance_listu3 ON attendance (u3, state, edition, id, recorded_to);
CREATE INDEX attendance_edition ON attendance (edition) WHERE recorded_to IS NULL;
CREATE INDEX attendance_series ON attendance (series) WHERE recorded_to IS NULL;

