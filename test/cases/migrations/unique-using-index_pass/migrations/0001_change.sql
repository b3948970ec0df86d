SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE UNIQUE INDEX CONCURRENTLY one_email ON users (email);
ALTER TABLE users ADD CONSTRAINT one_email UNIQUE USING INDEX one_email;
