SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text);
CREATE INDEX orders_note ON orders (note);
ALTER TABLE orders ADD CONSTRAINT note_short CHECK (length(note) < 100);
