-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = '2s';
SET statement_timeout = '10min';
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_note_idx ON orders (note);

-- +goose Down
DROP INDEX CONCURRENTLY IF EXISTS orders_note_idx;
