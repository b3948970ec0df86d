SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE users ALTER COLUMN state DROP DEFAULT, ALTER COLUMN state SET DEFAULT 'new';
