CREATE TABLE passport (
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
	holder TEXT NOT NULL,
	holder_unit TEXT NOT NULL,
	traveller TEXT NOT NULL,
	kind TEXT NOT NULL,
	issuer TEXT NOT NULL,
	number TEXT NOT NULL,
	issued BIGINT,
	expires BIGINT,
	keeper TEXT NOT NULL,
	trip TEXT NOT NULL,
	ground TEXT NOT NULL,
	received BIGINT,
	lost_on BIGINT,
	loss TEXT NOT NULL,
	police TEXT NOT NULL,
	cancelled_on BIGINT,
	cancel_why TEXT NOT NULL,
	note TEXT NOT NULL,
	loan TEXT NOT NULL
);
CREATE INDEX passport_id ON passport (id, recorded_from);
CREATE INDEX passport_list ON passport (state, coalesce(expires, -1073741824), id, recorded_to);
CREATE INDEX passport_listu2 ON passport (u2, state, coalesce(expires, -1073741824), id, recorded_to);
CREATE INDEX passport_listu3 ON passport (u3, state, coalesce(expires, -1073741824), id, recorded_to);
CREATE INDEX passport_holder_unit ON passport (holder_unit) WHERE recorded_to IS NULL;
CREATE INDEX passport_keeper ON passport (keeper) WHERE recorded_to IS NULL;
CREATE INDEX passport_loan ON passport (loan) WHERE recorded_to IS NULL;

CREATE TABLE passportloan (
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
	passport TEXT NOT NULL,
	trip TEXT NOT NULL,
	ground TEXT NOT NULL,
	wanted_on BIGINT,
	handed_on BIGINT,
	taker TEXT NOT NULL,
	departs BIGINT,
	approved_days DOUBLE PRECISION,
	countries TEXT NOT NULL,
	cancelled_on BIGINT,
	until_day BIGINT,
	back_on BIGINT,
	proof TEXT NOT NULL,
	exit_on BIGINT,
	entry_on BIGINT,
	been TEXT NOT NULL,
	explanation TEXT NOT NULL,
	late_why TEXT NOT NULL,
	lost_on BIGINT,
	note TEXT NOT NULL,
	due BIGINT,
	reckoning TEXT NOT NULL,
	dues TEXT NOT NULL,
	findings TEXT NOT NULL,
	approval TEXT NOT NULL,
	holder TEXT NOT NULL,
	traveller TEXT NOT NULL,
	keeper TEXT NOT NULL
);
CREATE INDEX passportloan_id ON passportloan (id, recorded_from);
CREATE INDEX passportloan_list ON passportloan (state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX passportloan_listu2 ON passportloan (u2, state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX passportloan_listu3 ON passportloan (u3, state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX passportloan_passport ON passportloan (passport) WHERE recorded_to IS NULL;
CREATE INDEX passportloan_keeper ON passportloan (keeper) WHERE recorded_to IS NULL;

CREATE TABLE unitlock (
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
	locked_unit TEXT NOT NULL,
	loan TEXT NOT NULL,
	began BIGINT,
	ended_on BIGINT,
	lifted_by TEXT NOT NULL,
	lifted_on BIGINT,
	lift_ground TEXT NOT NULL,
	lift_until BIGINT,
	reason TEXT NOT NULL,
	holder TEXT NOT NULL
);
CREATE INDEX unitlock_id ON unitlock (id, recorded_from);
CREATE INDEX unitlock_list ON unitlock (state, coalesce(began, -1073741824), id, recorded_to);
CREATE INDEX unitlock_listu2 ON unitlock (u2, state, coalesce(began, -1073741824), id, recorded_to);
CREATE INDEX unitlock_listu3 ON unitlock (u3, state, coalesce(began, -1073741824), id, recorded_to);
CREATE INDEX unitlock_locked_unit ON unitlock (locked_unit) WHERE recorded_to IS NULL;
CREATE INDEX unitlock_loan ON unitlock (loan) WHERE recorded_to IS NULL;
CREATE INDEX unitlock_lifted_by ON unitlock (lifted_by) WHERE recorded_to IS NULL;

