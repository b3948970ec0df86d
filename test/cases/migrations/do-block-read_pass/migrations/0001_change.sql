SET lock_timeout = '1s';
SET statement_timeout = '5s';
DO $$
BEGIN
  CREATE TYPE mood AS ENUM ('sad', 'ok');
EXCEPTION
  WHEN duplicate_object THEN RAISE NOTICE 'it is there';
END $$;
