import { parse } from 'smol-toml';
import { isRecord, type JsonObject, recordsOf } from '../../json.ts';
import type { LockFileRead, LockSource } from '../model.ts';
import { pythonLock, pythonPackage } from './project.ts';

/**
 * Parses `pdm.lock` (PDM 2): what is not of the group `default` is for development or an extra, what a marker stands
 * before may be left out. Before lock version 4.4 it does not name groups.
 *
 * @throws Error for text that is no TOML
 */
export async function parsePdmLock(source: LockSource): Promise<LockFileRead> {
  const document = parse(source.text);
  if (!isRecord(document.metadata)) return { ok: false, path: source.path, problem: 'metadata: is missing' };
  const packages = recordsOf(document.package).filter((one) => !isLocal(one));
  const read = await pythonLock(
    source,
    packages.map((one) =>
      pythonPackage(one, { dev: isOfOtherGroup(one), optional: one.marker !== undefined }),
    ),
  );
  const grouped = packages.some(({ groups }) => Array.isArray(groups));
  return read.ok && !grouped ? { ok: true, lock: { ...read.lock, inexact: true } } : read;
}

/** From a folder, a repository or an address: on no registry. */
function isLocal({ path, git, url, version }: JsonObject): boolean {
  return path !== undefined || git !== undefined || url !== undefined || version === undefined;
}

function isOfOtherGroup({ groups }: JsonObject): boolean {
  return Array.isArray(groups) && !groups.includes('default');
}
