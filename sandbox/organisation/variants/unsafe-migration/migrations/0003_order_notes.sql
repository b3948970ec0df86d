-- +goose Up
ALTER TABLE orders ADD COLUMN note text NOT NULL;
CREATE INDEX orders_note_idx ON orders (note);

-- +goose Down
DROP INDEX orders_note_idx;
ALTER TABLE orders DROP COLUMN note;
