import type { Candidate } from './documents.ts';
import type { RefusedEntry } from './manifest.ts';
import { pathProblem } from './path.ts';
import { findSecretsInFile } from './secrets.ts';

/** A candidate; `own` ones are the Conductor's and win their place, `problem` is what its producer got wrong. */
export interface Applicant extends Candidate {
  readonly own: boolean;
  readonly problem?: Problem | null;
}

type Problem = Pick<RefusedEntry, 'code' | 'reason'>;

/** GitHub takes release assets of less than 2 GiB; what is left is for the headers and the manifest. */
export const maxTotalBytes = 2 * 1_024 ** 3 - 64 * 1_024 ** 2;
export const maxEntries = 50_000;

/** Admits candidates one by one, the Conductor's first, then by path. Both lists are sorted by path. */
export function selectEntries(applicants: readonly Applicant[]): {
  readonly accepted: readonly Candidate[];
  readonly refused: readonly RefusedEntry[];
} {
  const accepted: Candidate[] = [];
  const refused: RefusedEntry[] = [];
  const taken = new Places();
  let total = 0;
  for (const applicant of [...applicants].sort(byRank)) {
    if (taken.holdsSame(applicant)) continue;
    const problem =
      applicant.problem ?? ownProblem(applicant, total, accepted.length) ?? taken.problem(applicant.path);
    if (problem === null) {
      taken.add(applicant);
      accepted.push(applicant);
      total += applicant.size;
    } else {
      refused.push({ path: applicant.path.slice(0, 255), ...problem });
    }
  }
  return { accepted: accepted.sort(byPath), refused };
}

function ownProblem({ path, size, content }: Applicant, total: number, count: number): Problem | null {
  const badPath = pathProblem(path);
  if (badPath !== null) return { code: 'BAD_PATH', reason: badPath };
  if (total + size > maxTotalBytes || count >= maxEntries) {
    return {
      code: 'TOO_LARGE',
      reason: `${size} bytes as file ${count + 1} are over the limit of the bundle`,
    };
  }
  const secret = content instanceof Uint8Array ? findSecretsInFile(content)[0]?.kind : content.secret;
  return secret == null ? null : { code: 'SECRET', reason: `holds what looks like ${secret}` };
}

/** Paths in use. Some file systems ignore case, and none has a file and a folder of one name. */
class Places {
  readonly #files = new Map<string, Candidate>();
  readonly #folders = new Set<string>();

  holdsSame(candidate: Candidate): boolean {
    const holder = this.#files.get(candidate.path.toLowerCase());
    return holder?.path === candidate.path && holder.sha256 === candidate.sha256;
  }

  problem(path: string): Problem | null {
    const key = path.toLowerCase();
    const holder =
      this.#files.get(key) ??
      foldersOf(key)
        .map((folder) => this.#files.get(folder))
        .find(Boolean);
    if (holder === undefined && !this.#folders.has(key)) return null;
    return { code: 'DUPLICATE_PATH', reason: `collides with ${holder?.path ?? 'a folder of that name'}` };
  }

  add(candidate: Candidate): void {
    const key = candidate.path.toLowerCase();
    this.#files.set(key, candidate);
    for (const folder of foldersOf(key)) this.#folders.add(folder);
  }
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

function byRank(a: Applicant, b: Applicant): number {
  return Number(b.own) - Number(a.own) || byPath(a, b) || (a.sha256 < b.sha256 ? -1 : 1);
}

function byPath(a: Candidate, b: Candidate): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
