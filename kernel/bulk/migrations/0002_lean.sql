-- Rows lie in the order of their table, once: an import writes one of each for every row.
-- sqlite
CREATE TABLE batch_lean (
	batch TEXT NOT NULL,
	n BIGINT NOT NULL,
	verdict TEXT NOT NULL,
	messages TEXT NOT NULL,
	record TEXT NOT NULL,
	based_on TEXT NOT NULL,
	vals TEXT NOT NULL,
	PRIMARY KEY (batch, n)
) WITHOUT ROWID;
INSERT INTO batch_lean SELECT batch, n, verdict, messages, record, based_on, vals FROM batch_row ORDER BY batch, n;
DROP TABLE batch_row;
ALTER TABLE batch_lean RENAME TO batch_row;
CREATE TABLE batch_outcome (
	batch TEXT NOT NULL,
	n BIGINT NOT NULL,
	outcome TEXT NOT NULL,
	messages TEXT NOT NULL,
	record TEXT NOT NULL,
	vid TEXT NOT NULL,
	PRIMARY KEY (batch, n)
) WITHOUT ROWID;
INSERT INTO batch_outcome SELECT batch, n, outcome, messages, record, vid FROM batch_done ORDER BY batch, n;
DROP TABLE batch_done;
ALTER TABLE batch_outcome RENAME TO batch_done;
-- both
