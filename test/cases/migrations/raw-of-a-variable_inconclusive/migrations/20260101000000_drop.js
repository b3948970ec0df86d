const sql = 'ALTER TABLE users DROP ' + 'COLUMN name';
exports.up = (knex) => knex.raw(sql);
