-- Nothing looks a document up by its version here, and every save paid for being able to. More small segments of the
-- index stand side by side before they are merged: a merge costs savers more than a seek costs a question.
-- sqlite
DROP INDEX search_doc_vid;
INSERT INTO search_term (search_term, rank) VALUES ('automerge', 8);
