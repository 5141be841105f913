CREATE TABLE plan (
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
	kind TEXT NOT NULL,
	tier TEXT NOT NULL,
	country TEXT NOT NULL,
	adopted TEXT NOT NULL,
	begins TEXT NOT NULL,
	ends TEXT NOT NULL,
	years DOUBLE PRECISION,
	clauses DOUBLE PRECISION,
	supersedes TEXT NOT NULL,
	carries_out TEXT NOT NULL,
	lead TEXT NOT NULL,
	share TEXT NOT NULL,
	paper TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX plan_id ON plan (id, recorded_from);
CREATE INDEX plan_list ON plan (state, adopted, id, recorded_to);
CREATE INDEX plan_listu2 ON plan (u2, state, adopted, id, recorded_to);
CREATE INDEX plan_listu3 ON plan (u3, state, adopted, id, recorded_to);
CREATE INDEX plan_supersedes ON plan (supersedes) WHERE recorded_to IS NULL;
CREATE INDEX plan_carries_out ON plan (carries_out) WHERE recorded_to IS NULL;
CREATE INDEX plan_lead ON plan (lead) WHERE recorded_to IS NULL;

CREATE TABLE clause (
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
	plan TEXT NOT NULL,
	number TEXT NOT NULL,
	parent TEXT NOT NULL,
	text TEXT NOT NULL,
	ours BIGINT NOT NULL,
	lead TEXT NOT NULL,
	fate TEXT NOT NULL,
	became TEXT NOT NULL,
	also_became TEXT NOT NULL,
	fate_why TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX clause_id ON clause (id, recorded_from);
CREATE INDEX clause_list ON clause (state, number, id, recorded_to);
CREATE INDEX clause_listu2 ON clause (u2, state, number, id, recorded_to);
CREATE INDEX clause_listu3 ON clause (u3, state, number, id, recorded_to);
CREATE INDEX clause_plan ON clause (plan) WHERE recorded_to IS NULL;
CREATE INDEX clause_parent ON clause (parent) WHERE recorded_to IS NULL;
CREATE INDEX clause_lead ON clause (lead) WHERE recorded_to IS NULL;
CREATE INDEX clause_became ON clause (became) WHERE recorded_to IS NULL;

CREATE TABLE measure (
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
	plan TEXT NOT NULL,
	clause TEXT NOT NULL,
	number TEXT NOT NULL,
	title TEXT NOT NULL,
	lead TEXT NOT NULL,
	lead_name TEXT NOT NULL,
	support TEXT NOT NULL,
	duties TEXT NOT NULL,
	due BIGINT,
	done_on TEXT NOT NULL,
	first_closed TEXT NOT NULL,
	proof TEXT NOT NULL,
	paper TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX measure_id ON measure (id, recorded_from);
CREATE INDEX measure_list ON measure (state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX measure_listu2 ON measure (u2, state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX measure_listu3 ON measure (u3, state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX measure_plan ON measure (plan) WHERE recorded_to IS NULL;
CREATE INDEX measure_clause ON measure (clause) WHERE recorded_to IS NULL;
CREATE INDEX measure_lead ON measure (lead) WHERE recorded_to IS NULL;

CREATE TABLE obligation (
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
	holder TEXT NOT NULL,
	holder_name TEXT NOT NULL,
	beneficiary TEXT NOT NULL,
	country TEXT NOT NULL,
	lead TEXT NOT NULL,
	support TEXT NOT NULL,
	basis TEXT NOT NULL,
	clause TEXT NOT NULL,
	outcome TEXT NOT NULL,
	agreement TEXT NOT NULL,
	quoted TEXT NOT NULL,
	trigger_kind TEXT NOT NULL,
	event TEXT NOT NULL,
	event_day TEXT NOT NULL,
	amount DOUBLE PRECISION,
	per TEXT NOT NULL,
	direction TEXT NOT NULL,
	every_months DOUBLE PRECISION,
	calendar TEXT NOT NULL,
	roll TEXT NOT NULL,
	zone TEXT NOT NULL,
	earliest BIGINT,
	due BIGINT,
	latest BIGINT,
	reckoning TEXT NOT NULL,
	method TEXT NOT NULL,
	proof TEXT NOT NULL,
	paper TEXT NOT NULL,
	discharged_on TEXT NOT NULL,
	accepted_by TEXT NOT NULL,
	rest TEXT NOT NULL,
	share TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX obligation_id ON obligation (id, recorded_from);
CREATE INDEX obligation_list ON obligation (state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX obligation_listu2 ON obligation (u2, state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX obligation_listu3 ON obligation (u3, state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX obligation_lead ON obligation (lead) WHERE recorded_to IS NULL;
CREATE INDEX obligation_clause ON obligation (clause) WHERE recorded_to IS NULL;
CREATE INDEX obligation_outcome ON obligation (outcome) WHERE recorded_to IS NULL;
CREATE INDEX obligation_agreement ON obligation (agreement) WHERE recorded_to IS NULL;

CREATE TABLE blocker (
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
	measure TEXT NOT NULL,
	obligation TEXT NOT NULL,
	raised_by TEXT NOT NULL,
	raised TEXT NOT NULL,
	needs TEXT NOT NULL,
	tier TEXT NOT NULL,
	escalated_on TEXT NOT NULL,
	solved_on TEXT NOT NULL,
	how TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX blocker_id ON blocker (id, recorded_from);
CREATE INDEX blocker_list ON blocker (state, raised, id, recorded_to);
CREATE INDEX blocker_listu2 ON blocker (u2, state, raised, id, recorded_to);
CREATE INDEX blocker_listu3 ON blocker (u3, state, raised, id, recorded_to);
CREATE INDEX blocker_measure ON blocker (measure) WHERE recorded_to IS NULL;
CREATE INDEX blocker_obligation ON blocker (obligation) WHERE recorded_to IS NULL;
CREATE INDEX blocker_raised_by ON blocker (raised_by) WHERE recorded_to IS NULL;

