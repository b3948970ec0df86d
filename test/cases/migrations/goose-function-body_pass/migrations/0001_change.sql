-- +goose Up
SET lock_timeout = '1s';
SET statement_timeout = '5s';
-- +goose StatementBegin
CREATE FUNCTION touch() RETURNS trigger AS $body$
BEGIN
  NEW.changed_at := now();
  RETURN NEW;
END;
$body$ LANGUAGE plpgsql;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION touch();
