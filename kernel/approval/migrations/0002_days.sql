-- The working days a step has from the day it opens.
ALTER TABLE circuitstep ADD COLUMN days DOUBLE PRECISION;
