CREATE TABLE powergrant (
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
	holder TEXT NOT NULL,
	matter TEXT NOT NULL,
	kind TEXT NOT NULL,
	ceiling TEXT NOT NULL,
	scope TEXT NOT NULL,
	given TEXT NOT NULL,
	grade TEXT NOT NULL,
	basis TEXT NOT NULL,
	giver TEXT NOT NULL,
	review TEXT NOT NULL,
	alters TEXT NOT NULL,
	paper TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX powergrant_id ON powergrant (id, recorded_from);
CREATE INDEX powergrant_list ON powergrant (state, holder, id, recorded_to);
CREATE INDEX powergrant_listu2 ON powergrant (u2, state, holder, id, recorded_to);
CREATE INDEX powergrant_listu3 ON powergrant (u3, state, holder, id, recorded_to);
CREATE INDEX powergrant_holder ON powergrant (holder) WHERE recorded_to IS NULL;
CREATE INDEX powergrant_alters ON powergrant (alters) WHERE recorded_to IS NULL;

