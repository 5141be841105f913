ALTER TABLE declaration ADD COLUMN section TEXT NOT NULL DEFAULT '';
CREATE TABLE fact (
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
	indicator TEXT NOT NULL,
	value DOUBLE PRECISION,
	counted_in TEXT NOT NULL,
	owner TEXT NOT NULL,
	as_of TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX fact_id ON fact (id, recorded_from);
CREATE INDEX fact_list ON fact (state, as_of, id, recorded_to);
CREATE INDEX fact_listu2 ON fact (u2, state, as_of, id, recorded_to);
CREATE INDEX fact_listu3 ON fact (u3, state, as_of, id, recorded_to);

