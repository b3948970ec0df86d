SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE users ADD COLUMN settings json;
ALTER SCHEMA sales RENAME TO shop;
CREATE INDEX CONCURRENTLY wide ON users (a, b, c, d);
CREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email);
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_id;
ALTER TABLE users DROP CONSTRAINT adult;
CREATE TYPE mood AS ENUM ('sad', 'ok');
