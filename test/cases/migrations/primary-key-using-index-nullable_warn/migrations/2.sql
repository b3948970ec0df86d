SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE authors ADD CONSTRAINT authors_pkey PRIMARY KEY USING INDEX authors_name_key;
