-- both
-- postgres
-- Blocks of documents in the order of time, each with a term of its own, so that the newest answers are found without
-- reading all. What was taken in before gets blocks by the order of its versions.
CREATE TABLE search_block (name TEXT NOT NULL PRIMARY KEY, first_vid TEXT NOT NULL, last_vid TEXT NOT NULL, docs BIGINT NOT NULL);
CREATE INDEX search_block_last ON search_block (last_vid);
CREATE TEMPORARY TABLE blocked ON COMMIT DROP AS SELECT vid, 'old' || ((row_number() OVER (ORDER BY vid) - 1) / 8192) AS name FROM search_doc;
UPDATE search_doc d SET terms = d.terms || CAST(quote_literal(chr(57349) || b.name) AS tsvector) FROM blocked b WHERE b.vid = d.vid;
INSERT INTO search_block (name, first_vid, last_vid, docs) SELECT name, min(vid), max(vid), count(*) FROM blocked GROUP BY name;
-- both
