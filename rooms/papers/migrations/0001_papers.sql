CREATE TABLE papertemplate (
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
	form TEXT NOT NULL,
	paper_lang TEXT NOT NULL,
	document TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX papertemplate_id ON papertemplate (id, recorded_from);
CREATE INDEX papertemplate_list ON papertemplate (state, form, id, recorded_to);
CREATE INDEX papertemplate_listu2 ON papertemplate (u2, state, form, id, recorded_to);
CREATE INDEX papertemplate_listu3 ON papertemplate (u3, state, form, id, recorded_to);

CREATE TABLE issuedpaper (
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
	form TEXT NOT NULL,
	paper_lang TEXT NOT NULL,
	subject_kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	version TEXT NOT NULL,
	number TEXT NOT NULL,
	decision TEXT NOT NULL,
	power TEXT NOT NULL,
	to_unit TEXT NOT NULL,
	person TEXT NOT NULL,
	issued_on BIGINT,
	document TEXT NOT NULL,
	template TEXT NOT NULL,
	masks TEXT NOT NULL,
	instead TEXT NOT NULL
);
CREATE INDEX issuedpaper_id ON issuedpaper (id, recorded_from);
CREATE INDEX issuedpaper_list ON issuedpaper (state, coalesce(issued_on, -1073741824), id, recorded_to);
CREATE INDEX issuedpaper_listu2 ON issuedpaper (u2, state, coalesce(issued_on, -1073741824), id, recorded_to);
CREATE INDEX issuedpaper_listu3 ON issuedpaper (u3, state, coalesce(issued_on, -1073741824), id, recorded_to);
CREATE INDEX issuedpaper_decision ON issuedpaper (decision) WHERE recorded_to IS NULL;
CREATE INDEX issuedpaper_power ON issuedpaper (power) WHERE recorded_to IS NULL;
CREATE INDEX issuedpaper_to_unit ON issuedpaper (to_unit) WHERE recorded_to IS NULL;
CREATE INDEX issuedpaper_person ON issuedpaper (person) WHERE recorded_to IS NULL;
CREATE INDEX issuedpaper_instead ON issuedpaper (instead) WHERE recorded_to IS NULL;

