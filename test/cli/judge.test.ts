import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentOf, observations, recorded } from '../core/canary/record.ts';
import { inputsFor, newPrivateKey, packInMemory, portsWith } from '../evidence/support.ts';
import { FakeWorld, folderWith } from './support.ts';

const text = documentOf(recorded(observations(0.05, 60)));

async function judge(files: Readonly<Record<string, string | Uint8Array>>, ...argv: string[]) {
  const world = new FakeWorld(await folderWith(files));
  const status = await world.run('judge', ...argv);
  return { status, stdout: world.stdout, stderr: world.stderr, folder: world.cwd };
}

describe('judge --replay', () => {
  it('computes every verdict of an evidence zip again', async () => {
    const { schema_version: _version, ...record } = JSON.parse(text);
    const { zip } = await packInMemory(inputsFor({ canary: [record] }), portsWith(newPrivateKey()));
    const { status, stdout } = await judge({ 'evidence.zip': zip }, '--replay', 'evidence.zip');
    expect(stdout).toMatch(/✔ canary\/1-step-1-at-10\.json: step 1 at 10 %, \d+ readings/);
    expect(stdout).toContain('rollback');
    expect(status).toBe(0);
    expect(Buffer.from(zip).toString('latin1')).toContain('canary/1-step-1-at-10.svg');
  });

  it('reads one file, and draws it', async () => {
    const { status, folder } = await judge({ 'a.json': text }, '--replay', 'a.json', '--charts', 'out');
    expect(status).toBe(0);
    expect(await readFile(join(folder, 'out/a.svg'), 'utf8')).toContain('<svg');
    expect((await readFile(join(folder, 'out/a.png'))).subarray(1, 4).toString()).toBe('PNG');
  });

  it('says what differs, and exits 1', async () => {
    const forged = text.replace('"verdict": "rollback"', '"verdict": "ready"');
    const { status, stdout } = await judge({ 'a.json': forged }, '--replay', 'a.json', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)[0]).toMatchObject({ equal: false, name: 'a.json' });
  });

  it.each([
    [['--replay', 'b.json'], 'b.json'],
    [[], '--replay'],
    [['--replay', 'bad.json'], 'canary'],
    [['--replay', 'torn.json'], 'it is no JSON'],
    [['--replay', '.'], 'is a folder'],
  ])('%j is a mistake that is explained', async (argv, said) => {
    const { status, stderr } = await judge({ 'bad.json': '{}', 'torn.json': '{' }, ...argv);
    expect(status).toBe(2);
    expect(stderr).toContain(said);
  });
});
