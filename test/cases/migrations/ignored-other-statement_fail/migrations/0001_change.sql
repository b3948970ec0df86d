SET lock_timeout = '1s';
SET statement_timeout = '5s';
-- squawk-ignore ban-drop-column
SELECT 1;
ALTER TABLE users DROP COLUMN email;
