interface QueryRunner {
  query(sql: string): Promise<void>;
}

export class Drop1700000000000 {
  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET lock_timeout = '1s'; SET statement_timeout = '5s'`);
    await queryRunner.query(`ALTER TABLE users DROP COLUMN name`);
  }
  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE users ADD COLUMN name text`);
  }
}
