import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import { type AuditEntry, type AuditHead, auditEntrySchema, genesisHash, hashAuditEntry } from './entry.ts';
import { MerkleFrontier } from './merkle.ts';
import { followsName } from './names.ts';
import { leafOf, type TreeHead } from './tree-head.ts';
import type { ChainFault } from './verify.ts';

/** The line of an export that stands for an entry: its canonical JSON. */
export function renderAuditLine(entry: AuditEntry): string {
  return canonicalJson(entry);
}

/** Why a log is not believed. `line` is 1-based; 0 when it is about the whole. */
export interface LogProblem {
  readonly line: number;
  readonly code: ChainFault | 'MALFORMED' | 'OTHER_REPOSITORY';
  readonly message: string;
}

/**
 * The end of a canonical line from the entry's own hash on. What a person wrote cannot imitate it: quotes in
 * strings are escaped, and behind the hash come plain members only, so the last occurrence is the entry's.
 */
const tail =
  /,"hash":"([0-9a-f]{64})","prevHash":"([0-9a-f]{64})","reason":"(?:[^"\\]|\\.)*","reasonCode":(?:null|"(?:[^"\\]|\\.)*"),"repository":"([^"\\]+)","seq":([1-9]\d{0,15})(?:,"traceId":"[0-9a-f]{32}")?}$/y;
const afterHash = '","prevHash":"';
/** Length of `,"hash":"…64…"`. */
const hashMember = 74;

function matchTail(line: string): RegExpExecArray | null {
  const at = line.lastIndexOf(afterHash);
  if (at < hashMember) return null;
  tail.lastIndex = at - hashMember + 1;
  return tail.exec(line);
}

/**
 * Verifies an exported log line by line, in constant memory: every hash, every link, every number, and every tree
 * head that somebody kept. Stops at the first fault of the chain, behind which nothing can be said.
 */
export class LogVerifier {
  readonly #heads: readonly TreeHead[];
  readonly #frontier = new MerkleFrontier();
  readonly #problems: LogProblem[] = [];
  #previous = genesisHash;
  /** Names that the repository had, the last one last. */
  readonly #names: string[] = [];
  /** Lines that came, also those behind a fault. */
  #read = 0;

  constructor(heads: readonly TreeHead[] = []) {
    this.#heads = heads;
  }

  /** Entries that hold so far. */
  get size(): number {
    return this.#frontier.size;
  }

  /** Its last name. */
  get repository(): string | null {
    return this.#names.at(-1) ?? null;
  }

  /** False: the chain is broken, and no further line can tell more of it. */
  add(line: string): boolean {
    this.#read += 1;
    const fault = this.#problems.find(({ line: at }) => at > 0);
    if (fault !== undefined) return fault.code === 'REMOVED' && this.#isStillMissing(line);
    const match = matchTail(line);
    if (match === null) return this.#refuse(faultOf(line, this.size + 1, this.#previous));
    const [, own = '', previous = '', repository = '', seq = ''] = match;
    const covered = line.slice(0, match.index) + line.slice(match.index + hashMember);
    if (
      hash('sha256', covered, 'hex') !== own ||
      previous !== this.#previous ||
      Number(seq) !== this.size + 1
    ) {
      return this.#refuse(faultOf(line, this.size + 1, this.#previous));
    }
    if (!this.#follows(repository, line)) {
      return this.#refuse({ code: 'OTHER_REPOSITORY', message: `entry ${seq} belongs to ${repository}` });
    }
    this.#previous = own;
    this.#frontier.append(leafOf({ hash: own }));
    this.#compareHeads(own);
    return true;
  }

  /** A log has one repository, which may get another name: an entry tells of it. */
  #follows(repository: string, line: string): boolean {
    const before = this.#names.at(-1) ?? repository;
    if (repository !== before && !followsName(before, JSON.parse(line) as AuditEntry)) return false;
    if (repository !== this.#names.at(-1)) this.#names.push(repository);
    return true;
  }

  /** Everything that is wrong; also heads that the log does not reach. */
  finish(): readonly LogProblem[] {
    const short = this.#heads
      .filter(({ size }) => size > this.size)
      .map(
        ({ size, signed_at }): LogProblem => ({
          line: 0,
          code: 'TRUNCATED',
          message: `a head signed at ${signed_at} counts ${size} entries, ${this.size} hold`,
        }),
      );
    const foreign = this.#heads
      .filter(({ repository }) => this.size > 0 && !this.#names.includes(repository))
      .map(
        ({ repository }): LogProblem => ({
          line: 0,
          code: 'OTHER_REPOSITORY',
          message: `a head is of ${repository}, the log of ${this.repository}`,
        }),
      );
    return [...this.#problems, ...foreign, ...short];
  }

  /** Root and last entry of what holds; null for an empty log. */
  head(): { readonly size: number; readonly root: string; readonly head: AuditHead } | null {
    if (this.size === 0) return null;
    return {
      size: this.size,
      root: this.#frontier.root(),
      head: { seq: this.size, hash: this.#previous },
    };
  }

  #compareHeads(own: string): void {
    for (const head of this.#heads) {
      if (head.size !== this.size) continue;
      if (head.head.hash === own && head.root_sha256 === this.#frontier.root()) continue;
      this.#problems.push({
        line: head.size,
        code: 'EDITED',
        message: `the log up to entry ${head.size} is not the one whose head was signed at ${head.signed_at}`,
      });
    }
  }

  #refuse(problem: Omit<LogProblem, 'line'>): boolean {
    this.#problems.push({ line: this.size + 1, ...problem });
    return problem.code === 'REMOVED';
  }

  /** An entry that was not where it should be may stand further down: then it was not removed. */
  #isStillMissing(line: string): boolean {
    const expected = this.size + 1;
    if (Number(matchTail(line)?.[4]) !== expected) return true;
    const at = this.#problems.findIndex(({ code }) => code === 'REMOVED');
    const message = `entry ${expected} stands at line ${this.#read}`;
    this.#problems[at] = { line: expected, code: 'REORDERED', message };
    return false;
  }
}

/** What exactly is wrong with a line that does not continue the chain. */
function faultOf(line: string, expected: number, previous: string): Omit<LogProblem, 'line'> {
  const entry = parseEntry(line);
  if (entry === null) return { code: 'MALFORMED', message: 'is not an entry of the audit log' };
  if (hashOf(entry) !== entry.hash) {
    return { code: 'EDITED', message: `entry ${entry.seq} does not have the hash that its content gives` };
  }
  if (renderAuditLine(entry) !== line) {
    return { code: 'EDITED', message: `entry ${entry.seq} is not in canonical form` };
  }
  if (entry.seq > expected) return { code: 'REMOVED', message: `entry ${expected} is missing` };
  if (entry.seq < expected) {
    return { code: 'REORDERED', message: `expected entry ${expected}, found entry ${entry.seq}` };
  }
  return {
    code: 'EDITED',
    message: `entry ${entry.seq} does not continue the entry before it (${previous.slice(0, 12)}…)`,
  };
}

function parseEntry(line: string): AuditEntry | null {
  try {
    return auditEntrySchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function hashOf(entry: AuditEntry): string | null {
  try {
    return hashAuditEntry(entry);
  } catch {
    return null;
  }
}
