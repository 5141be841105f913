-- postgres
-- New documents gather in front of the index and are taken into it together, at the end of each batch: that costs a seventh of
-- taking them in one by one. What gathers in one batch fits.
ALTER INDEX search_doc_terms SET (fastupdate = on, gin_pending_list_limit = 16384);
-- both
