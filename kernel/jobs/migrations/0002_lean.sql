-- A job's id begins with the instant at which it was made: the table itself is in that order. Whether anything is due
-- is asked every second, and must not read the jobs that are done.
-- sqlite
CREATE TABLE job_lean (
	id TEXT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	body TEXT NOT NULL,
	by_who TEXT NOT NULL,
	state TEXT NOT NULL,
	run_at BIGINT NOT NULL,
	attempt BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	done BIGINT NOT NULL,
	total BIGINT NOT NULL,
	result TEXT NOT NULL,
	last_error TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	ended_at BIGINT
) WITHOUT ROWID;
INSERT INTO job_lean SELECT id, kind, body, by_who, state, run_at, attempt, lease_until, done, total, result, last_error, created_at, ended_at FROM job;
DROP TABLE job;
ALTER TABLE job_lean RENAME TO job;
CREATE INDEX job_due ON job (run_at, id) WHERE state = 'waiting';
-- postgres
DROP INDEX job_made;
DROP INDEX job_due;
CREATE INDEX job_due ON job (run_at, id) WHERE state = 'waiting';
-- both
CREATE INDEX job_held ON job (lease_until) WHERE state = 'running';
