CREATE TABLE routeline (
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
	rule TEXT NOT NULL,
	matter TEXT NOT NULL,
	place_in_order DOUBLE PRECISION,
	direction TEXT NOT NULL,
	rank_from TEXT NOT NULL,
	rank_to TEXT NOT NULL,
	unit_kinds TEXT NOT NULL,
	joint TEXT NOT NULL,
	traits TEXT NOT NULL,
	delegated BIGINT NOT NULL,
	approver TEXT NOT NULL,
	outside BIGINT NOT NULL,
	steps TEXT NOT NULL,
	series TEXT NOT NULL,
	citation TEXT NOT NULL
);
CREATE INDEX routeline_id ON routeline (id, recorded_from);
CREATE INDEX routeline_list ON routeline (state, coalesce(place_in_order, -1073741824), id, recorded_to);
CREATE INDEX routeline_listu2 ON routeline (u2, state, coalesce(place_in_order, -1073741824), id, recorded_to);
CREATE INDEX routeline_listu3 ON routeline (u3, state, coalesce(place_in_order, -1073741824), id, recorded_to);

CREATE TABLE standin (
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
	for_whom TEXT NOT NULL,
	by_whom TEXT NOT NULL,
	first_day BIGINT,
	last_day BIGINT,
	matter TEXT NOT NULL,
	reason TEXT NOT NULL
);
CREATE INDEX standin_id ON standin (id, recorded_from);
CREATE INDEX standin_list ON standin (state, recorded_from, id, recorded_to);
CREATE INDEX standin_listu2 ON standin (u2, state, recorded_from, id, recorded_to);
CREATE INDEX standin_listu3 ON standin (u3, state, recorded_from, id, recorded_to);
CREATE INDEX standin_for_whom ON standin (for_whom) WHERE recorded_to IS NULL;
CREATE INDEX standin_by_whom ON standin (by_whom) WHERE recorded_to IS NULL;

CREATE TABLE circuit (
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
	subject_kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	matter TEXT NOT NULL,
	filed BIGINT,
	opener TEXT NOT NULL,
	rank TEXT NOT NULL,
	countries TEXT NOT NULL,
	days DOUBLE PRECISION,
	persons DOUBLE PRECISION,
	line TEXT NOT NULL,
	line_version TEXT NOT NULL,
	power TEXT NOT NULL,
	approver TEXT NOT NULL,
	citation TEXT NOT NULL,
	series TEXT NOT NULL,
	step_now DOUBLE PRECISION,
	round DOUBLE PRECISION,
	gaps TEXT NOT NULL,
	resume_at DOUBLE PRECISION,
	decision TEXT NOT NULL,
	number TEXT NOT NULL,
	barred TEXT NOT NULL,
	aside TEXT NOT NULL
);
CREATE INDEX circuit_id ON circuit (id, recorded_from);
CREATE INDEX circuit_list ON circuit (state, coalesce(filed, -1073741824), id, recorded_to);
CREATE INDEX circuit_listu2 ON circuit (u2, state, coalesce(filed, -1073741824), id, recorded_to);
CREATE INDEX circuit_listu3 ON circuit (u3, state, coalesce(filed, -1073741824), id, recorded_to);
CREATE INDEX circuit_opener ON circuit (opener) WHERE recorded_to IS NULL;
CREATE INDEX circuit_line ON circuit (line) WHERE recorded_to IS NULL;
CREATE INDEX circuit_power ON circuit (power) WHERE recorded_to IS NULL;
CREATE INDEX circuit_decision ON circuit (decision) WHERE recorded_to IS NULL;

CREATE TABLE circuitstep (
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
	circuit TEXT NOT NULL,
	number DOUBLE PRECISION,
	kind TEXT NOT NULL,
	at_unit TEXT NOT NULL,
	seat TEXT NOT NULL,
	person TEXT NOT NULL,
	ends TEXT NOT NULL,
	due BIGINT,
	due_how TEXT NOT NULL,
	opened BIGINT,
	outcome TEXT NOT NULL,
	opinion TEXT NOT NULL,
	actor TEXT NOT NULL,
	on_behalf TEXT NOT NULL,
	acted BIGINT,
	added_by TEXT NOT NULL,
	urged DOUBLE PRECISION,
	urged_on BIGINT,
	handed TEXT NOT NULL,
	round DOUBLE PRECISION,
	matter TEXT NOT NULL
);
CREATE INDEX circuitstep_id ON circuitstep (id, recorded_from);
CREATE INDEX circuitstep_list ON circuitstep (state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX circuitstep_listu2 ON circuitstep (u2, state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX circuitstep_listu3 ON circuitstep (u3, state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX circuitstep_circuit ON circuitstep (circuit) WHERE recorded_to IS NULL;
CREATE INDEX circuitstep_at_unit ON circuitstep (at_unit) WHERE recorded_to IS NULL;
CREATE INDEX circuitstep_person ON circuitstep (person) WHERE recorded_to IS NULL;
CREATE INDEX circuitstep_actor ON circuitstep (actor) WHERE recorded_to IS NULL;
CREATE INDEX circuitstep_on_behalf ON circuitstep (on_behalf) WHERE recorded_to IS NULL;
CREATE INDEX circuitstep_added_by ON circuitstep (added_by) WHERE recorded_to IS NULL;

CREATE TABLE decision (
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
	subject_kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	version TEXT NOT NULL,
	matter TEXT NOT NULL,
	outcome TEXT NOT NULL,
	opinion TEXT NOT NULL,
	decided_by TEXT NOT NULL,
	on_behalf TEXT NOT NULL,
	at_unit TEXT NOT NULL,
	power TEXT NOT NULL,
	circuit TEXT NOT NULL,
	step TEXT NOT NULL,
	series TEXT NOT NULL,
	serial DOUBLE PRECISION,
	number TEXT NOT NULL,
	day BIGINT,
	outside BIGINT NOT NULL,
	body TEXT NOT NULL,
	rules TEXT NOT NULL
);
CREATE INDEX decision_id ON decision (id, recorded_from);
CREATE INDEX decision_list ON decision (state, coalesce(day, -1073741824), id, recorded_to);
CREATE INDEX decision_listu2 ON decision (u2, state, coalesce(day, -1073741824), id, recorded_to);
CREATE INDEX decision_listu3 ON decision (u3, state, coalesce(day, -1073741824), id, recorded_to);
CREATE INDEX decision_decided_by ON decision (decided_by) WHERE recorded_to IS NULL;
CREATE INDEX decision_on_behalf ON decision (on_behalf) WHERE recorded_to IS NULL;
CREATE INDEX decision_at_unit ON decision (at_unit) WHERE recorded_to IS NULL;
CREATE INDEX decision_power ON decision (power) WHERE recorded_to IS NULL;
CREATE INDEX decision_circuit ON decision (circuit) WHERE recorded_to IS NULL;
CREATE INDEX decision_step ON decision (step) WHERE recorded_to IS NULL;

-- What is open for a seat, a person, and a subject: the pages of a working day ask for these.
CREATE INDEX circuitstep_open ON circuitstep (at_unit, seat, due, id) WHERE recorded_to IS NULL AND state = 'open';
CREATE INDEX circuit_subject ON circuit (subject_kind, subject, recorded_from);
CREATE INDEX decision_series ON decision (series, day, serial) WHERE recorded_to IS NULL;
