-- How much the index gathers in memory before it writes a segment: what an import of a transaction brings is one segment
-- instead of many, which would have to be merged again. What a save or the indexer brings is far less.
-- sqlite
INSERT INTO search_term (search_term, rank) VALUES ('hashsize', 8388608);
-- both
