SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE VIEW v AS SELECT o.*, c.* FROM orders o JOIN customers c ON c.id = o.customer_id;
