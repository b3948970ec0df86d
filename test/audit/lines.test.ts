import { describe, expect, it } from 'vitest';
import { type AuditEntry, headOf, nextAuditEntry } from '../../core/audit/entry.ts';
import { LogVerifier, renderAuditLine } from '../../core/audit/lines.ts';
import { merkleRoot } from '../../core/audit/merkle.ts';
import { leafOf, type TreeHead } from '../../core/audit/tree-head.ts';

/** Texts that try to look like the end of a line. */
const nasty = [
  'plain',
  '","prevHash":"',
  `,"hash":"${'a'.repeat(64)}","prevHash":"${'b'.repeat(64)}","reason":"","reasonCode":null`,
  '\\',
  '\\"',
  'ü ☃ 𝄞 \u2028',
];

function logOf(count: number, change: { repository?: string; actorOfSixth?: string } = {}): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let n = 0; n < count; n++) {
    const text = nasty[n % nasty.length] as string;
    const note = {
      action: `step-${n}`,
      actor: n === 5 ? (change.actorOfSixth ?? text) : text,
      reason: text,
      reasonCode: n % 2 === 0 ? null : 'CODE',
      data: { hash: 'c'.repeat(64), nested: { prevHash: text, seq: n } },
    };
    const repository = change.repository ?? 'acme/shop';
    entries.push(nextAuditEntry(entries.at(-1) ?? null, note, 1_700_000_000_000 + n, repository));
  }
  return entries;
}

function headAt(entries: readonly AuditEntry[], size: number): TreeHead {
  return {
    schema_version: 1,
    repository: entries[0]?.repository ?? '',
    size,
    root_sha256: merkleRoot(entries.slice(0, size).map(leafOf)),
    head: headOf(entries[size - 1] as AuditEntry),
    signed_at: '2026-01-02T05:00:00.000Z',
  };
}

const entries = logOf(40);
const lines = entries.map(renderAuditLine);

function problemsOf(log: readonly string[], heads: readonly TreeHead[] = []): string[] {
  const verifier = new LogVerifier(heads);
  for (const line of log) if (!verifier.add(line)) break;
  return verifier.finish().map(({ line, code }) => `${line} ${code}`);
}

describe('an exported log', () => {
  it('is believed when it is whole, and its head is known', () => {
    const verifier = new LogVerifier([headAt(entries, 1), headAt(entries, 17), headAt(entries, 40)]);
    for (const line of lines) expect(verifier.add(line)).toBe(true);
    expect(verifier.finish()).toEqual([]);
    expect(verifier.head()).toEqual({
      size: 40,
      root: merkleRoot(entries.map(leafOf)),
      head: headOf(entries[39] as AuditEntry),
    });
  });

  it('may go on behind the head that somebody kept, but may not end before it', () => {
    expect(problemsOf(lines, [headAt(entries, 20)])).toEqual([]);
    expect(problemsOf(lines.slice(0, 39), [headAt(entries, 40)])).toEqual(['0 TRUNCATED']);
  });

  it('that was rewritten from an entry on is noticed by whoever holds a head', () => {
    const rewritten = logOf(40, { actorOfSixth: 'eve' }).map(renderAuditLine);
    expect(problemsOf(rewritten)).toEqual([]);
    expect(problemsOf(rewritten, [headAt(entries, 5)])).toEqual([]);
    expect(problemsOf(rewritten, [headAt(entries, 6)])).toEqual(['6 EDITED']);
  });

  it('of another repository does not fit the head', () => {
    const other = logOf(40, { repository: 'eve/shop' }).map(renderAuditLine);
    expect(problemsOf(other, [headAt(entries, 40)])).toEqual(['40 EDITED', '0 OTHER_REPOSITORY']);
  });

  it.each<[string, (log: string[]) => void, string]>([
    ['a removed entry', (log) => log.splice(3, 1), '4 REMOVED'],
    ['a removed first entry', (log) => log.shift(), '1 REMOVED'],
    ['two entries swapped', (log) => log.splice(3, 2, log[4] ?? '', log[3] ?? ''), '4 REORDERED'],
    ['an entry moved to the end', (log) => log.push(...log.splice(3, 1)), '4 REORDERED'],
    ['an entry twice', (log) => log.splice(3, 0, log[2] ?? ''), '4 REORDERED'],
    ['an entry of another log', (log) => log.splice(3, 1, foreign(3)), '4 EDITED'],
    ['an empty line', (log) => log.splice(3, 0, ''), '4 MALFORMED'],
    ['a space', (log) => log.splice(3, 1, (log[3] ?? '').replace(':', ': ')), '4 EDITED'],
    ['its end cut', (log) => log.splice(30), '0 TRUNCATED'],
  ])('is refused with %s', (_name, change, problem) => {
    const log = [...lines];
    change(log);
    expect(problemsOf(log, [headAt(entries, 40)])[0]).toBe(problem);
  });

  function foreign(at: number): string {
    return renderAuditLine(logOf(40, { repository: 'eve/shop' })[at] as AuditEntry);
  }

  it('is refused for every changed, removed or added character, at its line', () => {
    const wrong: string[] = [];
    let mutations = 0;
    for (const [index, line] of lines.slice(0, 12).entries()) {
      for (let at = 0; at < line.length; at++) {
        const flipped = String.fromCharCode(line.charCodeAt(at) ^ 1);
        for (const variant of [
          line.slice(0, at) + flipped + line.slice(at + 1),
          line.slice(0, at) + line.slice(at + 1),
          `${line.slice(0, at)}x${line.slice(at)}`,
        ]) {
          const verifier = new LogVerifier();
          for (const good of lines.slice(0, index)) verifier.add(good);
          verifier.add(variant);
          if (verifier.finish()[0]?.line !== index + 1) wrong.push(`line ${index + 1}: ${variant}`);
          mutations += 1;
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(mutations).toBeGreaterThan(10_000);
  });
});
