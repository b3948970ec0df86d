import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const packages = 'radosgw ceph-mon ceph-osd';

/** Ceph is not in npm: CI installs Debian's packages, where they are missing the tests say so and CI fails. */
export function hasCeph(): boolean {
  const programs = [
    'radosgw',
    'radosgw-admin',
    'ceph-mon',
    'ceph-osd',
    'ceph-authtool',
    'monmaptool',
    'ceph',
  ];
  const found = programs.every(
    (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0,
  );
  if (!found && process.env.CI === 'true')
    throw new Error(`Ceph is not installed: apt-get install ${packages}`);
  if (!found) console.warn(`NOT TESTED against a real S3 with object lock: apt-get install ${packages}`);
  return found;
}

export const cephUser = { accessKeyId: 'CONDUCTOREXAMPLE', secretAccessKey: 'a-secret-of-this-test' };

export interface RunningCeph {
  /** Address of the S3 API. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** A Ceph of one monitor, one OSD in memory and one gateway, which speaks S3, on loopback. */
export async function startCeph(): Promise<RunningCeph> {
  const folder = await mkdtemp(join(tmpdir(), 'ceph-'));
  const children: ChildProcess[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(children.reverse().map(killed));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const port = await freePort();
    await startCluster(folder, (program, args) => children.push(daemon(folder, program, args)));
    const gateway = daemon(folder, 'radosgw', [
      '-n',
      'client.admin',
      '-f',
      `--rgw_frontends=beast endpoint=127.0.0.1:${port}`,
    ]);
    children.push(gateway);
    const { accessKeyId, secretAccessKey } = cephUser;
    const keys = [`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`];
    await inCluster(folder, 'radosgw-admin', [
      'user',
      'create',
      '--uid=conductor',
      '--display-name=conductor',
      ...keys,
    ]);
    const endpoint = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(endpoint)).ok, gateway);
    return { endpoint, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startCluster(
  folder: string,
  start: (program: string, args: readonly string[]) => void,
): Promise<void> {
  await Promise.all(['mon', 'osd', 'run'].map((name) => mkdir(join(folder, name))));
  const [cluster, disk, port] = [randomUUID(), randomUUID(), await freePort()];
  await writeFile(join(folder, 'ceph.conf'), settings(folder, cluster, port));
  const keyring = join(folder, 'keyring');
  for (const [name, ...caps] of [
    ['mon.', 'mon', 'allow *'],
    ['client.admin', 'mon', 'allow *', 'osd', 'allow *'],
    ['osd.0', 'mon', 'allow profile osd', 'osd', 'allow *'],
  ] as const) {
    const create = name === 'mon.' ? ['--create-keyring'] : [];
    const granted = caps.flatMap((cap, index) => (index % 2 === 0 ? ['--cap', cap] : [cap]));
    await run('ceph-authtool', [keyring, ...create, '--gen-key', '-n', name, ...granted]);
  }
  const map = join(folder, 'monmap');
  await run('monmaptool', ['--create', '--fsid', cluster, '--addv', 'a', `[v2:127.0.0.1:${port}]`, map]);
  await inCluster(folder, 'ceph-mon', ['--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring]);
  start('ceph-mon', ['-i', 'a', '-f']);
  await inCluster(folder, 'ceph', ['osd', 'new', disk]);
  await inCluster(folder, 'ceph-osd', ['-i', '0', '--mkfs', '--osd-uuid', disk]);
  start('ceph-osd', ['-i', '0', '-f']);
}

/** One copy of everything, nothing on disk but the monitor's store. */
function settings(folder: string, cluster: string, port: number): string {
  return `[global]
fsid = ${cluster}
mon host = [v2:127.0.0.1:${port}]
mon initial members = a
mon data = ${folder}/mon
mon data avail warn = 0
mon data avail crit = 0
mon allow pool size one = true
mon max pg per osd = 1000
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
keyring = ${folder}/keyring
run dir = ${folder}/run
admin socket =
log file =
mon cluster log file =
`;
}

function daemon(folder: string, program: string, args: readonly string[]): ChildProcess {
  return spawn(program, ['-c', join(folder, 'ceph.conf'), ...args], { stdio: 'ignore' });
}

async function inCluster(folder: string, program: string, args: readonly string[]): Promise<void> {
  await run(program, ['-c', join(folder, 'ceph.conf'), ...args], { timeout: 60_000 });
}

function killed(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  return exited;
}

async function until(condition: () => Promise<boolean>, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await condition().catch(() => false))) {
    if (child.exitCode !== null) throw new Error(`radosgw ended with ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error('radosgw did not answer within 60 s');
    await pause(100);
  }
}
