import { describe, expect, it } from 'vitest';
import { unpackZip } from '../../adapters/zip/unpack.ts';
import { VerificationError } from '../../core/errors.ts';
import fc from '../support/fast-check.ts';
import { makeZip, type ZipFile } from '../support/zip/make.ts';

const limits = { entries: 20, fileBytes: 100_000, totalBytes: 150_000 };
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const file = (name: string, change: Partial<ZipFile> = {}): ZipFile => ({
  name,
  content: text(name),
  ...change,
});
const bomb = new Uint8Array(10_000_000);

describe('a zip of another tool', () => {
  it.each([
    ['stored', {}],
    ['deflated', { deflate: true }],
    ['written as a stream', { deflate: true, descriptor: true }],
  ])('is unpacked when it is %s', (_name, change) => {
    const zip = makeZip([
      file('slo/result.json', change),
      file('slo/burn.png', change),
      file('slo/more/', { content: text('') }),
    ]);
    expect(unpackZip(zip, limits)).toEqual(
      new Map([
        ['slo/result.json', text('slo/result.json')],
        ['slo/burn.png', text('slo/burn.png')],
      ]),
    );
  });

  it.each<[string, RegExp, () => Uint8Array]>([
    ['leaves its folder', /\.\.\/evil.*not a plain name/, () => makeZip([file('../evil')])],
    ['has an absolute path', /etc\/passwd.*not a plain name/, () => makeZip([file('/etc/passwd')])],
    ['has a path of Windows', /not a plain name/, () => makeZip([file('slo\\result.json')])],
    [
      'holds a link',
      /"slo\/link": is not a regular file/,
      () => makeZip([file('slo/link', { says: { mode: 0o120777 } })]),
    ],
    ['is encrypted', /"a": is encrypted/, () => makeZip([file('a', { says: { flags: 1 } })])],
    [
      'is packed otherwise',
      /"a": is packed with method 12/,
      () => makeZip([file('a', { says: { method: 12 } })]),
    ],
    ['has a name twice', /"a": stands twice/, () => makeZip([file('a'), file('a')])],
    [
      'has names that differ in case',
      /"A": differs from a in case only/,
      () => makeZip([file('a'), file('A')]),
    ],
    [
      'has a file that is a folder',
      /"a\/b": lies in a, which is a file/,
      () => makeZip([file('a'), file('a/b')]),
    ],
    [
      'has a header of another name',
      /"a": has a header that differs/,
      () => makeZip([file('a', { localName: 'b' })]),
    ],
    [
      'has too many entries',
      /21 entries, allowed are 20/,
      () => makeZip(Array.from({ length: 21 }, (_, n) => file(`f${n}`))),
    ],
    [
      'has a file that is too large',
      /"big": has 10000000 bytes/,
      () => makeZip([file('big', { content: bomb, deflate: true })]),
    ],
    [
      'is too large together',
      /"b": brings the archive over 150000 bytes/,
      () =>
        makeZip(['a', 'b'].map((name) => file(name, { content: bomb.subarray(0, 90_000), deflate: true }))),
    ],
    [
      'hides a bomb behind a small size',
      /"bomb": does not unpack to 10 bytes/,
      () => makeZip([file('bomb', { content: bomb, deflate: true, says: { size: 10 } })]),
    ],
    [
      'has data behind its end',
      /something behind its end/,
      () => new Uint8Array([...makeZip([file('a')]), 0]),
    ],
    ['has a comment', /something behind its end|has a comment/, () => makeZip([file('a')], 'hello')],
    [
      'has bytes that belong to nothing',
      /begins at byte 0, expected|does not end at the end record|has no local header/,
      () => new Uint8Array([0, 0, ...makeZip([file('a')])]),
    ],
    [
      'has two directories',
      /belong to no entry|does not end|has no local header/,
      () => new Uint8Array([...makeZip([file('a')]), ...makeZip([file('b')])]),
    ],
    ['has a name that is not UTF-8', /is not UTF-8/, () => spoilt(makeZip([file('abc')]), 'abc')],
    ['is none', /is not a zip/, () => text('no')],
  ])('is refused, by name, when it %s', (_name, message, make) => {
    const attempt = (): unknown => unpackZip(make(), limits);
    expect(attempt).toThrow(VerificationError);
    expect(attempt).toThrow(message);
  });

  it('is unpacked to the same files or refused, whichever byte is changed', () => {
    const zip = makeZip([file('slo/result.json', { deflate: true }), file('slo/x', { descriptor: true })]);
    const good = JSON.stringify([...unpackZip(zip, limits)]);
    fc.assert(
      fc.property(fc.nat(zip.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = zip.slice();
        changed[at] = ((changed[at] as number) + by) % 256;
        try {
          return JSON.stringify([...unpackZip(changed, limits)]) === good;
        } catch (error) {
          return error instanceof VerificationError;
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

/** The last occurrence of a name begins with a byte that no UTF-8 has. */
function spoilt(zip: Uint8Array, name: string): Uint8Array {
  const bytes = Buffer.from(zip);
  bytes[bytes.lastIndexOf(name)] = 0xff;
  return new Uint8Array(bytes);
}
