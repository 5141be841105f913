-- What waits for a seat, a person and a unit, and how much of it is late, is counted in an index alone: it holds every column
-- that is asked for, recorded_to too, without which one engine would look at each row. What is for one person is a part of
-- its own, so that nobody looks for what is for a seat among it.
DROP INDEX circuitstep_mine;
CREATE INDEX circuitstep_load ON circuitstep (state, at_unit, seat, person, matter, due, recorded_to) WHERE recorded_to IS NULL AND state = 'open';
CREATE INDEX circuitstep_mine ON circuitstep (person, coalesce(due, 1073741824), id) WHERE recorded_to IS NULL AND state = 'open' AND person <> '';
CREATE INDEX circuitstep_persons ON circuitstep (person, state, recorded_to, matter) WHERE recorded_to IS NULL AND state = 'open' AND person <> '';
