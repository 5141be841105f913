-- Which records were taken into others, and what has to be put back if that was a mistake.
CREATE TABLE record_merge (
	mid TEXT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	from_id TEXT NOT NULL,
	to_id TEXT NOT NULL,
	merged_at BIGINT NOT NULL,
	by_who TEXT NOT NULL,
	why TEXT NOT NULL,
	undo TEXT NOT NULL,
	unmerged_at BIGINT
);
CREATE INDEX record_merge_from ON record_merge (kind, from_id);
CREATE INDEX record_merge_to ON record_merge (kind, to_id);
