SET lock_timeout = '1s';
SET statement_timeout = '5s';
DO $$ BEGIN ALTER TABLE users DROP COLUMN email; END $$;
