SET lock_timeout = '1s';
SET statement_timeout = '5s';
DO $body$
BEGIN
  IF true THEN
    EXECUTE 'DROP TABLE users';
  END IF;
END
$body$;
