SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE FUNCTION public.run(command text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE command; END $$;
SELECT public.run('DROP TABLE users');
