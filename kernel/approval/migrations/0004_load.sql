-- What waits for a seat, a person and a unit, and how much of it is late, is counted in an index alone: it holds every column
-- that is asked for, recorded_to too, without which one engine would look at each row.
CREATE INDEX circuitstep_load ON circuitstep (state, at_unit, seat, person, matter, due, recorded_to) WHERE recorded_to IS NULL AND state = 'open';
CREATE INDEX circuitstep_persons ON circuitstep (person, state, recorded_to, matter) WHERE recorded_to IS NULL AND state = 'open';
