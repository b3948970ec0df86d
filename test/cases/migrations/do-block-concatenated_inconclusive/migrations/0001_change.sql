SET lock_timeout = '1s';
SET statement_timeout = '5s';
DO $$ BEGIN EXECUTE 'DROP TABLE ' || quote_ident(current_setting('app.table')); END $$;
