import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reasonGroups } from '../../../core/commands/reasons.ts';
import { remedyOf } from '../../../core/commands/remedy.ts';

/** Where the codes of answers to commands come from. */
const sources = globSync([
  'core/commands/**/*.ts',
  'core/release/{obstacles,promote-obstacles,artifacts,on-tag}.ts',
  'core/change/desk.ts',
  'policies/*.rego',
  'adapters/policy/{index,rego-engine}.ts',
]).filter((file) => !file.endsWith('_test.rego') && !file.endsWith('commands/reasons.ts'));

/** What looks like a code and is none of an answer: holds, and what a policy is made of. */
const others = new Set(['TAG_MOVED', 'BREAK_GLASS', 'POLICY_MISSING']);

const used = new Set(
  sources.flatMap((file) =>
    [
      ...readFileSync(file, 'utf8').matchAll(
        /["']([A-Z][A-Z]+(?:_[A-Z]+)+|FREEZE|REPLACED|REJECTED|DENIED|AMBIGUOUS)["']/g,
      ),
    ].map(([, code]) => code ?? ''),
  ),
);

describe('reason codes', () => {
  const listed = Object.values(reasonGroups).flatMap((group) => Object.keys(group));

  it('are all explained, once, with what to do', () => {
    expect([...used].filter((code) => remedyOf(code) === null && !others.has(code))).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
    for (const code of listed) expect(remedyOf(code)).toMatch(/^[A-Z`].*\.$/);
  });

  it('are none that nobody gives', () => {
    const elsewhere = new Set(['REASON', 'ASSESSMENT_FAILED', 'APPROVAL_VOID']);
    expect(listed.filter((code) => !used.has(code) && !elsewhere.has(code))).toEqual([]);
  });
});
