SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER VIEW active_users RENAME COLUMN mail TO email;
