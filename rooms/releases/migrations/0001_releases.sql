CREATE TABLE release (
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
	kind TEXT NOT NULL,
	audience TEXT NOT NULL,
	valid_on BIGINT,
	known_on BIGINT,
	known_at DOUBLE PRECISION,
	text TEXT NOT NULL,
	supersedes TEXT NOT NULL,
	reason TEXT NOT NULL,
	code TEXT NOT NULL,
	digest TEXT NOT NULL
);
CREATE INDEX release_id ON release (id, recorded_from);
CREATE INDEX release_list ON release (state, coalesce(valid_on, -1073741824), id, recorded_to);
CREATE INDEX release_listu2 ON release (u2, state, coalesce(valid_on, -1073741824), id, recorded_to);
CREATE INDEX release_listu3 ON release (u3, state, coalesce(valid_on, -1073741824), id, recorded_to);
CREATE INDEX release_supersedes ON release (supersedes) WHERE recorded_to IS NULL;

CREATE TABLE signoff (
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
	release TEXT NOT NULL,
	step TEXT NOT NULL,
	person TEXT NOT NULL,
	name TEXT NOT NULL,
	opinion TEXT NOT NULL,
	content TEXT NOT NULL
);
CREATE INDEX signoff_id ON signoff (id, recorded_from);
CREATE INDEX signoff_list ON signoff (state, recorded_from, id, recorded_to);
CREATE INDEX signoff_listu2 ON signoff (u2, state, recorded_from, id, recorded_to);
CREATE INDEX signoff_listu3 ON signoff (u3, state, recorded_from, id, recorded_to);
CREATE INDEX signoff_release ON signoff (release) WHERE recorded_to IS NULL;

CREATE TABLE sealedcopy (
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
	release TEXT NOT NULL,
	code TEXT NOT NULL,
	digest TEXT NOT NULL,
	body TEXT NOT NULL,
	page TEXT NOT NULL
);
CREATE INDEX sealedcopy_id ON sealedcopy (id, recorded_from);
CREATE INDEX sealedcopy_list ON sealedcopy (state, recorded_from, id, recorded_to);
CREATE INDEX sealedcopy_listu2 ON sealedcopy (u2, state, recorded_from, id, recorded_to);
CREATE INDEX sealedcopy_listu3 ON sealedcopy (u3, state, recorded_from, id, recorded_to);
CREATE INDEX sealedcopy_release ON sealedcopy (release) WHERE recorded_to IS NULL;

CREATE TABLE figureuse (
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
	release TEXT NOT NULL,
	code TEXT NOT NULL,
	indicator TEXT NOT NULL,
	variant TEXT NOT NULL,
	valid_on BIGINT,
	value DOUBLE PRECISION,
	said TEXT NOT NULL,
	under TEXT NOT NULL,
	evidence TEXT NOT NULL
);
CREATE INDEX figureuse_id ON figureuse (id, recorded_from);
CREATE INDEX figureuse_list ON figureuse (state, coalesce(valid_on, -1073741824), id, recorded_to);
CREATE INDEX figureuse_listu2 ON figureuse (u2, state, coalesce(valid_on, -1073741824), id, recorded_to);
CREATE INDEX figureuse_listu3 ON figureuse (u3, state, coalesce(valid_on, -1073741824), id, recorded_to);
CREATE INDEX figureuse_release ON figureuse (release) WHERE recorded_to IS NULL;

CREATE INDEX sealedcopy_code ON sealedcopy (code);
CREATE INDEX figureuse_indicator ON figureuse (indicator);
