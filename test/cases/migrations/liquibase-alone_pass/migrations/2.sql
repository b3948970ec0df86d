-- liquibase formatted sql
-- changeset ann:1 runInTransaction:false
SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE INDEX CONCURRENTLY users_name ON users (name);
-- rollback DROP INDEX CONCURRENTLY users_name;
