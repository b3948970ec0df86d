SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE FUNCTION public.tidy() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DROP TABLE users;
END $$;
DO $$ BEGIN PERFORM public.tidy(); END $$;
