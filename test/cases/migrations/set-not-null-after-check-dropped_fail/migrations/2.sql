SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE authors ADD CONSTRAINT name_set CHECK (name IS NOT NULL) NOT VALID;
