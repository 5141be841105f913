CREATE TABLE mechanism (
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
	track TEXT NOT NULL,
	tier TEXT NOT NULL,
	listed TEXT NOT NULL,
	founded TEXT NOT NULL,
	ended TEXT NOT NULL,
	secretariat TEXT NOT NULL,
	host_turn TEXT NOT NULL,
	mandate TEXT NOT NULL,
	every_months DOUBLE PRECISION,
	within TEXT NOT NULL,
	charter TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX mechanism_id ON mechanism (id, recorded_from);
CREATE INDEX mechanism_list ON mechanism (state, number, id, recorded_to);
CREATE INDEX mechanism_listu2 ON mechanism (u2, state, number, id, recorded_to);
CREATE INDEX mechanism_listu3 ON mechanism (u3, state, number, id, recorded_to);
CREATE INDEX mechanism_within ON mechanism (within) WHERE recorded_to IS NULL;

CREATE TABLE party (
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
	mechanism TEXT NOT NULL,
	name TEXT NOT NULL,
	side TEXT NOT NULL,
	country TEXT NOT NULL,
	place TEXT NOT NULL,
	party_kind TEXT NOT NULL,
	role TEXT NOT NULL,
	setting TEXT NOT NULL,
	opposite TEXT NOT NULL,
	joined TEXT NOT NULL,
	departed TEXT NOT NULL,
	follows TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX party_id ON party (id, recorded_from);
CREATE INDEX party_list ON party (state, mechanism, id, recorded_to);
CREATE INDEX party_listu2 ON party (u2, state, mechanism, id, recorded_to);
CREATE INDEX party_listu3 ON party (u3, state, mechanism, id, recorded_to);
CREATE INDEX party_mechanism ON party (mechanism) WHERE recorded_to IS NULL;
CREATE INDEX party_place ON party (place) WHERE recorded_to IS NULL;
CREATE INDEX party_opposite ON party (opposite) WHERE recorded_to IS NULL;
CREATE INDEX party_follows ON party (follows) WHERE recorded_to IS NULL;

CREATE TABLE mechsession (
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
	mechanism TEXT NOT NULL,
	number TEXT NOT NULL,
	grade TEXT NOT NULL,
	begins TEXT NOT NULL,
	ends TEXT NOT NULL,
	mode TEXT NOT NULL,
	country TEXT NOT NULL,
	place TEXT NOT NULL,
	site TEXT NOT NULL,
	host TEXT NOT NULL,
	heads TEXT NOT NULL,
	size DOUBLE PRECISION,
	documents TEXT NOT NULL,
	result TEXT NOT NULL,
	together TEXT NOT NULL,
	minutes TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX mechsession_id ON mechsession (id, recorded_from);
CREATE INDEX mechsession_list ON mechsession (state, begins, id, recorded_to);
CREATE INDEX mechsession_listu2 ON mechsession (u2, state, begins, id, recorded_to);
CREATE INDEX mechsession_listu3 ON mechsession (u3, state, begins, id, recorded_to);
CREATE INDEX mechsession_mechanism ON mechsession (mechanism) WHERE recorded_to IS NULL;
CREATE INDEX mechsession_place ON mechsession (place) WHERE recorded_to IS NULL;
CREATE INDEX mechsession_together ON mechsession (together) WHERE recorded_to IS NULL;

CREATE TABLE agendapoint (
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
	session TEXT NOT NULL,
	number TEXT NOT NULL,
	title TEXT NOT NULL,
	raised_by TEXT NOT NULL,
	carried_from TEXT NOT NULL,
	lead TEXT NOT NULL,
	position TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX agendapoint_id ON agendapoint (id, recorded_from);
CREATE INDEX agendapoint_list ON agendapoint (state, session, id, recorded_to);
CREATE INDEX agendapoint_listu2 ON agendapoint (u2, state, session, id, recorded_to);
CREATE INDEX agendapoint_listu3 ON agendapoint (u3, state, session, id, recorded_to);
CREATE INDEX agendapoint_session ON agendapoint (session) WHERE recorded_to IS NULL;
CREATE INDEX agendapoint_carried_from ON agendapoint (carried_from) WHERE recorded_to IS NULL;
CREATE INDEX agendapoint_lead ON agendapoint (lead) WHERE recorded_to IS NULL;

CREATE TABLE outcome (
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
	session TEXT NOT NULL,
	point TEXT NOT NULL,
	number TEXT NOT NULL,
	text TEXT NOT NULL,
	kind TEXT NOT NULL,
	holder TEXT NOT NULL,
	due TEXT NOT NULL,
	lead TEXT NOT NULL,
	carried_into TEXT NOT NULL,
	done_on TEXT NOT NULL,
	proof TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX outcome_id ON outcome (id, recorded_from);
CREATE INDEX outcome_list ON outcome (state, session, id, recorded_to);
CREATE INDEX outcome_listu2 ON outcome (u2, state, session, id, recorded_to);
CREATE INDEX outcome_listu3 ON outcome (u3, state, session, id, recorded_to);
CREATE INDEX outcome_session ON outcome (session) WHERE recorded_to IS NULL;
CREATE INDEX outcome_point ON outcome (point) WHERE recorded_to IS NULL;
CREATE INDEX outcome_lead ON outcome (lead) WHERE recorded_to IS NULL;
CREATE INDEX outcome_carried_into ON outcome (carried_into) WHERE recorded_to IS NULL;

