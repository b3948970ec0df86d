\restrict 1a2b3c
SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE TABLE public.users (id bigint NOT NULL);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
INSERT INTO "schema_migrations" (version) VALUES ('20260101000000');
\unrestrict 1a2b3c
