import { parse } from 'smol-toml';
import { isRecord, recordsOf, textOf } from '../json.ts';
import { type LockFileRead, type LockSource, lockedPackage } from './model.ts';

/**
 * Parses `Cargo.lock`, versions 1 to 4. It holds what every platform, test and build script of the workspace needs, and
 * does not tell them apart. Packages without a source are the workspace's own.
 *
 * @throws Error for text that is no TOML
 */
export async function parseCargoLock({ path, text, beside }: LockSource): Promise<LockFileRead> {
  const document = parse(text);
  if (!Array.isArray(document.package)) return { ok: false, path, problem: 'package: must be a list' };
  const packages = recordsOf(document.package);
  const name = await crateName(beside);
  const own = packages.find((one) => one.source === undefined && (name === null || one.name === name));
  return {
    ok: true,
    lock: {
      path,
      ecosystem: 'cargo',
      inexact: true,
      rootName: textOf(own?.name) ?? '',
      rootVersion: textOf(own?.version) ?? '',
      rootLicense: null,
      packages: packages
        .filter(
          ({ source }) => textOf(source)?.startsWith('registry+') || textOf(source)?.startsWith('sparse+'),
        )
        .map((one) => lockedPackage('cargo', textOf(one.name) ?? '', textOf(one.version) ?? '')),
    },
  };
}

async function crateName(beside: LockSource['beside']): Promise<string | null> {
  const manifest = parse((await beside('Cargo.toml')) ?? '');
  return isRecord(manifest.package) ? textOf(manifest.package.name) : null;
}
