SET lock_timeout = '1s';
SET statement_timeout = '5s';
-- DROP TABLE users;
/* DROP TABLE /* nested */ users; */
SELECT 'DROP TABLE users;', $q$DROP TABLE users;$q$;
