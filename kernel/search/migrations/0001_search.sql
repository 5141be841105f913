-- One document a record version. What may be shown of it the record's own table decides.
-- sqlite
CREATE TABLE search_doc (n INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, vid TEXT NOT NULL);
CREATE INDEX search_doc_vid ON search_doc (vid);
CREATE VIRTUAL TABLE search_term USING fts5(terms, content='', contentless_delete=1, detail=full, tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co M*'");
-- postgres
CREATE TABLE search_doc (vid TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, terms tsvector NOT NULL);
CREATE INDEX search_doc_terms ON search_doc USING gin (terms);
-- both
CREATE TABLE search_version (one BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL);
