SET lock_timeout = '1s';
SET statement_timeout = '5s';
DROP TABLE IF EXISTS users;
CREATE TABLE users (id bigint PRIMARY KEY);
