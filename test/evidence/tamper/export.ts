import { type AuditEntry, headOf, nextAuditEntry } from '../../../core/audit/entry.ts';
import { LogVerifier, renderAuditLine } from '../../../core/audit/lines.ts';
import { merkleRoot } from '../../../core/audit/merkle.ts';
import { leafOf, type TreeHead } from '../../../core/audit/tree-head.ts';
import type { Mutation } from './mutation.ts';

/** An export with the place from which on it is not what it was, 1-based. */
export interface Export {
  readonly lines: readonly string[];
  readonly from: number;
}

const size = 24;
/** Heads that somebody kept: of the beginning, in the middle, of the end. */
const kept = [1, 12, size];

/** An exported log whose heads were kept, everything that can be done to it, and whether `audit verify` names the place. */
export class TamperedExport {
  readonly #entries = logOf(size);
  readonly lines = this.#entries.map(renderAuditLine);
  readonly #heads = kept.map((at) => headAt(this.#entries, at));

  /** What is said of a log, as `line CODE`. */
  problemsOf(lines: readonly string[]): readonly { readonly line: number; readonly code: string }[] {
    const verifier = new LogVerifier(this.#heads);
    for (const line of lines) if (!verifier.add(line)) break;
    return verifier.finish();
  }

  /** Refused; and at the line where it begins to differ, or at the first head that was kept behind it. */
  readonly isNamed = ({ lines, from }: Export): boolean => {
    const [first] = this.problemsOf(lines);
    if (first === undefined) return false;
    const nextHead = kept.find((at) => at >= from) ?? size;
    if (first.line === 0) return first.code === 'TRUNCATED' && lines.length < nextHead;
    return first.line === from || (first.code === 'EDITED' && first.line === nextHead);
  };

  *mutations(): Generator<Mutation<Export>> {
    yield* this.#flips();
    yield* this.#cuts();
    yield* this.#swaps();
    yield* this.#reorders();
    yield* this.#rechained();
  }

  /** Every character of every line: changed, removed, added. */
  *#flips(): Generator<Mutation<Export>> {
    for (const [index, line] of this.lines.entries()) {
      for (let at = 0; at < line.length; at++) {
        const flipped = String.fromCharCode(line.charCodeAt(at) ^ 1);
        const [before, after] = [line.slice(0, at), line.slice(at + 1)];
        const variants = [`${before}${flipped}${after}`, `${before}${after}`, `${before}x${line.slice(at)}`];
        for (const [n, variant] of variants.entries()) {
          yield this.#export(
            'flip',
            `line ${index + 1}, character ${at}, ${n}`,
            this.lines.with(index, variant),
            index + 1,
          );
        }
      }
    }
  }

  /** The end gone from every line on, the beginning gone, any run of lines gone, a line cut in two. */
  *#cuts(): Generator<Mutation<Export>> {
    const { lines } = this;
    for (let at = 0; at < size; at++) {
      yield this.#export('cut', `ends behind line ${at}`, lines.slice(0, at), at + 1);
      if (at > 0) yield this.#export('cut', `begins behind line ${at}`, lines.slice(at), 1);
      for (let length = 1; at + length < size; length++) {
        yield this.#export('cut', `${length} lines less from ${at + 1}`, lines.toSpliced(at, length), at + 1);
      }
      const line = lines[at] as string;
      const half = line.length >> 1;
      yield this.#export(
        'cut',
        `line ${at + 1} in two`,
        lines.toSpliced(at, 1, line.slice(0, half), line.slice(half)),
        at + 1,
      );
      yield this.#export('cut', `line ${at + 1} twice`, lines.toSpliced(at, 0, line), at + 2);
    }
  }

  /** Any two lines, and any two of their members. */
  *#swaps(): Generator<Mutation<Export>> {
    for (let a = 0; a < size; a++) {
      for (let b = a + 1; b < size; b++) {
        const [one, two] = [this.lines[a] as string, this.lines[b] as string];
        yield this.#export('swap', `line ${a + 1} for ${b + 1}`, this.lines.with(a, two).with(b, one), a + 1);
        for (const member of ['hash', 'prevHash', 'seq', 'at', 'data'] as const) {
          const [x, y] = [this.#entries[a] as AuditEntry, this.#entries[b] as AuditEntry];
          const changed = this.lines
            .with(a, renderAuditLine({ ...x, [member]: y[member] }))
            .with(b, renderAuditLine({ ...y, [member]: x[member] }));
          yield this.#export('swap', `${member} of line ${a + 1} for that of ${b + 1}`, changed, a + 1);
        }
      }
    }
  }

  /** Any line at any other place. */
  *#reorders(): Generator<Mutation<Export>> {
    for (let from = 0; from < size; from++) {
      for (let to = 0; to < size; to++) {
        if (from === to) continue;
        const moved = this.lines.toSpliced(from, 1).toSpliced(to, 0, this.lines[from] as string);
        yield this.#export('reorder', `line ${from + 1} at ${to + 1}`, moved, Math.min(from, to) + 1);
      }
    }
  }

  /** Rewritten from any entry on by somebody who computes every hash anew: only the heads that were kept tell. */
  *#rechained(): Generator<Mutation<Export>> {
    for (let at = 0; at < size; at++) {
      for (const change of [
        { actor: 'eve' },
        { reason: 'because' },
        { data: { verdict: 'pass' } },
        { repository: 'eve/shop' },
      ]) {
        const entries = logOf(size, at, change);
        const name = `rewritten from line ${at + 1}: ${Object.keys(change).join()}`;
        yield this.#export('re-sign', name, entries.map(renderAuditLine), at + 1);
      }
      const shorter = logOf(size - 1, at, { actor: 'eve' });
      yield this.#export(
        're-sign',
        `rewritten from line ${at + 1}, and shorter`,
        shorter.map(renderAuditLine),
        at + 1,
      );
    }
  }

  #export(
    kind: Mutation<Export>['kind'],
    name: string,
    lines: readonly string[],
    from: number,
  ): Mutation<Export> {
    return { kind, name, changed: { lines, from } };
  }
}

interface Change {
  readonly actor?: string;
  readonly reason?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly repository?: string;
}

/** A log whose hashes and links hold; the entry at `changedAt` (0-based) is another one. */
function logOf(count: number, changedAt = -1, change: Change = {}): readonly AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let n = 0; n < count; n++) {
    const { repository = 'acme/shop', ...rest } = n === changedAt ? change : {};
    const note = {
      action: `step-${n}`,
      actor: 'mona',
      reason: 'as "asked" \\ ☃',
      reasonCode: n % 2 === 0 ? null : 'CODE',
      data: { n, verdict: 'fail' },
      ...rest,
    };
    entries.push(nextAuditEntry(entries.at(-1) ?? null, note, 1_700_000_000_000 + n, repository));
  }
  return entries;
}

function headAt(entries: readonly AuditEntry[], count: number): TreeHead {
  return {
    schema_version: 1,
    repository: 'acme/shop',
    size: count,
    root_sha256: merkleRoot(entries.slice(0, count).map(leafOf)),
    head: headOf(entries[count - 1] as AuditEntry),
    signed_at: '2026-01-02T05:00:00.000Z',
  };
}
