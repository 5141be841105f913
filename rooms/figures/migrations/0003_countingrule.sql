CREATE TABLE countingrule (
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
	key TEXT NOT NULL,
	version TEXT NOT NULL,
	variant TEXT NOT NULL,
	register TEXT NOT NULL,
	counted_in TEXT NOT NULL,
	thing TEXT NOT NULL,
	group_by TEXT NOT NULL,
	measure TEXT NOT NULL,
	dated_by TEXT NOT NULL,
	per TEXT NOT NULL,
	citation TEXT NOT NULL,
	source TEXT NOT NULL,
	conditions TEXT NOT NULL,
	cases TEXT NOT NULL
);
CREATE INDEX countingrule_id ON countingrule (id, recorded_from);
CREATE INDEX countingrule_list ON countingrule (state, key, id, recorded_to);
CREATE INDEX countingrule_listu2 ON countingrule (u2, state, key, id, recorded_to);
CREATE INDEX countingrule_listu3 ON countingrule (u3, state, key, id, recorded_to);
CREATE INDEX countingrule_source ON countingrule (source) WHERE recorded_to IS NULL;

