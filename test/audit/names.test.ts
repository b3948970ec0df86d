import { describe, expect, it } from 'vitest';
import { type AuditEntry, headOf, nextAuditEntry } from '../../core/audit/entry.ts';
import { LogVerifier, renderAuditLine } from '../../core/audit/lines.ts';
import { namesOf, renamedAction } from '../../core/audit/names.ts';
import { verifyAuditChain, verifyAuditHighlights } from '../../core/audit/verify.ts';

const plain = { action: 'note', actor: 'alice', reason: 'r', reasonCode: null, data: {} };
const renamed = (from: string, to: string) => ({ ...plain, action: renamedAction, data: { from, to } });

/** A log whose entries were written under these names, each with its note. */
function logOf(...written: readonly (readonly [string, typeof plain])[]): readonly AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const [name, note] of written) entries.push(nextAuditEntry(entries.at(-1) ?? null, note, 0, name));
  return entries;
}

function problemsOf(entries: readonly AuditEntry[]): readonly string[] {
  const log = new LogVerifier();
  for (const entry of entries) if (!log.add(renderAuditLine(entry))) break;
  return log.finish().map(({ line, code }) => `${line} ${code}`);
}

const twice = logOf(
  ['acme/a', plain],
  ['acme/b', renamed('acme/a', 'acme/b')],
  ['acme/b', plain],
  ['acme/a', renamed('acme/b', 'acme/a')],
);

describe('a log whose repository got other names', () => {
  it('holds, from one name to the next and back', () => {
    expect(verifyAuditChain(twice)).toEqual({ ok: true });
    expect(problemsOf(twice)).toEqual([]);
    expect(namesOf(twice)).toEqual(['acme/b', 'acme/a']);
  });

  it('holds as a selection, with every entry that tells of a name', () => {
    const last = twice.at(-1) as AuditEntry;
    const selection = [twice[0], twice[1], last] as AuditEntry[];
    expect(verifyAuditHighlights(selection, headOf(last))).toEqual({ ok: true });
  });

  it.each([
    ['another name without a word', logOf(['acme/a', plain], ['acme/b', plain])],
    ['a word of another repository', logOf(['acme/a', plain], ['acme/b', renamed('acme/x', 'acme/b')])],
    ['a word that names another new name', logOf(['acme/a', plain], ['acme/b', renamed('acme/a', 'acme/c')])],
    [
      'the old name behind the word',
      logOf(['acme/a', plain], ['acme/b', renamed('acme/a', 'acme/b')], ['acme/a', plain]),
    ],
  ])('does not hold with %s', (_what, entries) => {
    expect(verifyAuditChain(entries)).toMatchObject({ ok: false, code: 'EDITED' });
    expect(problemsOf(entries)).toEqual([`${entries.length} OTHER_REPOSITORY`]);
  });
});
