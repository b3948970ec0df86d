SET lock_timeout = '1s';
SET statement_timeout = '5s';
DO LANGUAGE plpython3 $$ plpy.execute("DROP TABLE users") $$;
