CREATE TABLE visit (
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
	direction TEXT NOT NULL,
	kind TEXT NOT NULL,
	rank TEXT NOT NULL,
	country TEXT NOT NULL,
	party TEXT NOT NULL,
	leader TEXT NOT NULL,
	size DOUBLE PRECISION,
	host TEXT NOT NULL,
	lead TEXT NOT NULL,
	begins TEXT NOT NULL,
	ends TEXT NOT NULL,
	basis TEXT NOT NULL,
	basis_text TEXT NOT NULL,
	clause TEXT NOT NULL,
	session TEXT NOT NULL,
	cost TEXT NOT NULL,
	purpose TEXT NOT NULL,
	report_due TEXT NOT NULL,
	report_given TEXT NOT NULL,
	report TEXT NOT NULL,
	papers TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX visit_id ON visit (id, recorded_from);
CREATE INDEX visit_list ON visit (state, begins, id, recorded_to);
CREATE INDEX visit_listu2 ON visit (u2, state, begins, id, recorded_to);
CREATE INDEX visit_listu3 ON visit (u3, state, begins, id, recorded_to);
CREATE INDEX visit_lead ON visit (lead) WHERE recorded_to IS NULL;
CREATE INDEX visit_clause ON visit (clause) WHERE recorded_to IS NULL;
CREATE INDEX visit_session ON visit (session) WHERE recorded_to IS NULL;

CREATE TABLE stop (
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
	visit TEXT NOT NULL,
	number DOUBLE PRECISION,
	country TEXT NOT NULL,
	place TEXT NOT NULL,
	site TEXT NOT NULL,
	begins TEXT NOT NULL,
	ends TEXT NOT NULL,
	purpose TEXT NOT NULL,
	direction TEXT NOT NULL,
	kind TEXT NOT NULL,
	rank TEXT NOT NULL,
	visit_state TEXT NOT NULL,
	began TEXT NOT NULL
);
CREATE INDEX stop_id ON stop (id, recorded_from);
CREATE INDEX stop_list ON stop (state, visit, id, recorded_to);
CREATE INDEX stop_listu2 ON stop (u2, state, visit, id, recorded_to);
CREATE INDEX stop_listu3 ON stop (u3, state, visit, id, recorded_to);
CREATE INDEX stop_visit ON stop (visit) WHERE recorded_to IS NULL;
CREATE INDEX stop_place ON stop (place) WHERE recorded_to IS NULL;

CREATE TABLE member (
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
	post TEXT NOT NULL,
	visit TEXT NOT NULL,
	number DOUBLE PRECISION,
	role TEXT NOT NULL,
	body TEXT NOT NULL,
	body_kind TEXT NOT NULL,
	country TEXT NOT NULL,
	place TEXT NOT NULL,
	name TEXT NOT NULL,
	note TEXT NOT NULL,
	direction TEXT NOT NULL,
	kind TEXT NOT NULL,
	rank TEXT NOT NULL,
	visit_state TEXT NOT NULL,
	began TEXT NOT NULL
);
CREATE INDEX member_id ON member (id, recorded_from);
CREATE INDEX member_list ON member (state, visit, id, recorded_to);
CREATE INDEX member_listu2 ON member (u2, state, visit, id, recorded_to);
CREATE INDEX member_listu3 ON member (u3, state, visit, id, recorded_to);
CREATE INDEX member_visit ON member (visit) WHERE recorded_to IS NULL;
CREATE INDEX member_place ON member (place) WHERE recorded_to IS NULL;

CREATE TABLE programmeitem (
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
	visit TEXT NOT NULL,
	day TEXT NOT NULL,
	begins TEXT NOT NULL,
	ends TEXT NOT NULL,
	kind TEXT NOT NULL,
	place TEXT NOT NULL,
	site TEXT NOT NULL,
	shown TEXT NOT NULL,
	lead TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX programmeitem_id ON programmeitem (id, recorded_from);
CREATE INDEX programmeitem_list ON programmeitem (state, day, id, recorded_to);
CREATE INDEX programmeitem_listu2 ON programmeitem (u2, state, day, id, recorded_to);
CREATE INDEX programmeitem_listu3 ON programmeitem (u3, state, day, id, recorded_to);
CREATE INDEX programmeitem_visit ON programmeitem (visit) WHERE recorded_to IS NULL;
CREATE INDEX programmeitem_place ON programmeitem (place) WHERE recorded_to IS NULL;
CREATE INDEX programmeitem_lead ON programmeitem (lead) WHERE recorded_to IS NULL;

CREATE TABLE visitresult (
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
	text TEXT NOT NULL,
	visit TEXT NOT NULL,
	kind TEXT NOT NULL,
	holder TEXT NOT NULL,
	due TEXT NOT NULL,
	lead TEXT NOT NULL,
	obligation TEXT NOT NULL,
	proof TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX visitresult_id ON visitresult (id, recorded_from);
CREATE INDEX visitresult_list ON visitresult (state, visit, id, recorded_to);
CREATE INDEX visitresult_listu2 ON visitresult (u2, state, visit, id, recorded_to);
CREATE INDEX visitresult_listu3 ON visitresult (u3, state, visit, id, recorded_to);
CREATE INDEX visitresult_visit ON visitresult (visit) WHERE recorded_to IS NULL;
CREATE INDEX visitresult_lead ON visitresult (lead) WHERE recorded_to IS NULL;
CREATE INDEX visitresult_obligation ON visitresult (obligation) WHERE recorded_to IS NULL;

