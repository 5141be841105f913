-- What the rules said of a version when it was saved: inputs, version of each rule, the outcome of each condition.
CREATE TABLE rule_run (
	vid TEXT NOT NULL,
	rule TEXT NOT NULL,
	kind TEXT NOT NULL,
	id TEXT NOT NULL,
	at BIGINT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (vid, rule)
);
