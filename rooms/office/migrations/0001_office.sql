CREATE TABLE unit (
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
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	parent TEXT NOT NULL,
	kind TEXT NOT NULL
);
CREATE INDEX unit_id ON unit (id, recorded_from);
CREATE INDEX unit_list ON unit (state, code, id, recorded_to);
CREATE INDEX unit_listu2 ON unit (u2, state, code, id, recorded_to);
CREATE INDEX unit_listu3 ON unit (u3, state, code, id, recorded_to);
CREATE INDEX unit_parent ON unit (parent) WHERE recorded_to IS NULL;

CREATE TABLE staff (
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
	name TEXT NOT NULL,
	login TEXT NOT NULL
);
CREATE INDEX staff_id ON staff (id, recorded_from);
CREATE INDEX staff_list ON staff (state, login, id, recorded_to);
CREATE INDEX staff_listu2 ON staff (u2, state, login, id, recorded_to);
CREATE INDEX staff_listu3 ON staff (u3, state, login, id, recorded_to);

CREATE TABLE position (
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
	staff TEXT NOT NULL,
	in_unit TEXT NOT NULL,
	title TEXT NOT NULL,
	role TEXT NOT NULL
);
CREATE INDEX position_id ON position (id, recorded_from);
CREATE INDEX position_list ON position (state, recorded_from, id, recorded_to);
CREATE INDEX position_listu2 ON position (u2, state, recorded_from, id, recorded_to);
CREATE INDEX position_listu3 ON position (u3, state, recorded_from, id, recorded_to);
CREATE INDEX position_staff ON position (staff) WHERE recorded_to IS NULL;
CREATE INDEX position_in_unit ON position (in_unit) WHERE recorded_to IS NULL;

