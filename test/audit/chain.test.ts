import { describe, expect, it } from 'vitest';
import {
  type AuditEntry,
  auditEntrySchema,
  genesisHash,
  hashAuditEntry,
  headOf,
  nextAuditEntry,
} from '../../core/audit/entry.ts';
import { verifyAuditChain, verifyAuditHighlights } from '../../core/audit/verify.ts';
import fc from '../support/fast-check.ts';

const repository = 'acme/shop';
const note = (action: string) => ({
  action,
  actor: 'mona',
  reason: 'because',
  reasonCode: null,
  data: { n: 1 },
});

function chainOf(length: number): AuditEntry[] {
  const chain: AuditEntry[] = [];
  for (let n = 1; n <= length; n++) {
    chain.push(nextAuditEntry(chain.at(-1) ?? null, note(`step-${n}`), 1_700_000_000_000 + n, repository));
  }
  return chain;
}

const at = <T>(list: readonly T[], index: number): T => list[index] as T;
const rehashed = (entry: AuditEntry): AuditEntry => ({ ...entry, hash: hashAuditEntry(entry) });

describe('the audit chain', () => {
  it('starts at 1 behind the genesis hash and links every entry to the one before', () => {
    const [first, second] = chainOf(2) as [AuditEntry, AuditEntry];
    expect(first).toMatchObject({ seq: 1, prevHash: genesisHash, at: '2023-11-14T22:13:20.001Z' });
    expect(second).toMatchObject({ seq: 2, prevHash: first.hash });
    expect(auditEntrySchema.parse(second)).toEqual(second);
  });

  it('is whole', () => {
    const chain = chainOf(5);
    expect(verifyAuditChain(chain)).toEqual({ ok: true });
    expect(verifyAuditChain(chain, headOf(at(chain, 4)))).toEqual({ ok: true });
    expect(verifyAuditChain([])).toEqual({ ok: true });
  });

  it('may have grown since the head was recorded', () => {
    const chain = chainOf(5);
    expect(verifyAuditChain(chain, headOf(at(chain, 2)))).toEqual({ ok: true });
  });

  it('survives a round trip through JSON whatever the note holds', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
        fc.string(),
        (data, reason) => {
          const entry = nextAuditEntry(
            null,
            { ...note('x'), reason: `${reason}\ud800\u0000`, data },
            0,
            repository,
          );
          expect(verifyAuditChain([JSON.parse(JSON.stringify(entry)) as AuditEntry])).toEqual({ ok: true });
          expect(JSON.stringify(entry)).not.toContain('\\u0000');
        },
      ),
    );
  });

  it('refuses data that JSON cannot carry', () => {
    expect(() => nextAuditEntry(null, { ...note('x'), data: { when: new Date(0) } }, 0, repository)).toThrow(
      /Date/,
    );
  });

  it.each<[string, (chain: AuditEntry[]) => AuditEntry[], number, string]>([
    ['a changed reason', (c) => c.with(2, { ...at(c, 2), reason: 'other' }), 2, 'EDITED'],
    ['changed data', (c) => c.with(0, { ...at(c, 0), data: { n: 2 } }), 0, 'EDITED'],
    ['a changed hash', (c) => c.with(1, { ...at(c, 1), hash: genesisHash }), 1, 'EDITED'],
    ['an added member', (c) => c.with(1, { ...at(c, 1), extra: 1 } as AuditEntry), 1, 'EDITED'],
    ['an edit with a new hash', (c) => c.with(1, rehashed({ ...at(c, 1), reason: 'other' })), 2, 'EDITED'],
    [
      'an entry of another repository',
      (c) => c.with(3, rehashed({ ...at(c, 3), repository: 'e/vil' })),
      3,
      'EDITED',
    ],
    [
      'a first entry with a past',
      (c) => c.with(0, rehashed({ ...at(c, 0), prevHash: at(c, 1).hash })),
      0,
      'EDITED',
    ],
    ['a missing first entry', (c) => c.slice(1), 0, 'REMOVED'],
    ['a missing entry', (c) => c.toSpliced(2, 1), 2, 'REMOVED'],
    ['two swapped entries', (c) => c.with(1, at(c, 2)).with(2, at(c, 1)), 1, 'REORDERED'],
    ['a repeated entry', (c) => c.toSpliced(2, 0, at(c, 1)), 2, 'REORDERED'],
    ['a reversed chain', (c) => c.toReversed(), 0, 'REORDERED'],
    ['a missing last entry', (c) => c.slice(0, -1), 4, 'TRUNCATED'],
    ['no entries at all', () => [], 0, 'TRUNCATED'],
    ['a rewritten chain', (c) => rewritten(c), 4, 'EDITED'],
  ])('notices %s', (_name, tamper, position, code) => {
    const chain = chainOf(5);
    expect(verifyAuditChain(tamper([...chain]), headOf(at(chain, 4)))).toMatchObject({
      ok: false,
      position,
      code,
    });
  });
});

function rewritten(chain: readonly AuditEntry[]): AuditEntry[] {
  const copy: AuditEntry[] = [];
  for (const entry of chain) {
    copy.push(
      nextAuditEntry(copy.at(-1) ?? null, { ...entry, reason: 'other' }, Date.parse(entry.at), repository),
    );
  }
  return copy;
}

describe('a selection of the audit chain', () => {
  const chain = chainOf(6);
  const head = headOf(at(chain, 5));
  const pick = (...positions: number[]): AuditEntry[] => positions.map((position) => at(chain, position));

  it.each([[[0, 1, 2, 3, 4, 5]], [[5]], [[1, 2, 5]]])('is accepted: %j', (positions) => {
    expect(verifyAuditHighlights(pick(...positions), head)).toEqual({ ok: true });
  });

  it('may be empty only when there is no head', () => {
    expect(verifyAuditHighlights([], null)).toEqual({ ok: true });
    expect(verifyAuditHighlights([], head)).toMatchObject({ code: 'TRUNCATED' });
    expect(verifyAuditHighlights(pick(0), null)).toMatchObject({ code: 'EDITED' });
  });

  it.each([
    ['a missing head', pick(1, 2), 'TRUNCATED'],
    ['a swap', pick(2, 1, 5), 'REORDERED'],
    ['an edit', [{ ...at(chain, 1), actor: 'eve' }, at(chain, 5)], 'EDITED'],
    [
      'a broken link',
      [at(chain, 1), rehashed({ ...at(chain, 2), prevHash: genesisHash }), at(chain, 5)],
      'EDITED',
    ],
    ['another head', [at(chain, 1), rehashed({ ...at(chain, 5), reason: 'other' })], 'EDITED'],
  ])('is refused with %s', (_name, entries, code) => {
    expect(verifyAuditHighlights(entries, head)).toMatchObject({ ok: false, code });
  });
});
