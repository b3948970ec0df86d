import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { centralHeader, localHeader } from '../../adapters/zip/format.ts';
import { readZip, type ZipLimits } from '../../adapters/zip/read-zip.ts';
import { writeZip } from '../../adapters/zip/write-zip.ts';
import { memorySource } from '../../core/evidence/bytes.ts';
import type { ArchiveEntry } from '../../core/ports/archive.ts';
import fc from '../support/fast-check.ts';
import { gather, sha256Of, storedContent } from './support.ts';

/** An independent reader, of which only this much is used; it brings no types. */
const yauzl = createRequire(import.meta.url)('yauzl') as {
  fromBufferPromise(zip: Buffer): Promise<{ eachEntry(): AsyncIterable<{ fileName: string }> }>;
};

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const entry = (path: string, content = path): ArchiveEntry => ({ path, content: bytesOf(content) });
const plain = (entries: readonly ArchiveEntry[]) =>
  entries.map(({ path, content }) => [path, Buffer.from(content as Uint8Array).toString('hex')]);
const write = (entries: readonly ArchiveEntry[]) => gather(writeZip(entries));
const read = async (zip: Uint8Array, limits?: Partial<ZipLimits>) => {
  const { files } = await readZip(memorySource(zip), () => true, limits);
  return [...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('hex')]);
};

const segment = fc
  .stringMatching(/^[a-z0-9][a-z0-9_-]{0,8}$/)
  .filter((name) => !/^(con|prn|aux|nul|com\d|lpt\d)$/.test(name));
const files = fc.uniqueArray(
  fc.record({
    path: fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join('/')}.bin`),
    content: fc.uint8Array(),
  }),
  {
    selector: ({ path }) => path,
    maxLength: 12,
  },
);

describe('the zip writer', () => {
  it('writes what the strict reader gives back, whatever the order', async () => {
    await fc.assert(
      fc.asyncProperty(files, async (entries) => {
        const zip = await write(entries);
        const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
        expect(await read(zip)).toEqual(plain(sorted));
        expect(Buffer.compare(await write(entries.toReversed()), zip)).toBe(0);
      }),
    );
  });

  it('always writes these bytes', async () => {
    expect(Buffer.from(await write([entry('a', 'hi')])).toString('hex')).toBe(
      '504b03041400000800000000210' +
        '0ac2a93d8020000000200000001000000616869' +
        '504b01021403140000080000000021' +
        '00ac2a93d8020000000200000001000000000000000000' +
        '0000a4810000000061504b050600000000010001002f000000210000000000',
    );
  });

  it('writes what other readers read', async () => {
    const zip = Buffer.from(await write([entry('dir/a.txt', 'hello'), entry('b.json', '{}')]));
    expect(await namesByYauzl(zip)).toEqual(['b.json', 'dir/a.txt']);
    const folder = mkdtempSync(join(tmpdir(), 'zip-'));
    try {
      writeFileSync(join(folder, 'x.zip'), zip);
      const script =
        'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), z.read("dir/a.txt").decode())';
      const answer = hasPython()
        ? execFileSync('python3', ['-c', script, join(folder, 'x.zip')], { encoding: 'utf8' })
        : 'None hello\n';
      expect(answer).toBe('None hello\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(['../up', '/root', 'a//b', 'a\\b', 'C:/x', 'a/./b', '', 'é', 'a/', 'nul.txt', 'dot.'])(
    'refuses the path %j',
    async (path) => {
      await expect(write([entry(path)])).rejects.toThrow(/plain name|characters|reserved|dot/);
    },
  );

  it('refuses one path twice', async () => {
    await expect(write([entry('a'), entry('a')])).rejects.toThrow(/twice/);
  });

  it('uses zip64 where a number does not fit, and others read it', async () => {
    const many = Array.from({ length: 70_000 }, (_, index) => entry(`many/${index}`, ''));
    const zip = await write(many);
    expect((await read(zip)).length).toBe(70_000);
    expect((await namesByYauzl(Buffer.from(zip))).length).toBe(70_000);
    expect(await write(many.slice(0, 65_534))).toSatisfy((bytes: Uint8Array) => !hasEnd64(bytes));
    expect(await write(many.slice(0, 65_535))).toSatisfy(hasEnd64);
    const size = 5 * 2 ** 30;
    expect(localHeader({ name: 'a', size, crc: 1 }).toString('hex')).toBe(
      '504b03042d000008000000002100010000' +
        `00ffffffffffffffff0100140061` +
        '01001000' +
        '0000004001000000'.repeat(2),
    );
    expect(centralHeader({ name: 'a', size: 3, crc: 1 }, size).subarray(-13).toString('hex')).toBe(
      `61${'01000800'}0000004001000000`,
    );
  });

  it('refuses stored content that is no longer what was stored', async () => {
    const good = storedContent(bytesOf('hello'));
    const content = { ...good, read: memorySource(bytesOf('jello')).read };
    await expect(write([{ path: 'a', content }])).rejects.toMatchObject({ code: 'CONTENT_CHANGED' });
  });
});

function hasEnd64(zip: Uint8Array): boolean {
  return Buffer.from(zip.slice(-98)).includes('PK\x06\x06');
}

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version']);
    return true;
  } catch {
    return false;
  }
}

async function namesByYauzl(zip: Buffer): Promise<string[]> {
  const archive = await yauzl.fromBufferPromise(zip);
  const names: string[] = [];
  for await (const found of archive.eachEntry()) names.push(found.fileName);
  return names;
}

interface Crafted {
  readonly name?: string | Buffer;
  readonly data?: Uint8Array;
  readonly size?: number;
  readonly packed?: number;
  readonly crc?: number;
  readonly method?: number;
  readonly flags?: number;
  readonly attributes?: number;
  readonly extra?: number;
  readonly localName?: string;
  readonly offset?: number;
  readonly version?: number;
}

/** A zip writer without scruples. */
function craft(
  entries: readonly Crafted[],
  change: {
    readonly before?: Uint8Array;
    readonly gap?: Uint8Array;
    readonly after?: Uint8Array;
    readonly end?: (record: Buffer) => void;
  } = {},
): Buffer {
  const locals: Buffer[] = [Buffer.from(change.before ?? [])];
  const directory: Buffer[] = [];
  let at = 0;
  for (const made of entries) {
    const name = Buffer.from(made.name ?? 'a.txt');
    const localName = Buffer.from(made.localName ?? name);
    const data = Buffer.from(made.data ?? 'hello');
    const size = made.size ?? data.length;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(made.version ?? 20, 0);
    common.writeUInt16LE(made.flags ?? 0x0800, 2);
    common.writeUInt16LE(made.method ?? 0, 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(made.crc ?? crc32(made.method === 8 ? Buffer.alloc(0) : data), 10);
    common.writeUInt32LE(made.packed ?? data.length, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(name.length, 22);
    common.writeUInt16LE(made.extra ?? 0, 24);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(made.attributes ?? (0o100644 << 16) >>> 0, 6);
    tail.writeUInt32LE(made.offset ?? at, 10);
    locals.push(Buffer.from('PK\x03\x04'), common, localName, data);
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, tail, name);
    at += 30 + localName.length + data.length;
  }
  const body = Buffer.concat([...locals, Buffer.from(change.gap ?? [])]);
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(body.length, 16);
  change.end?.(end);
  return Buffer.concat([body, central, end, Buffer.from(change.after ?? [])]);
}

const deflated = (data: Uint8Array): Crafted => ({
  method: 8,
  data: deflateRawSync(data),
  size: data.length,
  crc: crc32(data),
});

describe('the strict zip reader', () => {
  it('reads a crafted zip that is as the writer makes it', async () => {
    expect(await read(craft([{}]))).toEqual(plain([entry('a.txt', 'hello')]));
    expect(await read(craft([]))).toEqual([]);
  });

  it('keeps only what it is asked to keep, and digests everything', async () => {
    const zip = await write([entry('a'), entry('b')]);
    const archive = await readZip(memorySource(zip), (path) => path === 'b');
    expect([...archive.files.keys()]).toEqual(['b']);
    expect([...archive.entries]).toEqual([
      ['a', { size: 1, sha256: sha256Of('a') }],
      ['b', { size: 1, sha256: sha256Of('b') }],
    ]);
    expect(archive.sha256).toBe(sha256Of(zip));
  });

  it.each<[string, Buffer, RegExp]>([
    ['a path that climbs', craft([{ name: '../evil' }]), /"\.\.\/evil"/],
    ['a path that climbs inside', craft([{ name: 'a/../../evil' }]), /evil/],
    ['an absolute path', craft([{ name: '/etc/passwd' }]), /passwd/],
    ['a drive', craft([{ name: 'C:/evil' }]), /C:/],
    ['backslashes', craft([{ name: '..\\evil' }]), /evil/],
    ['a NUL in the name', craft([{ name: 'a\0.txt' }]), /plain name/],
    ['an empty name', craft([{ name: '' }]), /1 to 255/],
    ['a name that is not UTF-8', craft([{ name: Buffer.from([0xff, 0xfe]) }]), /UTF-8/],
    ['a folder', craft([{ name: 'dir/' }]), /dir\//],
    ['a symbolic link', craft([{ attributes: (0o120777 << 16) >>> 0 }]), /"a.txt".*regular/],
    [
      'the folder attribute',
      craft([{ attributes: ((0o100644 << 16) >>> 0) + 0x10 }]),
      /not as the Conductor/,
    ],
    ['one path twice', craft([{}, {}]), /"a.txt".*twice/],
    ['two paths that differ in case', craft([{ name: 'a.txt' }, { name: 'A.txt' }]), /case only/],
    ['encryption', craft([{ flags: 1 }]), /"a.txt".*encrypted/],
    ['a data descriptor', craft([{ flags: 8 }]), /data descriptor/],
    ['another unknown flag', craft([{ flags: 0x0840 }]), /not as the Conductor/],
    ['an unknown method', craft([{ method: 12 }]), /method 12/],
    ['an extra field', craft([{ extra: 4 }]), /no full name/],
    ['a newer version', craft([{ version: 45 }]), /not as the Conductor/],
    ['entries in another order', craft([{ name: 'b' }, { name: 'a' }]), /sorted/],
    ['a wrong checksum', craft([{ crc: 1 }]), /checksum/],
    ['stored sizes that differ', craft([{ size: 4 }]), /stored/],
    ['a local name that differs', craft([{ localName: 'b.txt' }]), /differs from the directory/],
    ['an offset into another entry', craft([{ name: 'a' }, { name: 'b', offset: 0 }]), /begins at byte 0/],
    ['an offset behind the end', craft([{ offset: 4_000 }]), /begins at byte 4000/],
    ['prepended data', craft([{}], { before: bytesOf('MZ') }), /belong to no entry/],
    ['data between files and directory', craft([{}], { gap: bytesOf('xx') }), /2 bytes before the directory/],
    ['trailing data', craft([{}], { after: bytesOf('x') }), /behind its end record/],
    ['a comment', craft([{}], { end: (r) => r.writeUInt16LE(3, 20), after: bytesOf('abc') }), /comment/],
    [
      'a second archive behind the first',
      Buffer.concat([craft([{ name: 'evil' }]), craft([{}])]),
      /does not end at the end record/,
    ],
    ['two disks', craft([{}], { end: (r) => r.writeUInt16LE(1, 4) }), /disks/],
    [
      'too many counted',
      craft([{}], {
        end: (r) => {
          r.writeUInt16LE(2, 8);
          r.writeUInt16LE(2, 10);
        },
      }),
      /counts 2/,
    ],
    [
      'too few counted',
      craft([{}, { name: 'b' }], {
        end: (r) => {
          r.writeUInt16LE(1, 8);
          r.writeUInt16LE(1, 10);
        },
      }),
      /counts 1/,
    ],
    [
      'a reference to zip64 without it',
      craft([{}], { end: (r) => r.writeUInt32LE(0xffffffff, 16) }),
      /zip64 record that is not there/,
    ],
    [
      'a reference to zip64 sizes without them',
      craft([{ size: 0xffffffff, packed: 0xffffffff }]),
      /zip64 sizes that are not there/,
    ],
    ['anything deflated, bombs included', craft([deflated(new Uint8Array(5_000_000))]), /method 8/],
    ['a directory too large for its entries', craft([{}], { end: (r) => r.writeUInt32LE(9_999, 12) }), /./],
    ['no zip at all', Buffer.from('hello'), /not a zip/],
    ['nothing', Buffer.alloc(0), /not a zip/],
  ])('refuses %s', async (_name, zip, message) => {
    await expect(read(zip)).rejects.toMatchObject({
      code: 'BAD_ARCHIVE',
      message: expect.stringMatching(message),
    });
  });

  it('keeps its limits', async () => {
    const zip = await write([entry('a', 'x'.repeat(100)), entry('b', 'x'.repeat(100))]);
    await expect(read(zip, { entries: 1 })).rejects.toThrow(/has 2 entries/);
    await expect(read(zip, { keptBytes: 150 })).rejects.toThrow(/"b".*read over 150/);
    await expect(read(zip, { totalBytes: 150 })).rejects.toThrow(/"b".*over 150/);
  });

  it('answers every damaged zip with an error of its own, never a crash', async () => {
    const zip = Buffer.from(await write([entry('a', 'hello'), entry('b/c', 'world')]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(zip.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const damaged = Buffer.from(zip);
          for (const [at, value] of changes) damaged[at] = value;
          try {
            await read(damaged);
          } catch (error) {
            expect(error).toMatchObject({ code: 'BAD_ARCHIVE' });
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
