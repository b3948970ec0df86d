SET lock_timeout = '1s';
SET statement_timeout = '5s';
ALTER TABLE events DETACH PARTITION events_2025;
