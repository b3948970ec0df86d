SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE TABLE notes (id bigint PRIMARY KEY);
