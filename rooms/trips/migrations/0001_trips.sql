CREATE TABLE tripplan (
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
	of_unit TEXT NOT NULL,
	plan_year DOUBLE PRECISION,
	groups DOUBLE PRECISION,
	persons DOUBLE PRECISION,
	closes BIGINT,
	basis TEXT NOT NULL,
	decision TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX tripplan_id ON tripplan (id, recorded_from);
CREATE INDEX tripplan_list ON tripplan (state, coalesce(plan_year, -1073741824), id, recorded_to);
CREATE INDEX tripplan_listu2 ON tripplan (u2, state, coalesce(plan_year, -1073741824), id, recorded_to);
CREATE INDEX tripplan_listu3 ON tripplan (u3, state, coalesce(plan_year, -1073741824), id, recorded_to);
CREATE INDEX tripplan_of_unit ON tripplan (of_unit) WHERE recorded_to IS NULL;
CREATE INDEX tripplan_decision ON tripplan (decision) WHERE recorded_to IS NULL;

CREATE TABLE plannedtrip (
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
	plan TEXT NOT NULL,
	leader TEXT NOT NULL,
	countries TEXT NOT NULL,
	persons DOUBLE PRECISION,
	days DOUBLE PRECISION,
	month DOUBLE PRECISION,
	purpose TEXT NOT NULL,
	swap TEXT NOT NULL
);
CREATE INDEX plannedtrip_id ON plannedtrip (id, recorded_from);
CREATE INDEX plannedtrip_list ON plannedtrip (state, coalesce(month, -1073741824), id, recorded_to);
CREATE INDEX plannedtrip_listu2 ON plannedtrip (u2, state, coalesce(month, -1073741824), id, recorded_to);
CREATE INDEX plannedtrip_listu3 ON plannedtrip (u3, state, coalesce(month, -1073741824), id, recorded_to);
CREATE INDEX plannedtrip_plan ON plannedtrip (plan) WHERE recorded_to IS NULL;

CREATE TABLE traveller (
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
	name TEXT NOT NULL,
	birth TEXT NOT NULL,
	sex TEXT NOT NULL,
	in_unit TEXT NOT NULL,
	body TEXT NOT NULL,
	kind TEXT NOT NULL,
	rank TEXT NOT NULL,
	cap TEXT NOT NULL,
	leads BIGINT NOT NULL,
	term_from BIGINT,
	residence TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX traveller_id ON traveller (id, recorded_from);
CREATE INDEX traveller_list ON traveller (state, recorded_from, id, recorded_to);
CREATE INDEX traveller_listu2 ON traveller (u2, state, recorded_from, id, recorded_to);
CREATE INDEX traveller_listu3 ON traveller (u3, state, recorded_from, id, recorded_to);
CREATE INDEX traveller_in_unit ON traveller (in_unit) WHERE recorded_to IS NULL;

CREATE TABLE standing (
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
	firm TEXT NOT NULL,
	people TEXT NOT NULL,
	countries TEXT NOT NULL,
	purpose TEXT NOT NULL,
	begins BIGINT,
	ends BIGINT,
	leg_days DOUBLE PRECISION,
	custody TEXT NOT NULL,
	number TEXT NOT NULL,
	decision TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX standing_id ON standing (id, recorded_from);
CREATE INDEX standing_list ON standing (state, coalesce(begins, -1073741824), id, recorded_to);
CREATE INDEX standing_listu2 ON standing (u2, state, coalesce(begins, -1073741824), id, recorded_to);
CREATE INDEX standing_listu3 ON standing (u3, state, coalesce(begins, -1073741824), id, recorded_to);
CREATE INDEX standing_firm ON standing (firm) WHERE recorded_to IS NULL;
CREATE INDEX standing_decision ON standing (decision) WHERE recorded_to IS NULL;

CREATE TABLE regime (
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
	begins BIGINT,
	ends BIGINT,
	countries TEXT NOT NULL,
	missions TEXT NOT NULL,
	adds TEXT NOT NULL,
	approver TEXT NOT NULL,
	waives TEXT NOT NULL,
	stops BIGINT NOT NULL,
	basis TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX regime_id ON regime (id, recorded_from);
CREATE INDEX regime_list ON regime (state, coalesce(begins, -1073741824), id, recorded_to);
CREATE INDEX regime_listu2 ON regime (u2, state, coalesce(begins, -1073741824), id, recorded_to);
CREATE INDEX regime_listu3 ON regime (u3, state, coalesce(begins, -1073741824), id, recorded_to);

CREATE TABLE trip (
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
	mission TEXT NOT NULL,
	area TEXT NOT NULL,
	organiser TEXT NOT NULL,
	joint TEXT NOT NULL,
	recruits_local BIGINT NOT NULL,
	plan TEXT NOT NULL,
	planned TEXT NOT NULL,
	plan_reason TEXT NOT NULL,
	standing TEXT NOT NULL,
	purpose TEXT NOT NULL,
	necessity TEXT NOT NULL,
	inviter TEXT NOT NULL,
	inviter_kind TEXT NOT NULL,
	inviter_country TEXT NOT NULL,
	invited TEXT NOT NULL,
	reply_by BIGINT,
	profile TEXT NOT NULL,
	no_agent BIGINT NOT NULL,
	out_day BIGINT,
	back_day BIGINT,
	poor_connection BIGINT NOT NULL,
	case_reason TEXT NOT NULL,
	academic_statement BIGINT NOT NULL,
	private_passport BIGINT NOT NULL,
	private_ground TEXT NOT NULL,
	exempt TEXT NOT NULL,
	funds TEXT NOT NULL,
	host_board BIGINT NOT NULL,
	host_transport BIGINT NOT NULL,
	host_lodging BIGINT NOT NULL,
	host_fare BIGINT NOT NULL,
	fa_signed BIGINT,
	finance_signed BIGINT,
	carrier_agreed BIGINT NOT NULL,
	filed BIGINT,
	number TEXT NOT NULL,
	decision TEXT NOT NULL,
	approved_on BIGINT,
	change TEXT NOT NULL,
	change_result TEXT NOT NULL,
	education BIGINT,
	stamp_out BIGINT,
	stamp_in BIGINT,
	stamp_note TEXT NOT NULL,
	passports_back BIGINT,
	report_on BIGINT,
	report TEXT NOT NULL,
	disclosed_on BIGINT,
	settled_on BIGINT,
	papers TEXT NOT NULL,
	note TEXT NOT NULL,
	countries TEXT NOT NULL,
	country_count DOUBLE PRECISION,
	exit_day BIGINT,
	entry_day BIGINT,
	days DOUBLE PRECISION,
	usable DOUBLE PRECISION,
	official DOUBLE PRECISION,
	empty_halves DOUBLE PRECISION,
	sight_halves DOUBLE PRECISION,
	group_size DOUBLE PRECISION,
	rank TEXT NOT NULL,
	neighbours_only BIGINT NOT NULL,
	far BIGINT NOT NULL,
	continents DOUBLE PRECISION,
	academic BIGINT NOT NULL,
	family DOUBLE PRECISION,
	retired DOUBLE PRECISION,
	leaders_together DOUBLE PRECISION,
	leader_gap BIGINT NOT NULL,
	prior_bureau DOUBLE PRECISION,
	prior_year DOUBLE PRECISION,
	clashing DOUBLE PRECISION,
	split BIGINT NOT NULL,
	lead_days DOUBLE PRECISION,
	lead_class TEXT NOT NULL,
	red_eye BIGINT NOT NULL,
	carrier_foreign BIGINT NOT NULL,
	missing DOUBLE PRECISION,
	missing_list TEXT NOT NULL,
	joint_missing DOUBLE PRECISION,
	training_paper BIGINT NOT NULL,
	publicity_state TEXT NOT NULL,
	publicity_days DOUBLE PRECISION,
	after_state TEXT NOT NULL,
	after_day BIGINT,
	in_plan BIGINT NOT NULL,
	plan_left DOUBLE PRECISION,
	charge TEXT NOT NULL,
	reasoned BIGINT NOT NULL,
	has_inviter BIGINT NOT NULL,
	has_purpose BIGINT NOT NULL,
	tasks DOUBLE PRECISION,
	over_standard DOUBLE PRECISION,
	city_unplanned DOUBLE PRECISION,
	banquet_over DOUBLE PRECISION,
	misc_full DOUBLE PRECISION,
	board_paid DOUBLE PRECISION,
	taxi_transfer DOUBLE PRECISION,
	cabin_over DOUBLE PRECISION,
	train_over DOUBLE PRECISION,
	no_rate DOUBLE PRECISION,
	receipts_missing DOUBLE PRECISION,
	budget DOUBLE PRECISION,
	actual DOUBLE PRECISION,
	actual_days DOUBLE PRECISION,
	overstay DOUBLE PRECISION,
	regime_hit DOUBLE PRECISION,
	regime_stop BIGINT NOT NULL
);
CREATE INDEX trip_id ON trip (id, recorded_from);
CREATE INDEX trip_list ON trip (state, coalesce(exit_day, -1073741824), id, recorded_to);
CREATE INDEX trip_listu2 ON trip (u2, state, coalesce(exit_day, -1073741824), id, recorded_to);
CREATE INDEX trip_listu3 ON trip (u3, state, coalesce(exit_day, -1073741824), id, recorded_to);
CREATE INDEX trip_organiser ON trip (organiser) WHERE recorded_to IS NULL;
CREATE INDEX trip_plan ON trip (plan) WHERE recorded_to IS NULL;
CREATE INDEX trip_planned ON trip (planned) WHERE recorded_to IS NULL;
CREATE INDEX trip_standing ON trip (standing) WHERE recorded_to IS NULL;
CREATE INDEX trip_decision ON trip (decision) WHERE recorded_to IS NULL;
CREATE INDEX trip_change ON trip (change) WHERE recorded_to IS NULL;

CREATE TABLE tripmember (
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
	trip TEXT NOT NULL,
	traveller TEXT NOT NULL,
	number DOUBLE PRECISION,
	role TEXT NOT NULL,
	sender TEXT NOT NULL,
	consent TEXT NOT NULL,
	cabin TEXT NOT NULL,
	change TEXT NOT NULL,
	note TEXT NOT NULL,
	post TEXT NOT NULL,
	kind TEXT NOT NULL,
	rank TEXT NOT NULL,
	trip_state TEXT NOT NULL,
	exit_day BIGINT,
	entry_day BIGINT,
	countries TEXT NOT NULL,
	charge TEXT NOT NULL
);
CREATE INDEX tripmember_id ON tripmember (id, recorded_from);
CREATE INDEX tripmember_list ON tripmember (state, trip, id, recorded_to);
CREATE INDEX tripmember_listu2 ON tripmember (u2, state, trip, id, recorded_to);
CREATE INDEX tripmember_listu3 ON tripmember (u3, state, trip, id, recorded_to);
CREATE INDEX tripmember_trip ON tripmember (trip) WHERE recorded_to IS NULL;
CREATE INDEX tripmember_traveller ON tripmember (traveller) WHERE recorded_to IS NULL;
CREATE INDEX tripmember_sender ON tripmember (sender) WHERE recorded_to IS NULL;
CREATE INDEX tripmember_change ON tripmember (change) WHERE recorded_to IS NULL;

CREATE TABLE tripleg (
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
	trip TEXT NOT NULL,
	number DOUBLE PRECISION,
	from_country TEXT NOT NULL,
	to_country TEXT NOT NULL,
	city TEXT NOT NULL,
	departs TEXT NOT NULL,
	arrives TEXT NOT NULL,
	clears TEXT NOT NULL,
	airside BIGINT NOT NULL,
	means TEXT NOT NULL,
	carrier TEXT NOT NULL,
	service TEXT NOT NULL,
	change TEXT NOT NULL
);
CREATE INDEX tripleg_id ON tripleg (id, recorded_from);
CREATE INDEX tripleg_list ON tripleg (state, departs, id, recorded_to);
CREATE INDEX tripleg_listu2 ON tripleg (u2, state, departs, id, recorded_to);
CREATE INDEX tripleg_listu3 ON tripleg (u3, state, departs, id, recorded_to);
CREATE INDEX tripleg_trip ON tripleg (trip) WHERE recorded_to IS NULL;
CREATE INDEX tripleg_change ON tripleg (change) WHERE recorded_to IS NULL;

CREATE TABLE tripitem (
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
	trip TEXT NOT NULL,
	item_day BIGINT,
	half TEXT NOT NULL,
	kind TEXT NOT NULL,
	country TEXT NOT NULL,
	city TEXT NOT NULL,
	host_body TEXT NOT NULL,
	change TEXT NOT NULL
);
CREATE INDEX tripitem_id ON tripitem (id, recorded_from);
CREATE INDEX tripitem_list ON tripitem (state, coalesce(item_day, -1073741824), id, recorded_to);
CREATE INDEX tripitem_listu2 ON tripitem (u2, state, coalesce(item_day, -1073741824), id, recorded_to);
CREATE INDEX tripitem_listu3 ON tripitem (u3, state, coalesce(item_day, -1073741824), id, recorded_to);
CREATE INDEX tripitem_trip ON tripitem (trip) WHERE recorded_to IS NULL;
CREATE INDEX tripitem_change ON tripitem (change) WHERE recorded_to IS NULL;

CREATE TABLE perdiem (
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
	country TEXT NOT NULL,
	coverage TEXT NOT NULL,
	city TEXT NOT NULL,
	layer TEXT NOT NULL,
	of_unit TEXT NOT NULL,
	currency TEXT NOT NULL,
	lodging DOUBLE PRECISION,
	meals DOUBLE PRECISION,
	misc DOUBLE PRECISION,
	begins BIGINT,
	ends BIGINT,
	instrument TEXT NOT NULL,
	stands_for TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX perdiem_id ON perdiem (id, recorded_from);
CREATE INDEX perdiem_list ON perdiem (state, country, id, recorded_to);
CREATE INDEX perdiem_listu2 ON perdiem (u2, state, country, id, recorded_to);
CREATE INDEX perdiem_listu3 ON perdiem (u3, state, country, id, recorded_to);
CREATE INDEX perdiem_of_unit ON perdiem (of_unit) WHERE recorded_to IS NULL;

CREATE TABLE tripcost (
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
	trip TEXT NOT NULL,
	kind TEXT NOT NULL,
	country TEXT NOT NULL,
	city TEXT NOT NULL,
	persons DOUBLE PRECISION,
	units DOUBLE PRECISION,
	standard DOUBLE PRECISION,
	share DOUBLE PRECISION,
	currency TEXT NOT NULL,
	foreign_amount DOUBLE PRECISION,
	rate DOUBLE PRECISION,
	rate_on BIGINT,
	planned_amount DOUBLE PRECISION,
	actual_amount DOUBLE PRECISION,
	agreed BIGINT NOT NULL,
	taxi BIGINT NOT NULL,
	perdiem TEXT NOT NULL,
	change TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX tripcost_id ON tripcost (id, recorded_from);
CREATE INDEX tripcost_list ON tripcost (state, trip, id, recorded_to);
CREATE INDEX tripcost_listu2 ON tripcost (u2, state, trip, id, recorded_to);
CREATE INDEX tripcost_listu3 ON tripcost (u3, state, trip, id, recorded_to);
CREATE INDEX tripcost_trip ON tripcost (trip) WHERE recorded_to IS NULL;
CREATE INDEX tripcost_perdiem ON tripcost (perdiem) WHERE recorded_to IS NULL;
CREATE INDEX tripcost_change ON tripcost (change) WHERE recorded_to IS NULL;

CREATE TABLE quotaentry (
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
	trip TEXT NOT NULL,
	kind TEXT NOT NULL,
	traveller TEXT NOT NULL,
	groups DOUBLE PRECISION,
	persons DOUBLE PRECISION,
	ground TEXT NOT NULL,
	entry_day BIGINT,
	text TEXT NOT NULL
);
CREATE INDEX quotaentry_id ON quotaentry (id, recorded_from);
CREATE INDEX quotaentry_list ON quotaentry (state, coalesce(entry_day, -1073741824), id, recorded_to);
CREATE INDEX quotaentry_listu2 ON quotaentry (u2, state, coalesce(entry_day, -1073741824), id, recorded_to);
CREATE INDEX quotaentry_listu3 ON quotaentry (u3, state, coalesce(entry_day, -1073741824), id, recorded_to);
CREATE INDEX quotaentry_plan ON quotaentry (plan) WHERE recorded_to IS NULL;
CREATE INDEX quotaentry_trip ON quotaentry (trip) WHERE recorded_to IS NULL;
CREATE INDEX quotaentry_traveller ON quotaentry (traveller) WHERE recorded_to IS NULL;

CREATE TABLE publicity (
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
	trip TEXT NOT NULL,
	phase TEXT NOT NULL,
	body TEXT NOT NULL,
	redacted BIGINT NOT NULL,
	place TEXT NOT NULL,
	published BIGINT,
	needed_days DOUBLE PRECISION,
	first_counts BIGINT NOT NULL,
	closes BIGINT,
	reckoning TEXT NOT NULL,
	worked_days DOUBLE PRECISION,
	ground TEXT NOT NULL,
	result TEXT NOT NULL,
	paper TEXT NOT NULL
);
CREATE INDEX publicity_id ON publicity (id, recorded_from);
CREATE INDEX publicity_list ON publicity (state, coalesce(published, -1073741824), id, recorded_to);
CREATE INDEX publicity_listu2 ON publicity (u2, state, coalesce(published, -1073741824), id, recorded_to);
CREATE INDEX publicity_listu3 ON publicity (u3, state, coalesce(published, -1073741824), id, recorded_to);
CREATE INDEX publicity_trip ON publicity (trip) WHERE recorded_to IS NULL;

CREATE TABLE objection (
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
	publicity TEXT NOT NULL,
	received BIGINT,
	by_whom TEXT NOT NULL,
	settler TEXT NOT NULL,
	settled BIGINT,
	outcome TEXT NOT NULL,
	follow_up TEXT NOT NULL
);
CREATE INDEX objection_id ON objection (id, recorded_from);
CREATE INDEX objection_list ON objection (state, coalesce(received, -1073741824), id, recorded_to);
CREATE INDEX objection_listu2 ON objection (u2, state, coalesce(received, -1073741824), id, recorded_to);
CREATE INDEX objection_listu3 ON objection (u3, state, coalesce(received, -1073741824), id, recorded_to);
CREATE INDEX objection_publicity ON objection (publicity) WHERE recorded_to IS NULL;

CREATE TABLE tripchange (
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
	trip TEXT NOT NULL,
	asked BIGINT,
	reason_text TEXT NOT NULL,
	added TEXT NOT NULL,
	dropped TEXT NOT NULL,
	new_out BIGINT,
	new_back BIGINT,
	new_countries TEXT NOT NULL,
	new_route TEXT NOT NULL,
	new_budget DOUBLE PRECISION,
	old_number TEXT NOT NULL,
	new_number TEXT NOT NULL,
	old_version TEXT NOT NULL,
	agree_again TEXT NOT NULL,
	decision TEXT NOT NULL
);
CREATE INDEX tripchange_id ON tripchange (id, recorded_from);
CREATE INDEX tripchange_list ON tripchange (state, coalesce(asked, -1073741824), id, recorded_to);
CREATE INDEX tripchange_listu2 ON tripchange (u2, state, coalesce(asked, -1073741824), id, recorded_to);
CREATE INDEX tripchange_listu3 ON tripchange (u3, state, coalesce(asked, -1073741824), id, recorded_to);
CREATE INDEX tripchange_trip ON tripchange (trip) WHERE recorded_to IS NULL;
CREATE INDEX tripchange_decision ON tripchange (decision) WHERE recorded_to IS NULL;

CREATE TABLE standingleg (
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
	standing TEXT NOT NULL,
	number DOUBLE PRECISION,
	people TEXT NOT NULL,
	countries TEXT NOT NULL,
	out_day BIGINT,
	back_day BIGINT,
	route TEXT NOT NULL,
	stamps_checked BIGINT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX standingleg_id ON standingleg (id, recorded_from);
CREATE INDEX standingleg_list ON standingleg (state, coalesce(out_day, -1073741824), id, recorded_to);
CREATE INDEX standingleg_listu2 ON standingleg (u2, state, coalesce(out_day, -1073741824), id, recorded_to);
CREATE INDEX standingleg_listu3 ON standingleg (u3, state, coalesce(out_day, -1073741824), id, recorded_to);
CREATE INDEX standingleg_standing ON standingleg (standing) WHERE recorded_to IS NULL;

CREATE TABLE triptask (
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
	trip TEXT NOT NULL,
	country TEXT NOT NULL,
	host_body TEXT NOT NULL,
	result TEXT NOT NULL,
	next_step TEXT NOT NULL,
	owner_unit TEXT NOT NULL,
	due BIGINT,
	promise BIGINT NOT NULL,
	not_done TEXT NOT NULL
);
CREATE INDEX triptask_id ON triptask (id, recorded_from);
CREATE INDEX triptask_list ON triptask (state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX triptask_listu2 ON triptask (u2, state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX triptask_listu3 ON triptask (u3, state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX triptask_trip ON triptask (trip) WHERE recorded_to IS NULL;
CREATE INDEX triptask_owner_unit ON triptask (owner_unit) WHERE recorded_to IS NULL;

CREATE TABLE tripdocument (
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
	trip TEXT NOT NULL,
	kind TEXT NOT NULL,
	number TEXT NOT NULL,
	document_day BIGINT,
	document_file TEXT NOT NULL,
	waived TEXT NOT NULL
);
CREATE INDEX tripdocument_id ON tripdocument (id, recorded_from);
CREATE INDEX tripdocument_list ON tripdocument (state, trip, id, recorded_to);
CREATE INDEX tripdocument_listu2 ON tripdocument (u2, state, trip, id, recorded_to);
CREATE INDEX tripdocument_listu3 ON tripdocument (u3, state, trip, id, recorded_to);
CREATE INDEX tripdocument_trip ON tripdocument (trip) WHERE recorded_to IS NULL;
