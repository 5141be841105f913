-- What waits for a seat and for one person, by the day it is due, and what a person and a unit filed: each question of the
-- page of one's work has an index that is its order.
CREATE INDEX circuitstep_turn ON circuitstep (at_unit, seat, coalesce(due, 1073741824), id) WHERE recorded_to IS NULL AND state = 'open' AND person = '';
CREATE INDEX circuitstep_mine ON circuitstep (person, coalesce(due, 1073741824), id) WHERE recorded_to IS NULL AND state = 'open';
CREATE INDEX circuit_filed_by ON circuit (opener, state, filed, id) WHERE recorded_to IS NULL;
CREATE INDEX circuit_filed_in ON circuit (unit, state, filed, id) WHERE recorded_to IS NULL;
