import { isRecord, type JsonObject, textOf } from '../json.ts';
import { readManifest } from './manifest.ts';
import { type LockedPackage, type LockFileRead, type LockSource, npmPurl } from './model.ts';

/**
 * Parses `deno.lock`, versions 3 to 5: packages of npm and JSR. It does not say what only tests need; modules that are
 * imported by their address are no packages, and are not compared.
 *
 * @throws Error for text that is no JSON
 */
export async function parseDenoLock({ path, text, beside }: LockSource): Promise<LockFileRead> {
  const document: unknown = JSON.parse(text);
  const version = isRecord(document) ? textOf(document.version) : null;
  if (!isRecord(document) || !['3', '4', '5'].includes(version ?? ''))
    return { ok: false, path, problem: 'version: must be "3", "4" or "5"' };
  const held = version === '3' && isRecord(document.packages) ? document.packages : document;
  const manifest = await readProject(beside);
  return {
    ok: true,
    lock: {
      path,
      ecosystem: 'npm',
      inexact: true,
      rootName: textOf(manifest.name) ?? '',
      rootVersion: textOf(manifest.version) ?? '',
      rootLicense: textOf(manifest.license),
      packages: [
        ...packagesOf(held.npm, npmPurl),
        ...packagesOf(held.jsr, (name, one) => `pkg:jsr/${name}@${one}`),
      ],
    },
  };
}

async function readProject(beside: LockSource['beside']): Promise<JsonObject> {
  try {
    const own: unknown = JSON.parse((await beside('deno.json')) ?? '');
    if (isRecord(own)) return own;
  } catch {
    // Without one, or with comments in it: what `package.json` says.
  }
  return await readManifest(beside);
}

/** `name@1.0.0`; behind `_` stand the peers that this copy was installed with. */
function packagesOf(group: unknown, purlOf: (name: string, version: string) => string): LockedPackage[] {
  const found = new Map<string, LockedPackage>();
  for (const [key, entry] of Object.entries(isRecord(group) ? group : {})) {
    const [, name, version] = /^((?:@[^/@]+\/)?[^/@]+)@(\d[^_]*)(?:_.*)?$/.exec(key) ?? [];
    if (name === undefined || version === undefined || !isRecord(entry)) continue;
    const purl = purlOf(name, version);
    const optional = entry.os !== undefined || entry.cpu !== undefined;
    const integrity = textOf(entry.integrity);
    found.set(purl, {
      ...{ name, version, purl, optional, integrity },
      ...{ dev: false, license: null, resolved: null },
    });
  }
  return [...found.values()];
}
