import { describe, expect, it } from 'vitest';
import { ormUses, readOrmFile } from '../../../actions/migrations/contracts/orm/read.ts';
import type { MemoryFiles } from '../../support/memory-io.ts';
import { judge } from './judged.ts';

/** `table.column` of everything that the files use, sorted. */
async function usesIn(files: Readonly<Record<string, string>>): Promise<string[]> {
  const read = await Promise.all(Object.entries(files).map(([path, text]) => readOrmFile(path, text)));
  return [...new Set(ormUses(read).map(({ table, column }) => `${table}.${column}`))].sort();
}

describe('the columns that models name', () => {
  it.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'Drizzle',
      {
        'src/schema.ts': `import { pgTable, text, serial } from 'drizzle-orm/pg-core';
const times = { createdAt: timestamp('created_at').notNull() };
export const orders = pgTable('orders', {
  id: serial('id').primaryKey(), // a comment
  total: integer().notNull().default(0), ...times,
}, (t) => [index('x').on(t.id)]);`,
      },
      ['orders.created_at', 'orders.id', 'orders.total'],
    ],
    [
      'Drizzle with a schema and a function',
      {
        'src/schema.ts': `const shop = pgSchema('shop');
export const lines = shop.table('lines', (t) => ({ orderId: t.integer() }));`,
      },
      ['shop.lines.orderId', 'shop.lines.order_id'],
    ],
    [
      'Drizzle with columns from another file',
      { 'src/schema.ts': "export const a = pgTable('a', { ...shared, id: serial('id') });" },
      ['a.*', 'a.id'],
    ],
    [
      'TypeORM, with a base class in another file',
      {
        'src/base.ts': `import { PrimaryGeneratedColumn } from 'typeorm';
export abstract class Base { @PrimaryGeneratedColumn() id!: number; }`,
        'src/order-line.ts': `import { Entity, Column } from 'typeorm';
@Entity()
export class OrderLine extends Base {
  @Column({ name: 'total_cents', type: 'int' }) total!: number;
  @Column('varchar') note?: string;
  @ManyToOne(() => Order, (order) => order.lines) order!: Order;
  @ManyToOne(() => User) @JoinColumn({ name: 'user_id' }) user!: User;
  @OneToMany(() => Part, (part) => part.line) parts!: Part[];
}`,
      },
      [
        'order_line.id',
        'order_line.note',
        'order_line.orderId',
        'order_line.total_cents',
        'order_line.user_id',
      ],
    ],
    [
      'TypeORM with a name and a schema',
      {
        'src/a.ts': `import { Entity, Column } from 'typeorm';
@Entity('orders', { schema: 'shop' }) class Order { @Column() total!: number; }
@Entity({ name: 'users' }) class User { @PrimaryColumn() id!: number; }`,
      },
      ['shop.orders.total', 'users.id'],
    ],
    [
      'Sequelize',
      {
        'src/order.js': `const { DataTypes } = require('sequelize');
sequelize.define('Order', { totalCents: DataTypes.INTEGER, note: { type: DataTypes.STRING, field: 'memo' } },
  { tableName: 'orders', timestamps: false, underscored: true });`,
      },
      ['orders.id', 'orders.memo', 'orders.totalCents', 'orders.total_cents'],
    ],
    [
      'Sequelize with a class and the usual name',
      {
        'src/line.ts': `import { Model } from 'sequelize';
class Line extends Model {}
Line.init({ qty: DataTypes.INTEGER }, { sequelize, timestamps: false });`,
      },
      ['Line.id', 'Line.qty', 'Lines.id', 'Lines.qty', 'lines.id', 'lines.qty'],
    ],
    [
      'sequelize-typescript',
      {
        'src/user.ts': `import { Table, Column, Model } from 'sequelize-typescript';
@Table({ tableName: 'users', timestamps: false })
export class User extends Model { @Column({ field: 'full_name' }) name!: string; @Column age!: number; }`,
      },
      ['users.age', 'users.full_name', 'users.id'],
    ],
    [
      'Django, with an abstract model in another app',
      {
        'common/models.py': `from django.db import models
class Stamped(models.Model):
    created = models.DateTimeField(auto_now_add=True)
    class Meta:
        abstract = True
`,
        'shop/models/order.py': `from django.db import models
class Order(Stamped):
    """An order."""
    total = models.DecimalField(max_digits=9, decimal_places=2, db_column="total_cents")
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    tags = models.ManyToManyField(Tag)
class Named(models.Model):
    name = models.TextField()
    class Meta:
        db_table = 'names'
`,
      },
      [
        'names.id',
        'names.name',
        'shop_order.created',
        'shop_order.id',
        'shop_order.total_cents',
        'shop_order.user_id',
      ],
    ],
    [
      'SQLAlchemy, old and new',
      {
        'app/models.py': `from sqlalchemy import Column, Integer, Table
from sqlalchemy.orm import Mapped, mapped_column
class Order(Base):
    __tablename__ = "orders"
    __table_args__ = ({"schema": "shop"},)
    id: Mapped[int] = mapped_column(primary_key=True)
    total: Mapped[int] = mapped_column("total_cents", Integer)
    note: Mapped[str | None]
    lines: Mapped[list["Line"]] = relationship(back_populates="order")
class Line(Base):
    __tablename__ = "lines"
    qty = Column(Integer)
tags = Table("tags", metadata, Column("name", String))
`,
      },
      ['lines.qty', 'shop.orders.id', 'shop.orders.note', 'shop.orders.total_cents', 'tags.name'],
    ],
    [
      'SQLModel',
      {
        'app/hero.py': `from sqlmodel import SQLModel, Field
class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
`,
      },
      ['hero.id', 'hero.name'],
    ],
    [
      'schema.rb, less what a model ignores',
      {
        'db/schema.rb': `ActiveRecord::Schema[8.0].define(version: 2026_01_01) do
  create_table "orders", force: :cascade do |t|
    t.string "note", default: "", null: false
    t.integer "old_total"
    t.references "user"
    t.datetime "created_at", null: false
    t.index ["note"], name: "index_orders_on_note"
  end
  create_table "joins", id: false do |t|
    t.bigint "a_id"
  end
end
`,
        'app/models/order.rb': `class Order < ApplicationRecord
  self.ignored_columns += %w[old_total]
end
`,
      },
      ['joins.a_id', 'orders.created_at', 'orders.id', 'orders.note', 'orders.user_id'],
    ],
    [
      'structure.sql',
      {
        'db/structure.sql': `\\restrict abc
SET statement_timeout = 0;
CREATE TABLE public.orders (id bigint NOT NULL, total integer);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
`,
      },
      ['orders.id', 'orders.total'],
    ],
    [
      'none of these',
      { 'src/a.ts': 'export const pg = 1;', 'a.py': 'class A:\n    b = 1\n', 'a.rb': 'class A\nend\n' },
      [],
    ],
    ['code that does not parse', { 'src/a.ts': "import 'typeorm'; @Entity( class {{{ @Column" }, []],
  ])('%s', async (_, files, uses) => {
    expect(await usesIn(files)).toEqual([...uses]);
  });
});

describe('a change that takes something away', () => {
  const table = { 'migrations/1.sql': 'CREATE TABLE orders (id bigint, total int);' };
  const drop = (base: MemoryFiles) =>
    judge({
      files: { ...table, 'migrations/2.sql': 'ALTER TABLE orders DROP COLUMN total;' },
      base: { ...table, ...base },
      options: { irreversible: 'allow', exclude_rules: ['ban-drop-column'], dry_run: 'off' },
    });

  it('is held against the models of the base, with the line', async () => {
    const { find } = await drop({
      'src/schema.ts':
        "export const o = pgTable('orders', {\n  id: bigint('id'),\n  sum: integer('total'),\n});",
    });
    expect(find('contract-broken')?.message).toContain('src/schema.ts:3 (reads)');
  });

  it('is not, once the models have let go of it', async () => {
    const { codes } = await drop({
      'src/schema.ts': "export const o = pgTable('orders', { id: bigint('id') });",
    });
    expect(codes).not.toContain('contract-broken');
  });

  it.each([
    ['src/Order.java', '@Entity class Order {}', 'JPA'],
    ['order.go', 'type Order struct { Total int `gorm:"column:total"` }', 'GORM'],
    ['Order.php', '<?php class Order extends Model {}', 'Eloquent'],
  ])('says of %s that nobody read it', async (path, text, mapper) => {
    const { find } = await drop({ [path]: text });
    expect(find('mapper-not-read')).toMatchObject({
      level: 'warning',
      path,
      message: expect.stringContaining(mapper),
    });
  });
});
