CREATE TABLE storycolumn (
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
	key TEXT NOT NULL,
	about TEXT NOT NULL,
	place_in_order DOUBLE PRECISION
);
CREATE INDEX storycolumn_id ON storycolumn (id, recorded_from);
CREATE INDEX storycolumn_list ON storycolumn (state, coalesce(place_in_order, -1073741824), id, recorded_to);
CREATE INDEX storycolumn_listu2 ON storycolumn (u2, state, coalesce(place_in_order, -1073741824), id, recorded_to);
CREATE INDEX storycolumn_listu3 ON storycolumn (u3, state, coalesce(place_in_order, -1073741824), id, recorded_to);

CREATE TABLE storypicture (
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
	picture TEXT NOT NULL,
	alt TEXT NOT NULL,
	credit TEXT NOT NULL
);
CREATE INDEX storypicture_id ON storypicture (id, recorded_from);
CREATE INDEX storypicture_list ON storypicture (state, recorded_from, id, recorded_to);
CREATE INDEX storypicture_listu2 ON storypicture (u2, state, recorded_from, id, recorded_to);
CREATE INDEX storypicture_listu3 ON storypicture (u3, state, recorded_from, id, recorded_to);

CREATE TABLE story (
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
	number TEXT NOT NULL,
	in_column TEXT NOT NULL,
	lead TEXT NOT NULL,
	body TEXT NOT NULL,
	standings TEXT NOT NULL,
	cover TEXT NOT NULL,
	pictures TEXT NOT NULL,
	video TEXT NOT NULL,
	places TEXT NOT NULL,
	ties TEXT NOT NULL,
	editions TEXT NOT NULL,
	goes TEXT NOT NULL,
	published TEXT NOT NULL,
	corrects TEXT NOT NULL,
	note TEXT NOT NULL,
	writer TEXT NOT NULL,
	proposer TEXT NOT NULL,
	publisher TEXT NOT NULL
);
CREATE INDEX story_id ON story (id, recorded_from);
CREATE INDEX story_list ON story (state, published, id, recorded_to);
CREATE INDEX story_listu2 ON story (u2, state, published, id, recorded_to);
CREATE INDEX story_listu3 ON story (u3, state, published, id, recorded_to);
CREATE INDEX story_in_column ON story (in_column) WHERE recorded_to IS NULL;
CREATE INDEX story_cover ON story (cover) WHERE recorded_to IS NULL;
CREATE INDEX story_corrects ON story (corrects) WHERE recorded_to IS NULL;
CREATE INDEX story_writer ON story (writer) WHERE recorded_to IS NULL;
CREATE INDEX story_proposer ON story (proposer) WHERE recorded_to IS NULL;
CREATE INDEX story_publisher ON story (publisher) WHERE recorded_to IS NULL;

