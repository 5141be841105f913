ALTER TABLE noticepartner RENAME COLUMN keys TO public_keys;
