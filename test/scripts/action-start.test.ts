import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleAction, root } from '../../scripts/actions/bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'rc-start-'));
beforeAll(() => bundleAction(join(root, 'actions/index.ts'), folder), 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** What a run of every gate loads before it does anything: other files of the bundle, and modules of Node. */
function loadedAtOnce(): { readonly files: readonly string[]; readonly modules: ReadonlySet<string> } {
  const files = ['./index.js'];
  const modules = new Set<string>();
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/(?:\bfrom|\bimport)\s*"([\w./:-]+)"/g)) {
      if (!name.startsWith('.')) modules.add(name);
      else if (!files.includes(name)) files.push(name);
    }
  }
  return { files, modules };
}

describe('the start of the action with every gate', () => {
  it('is one file beside its entry', () => {
    expect(loadedAtOnce().files).toHaveLength(2);
  });

  it('loads no module of Node that only some runs need', () => {
    const few = ['util', 'child_process', 'net', 'tls', 'zlib', 'http', 'https', 'worker_threads'];
    const { modules } = loadedAtOnce();
    expect(few.filter((name) => modules.has(name) || modules.has(`node:${name}`))).toEqual([]);
  });

  it('carries of zod what is used', () => {
    const [, start = ''] = loadedAtOnce().files;
    const text = readFileSync(join(folder, start), 'utf8');
    expect(text).toContain('Invalid input: expected');
    expect(text).not.toContain('ZodXor');
  });
});
