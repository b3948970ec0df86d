import { expect, it } from 'vitest';
import { blockBytes, blocksOf } from '../../core/evidence/bytes.ts';
import { SecretScanner } from '../../core/evidence/secrets.ts';
import type { ByteSource } from '../../core/ports/blob-store.ts';

/** Three blocks of one letter each; `slow` reads end when the test says so. */
function letters(text: string, wait: (offset: number) => Promise<void> = async () => {}): ByteSource {
  const whole = Buffer.concat([...text].map((letter) => Buffer.alloc(blockBytes, letter)));
  return {
    size: whole.length,
    read: async (offset, length) => whole.subarray(offset, offset + length),
    async readInto(buffer, offset) {
      await wait(offset);
      return whole.copy(buffer, 0, offset, offset + buffer.length);
    },
  };
}

const lettersIn = (block: Uint8Array): string =>
  new Set(Buffer.from(block).toString('latin1')).values().toArray().join('');

it('reads two sources at once without mixing them, and others after them', async () => {
  for (const pair of [
    ['abc', 'xyz'],
    ['def', 'uvw'],
  ] as const) {
    const [one, two] = pair.map((text) => blocksOf(letters(text)));
    const seen = ['', ''];
    for (let n = 0; n < 3; n++) {
      const a = await one?.next();
      const b = await two?.next();
      seen[0] += lettersIn(a?.value);
      seen[1] += lettersIn(b?.value);
      expect(lettersIn(a?.value)).toBe(pair[0][n]);
    }
    expect(seen).toEqual(pair);
    await Promise.all([one?.return(undefined), two?.return(undefined)]);
  }
});

it('gives a buffer to nobody while an abandoned read may still write into it', async () => {
  let release = (): void => {};
  const late = new Promise<void>((resolve) => {
    release = resolve;
  });
  const abandoned = blocksOf(letters('aaa', (offset) => (offset === 0 ? Promise.resolve() : late)));
  await abandoned.next();
  const ended = abandoned.return(undefined);
  const other = blocksOf(letters('bbb'));
  const block = (await other.next()).value as Uint8Array;
  release();
  await ended;
  expect(lettersIn(block)).toBe('b');
  await other.return(undefined);
});

it('finds nothing of a file that was looked at before in the next one', () => {
  const secret = Buffer.from(` ghp_${'A'.repeat(36)} `);
  const first = new SecretScanner();
  first.update(Buffer.alloc(3 * 1_048_576, 'x'));
  first.update(secret);
  expect(first.finish()).toBe('a GitHub token');
  const second = new SecretScanner();
  second.update(Buffer.alloc(1_048_577, 'y'));
  expect(second.finish()).toBeNull();
});
