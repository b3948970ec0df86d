SET lock_timeout = '1s';
SET statement_timeout = '5s';
-- squawk-ignore ban-drop-column
ALTER TABLE users ADD COLUMN note text;
