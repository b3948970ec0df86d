import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A Docker daemon of its own, which shares nothing with another one on this machine. */
export interface Docker {
  /** `DOCKER_HOST` */
  readonly host: string;
  docker(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Why there can be no real Docker here; null: there can. On Debian: `apt-get install docker.io docker-compose`. */
export function whyNoDocker(): string | null {
  if (process.getuid?.() !== 0) return 'a daemon of its own needs root';
  if (!has('dockerd')) return 'there is no dockerd';
  if (composeCommand() === null) return 'there is neither `docker compose` nor docker-compose';
  return existsSync('/bin/busybox') ? null : 'there is no /bin/busybox to make images of (busybox-static)';
}

/** Compose 2 or, where there is only that, Compose 1. */
export function composeCommand(): 'docker compose' | 'docker-compose' | null {
  if (succeeds('docker', 'compose', 'version')) return 'docker compose';
  return has('docker-compose') ? 'docker-compose' : null;
}

/** @throws Error that says why, where a daemon cannot start or cannot run a container: in another container, mostly */
export async function startDocker(): Promise<Docker> {
  const folder = await mkdtemp(join(tmpdir(), 'docker-'));
  await chmod(folder, 0o755);
  const host = `unix://${folder}/socket`;
  const places = ['data-root', 'exec-root', 'pidfile'].map((name) => `--${name}=${folder}/${name}`);
  const rest = ['--bridge=none', '--iptables=false', '--storage-driver=vfs', '--log-level=error'];
  const daemon = spawn('dockerd', [`--host=${host}`, ...places, ...rest], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  daemon.stderr.on('data', (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-500);
  });
  const ended = new Promise((done) => daemon.once('close', done));
  const docker = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)('docker', args, { env: { ...process.env, DOCKER_HOST: host } })).stdout.trim();
  const end = async (): Promise<void> => {
    daemon.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const stop = async (): Promise<void> => {
    const running = (await docker('ps', '--all', '--quiet')).split('\n').filter((id) => id !== '');
    if (running.length > 0) await docker('rm', '--force', ...running);
    await end();
  };
  const until = Date.now() + 30_000;
  while (!(await docker('version').then(Boolean, () => false))) {
    if (daemon.exitCode !== null || Date.now() > until) {
      await end();
      throw new Error(`dockerd does not start: ${lastLine(complaint) || 'it says nothing for 30 s'}`);
    }
    await setTimeout(50);
  }
  return { host, docker, stop };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

function has(name: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, name)));
}

function succeeds(name: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(name, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
