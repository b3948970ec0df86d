import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const bin = resolve('cli/bin.js');
const version = (program: string): number => {
  try {
    return Number(execFileSync(program, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }));
  } catch {
    return 0;
  }
};
const older = ['/usr/bin/node', '/usr/local/bin/node'].find(
  (program) => version(program) > 0 && version(program) < 24,
);

describe('the launcher', () => {
  it('runs the program and passes on its exit status and streams', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'verify', 'nothing.zip'], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('no file nothing.zip');
  });

  it.skipIf(older === undefined)('hands over to a newer Node when it is started by an older one', () => {
    const { status, stdout } = spawnSync(older as string, [bin, '--version'], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '0.1.0\n' });
  });

  it('runs from an installed copy, where Node does not strip types', async () => {
    const project = await mkdtemp(join(tmpdir(), 'installed-'));
    const copy = join(project, 'node_modules/release-conductor');
    await mkdir(copy, { recursive: true });
    for (const part of ['cli', 'core', 'adapters', 'package.json'])
      await cp(part, join(copy, part), { recursive: true });
    await symlink(resolve('node_modules/zod'), join(project, 'node_modules/zod'));
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(copy, 'cli/bin.js'), '--version'], {
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '0.1.0\n', stderr: '' });
  });
});
