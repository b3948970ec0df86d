SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE TABLE scratch (id bigint);
DROP TABLE scratch;
