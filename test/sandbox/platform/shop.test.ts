import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeMetrics } from '../../../actions/metrics.ts';
import { gates, nodeGateIo, runGate, tool } from '../../../actions/registry.ts';
import { folderTree } from '../../../adapters/node-io/folder-tree.ts';
import { checkConfig, parseConfig } from '../../../core/config/parse.ts';
import type { GateName } from '../../../core/gate/names.ts';
import type { GateResult } from '../../../core/gate/result.ts';
import { silentLog } from '../../../core/ports/system.ts';
import { startLoad } from '../../../sandbox/load/index.ts';
import { type Platform, startPlatform } from '../../../sandbox/platform/index.ts';
import {
  loadOrganisation,
  loadVariant,
  type OrganisationVariables,
  type Variant,
} from '../../../sandbox/seed/organisation.ts';

let platform: Platform;
let root: string;
let variables: OrganisationVariables;

beforeAll(async () => {
  platform = await startPlatform({ log: silentLog });
  root = await mkdtemp(join(tmpdir(), 'shop-'));
  variables = { platformUrl: platform.url, productionUrl: platform.environmentUrl('production') };
});
afterAll(async () => {
  await platform.close();
  await rm(root, { recursive: true });
});

async function checkout(name: string, ...overlays: readonly Variant[]): Promise<string> {
  const folder = join(root, name);
  const layers = [await loadOrganisation(variables)];
  for (const variant of overlays) layers.push(await loadVariant(variant, variables));
  for (const [path, bytes] of layers.flatMap((layer) => [...layer])) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  return folder;
}

async function judge(name: GateName, folder: string, base?: string): Promise<GateResult> {
  const files = await folderTree(folder);
  const text = Buffer.from((await files.read('.github/release-conductor.yml')) ?? []).toString();
  const { config, sha256 } = parseConfig(text);
  const gate = gates.find((one) => one.name === name);
  if (gate === undefined) throw new Error(`no gate ${name}`);
  const io = nodeGateIo({
    files,
    ...(base === undefined ? {} : { baseFiles: await folderTree(base) }),
    allowedHosts: config.allowed_hosts,
    metrics: (guarded) => nodeMetrics(guarded),
  });
  const subject = { repository: 'acme/shop', sha: 'a'.repeat(40), ref: 'refs/heads/main' };
  const { result } = await runGate(gate, {
    rawOptions: config.gates[name],
    subject,
    io,
    configSha256: sha256,
    tool,
  });
  return result;
}

describe('the sample shop', () => {
  it('has a valid config', async () => {
    const folder = await checkout('config');
    const bytes = await (await folderTree(folder)).read('.github/release-conductor.yml');
    expect(checkConfig(Buffer.from(bytes ?? []).toString())).toMatchObject({ ok: true });
  });

  it.each(['supply-chain', 'migrations', 'policy'] as const)('passes the gate %s', async (name) => {
    const { verdict, findings } = await judge(name, await checkout(name));
    expect([verdict, findings.filter(({ level }) => level !== 'notice')]).toEqual(['pass', []]);
  });

  it('passes the gate slo on what production measured', async () => {
    const folder = await checkout('slo');
    await platform.install({
      environment: 'production',
      version: 'v1.0.0',
      sha: 'a'.repeat(40),
      directory: folder,
      weights: { 'v1.0.0': 100 },
    });
    const load = startLoad({ url: platform.environmentUrl('production'), rate: 400 });
    await expect.poll(() => load.report().answered, { timeout: 10_000 }).toBeGreaterThan(300);
    await load.stop();
    const { verdict, summary, findings } = await judge('slo', folder);
    expect([verdict, summary], JSON.stringify(findings)).toEqual(['pass', expect.stringContaining('2 met')]);
  });

  it('passes the gate perf after its own load', async () => {
    const folder = await checkout('perf');
    await promisify(execFile)(process.execPath, ['perf/load.js'], { cwd: folder });
    const { verdict, findings } = await judge('perf', folder, await checkout('perf-base'));
    expect(verdict, JSON.stringify(findings)).toBe('pass');
  });

  it('is stopped on the line of an unsafe migration', async () => {
    const { verdict, findings } = await judge(
      'migrations',
      await checkout('unsafe', 'unsafe-migration'),
      await checkout('base'),
    );
    expect(verdict).toBe('fail');
    const errors = findings
      .filter(({ level }) => level === 'error')
      .map(({ code, path, line }) => [code, path, line]);
    expect(errors).toEqual([
      ['adding-required-field', 'migrations/0003_order_notes.sql', 2],
      ['require-concurrent-index-creation', 'migrations/0003_order_notes.sql', 3],
    ]);
  });

  it.each(['safe-migration', 'faulty-version'] as const)(
    'passes its static gates with the variant %s',
    async (variant) => {
      const folder = await checkout(variant, variant);
      const base = await checkout(`${variant}-base`);
      for (const name of ['supply-chain', 'migrations', 'policy'] as const) {
        const { verdict, findings } = await judge(name, folder, base);
        expect(verdict, `${name}: ${JSON.stringify(findings)}`).toBe('pass');
      }
    },
  );
});
