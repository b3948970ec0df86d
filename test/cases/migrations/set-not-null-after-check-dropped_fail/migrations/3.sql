SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE authors VALIDATE CONSTRAINT name_set;
