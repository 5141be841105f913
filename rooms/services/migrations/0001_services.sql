CREATE TABLE service (
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
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	audience TEXT NOT NULL,
	desk TEXT NOT NULL,
	promised_days DOUBLE PRECISION,
	needs TEXT NOT NULL,
	ground TEXT NOT NULL,
	measure TEXT NOT NULL,
	since TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX service_id ON service (id, recorded_from);
CREATE INDEX service_list ON service (state, code, id, recorded_to);
CREATE INDEX service_listu2 ON service (u2, state, code, id, recorded_to);
CREATE INDEX service_listu3 ON service (u3, state, code, id, recorded_to);
CREATE INDEX service_desk ON service (desk) WHERE recorded_to IS NULL;
CREATE INDEX service_measure ON service (measure) WHERE recorded_to IS NULL;

CREATE TABLE request (
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
	subject TEXT NOT NULL,
	number TEXT NOT NULL,
	service TEXT NOT NULL,
	received BIGINT,
	asker TEXT NOT NULL,
	asker_of TEXT NOT NULL,
	contact TEXT NOT NULL,
	channel TEXT NOT NULL,
	desk TEXT NOT NULL,
	due BIGINT,
	waited_days DOUBLE PRECISION,
	note TEXT NOT NULL,
	answered BIGINT,
	taken_days DOUBLE PRECISION
);
CREATE INDEX request_id ON request (id, recorded_from);
CREATE INDEX request_list ON request (state, coalesce(received, -1073741824), id, recorded_to);
CREATE INDEX request_listu2 ON request (u2, state, coalesce(received, -1073741824), id, recorded_to);
CREATE INDEX request_listu3 ON request (u3, state, coalesce(received, -1073741824), id, recorded_to);
CREATE INDEX request_service ON request (service) WHERE recorded_to IS NULL;
CREATE INDEX request_desk ON request (desk) WHERE recorded_to IS NULL;

CREATE TABLE answer (
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
	request TEXT NOT NULL,
	kind TEXT NOT NULL,
	given BIGINT,
	desk TEXT NOT NULL,
	paper TEXT NOT NULL,
	liked TEXT NOT NULL,
	note TEXT NOT NULL,
	service TEXT NOT NULL
);
CREATE INDEX answer_id ON answer (id, recorded_from);
CREATE INDEX answer_list ON answer (state, coalesce(given, -1073741824), id, recorded_to);
CREATE INDEX answer_listu2 ON answer (u2, state, coalesce(given, -1073741824), id, recorded_to);
CREATE INDEX answer_listu3 ON answer (u3, state, coalesce(given, -1073741824), id, recorded_to);
CREATE INDEX answer_request ON answer (request) WHERE recorded_to IS NULL;
CREATE INDEX answer_desk ON answer (desk) WHERE recorded_to IS NULL;
CREATE INDEX answer_service ON answer (service) WHERE recorded_to IS NULL;

