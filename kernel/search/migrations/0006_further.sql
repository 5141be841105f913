-- postgres
-- What an import of some batches brings is taken into the index together: the more at once, the less each costs. Questions read
-- through it meanwhile.
ALTER INDEX search_doc_terms SET (gin_pending_list_limit = 65536);
-- both
