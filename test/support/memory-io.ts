import type { GateIo } from '../../core/gate/gate.ts';
import { globMatcher } from '../../core/gate/glob.ts';
import type { ThrowawayDatabases } from '../../core/ports/database.ts';
import { type FileTree, silentLog } from '../../core/ports/system.ts';

export type MemoryFiles = Readonly<Record<string, string | Uint8Array>>;

/** Files that exist only in a test. */
export function memoryTree(files: MemoryFiles): FileTree {
  return {
    list: async (globs) => Object.keys(files).sort().filter(globMatcher(globs)),
    read: async (path) => {
      const content = files[path];
      if (content === undefined) return null;
      return typeof content === 'string' ? new TextEncoder().encode(content) : content;
    },
  };
}

/** A world without network and metrics; the clock stands at noon of 4 May 2026. */
export function memoryIo(
  files: MemoryFiles,
  parts: { readonly base?: MemoryFiles | undefined; readonly databases?: ThrowawayDatabases } = {},
): GateIo {
  const refuse = async (): Promise<never> => {
    throw new TypeError('no network in this test');
  };
  return {
    files: memoryTree(files),
    ...(parts.base === undefined ? {} : { baseFiles: memoryTree(parts.base) }),
    fetch: refuse,
    metrics: () => ({ read: refuse, range: refuse }),
    ...(parts.databases === undefined ? {} : { databases: parts.databases }),
    clock: { now: () => Date.parse('2026-05-04T12:00:00Z') },
    log: silentLog,
  };
}
