CREATE TABLE exchangelog (
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
	period_from BIGINT,
	period_to BIGINT,
	note TEXT NOT NULL
);
CREATE INDEX exchangelog_id ON exchangelog (id, recorded_from);
CREATE INDEX exchangelog_list ON exchangelog (state, recorded_from, id, recorded_to);
CREATE INDEX exchangelog_listu2 ON exchangelog (u2, state, recorded_from, id, recorded_to);
CREATE INDEX exchangelog_listu3 ON exchangelog (u3, state, recorded_from, id, recorded_to);

