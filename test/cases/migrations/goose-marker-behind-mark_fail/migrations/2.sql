-- +goose Up
SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE users DROP COLUMN name;
-- +goose Down
ALTER TABLE users ADD COLUMN name text;
