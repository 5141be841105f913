-- A save writes its terms down here and no more; they go into the index afterwards, many at once, since the index costs
-- several times as much one document at a time. Questions look through what waits as well.
-- sqlite
CREATE TABLE search_waiting (n INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, vid TEXT NOT NULL, terms TEXT NOT NULL);
-- postgres
CREATE TABLE search_waiting (vid TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, terms tsvector NOT NULL);
-- Documents come in batches, so that the list in front of the index only makes questions dearer.
ALTER INDEX search_doc_terms SET (fastupdate = off);
-- both
