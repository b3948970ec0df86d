SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE INDEX notes_id ON notes (id);
