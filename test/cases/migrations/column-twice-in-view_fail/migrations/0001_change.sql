SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE VIEW v AS SELECT count(*), o.id AS count FROM orders o GROUP BY o.id;
