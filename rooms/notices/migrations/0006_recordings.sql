CREATE TABLE recording (
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
	notice TEXT NOT NULL,
	speaker TEXT NOT NULL,
	tongue TEXT NOT NULL,
	tongue_name TEXT NOT NULL,
	words TEXT NOT NULL,
	audio TEXT NOT NULL,
	digest TEXT NOT NULL,
	seconds DOUBLE PRECISION
);
CREATE INDEX recording_id ON recording (id, recorded_from);
CREATE INDEX recording_list ON recording (state, id, id, recorded_to);
CREATE INDEX recording_listu2 ON recording (u2, state, id, id, recorded_to);
CREATE INDEX recording_listu3 ON recording (u3, state, id, id, recorded_to);
CREATE INDEX recording_notice ON recording (notice) WHERE recorded_to IS NULL;

