SET lock_timeout = '1s';
SET statement_timeout = '5s';
DO $$
DECLARE one record;
BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER TABLE %I DROP COLUMN email', one.tablename);
  END LOOP;
END $$;
