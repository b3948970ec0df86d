import { parse } from 'smol-toml';
import { recordsOf, textOf } from '../../json.ts';
import type { LockFileRead, LockSource } from '../model.ts';
import { pythonLock, pythonPackage } from './project.ts';

/**
 * Parses `pylock.toml` (PEP 751): what a marker or a group stands before may be left out.
 *
 * @throws Error for text that is no TOML
 */
export async function parsePylock(source: LockSource): Promise<LockFileRead> {
  const { path, text } = source;
  const document = parse(text);
  if (!/^1\./.test(textOf(document['lock-version']) ?? ''))
    return { ok: false, path, problem: 'lock-version: must be 1.x' };
  return pythonLock(
    source,
    recordsOf(document.packages)
      .filter(
        ({ directory, vcs, version }) =>
          directory === undefined && vcs === undefined && version !== undefined,
      )
      .map((one) => pythonPackage(one, { optional: one.marker !== undefined })),
  );
}
