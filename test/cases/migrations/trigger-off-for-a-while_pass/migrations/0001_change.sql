SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE users DISABLE TRIGGER audit;
ALTER TABLE users ENABLE TRIGGER audit;
