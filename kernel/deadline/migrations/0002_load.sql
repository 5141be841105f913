-- How much waits of each unit.
CREATE INDEX deadline_load ON deadline (state, holder, due) WHERE recorded_to IS NULL;
