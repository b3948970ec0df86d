-- +goose Up
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '10s';
ALTER TABLE orders ADD COLUMN IF NOT EXISTS note text;

-- +goose Down
ALTER TABLE orders DROP COLUMN note;
