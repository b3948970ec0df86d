-- +goose Up
-- +goose ENVSUB ON
SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE ${SCHEMA}.users DROP COLUMN name;
-- +goose Down
ALTER TABLE ${SCHEMA}.users ADD COLUMN name text;
