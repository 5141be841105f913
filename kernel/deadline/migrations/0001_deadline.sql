CREATE TABLE deadline (
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
	source_kind TEXT NOT NULL,
	source TEXT NOT NULL,
	what TEXT NOT NULL,
	rule TEXT NOT NULL,
	trigger_day BIGINT,
	count_of DOUBLE PRECISION,
	per TEXT NOT NULL,
	first_counts BIGINT NOT NULL,
	roll BIGINT NOT NULL,
	due BIGINT,
	how TEXT NOT NULL,
	guessed BIGINT NOT NULL,
	holder TEXT NOT NULL,
	person TEXT NOT NULL,
	done BIGINT,
	proof TEXT NOT NULL,
	decision TEXT NOT NULL
);
CREATE INDEX deadline_id ON deadline (id, recorded_from);
CREATE INDEX deadline_list ON deadline (state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX deadline_listu2 ON deadline (u2, state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX deadline_listu3 ON deadline (u3, state, coalesce(due, -1073741824), id, recorded_to);
CREATE INDEX deadline_holder ON deadline (holder) WHERE recorded_to IS NULL;
CREATE INDEX deadline_person ON deadline (person) WHERE recorded_to IS NULL;
CREATE INDEX deadline_decision ON deadline (decision) WHERE recorded_to IS NULL;

-- What waits of a record, of a unit and of a person, by its day.
CREATE INDEX deadline_source ON deadline (source_kind, source, what) WHERE recorded_to IS NULL;
CREATE INDEX deadline_unit ON deadline (holder, due, id) WHERE recorded_to IS NULL AND state = 'waiting';
CREATE INDEX deadline_staff ON deadline (person, due, id) WHERE recorded_to IS NULL AND state = 'waiting';
