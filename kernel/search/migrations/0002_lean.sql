-- Nothing looks a document up by its version here, and every save paid for being able to. More small segments of the
-- index stand side by side before they are merged: a merge costs savers more than a seek costs a question.
-- sqlite
DROP INDEX search_doc_vid;
INSERT INTO search_term (search_term, rank) VALUES ('automerge', 8);
-- postgres
-- What was saved lately waits in a list that every question reads through, and a long one makes the planner read the
-- whole table instead of the index.
ALTER INDEX search_doc_terms SET (gin_pending_list_limit = 256);
-- both
