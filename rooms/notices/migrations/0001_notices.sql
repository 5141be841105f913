CREATE TABLE situation (
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
	key TEXT NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	category TEXT NOT NULL,
	response TEXT NOT NULL,
	urgency TEXT NOT NULL,
	severity TEXT NOT NULL,
	certainty TEXT NOT NULL,
	gate TEXT NOT NULL,
	hours DOUBLE PRECISION,
	slots TEXT NOT NULL,
	headline TEXT NOT NULL,
	text TEXT NOT NULL,
	advice TEXT NOT NULL,
	standings TEXT NOT NULL,
	lent TEXT NOT NULL
);
CREATE INDEX situation_id ON situation (id, recorded_from);
CREATE INDEX situation_list ON situation (state, key, id, recorded_to);
CREATE INDEX situation_listu2 ON situation (u2, state, key, id, recorded_to);
CREATE INDEX situation_listu3 ON situation (u3, state, key, id, recorded_to);


CREATE TABLE notice (
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
	number TEXT NOT NULL,
	situation TEXT NOT NULL,
	given TEXT NOT NULL,
	more TEXT NOT NULL,
	standings TEXT NOT NULL,
	scope TEXT NOT NULL,
	only_for TEXT NOT NULL,
	zone TEXT NOT NULL,
	starts TEXT NOT NULL,
	ends TEXT NOT NULL,
	places TEXT NOT NULL,
	outline TEXT NOT NULL,
	countries TEXT NOT NULL,
	step TEXT NOT NULL,
	first TEXT NOT NULL,
	follows TEXT NOT NULL,
	proposer TEXT NOT NULL,
	second TEXT NOT NULL,
	override TEXT NOT NULL,
	reviewed_by TEXT NOT NULL,
	issued TEXT NOT NULL,
	langs TEXT NOT NULL,
	message TEXT NOT NULL,
	received TEXT NOT NULL
);
CREATE INDEX notice_id ON notice (id, recorded_from);
CREATE INDEX notice_list ON notice (state, issued, id, recorded_to);
CREATE INDEX notice_listu2 ON notice (u2, state, issued, id, recorded_to);
CREATE INDEX notice_listu3 ON notice (u3, state, issued, id, recorded_to);
CREATE INDEX notice_situation ON notice (situation) WHERE recorded_to IS NULL;
CREATE INDEX notice_first ON notice (first) WHERE recorded_to IS NULL;
CREATE INDEX notice_follows ON notice (follows) WHERE recorded_to IS NULL;
CREATE INDEX notice_proposer ON notice (proposer) WHERE recorded_to IS NULL;
CREATE INDEX notice_second ON notice (second) WHERE recorded_to IS NULL;
CREATE INDEX notice_reviewed_by ON notice (reviewed_by) WHERE recorded_to IS NULL;


CREATE TABLE drill (
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
	number TEXT NOT NULL,
	situation TEXT NOT NULL,
	given TEXT NOT NULL,
	more TEXT NOT NULL,
	standings TEXT NOT NULL,
	scope TEXT NOT NULL,
	only_for TEXT NOT NULL,
	zone TEXT NOT NULL,
	starts TEXT NOT NULL,
	ends TEXT NOT NULL,
	places TEXT NOT NULL,
	outline TEXT NOT NULL,
	countries TEXT NOT NULL,
	step TEXT NOT NULL,
	first TEXT NOT NULL,
	follows TEXT NOT NULL,
	proposer TEXT NOT NULL,
	second TEXT NOT NULL,
	override TEXT NOT NULL,
	reviewed_by TEXT NOT NULL,
	issued TEXT NOT NULL,
	langs TEXT NOT NULL,
	message TEXT NOT NULL,
	received TEXT NOT NULL
);
CREATE INDEX drill_id ON drill (id, recorded_from);
CREATE INDEX drill_list ON drill (state, issued, id, recorded_to);
CREATE INDEX drill_listu2 ON drill (u2, state, issued, id, recorded_to);
CREATE INDEX drill_listu3 ON drill (u3, state, issued, id, recorded_to);
CREATE INDEX drill_situation ON drill (situation) WHERE recorded_to IS NULL;
CREATE INDEX drill_first ON drill (first) WHERE recorded_to IS NULL;
CREATE INDEX drill_follows ON drill (follows) WHERE recorded_to IS NULL;
CREATE INDEX drill_proposer ON drill (proposer) WHERE recorded_to IS NULL;
CREATE INDEX drill_second ON drill (second) WHERE recorded_to IS NULL;
CREATE INDEX drill_reviewed_by ON drill (reviewed_by) WHERE recorded_to IS NULL;


CREATE TABLE noticepartner (
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
	party TEXT NOT NULL,
	country TEXT NOT NULL,
	contact TEXT NOT NULL,
	mail TEXT NOT NULL,
	sender TEXT NOT NULL,
	hours DOUBLE PRECISION,
	checked_on BIGINT
);
CREATE INDEX noticepartner_id ON noticepartner (id, recorded_from);
CREATE INDEX noticepartner_list ON noticepartner (state, party, id, recorded_to);
CREATE INDEX noticepartner_listu2 ON noticepartner (u2, state, party, id, recorded_to);
CREATE INDEX noticepartner_listu3 ON noticepartner (u3, state, party, id, recorded_to);


CREATE TABLE noticeack (
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
	notice TEXT NOT NULL,
	partner TEXT NOT NULL,
	digest TEXT NOT NULL,
	asked DOUBLE PRECISION,
	due DOUBLE PRECISION,
	given DOUBLE PRECISION,
	way TEXT NOT NULL,
	by_desk TEXT NOT NULL
);
CREATE INDEX noticeack_id ON noticeack (id, recorded_from);
CREATE INDEX noticeack_list ON noticeack (state, id, id, recorded_to);
CREATE INDEX noticeack_listu2 ON noticeack (u2, state, id, id, recorded_to);
CREATE INDEX noticeack_listu3 ON noticeack (u3, state, id, id, recorded_to);
CREATE INDEX noticeack_notice ON noticeack (notice) WHERE recorded_to IS NULL;
CREATE INDEX noticeack_partner ON noticeack (partner) WHERE recorded_to IS NULL;


CREATE UNIQUE INDEX notice_number ON notice (number) WHERE recorded_to IS NULL AND number <> '';
CREATE UNIQUE INDEX drill_number ON drill (number) WHERE recorded_to IS NULL AND number <> '';
