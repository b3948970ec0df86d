-- liquibase formatted sql
-- changeset ann:1
SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE users DROP COLUMN name;
-- rollback ALTER TABLE users ADD COLUMN name text;
