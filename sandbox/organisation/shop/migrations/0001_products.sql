-- +goose Up
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '10s';
CREATE TABLE IF NOT EXISTS products (
  id text PRIMARY KEY,
  name text NOT NULL,
  cents bigint NOT NULL
);

-- +goose Down
DROP TABLE products;
