SET lock_timeout = '1s';
SET statement_timeout = '5s';
-- squawk-ignore ban-drop-column
ALTER TABLE users DROP COLUMN email;
