-- The papers that come with an agreement, besides the agreement itself.
ALTER TABLE agreement ADD COLUMN annexes TEXT NOT NULL DEFAULT '';
