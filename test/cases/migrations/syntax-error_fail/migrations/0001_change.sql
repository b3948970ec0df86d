SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABEL users ADD COLUMN note text;
