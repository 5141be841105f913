-- How a person on the partner's side is reached: personal, and so sealed.
ALTER TABLE person ADD COLUMN contact TEXT NOT NULL DEFAULT '';
