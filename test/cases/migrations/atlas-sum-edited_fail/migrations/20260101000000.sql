-- atlas:txmode none

SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE INDEX CONCURRENTLY users_name ON users (name);
-- edited
