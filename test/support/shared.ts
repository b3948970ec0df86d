import { afterAll, beforeAll } from 'vitest';
import type { AtEnd } from './postgres.ts';

/** One of it for all tests of a block, which run in their order. */
export function shared<T>(start: (atEnd: AtEnd) => Promise<T>): () => T {
  let started: T;
  const closing: (() => unknown)[] = [];
  beforeAll(async () => {
    started = await start((close) => closing.push(close));
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });
  return () => started;
}
