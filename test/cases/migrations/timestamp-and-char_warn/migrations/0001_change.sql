SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE TABLE logs (id bigint PRIMARY KEY, code char(3), at timestamp);
