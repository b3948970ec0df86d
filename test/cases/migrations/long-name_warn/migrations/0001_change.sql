SET lock_timeout = '1s';
SET statement_timeout = '5s';
CREATE TABLE very_very_very_very_very_very_very_very_very_very_very_very_very_very_long (id bigint PRIMARY KEY);
