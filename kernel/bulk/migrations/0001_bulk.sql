-- One import is a batch. Its rows carry the verdict of the dry run; what loading did of each stands beside them, so
-- that writing it never rewrites the values.
CREATE TABLE batch (
	id TEXT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	by_who TEXT NOT NULL,
	actor TEXT NOT NULL,
	name TEXT NOT NULL,
	digest TEXT NOT NULL,
	form TEXT NOT NULL,
	header TEXT NOT NULL,
	header_key TEXT NOT NULL,
	plan TEXT NOT NULL,
	proposed TEXT NOT NULL,
	total BIGINT NOT NULL,
	counts TEXT NOT NULL,
	job TEXT NOT NULL,
	problem TEXT NOT NULL,
	why TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL
);
CREATE INDEX batch_made ON batch (created_at);
CREATE INDEX batch_header ON batch (header_key, created_at);

CREATE TABLE batch_row (
	batch TEXT NOT NULL,
	n BIGINT NOT NULL,
	verdict TEXT NOT NULL,
	messages TEXT NOT NULL,
	record TEXT NOT NULL,
	based_on TEXT NOT NULL,
	vals TEXT NOT NULL,
	PRIMARY KEY (batch, n)
);

CREATE TABLE batch_done (
	batch TEXT NOT NULL,
	n BIGINT NOT NULL,
	outcome TEXT NOT NULL,
	messages TEXT NOT NULL,
	record TEXT NOT NULL,
	vid TEXT NOT NULL,
	PRIMARY KEY (batch, n)
);
