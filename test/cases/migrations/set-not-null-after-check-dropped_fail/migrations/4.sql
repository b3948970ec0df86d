SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE authors DROP CONSTRAINT name_set;
ALTER TABLE authors ALTER COLUMN name SET NOT NULL;
