CREATE TABLE articledraft (
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
	source_kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	number TEXT NOT NULL,
	text_lang TEXT NOT NULL,
	heading TEXT NOT NULL,
	author TEXT NOT NULL,
	summary TEXT NOT NULL,
	cover TEXT NOT NULL,
	own_cover BIGINT NOT NULL,
	content TEXT NOT NULL,
	pictures TEXT NOT NULL,
	taken_out TEXT NOT NULL,
	original TEXT NOT NULL,
	media TEXT NOT NULL,
	thumb TEXT NOT NULL,
	maker TEXT NOT NULL,
	asked DOUBLE PRECISION,
	tried DOUBLE PRECISION,
	code DOUBLE PRECISION,
	answer TEXT NOT NULL,
	lost BIGINT NOT NULL,
	link TEXT NOT NULL,
	given DOUBLE PRECISION,
	given_by TEXT NOT NULL,
	because TEXT NOT NULL,
	replaced DOUBLE PRECISION,
	done_how TEXT NOT NULL,
	done DOUBLE PRECISION,
	done_by TEXT NOT NULL
);
CREATE INDEX articledraft_id ON articledraft (id, recorded_from);
CREATE INDEX articledraft_list ON articledraft (state, id, id, recorded_to);
CREATE INDEX articledraft_listu2 ON articledraft (u2, state, id, id, recorded_to);
CREATE INDEX articledraft_listu3 ON articledraft (u3, state, id, id, recorded_to);
CREATE INDEX articledraft_cover ON articledraft (cover) WHERE recorded_to IS NULL;
CREATE INDEX articledraft_maker ON articledraft (maker) WHERE recorded_to IS NULL;
CREATE INDEX articledraft_given_by ON articledraft (given_by) WHERE recorded_to IS NULL;
CREATE INDEX articledraft_done_by ON articledraft (done_by) WHERE recorded_to IS NULL;

CREATE TABLE articlecover (
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
	picture TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX articlecover_id ON articlecover (id, recorded_from);
CREATE INDEX articlecover_list ON articlecover (state, id, id, recorded_to);
CREATE INDEX articlecover_listu2 ON articlecover (u2, state, id, id, recorded_to);
CREATE INDEX articlecover_listu3 ON articlecover (u3, state, id, id, recorded_to);

