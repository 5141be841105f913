CREATE TABLE place (
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
	codes TEXT NOT NULL,
	name TEXT NOT NULL,
	aliases TEXT NOT NULL,
	country TEXT NOT NULL,
	rank TEXT NOT NULL,
	parent TEXT NOT NULL,
	own BIGINT NOT NULL,
	borders TEXT NOT NULL,
	at_lon DOUBLE PRECISION NOT NULL,
	at_lat DOUBLE PRECISION NOT NULL,
	at_crs TEXT NOT NULL,
	successor TEXT NOT NULL
);
CREATE INDEX place_id ON place (id, recorded_from);
CREATE INDEX place_list ON place (state, code, id, recorded_to);
CREATE INDEX place_listu2 ON place (u2, state, code, id, recorded_to);
CREATE INDEX place_listu3 ON place (u3, state, code, id, recorded_to);
CREATE INDEX place_parent ON place (parent) WHERE recorded_to IS NULL;
CREATE INDEX place_successor ON place (successor) WHERE recorded_to IS NULL;

CREATE TABLE tie (
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
	kind TEXT NOT NULL,
	grade TEXT NOT NULL,
	rank TEXT NOT NULL,
	own TEXT NOT NULL,
	partner TEXT NOT NULL,
	country TEXT NOT NULL,
	parties TEXT NOT NULL,
	signed TEXT NOT NULL,
	one_sided TEXT NOT NULL,
	title TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX tie_id ON tie (id, recorded_from);
CREATE INDEX tie_list ON tie (state, signed, id, recorded_to);
CREATE INDEX tie_listu2 ON tie (u2, state, signed, id, recorded_to);
CREATE INDEX tie_listu3 ON tie (u3, state, signed, id, recorded_to);
CREATE INDEX tie_own ON tie (own) WHERE recorded_to IS NULL;
CREATE INDEX tie_partner ON tie (partner) WHERE recorded_to IS NULL;

CREATE TABLE agreement (
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
	tie TEXT NOT NULL,
	signed TEXT NOT NULL,
	langs TEXT NOT NULL,
	clauses TEXT NOT NULL,
	paper TEXT NOT NULL
);
CREATE INDEX agreement_id ON agreement (id, recorded_from);
CREATE INDEX agreement_list ON agreement (state, signed, id, recorded_to);
CREATE INDEX agreement_listu2 ON agreement (u2, state, signed, id, recorded_to);
CREATE INDEX agreement_listu3 ON agreement (u3, state, signed, id, recorded_to);
CREATE INDEX agreement_tie ON agreement (tie) WHERE recorded_to IS NULL;

CREATE TABLE exchange (
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
	what TEXT NOT NULL,
	tie TEXT NOT NULL,
	kind TEXT NOT NULL,
	day TEXT NOT NULL,
	grade TEXT NOT NULL
);
CREATE INDEX exchange_id ON exchange (id, recorded_from);
CREATE INDEX exchange_list ON exchange (state, day, id, recorded_to);
CREATE INDEX exchange_listu2 ON exchange (u2, state, day, id, recorded_to);
CREATE INDEX exchange_listu3 ON exchange (u3, state, day, id, recorded_to);
CREATE INDEX exchange_tie ON exchange (tie) WHERE recorded_to IS NULL;

CREATE TABLE consulate (
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
	kind TEXT NOT NULL,
	country TEXT NOT NULL,
	city TEXT NOT NULL,
	district TEXT NOT NULL,
	established TEXT NOT NULL,
	opened TEXT NOT NULL,
	closed TEXT NOT NULL,
	status TEXT NOT NULL
);
CREATE INDEX consulate_id ON consulate (id, recorded_from);
CREATE INDEX consulate_list ON consulate (state, country, id, recorded_to);
CREATE INDEX consulate_listu2 ON consulate (u2, state, country, id, recorded_to);
CREATE INDEX consulate_listu3 ON consulate (u3, state, country, id, recorded_to);
CREATE INDEX consulate_city ON consulate (city) WHERE recorded_to IS NULL;

CREATE TABLE placelist (
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
	members TEXT NOT NULL
);
CREATE INDEX placelist_id ON placelist (id, recorded_from);
CREATE INDEX placelist_list ON placelist (state, key, id, recorded_to);
CREATE INDEX placelist_listu2 ON placelist (u2, state, key, id, recorded_to);
CREATE INDEX placelist_listu3 ON placelist (u3, state, key, id, recorded_to);

CREATE TABLE body (
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
	kind TEXT NOT NULL,
	place TEXT NOT NULL
);
CREATE INDEX body_id ON body (id, recorded_from);
CREATE INDEX body_list ON body (state, recorded_from, id, recorded_to);
CREATE INDEX body_listu2 ON body (u2, state, recorded_from, id, recorded_to);
CREATE INDEX body_listu3 ON body (u3, state, recorded_from, id, recorded_to);
CREATE INDEX body_place ON body (place) WHERE recorded_to IS NULL;

CREATE TABLE post (
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
	body TEXT NOT NULL
);
CREATE INDEX post_id ON post (id, recorded_from);
CREATE INDEX post_list ON post (state, recorded_from, id, recorded_to);
CREATE INDEX post_listu2 ON post (u2, state, recorded_from, id, recorded_to);
CREATE INDEX post_listu3 ON post (u3, state, recorded_from, id, recorded_to);
CREATE INDEX post_body ON post (body) WHERE recorded_to IS NULL;

CREATE TABLE person (
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
	note TEXT NOT NULL
);
CREATE INDEX person_id ON person (id, recorded_from);
CREATE INDEX person_list ON person (state, recorded_from, id, recorded_to);
CREATE INDEX person_listu2 ON person (u2, state, recorded_from, id, recorded_to);
CREATE INDEX person_listu3 ON person (u3, state, recorded_from, id, recorded_to);

CREATE TABLE holding (
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
	person TEXT NOT NULL,
	post TEXT NOT NULL
);
CREATE INDEX holding_id ON holding (id, recorded_from);
CREATE INDEX holding_list ON holding (state, recorded_from, id, recorded_to);
CREATE INDEX holding_listu2 ON holding (u2, state, recorded_from, id, recorded_to);
CREATE INDEX holding_listu3 ON holding (u3, state, recorded_from, id, recorded_to);
CREATE INDEX holding_person ON holding (person) WHERE recorded_to IS NULL;
CREATE INDEX holding_post ON holding (post) WHERE recorded_to IS NULL;

