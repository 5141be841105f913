CREATE TABLE aidprogramme (
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
	aliases TEXT NOT NULL,
	since TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX aidprogramme_id ON aidprogramme (id, recorded_from);
CREATE INDEX aidprogramme_list ON aidprogramme (state, since, id, recorded_to);
CREATE INDEX aidprogramme_listu2 ON aidprogramme (u2, state, since, id, recorded_to);
CREATE INDEX aidprogramme_listu3 ON aidprogramme (u3, state, since, id, recorded_to);

CREATE TABLE aidactivity (
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
	title TEXT NOT NULL,
	programme TEXT NOT NULL,
	kind TEXT NOT NULL,
	direction TEXT NOT NULL,
	country TEXT NOT NULL,
	place TEXT NOT NULL,
	site TEXT NOT NULL,
	began TEXT NOT NULL,
	ended TEXT NOT NULL,
	parent TEXT NOT NULL,
	their_id TEXT NOT NULL,
	sector TEXT NOT NULL,
	aid_type TEXT NOT NULL,
	flow TEXT NOT NULL,
	summary TEXT NOT NULL
);
CREATE INDEX aidactivity_id ON aidactivity (id, recorded_from);
CREATE INDEX aidactivity_list ON aidactivity (state, began, id, recorded_to);
CREATE INDEX aidactivity_listu2 ON aidactivity (u2, state, began, id, recorded_to);
CREATE INDEX aidactivity_listu3 ON aidactivity (u3, state, began, id, recorded_to);
CREATE INDEX aidactivity_programme ON aidactivity (programme) WHERE recorded_to IS NULL;
CREATE INDEX aidactivity_place ON aidactivity (place) WHERE recorded_to IS NULL;
CREATE INDEX aidactivity_parent ON aidactivity (parent) WHERE recorded_to IS NULL;

CREATE TABLE aidrole (
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
	who TEXT NOT NULL,
	role TEXT NOT NULL,
	side TEXT NOT NULL,
	activity TEXT NOT NULL,
	line TEXT NOT NULL,
	body TEXT NOT NULL,
	body_kind TEXT NOT NULL,
	note TEXT NOT NULL,
	country TEXT NOT NULL,
	programme TEXT NOT NULL,
	direction TEXT NOT NULL,
	began TEXT NOT NULL
);
CREATE INDEX aidrole_id ON aidrole (id, recorded_from);
CREATE INDEX aidrole_list ON aidrole (state, role, id, recorded_to);
CREATE INDEX aidrole_listu2 ON aidrole (u2, state, role, id, recorded_to);
CREATE INDEX aidrole_listu3 ON aidrole (u3, state, role, id, recorded_to);
CREATE INDEX aidrole_activity ON aidrole (activity) WHERE recorded_to IS NULL;
CREATE INDEX aidrole_line ON aidrole (line) WHERE recorded_to IS NULL;
CREATE INDEX aidrole_body ON aidrole (body) WHERE recorded_to IS NULL;
CREATE INDEX aidrole_programme ON aidrole (programme) WHERE recorded_to IS NULL;

CREATE TABLE aidline (
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
	activity TEXT NOT NULL,
	lot TEXT NOT NULL,
	item TEXT NOT NULL,
	quantity DOUBLE PRECISION,
	counted_in TEXT NOT NULL,
	qualifier TEXT NOT NULL,
	expires TEXT NOT NULL,
	cold BIGINT NOT NULL,
	note TEXT NOT NULL,
	country TEXT NOT NULL,
	programme TEXT NOT NULL,
	direction TEXT NOT NULL,
	began TEXT NOT NULL,
	giver TEXT NOT NULL,
	gave BIGINT NOT NULL,
	paid BIGINT NOT NULL,
	moved BIGINT NOT NULL,
	obtained BIGINT NOT NULL,
	did BIGINT NOT NULL
);
CREATE INDEX aidline_id ON aidline (id, recorded_from);
CREATE INDEX aidline_list ON aidline (state, began, id, recorded_to);
CREATE INDEX aidline_listu2 ON aidline (u2, state, began, id, recorded_to);
CREATE INDEX aidline_listu3 ON aidline (u3, state, began, id, recorded_to);
CREATE INDEX aidline_activity ON aidline (activity) WHERE recorded_to IS NULL;
CREATE INDEX aidline_programme ON aidline (programme) WHERE recorded_to IS NULL;

CREATE TABLE aidstage (
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
	stage TEXT NOT NULL,
	line TEXT NOT NULL,
	day TEXT NOT NULL,
	quantity DOUBLE PRECISION,
	by_whom TEXT NOT NULL,
	site TEXT NOT NULL,
	transport TEXT NOT NULL,
	proof TEXT NOT NULL,
	paper TEXT NOT NULL,
	note TEXT NOT NULL,
	what TEXT NOT NULL,
	counted DOUBLE PRECISION,
	lot TEXT NOT NULL,
	item TEXT NOT NULL,
	counted_in TEXT NOT NULL,
	country TEXT NOT NULL,
	programme TEXT NOT NULL,
	direction TEXT NOT NULL,
	began TEXT NOT NULL,
	giver TEXT NOT NULL,
	gave BIGINT NOT NULL,
	paid BIGINT NOT NULL,
	moved BIGINT NOT NULL,
	obtained BIGINT NOT NULL,
	did BIGINT NOT NULL
);
CREATE INDEX aidstage_id ON aidstage (id, recorded_from);
CREATE INDEX aidstage_list ON aidstage (state, day, id, recorded_to);
CREATE INDEX aidstage_listu2 ON aidstage (u2, state, day, id, recorded_to);
CREATE INDEX aidstage_listu3 ON aidstage (u3, state, day, id, recorded_to);
CREATE INDEX aidstage_line ON aidstage (line) WHERE recorded_to IS NULL;
CREATE INDEX aidstage_programme ON aidstage (programme) WHERE recorded_to IS NULL;

CREATE TABLE aidteam (
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
	activity TEXT NOT NULL,
	mission TEXT NOT NULL,
	part_of TEXT NOT NULL,
	counted_as TEXT NOT NULL,
	number DOUBLE PRECISION,
	work TEXT NOT NULL,
	began TEXT NOT NULL,
	ended TEXT NOT NULL,
	note TEXT NOT NULL,
	country TEXT NOT NULL,
	programme TEXT NOT NULL,
	direction TEXT NOT NULL,
	giver TEXT NOT NULL,
	gave BIGINT NOT NULL,
	paid BIGINT NOT NULL,
	moved BIGINT NOT NULL,
	obtained BIGINT NOT NULL,
	did BIGINT NOT NULL
);
CREATE INDEX aidteam_id ON aidteam (id, recorded_from);
CREATE INDEX aidteam_list ON aidteam (state, began, id, recorded_to);
CREATE INDEX aidteam_listu2 ON aidteam (u2, state, began, id, recorded_to);
CREATE INDEX aidteam_listu3 ON aidteam (u3, state, began, id, recorded_to);
CREATE INDEX aidteam_activity ON aidteam (activity) WHERE recorded_to IS NULL;
CREATE INDEX aidteam_part_of ON aidteam (part_of) WHERE recorded_to IS NULL;
CREATE INDEX aidteam_programme ON aidteam (programme) WHERE recorded_to IS NULL;

CREATE TABLE valuation (
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
	line TEXT NOT NULL,
	covers TEXT NOT NULL,
	method TEXT NOT NULL,
	price_source TEXT NOT NULL,
	amount BIGINT NOT NULL,
	amount_currency TEXT NOT NULL,
	day TEXT NOT NULL,
	rate DOUBLE PRECISION,
	rate_day TEXT NOT NULL,
	worth DOUBLE PRECISION,
	summed BIGINT NOT NULL,
	note TEXT NOT NULL,
	what TEXT NOT NULL,
	lot TEXT NOT NULL,
	item TEXT NOT NULL,
	counted_in TEXT NOT NULL,
	country TEXT NOT NULL,
	programme TEXT NOT NULL,
	direction TEXT NOT NULL,
	began TEXT NOT NULL,
	giver TEXT NOT NULL,
	gave BIGINT NOT NULL,
	paid BIGINT NOT NULL,
	moved BIGINT NOT NULL,
	obtained BIGINT NOT NULL,
	did BIGINT NOT NULL
);
CREATE INDEX valuation_id ON valuation (id, recorded_from);
CREATE INDEX valuation_list ON valuation (state, day, id, recorded_to);
CREATE INDEX valuation_listu2 ON valuation (u2, state, day, id, recorded_to);
CREATE INDEX valuation_listu3 ON valuation (u3, state, day, id, recorded_to);
CREATE INDEX valuation_line ON valuation (line) WHERE recorded_to IS NULL;
CREATE INDEX valuation_programme ON valuation (programme) WHERE recorded_to IS NULL;

CREATE TABLE aidproject (
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
	title TEXT NOT NULL,
	programme TEXT NOT NULL,
	activity TEXT NOT NULL,
	kind TEXT NOT NULL,
	small BIGINT NOT NULL,
	country TEXT NOT NULL,
	place TEXT NOT NULL,
	site TEXT NOT NULL,
	partner TEXT NOT NULL,
	contractor TEXT NOT NULL,
	budget BIGINT NOT NULL,
	budget_currency TEXT NOT NULL,
	spent BIGINT NOT NULL,
	spent_currency TEXT NOT NULL,
	started TEXT NOT NULL,
	handed_over TEXT NOT NULL,
	milestones TEXT NOT NULL,
	visits TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX aidproject_id ON aidproject (id, recorded_from);
CREATE INDEX aidproject_list ON aidproject (state, started, id, recorded_to);
CREATE INDEX aidproject_listu2 ON aidproject (u2, state, started, id, recorded_to);
CREATE INDEX aidproject_listu3 ON aidproject (u3, state, started, id, recorded_to);
CREATE INDEX aidproject_programme ON aidproject (programme) WHERE recorded_to IS NULL;
CREATE INDEX aidproject_activity ON aidproject (activity) WHERE recorded_to IS NULL;
CREATE INDEX aidproject_place ON aidproject (place) WHERE recorded_to IS NULL;

CREATE TABLE aidasset (
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
	activity TEXT NOT NULL,
	project TEXT NOT NULL,
	country TEXT NOT NULL,
	place TEXT NOT NULL,
	capacity TEXT NOT NULL,
	handed_over TEXT NOT NULL,
	in_use TEXT NOT NULL,
	last_checked TEXT NOT NULL,
	checks TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX aidasset_id ON aidasset (id, recorded_from);
CREATE INDEX aidasset_list ON aidasset (state, handed_over, id, recorded_to);
CREATE INDEX aidasset_listu2 ON aidasset (u2, state, handed_over, id, recorded_to);
CREATE INDEX aidasset_listu3 ON aidasset (u3, state, handed_over, id, recorded_to);
CREATE INDEX aidasset_activity ON aidasset (activity) WHERE recorded_to IS NULL;
CREATE INDEX aidasset_project ON aidasset (project) WHERE recorded_to IS NULL;
CREATE INDEX aidasset_place ON aidasset (place) WHERE recorded_to IS NULL;

