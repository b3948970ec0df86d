CREATE TABLE authors (name text);
CREATE UNIQUE INDEX authors_name_key ON authors (name);
