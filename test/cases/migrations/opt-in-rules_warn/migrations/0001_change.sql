SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE TABLE logs (id serial PRIMARY KEY, code varchar(30));
