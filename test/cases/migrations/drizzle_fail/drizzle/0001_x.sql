SET lock_timeout = '1s';
SET statement_timeout = '5s';
--> statement-breakpoint
CREATE INDEX CONCURRENTLY users_name ON users (name);
