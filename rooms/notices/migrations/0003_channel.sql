CREATE TABLE channelmessage (
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
	partner TEXT NOT NULL,
	way TEXT NOT NULL,
	number DOUBLE PRECISION,
	kind TEXT NOT NULL,
	sender TEXT NOT NULL,
	identifier TEXT NOT NULL,
	sent TEXT NOT NULL,
	status TEXT NOT NULL,
	scope TEXT NOT NULL,
	verdict TEXT NOT NULL,
	found TEXT NOT NULL,
	original TEXT NOT NULL,
	body TEXT NOT NULL,
	digest TEXT NOT NULL,
	before TEXT NOT NULL,
	signature TEXT NOT NULL,
	signed BIGINT NOT NULL,
	notice TEXT NOT NULL,
	drill TEXT NOT NULL,
	answers TEXT NOT NULL,
	at DOUBLE PRECISION
);
CREATE INDEX channelmessage_id ON channelmessage (id, recorded_from);
CREATE INDEX channelmessage_list ON channelmessage (state, coalesce(at, -1073741824), id, recorded_to);
CREATE INDEX channelmessage_listu2 ON channelmessage (u2, state, coalesce(at, -1073741824), id, recorded_to);
CREATE INDEX channelmessage_listu3 ON channelmessage (u3, state, coalesce(at, -1073741824), id, recorded_to);
CREATE INDEX channelmessage_partner ON channelmessage (partner) WHERE recorded_to IS NULL;
CREATE INDEX channelmessage_notice ON channelmessage (notice) WHERE recorded_to IS NULL;
CREATE INDEX channelmessage_drill ON channelmessage (drill) WHERE recorded_to IS NULL;
CREATE INDEX channelmessage_answers ON channelmessage (answers) WHERE recorded_to IS NULL;

CREATE TABLE contactcheck (
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
	partner TEXT NOT NULL,
	day BIGINT,
	desk TEXT NOT NULL,
	reached TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX contactcheck_id ON contactcheck (id, recorded_from);
CREATE INDEX contactcheck_list ON contactcheck (state, coalesce(day, -1073741824), id, recorded_to);
CREATE INDEX contactcheck_listu2 ON contactcheck (u2, state, coalesce(day, -1073741824), id, recorded_to);
CREATE INDEX contactcheck_listu3 ON contactcheck (u3, state, coalesce(day, -1073741824), id, recorded_to);
CREATE INDEX contactcheck_partner ON contactcheck (partner) WHERE recorded_to IS NULL;

ALTER TABLE noticepartner ADD COLUMN desks TEXT NOT NULL DEFAULT '';
ALTER TABLE noticepartner ADD COLUMN keys TEXT NOT NULL DEFAULT '';
ALTER TABLE noticepartner ADD COLUMN beat DOUBLE PRECISION;
ALTER TABLE noticepartner ADD COLUMN months DOUBLE PRECISION;
ALTER TABLE noticepartner ADD COLUMN webhook TEXT NOT NULL DEFAULT '';
ALTER TABLE noticeack ADD COLUMN calls TEXT NOT NULL DEFAULT '';
ALTER TABLE noticeack ADD COLUMN next_call DOUBLE PRECISION;
ALTER TABLE noticeack ADD COLUMN message TEXT NOT NULL DEFAULT '';
CREATE INDEX noticeack_message ON noticeack (message) WHERE recorded_to IS NULL;
CREATE UNIQUE INDEX channelmessage_counted ON channelmessage (partner, way, number) WHERE recorded_to IS NULL AND number IS NOT NULL;
CREATE INDEX channelmessage_named ON channelmessage (partner, identifier) WHERE recorded_to IS NULL;
