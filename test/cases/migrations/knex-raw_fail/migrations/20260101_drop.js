exports.up = async (knex) => {
  await knex.raw("SET lock_timeout = '1s'");
  await knex.raw("SET statement_timeout = '5s'");
  await knex.raw(`ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17)`);
};
exports.down = (knex) => knex.raw('ALTER TABLE users DROP CONSTRAINT adult');
