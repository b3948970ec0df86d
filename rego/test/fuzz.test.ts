import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseModule, parseQuery, RegoError } from '../index.ts';

/** A small generator of random numbers, the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const fragments = [
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '"',
  '`',
  '$"',
  '$`',
  '\\',
  '|',
  ':=',
  '=',
  '==',
  ',',
  ';',
  '.',
  ':',
  '#',
  '\n',
  '\t',
  ' if ',
  ' contains ',
  ' some ',
  ' in ',
  ' every ',
  ' not ',
  ' with ',
  ' as ',
  ' else ',
  ' default ',
  'import ',
  'package ',
  'set()',
  'input',
  'data',
  '_',
  '0',
  '1e999999',
  '-',
  '"\\u12',
  '\u0000',
  '\ud800',
  '# METADATA\n',
  '{x | ',
];

const folder = join(import.meta.dirname, '..', '..', 'policies');
const corpus = readdirSync(folder)
  .filter((name) => name.endsWith('.rego'))
  .map((name) => readFileSync(join(folder, name), 'utf8'));

function mutate(source: string, random: () => number): string {
  let text = source;
  const changes = 1 + Math.floor(random() * 4);
  for (let i = 0; i < changes; i += 1) {
    const at = Math.floor(random() * (text.length + 1));
    const length = Math.floor(random() * 12);
    const fragment = fragments[Math.floor(random() * fragments.length)] ?? '';
    switch (Math.floor(random() * 4)) {
      case 0:
        text = text.slice(0, at) + text.slice(at + length);
        break;
      case 1:
        text = text.slice(0, at) + fragment + text.slice(at);
        break;
      case 2:
        text = text.slice(0, at) + text.slice(at, at + length) + text.slice(at);
        break;
      default:
        text = text.slice(0, at) + fragment.repeat(1 + Math.floor(random() * 20)) + text.slice(at + length);
    }
  }
  return text;
}

const blocks = corpus
  .flatMap((source) => source.split('\n\n'))
  .filter((block) => !/^(package|import)/m.test(block));

/** A few rules of real modules, so that most inputs are nearly right. */
function seedOf(random: () => number): string {
  const picked = Array.from(
    { length: 1 + Math.floor(random() * 3) },
    () => blocks[Math.floor(random() * blocks.length)],
  );
  return `package a\n\n${picked.join('\n\n')}\n`;
}

describe('the parser, given mutated modules', () => {
  // RC_FUZZ=1000000 npx vitest run rego/test/fuzz.test.ts
  const runs = Number(process.env.RC_FUZZ ?? 4000);

  it(`answers every one of ${runs} with a module or a parse error, in bounded time`, {
    timeout: 3_600_000,
  }, () => {
    const random = randomFrom(Number(process.env.RC_SEED ?? 1));
    let accepted = 0;
    let slowest = 0;
    for (let i = 0; i < runs; i += 1) {
      const source = mutate(seedOf(random), random);
      const start = performance.now();
      try {
        if (i % 5 === 0) parseQuery(source.slice(10));
        else parseModule('fuzz.rego', source);
        accepted += 1;
      } catch (error) {
        if (!(error instanceof RegoError))
          throw new Error(`not a parse error for ${JSON.stringify(source)}`, { cause: error });
      }
      slowest = Math.max(slowest, performance.now() - start);
    }
    // Both kinds occur, or the mutations would try nothing.
    expect(accepted).toBeGreaterThan(runs / 20);
    expect(accepted).toBeLessThan(runs);
    expect(slowest).toBeLessThan(2000);
  });
});
