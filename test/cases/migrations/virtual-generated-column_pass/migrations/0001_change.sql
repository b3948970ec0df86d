SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE items ADD COLUMN total numeric GENERATED ALWAYS AS (price * amount) VIRTUAL;
