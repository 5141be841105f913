CREATE TABLE boundaryrelation (
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
	neighbour TEXT NOT NULL,
	country_place TEXT NOT NULL,
	instruments TEXT NOT NULL,
	body TEXT NOT NULL,
	inspection_years DOUBLE PRECISION,
	review TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX boundaryrelation_id ON boundaryrelation (id, recorded_from);
CREATE INDEX boundaryrelation_list ON boundaryrelation (state, number, id, recorded_to);
CREATE INDEX boundaryrelation_listu2 ON boundaryrelation (u2, state, number, id, recorded_to);
CREATE INDEX boundaryrelation_listu3 ON boundaryrelation (u3, state, number, id, recorded_to);
CREATE INDEX boundaryrelation_country_place ON boundaryrelation (country_place) WHERE recorded_to IS NULL;
CREATE INDEX boundaryrelation_body ON boundaryrelation (body) WHERE recorded_to IS NULL;

CREATE TABLE segment (
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
	relation TEXT NOT NULL,
	neighbour TEXT NOT NULL,
	scope TEXT NOT NULL,
	part_of TEXT NOT NULL,
	added_to TEXT NOT NULL,
	own TEXT NOT NULL,
	opposite TEXT NOT NULL,
	length_km DOUBLE PRECISION,
	qualifier TEXT NOT NULL,
	course TEXT NOT NULL,
	series TEXT NOT NULL,
	markers DOUBLE PRECISION,
	measured TEXT NOT NULL,
	reliance TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX segment_id ON segment (id, recorded_from);
CREATE INDEX segment_list ON segment (state, number, id, recorded_to);
CREATE INDEX segment_listu2 ON segment (u2, state, number, id, recorded_to);
CREATE INDEX segment_listu3 ON segment (u3, state, number, id, recorded_to);
CREATE INDEX segment_relation ON segment (relation) WHERE recorded_to IS NULL;
CREATE INDEX segment_part_of ON segment (part_of) WHERE recorded_to IS NULL;
CREATE INDEX segment_added_to ON segment (added_to) WHERE recorded_to IS NULL;
CREATE INDEX segment_own ON segment (own) WHERE recorded_to IS NULL;
CREATE INDEX segment_opposite ON segment (opposite) WHERE recorded_to IS NULL;

CREATE TABLE port (
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
	class TEXT NOT NULL,
	neighbour TEXT NOT NULL,
	county TEXT NOT NULL,
	segment TEXT NOT NULL,
	opened TEXT NOT NULL,
	at_lon DOUBLE PRECISION NOT NULL,
	at_lat DOUBLE PRECISION NOT NULL,
	at_crs TEXT NOT NULL,
	at_is TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX port_id ON port (id, recorded_from);
CREATE INDEX port_list ON port (state, number, id, recorded_to);
CREATE INDEX port_listu2 ON port (u2, state, number, id, recorded_to);
CREATE INDEX port_listu3 ON port (u3, state, number, id, recorded_to);
CREATE INDEX port_county ON port (county) WHERE recorded_to IS NULL;
CREATE INDEX port_segment ON port (segment) WHERE recorded_to IS NULL;

CREATE TABLE portside (
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
	port TEXT NOT NULL,
	side TEXT NOT NULL,
	name TEXT NOT NULL,
	country TEXT NOT NULL,
	place TEXT NOT NULL,
	site TEXT NOT NULL,
	class TEXT NOT NULL,
	passers TEXT NOT NULL,
	opens TEXT NOT NULL,
	closes TEXT NOT NULL,
	zone TEXT NOT NULL,
	days TEXT NOT NULL,
	opened TEXT NOT NULL,
	basis TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX portside_id ON portside (id, recorded_from);
CREATE INDEX portside_list ON portside (state, port, id, recorded_to);
CREATE INDEX portside_listu2 ON portside (u2, state, port, id, recorded_to);
CREATE INDEX portside_listu3 ON portside (u3, state, port, id, recorded_to);
CREATE INDEX portside_port ON portside (port) WHERE recorded_to IS NULL;
CREATE INDEX portside_place ON portside (place) WHERE recorded_to IS NULL;

CREATE TABLE portchange (
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
	port TEXT NOT NULL,
	title TEXT NOT NULL,
	what TEXT NOT NULL,
	side TEXT NOT NULL,
	grade TEXT NOT NULL,
	day TEXT NOT NULL,
	class_before TEXT NOT NULL,
	class_after TEXT NOT NULL,
	approval TEXT NOT NULL,
	consent TEXT NOT NULL,
	accepted TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX portchange_id ON portchange (id, recorded_from);
CREATE INDEX portchange_list ON portchange (state, day, id, recorded_to);
CREATE INDEX portchange_listu2 ON portchange (u2, state, day, id, recorded_to);
CREATE INDEX portchange_listu3 ON portchange (u3, state, day, id, recorded_to);
CREATE INDEX portchange_port ON portchange (port) WHERE recorded_to IS NULL;

CREATE TABLE facility (
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
	port TEXT NOT NULL,
	segment TEXT NOT NULL,
	neighbour TEXT NOT NULL,
	place TEXT NOT NULL,
	counterpart TEXT NOT NULL,
	approval TEXT NOT NULL,
	consented TEXT NOT NULL,
	begun TEXT NOT NULL,
	accepted TEXT NOT NULL,
	opened TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX facility_id ON facility (id, recorded_from);
CREATE INDEX facility_list ON facility (state, number, id, recorded_to);
CREATE INDEX facility_listu2 ON facility (u2, state, number, id, recorded_to);
CREATE INDEX facility_listu3 ON facility (u3, state, number, id, recorded_to);
CREATE INDEX facility_port ON facility (port) WHERE recorded_to IS NULL;
CREATE INDEX facility_segment ON facility (segment) WHERE recorded_to IS NULL;
CREATE INDEX facility_place ON facility (place) WHERE recorded_to IS NULL;

CREATE TABLE villagelink (
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
	tie TEXT NOT NULL,
	neighbour TEXT NOT NULL,
	segment TEXT NOT NULL,
	port TEXT NOT NULL,
	our_unit TEXT NOT NULL,
	their_unit TEXT NOT NULL,
	counted_by TEXT NOT NULL,
	cluster TEXT NOT NULL,
	reviewed TEXT NOT NULL,
	review_months DOUBLE PRECISION,
	title TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX villagelink_id ON villagelink (id, recorded_from);
CREATE INDEX villagelink_list ON villagelink (state, neighbour, id, recorded_to);
CREATE INDEX villagelink_listu2 ON villagelink (u2, state, neighbour, id, recorded_to);
CREATE INDEX villagelink_listu3 ON villagelink (u3, state, neighbour, id, recorded_to);
CREATE INDEX villagelink_tie ON villagelink (tie) WHERE recorded_to IS NULL;
CREATE INDEX villagelink_segment ON villagelink (segment) WHERE recorded_to IS NULL;
CREATE INDEX villagelink_port ON villagelink (port) WHERE recorded_to IS NULL;

CREATE TABLE warden (
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
	place TEXT NOT NULL,
	segment TEXT NOT NULL,
	stretch TEXT NOT NULL,
	name TEXT NOT NULL,
	appointed TEXT NOT NULL,
	ended TEXT NOT NULL,
	appointed_by TEXT NOT NULL,
	training TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX warden_id ON warden (id, recorded_from);
CREATE INDEX warden_list ON warden (state, number, id, recorded_to);
CREATE INDEX warden_listu2 ON warden (u2, state, number, id, recorded_to);
CREATE INDEX warden_listu3 ON warden (u3, state, number, id, recorded_to);
CREATE INDEX warden_place ON warden (place) WHERE recorded_to IS NULL;
CREATE INDEX warden_segment ON warden (segment) WHERE recorded_to IS NULL;
