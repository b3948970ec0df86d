SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TYPE address RENAME ATTRIBUTE street TO road;
