import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFormat, explain, explanationText, runTests } from '../index.ts';

const rules = {
  file: 'rules.rego',
  source: `package shop

allow if {
	input.user == "ada"
	limit > input.amount
}

allow if input.admin

limit := 10
`,
};

const tests = {
  file: 'rules_test.rego',
  source: `package shop_test

import data.shop

test_ada_may if shop.allow with input as {"user": "ada", "amount": 5}

test_grace_may if shop.allow with input as {"user": "grace", "amount": 5}

test_conflict := [1, 2][_]

todo_test_later if false

test_cases[name] := shop.allow if {
	some name, amount in {"small": 1, "large": 2}
	shop.allow with input as {"user": "ada", "amount": amount}
	name != ""
}

test_prints if print("hello", 1)
`,
};

describe('the test runner', () => {
  const report = runTests([rules, tests], { clock: () => 0 });

  it('runs test_ rules and tells how each ended', () => {
    const outcomes = Object.fromEntries(
      report.tests.map(({ name, outcome }) => [name.replace('data.shop_test.', ''), outcome]),
    );
    expect(outcomes).toMatchObject({
      test_ada_may: 'passed',
      test_grace_may: 'failed',
      test_conflict: 'error',
      todo_test_later: 'skipped',
      test_prints: 'passed',
    });
    expect(report).toMatchObject({ errors: 1, skipped: 1 });
  });

  it('keeps what a test prints, and what went wrong', () => {
    expect(report.tests.find(({ name }) => name.endsWith('prints'))?.printed).toEqual(['hello 1']);
    expect(report.tests.find(({ name }) => name.endsWith('conflict'))?.message).toContain(
      'eval_conflict_error',
    );
  });

  it('says which rows the tests did not reach', () => {
    const covered = report.coverage.files.find(({ file }) => file === 'rules.rego');
    expect(covered).toMatchObject({ covered: [3, 4, 5, 10], notCovered: [8] });
    expect(covered?.ratio).toBeCloseTo(4 / 5);
  });

  it('runs a part of the tests', () => {
    expect(runTests([rules, tests], { only: (name) => name.endsWith('ada_may') }).passed).toBe(1);
  });
});

describe('an explanation', () => {
  it('shows the rules that were tried, which literals held, and with what values', () => {
    const text = explanationText(explain([rules], 'data.shop.allow', { input: { user: 'ada', amount: 20 } }));
    expect(text.split('\n').map((line) => line.trimEnd())).toEqual([
      '- data.shop.allow  (rules.rego:3)',
      '    + 4: input.user == "ada"',
      '    - 5: limit > input.amount',
      '      + data.shop.limit  (rules.rego:10)',
      '- data.shop.allow  (rules.rego:8)',
      '    - 8: input.admin',
    ]);
  });

  it('gives the value beside it', () => {
    expect(explain([rules], 'data.shop.allow', { input: { admin: true } }).value).toBe(true);
    expect(explain([rules], 'data.shop.allow', { input: {} }).value).toBeUndefined();
  });
});

describe('the layout check', () => {
  it('finds nothing in a tidy module', () => {
    expect(checkFormat(rules.file, rules.source)).toEqual([]);
  });

  it.each([
    ['p  := 1', 'one space before :='],
    ['p := [1,2]', 'one space before 2'],
    ['p := [ 1]', 'no space before 1'],
    ['p := f(1 )\n\nf(_) := 1', 'no space before )'],
    ['p := 1-2', 'one space before -'],
    ['p := {"a":1}', 'one space before 1'],
    ['p if {\n  true\n}', 'indentation is made of tabs'],
    ['p if {\ntrue\n}', 'indented by 0 tabs, expected 1'],
    ['p := 1 ', 'no white space at the end of a line'],
    ['p := 1\n\n\n\nq := 2', 'no more than one blank line'],
    ['#x\np := 1', 'a space follows the # of a comment'],
  ])('%j', (source, message) => {
    const problems = checkFormat('f.rego', `package a\n\n${source}\n`);
    expect(problems.map((problem) => problem.message)).toContain(message);
  });

  it('leaves the content of strings alone', () => {
    expect(
      checkFormat('f.rego', 'package a\n\np := `x  \n  ,y`\n\nq := $"{1 + 1},{[x | x := 1]}"\n'),
    ).toEqual([]);
  });
});

describe('the policies of the Conductor', () => {
  const folder = join(import.meta.dirname, '..', '..', 'policies');
  const sources = readdirSync(folder)
    .filter((name) => name.endsWith('.rego'))
    .map((file) => ({ file, source: readFileSync(join(folder, file), 'utf8') }));

  it('pass their own tests, which reach every row of them', () => {
    const report = runTests(sources);
    expect(report.tests.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(report.passed).toBeGreaterThan(50);
    const reached = report.coverage.files.filter(({ file }) => !file.endsWith('_test.rego'));
    expect(reached.map(({ file, notCovered }) => [file, notCovered])).toEqual(
      reached.map(({ file }) => [file, []]),
    );
  });

  it('are laid out as they should be', () => {
    expect(sources.flatMap(({ file, source }) => checkFormat(file, source))).toEqual([]);
  });
});
