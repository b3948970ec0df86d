import { z } from 'zod';
import { type Finding, findingSchema } from '../../../core/gate/result.ts';
import { plural } from '../../../core/gate/verdict.ts';
import type { PolicyAnswer, PolicyCheck, PolicyProblem } from '../../../core/ports/repository-policies.ts';
import type { PolicyOptions } from '../options.ts';
import { defaultPolicies } from '../options.ts';
import type { RepositoryPolicyFacts } from './facts.ts';

/** What the policies object to, which exceptions may cover. */
export function objections(facts: RepositoryPolicyFacts): readonly Finding[] {
  return facts.answers.flatMap(objectionsOf);
}

/** What is wrong with the policies, their input or their answers: nothing excuses that. */
export function* defects(facts: RepositoryPolicyFacts, options: PolicyOptions): Iterable<Finding> {
  if (facts.check === null && facts.files > 0) {
    yield error('policy-not-run', 'There are policies, but nothing here that runs them.', {
      help: 'Run the gate by its action or by the command line, which bring the engine.',
    });
  }
  if (facts.files === 0 && options.policies.join() !== defaultPolicies.join()) {
    yield error(
      'policy-missing',
      `No policy matches ${options.policies.join(', ')} in the ${facts.origin}.`,
      {
        help: 'Correct gates.policy.policies, or add the policies.',
      },
    );
  }
  yield* problemFindings(facts.check, '');
  yield* problemFindings(facts.next, 'After the merge: ');
  for (const { message, help, path } of facts.problems) {
    yield error('policy-input-missing', message, { help, ...(path === undefined ? {} : { path }) });
  }
  for (const answer of facts.answers) yield* defectOf(answer);
}

/** What was applied, and whose word it rests on. */
export function* remarks({ check, origin, files, supplied, next }: RepositoryPolicyFacts): Iterable<Finding> {
  if (next !== null) {
    yield {
      code: 'policies-changed',
      level: 'notice',
      message: `This change edits the policies: ${files === 0 ? 'there are none on the base yet' : 'it is judged by those on the base'}, and the new ones hold after the merge.`,
      help: 'Nothing to do; their owners see the change in the review.',
    };
  }
  if (check === null || check.problems.some(({ kind }) => kind === 'compile')) return;
  yield {
    code: 'policies-applied',
    level: 'notice',
    message: `Applied ${plural(files, 'policy file')} of the ${origin} (${plural(check.tests, 'test')}). Supplied by the author of the change or by the caller, not by the base: ${supplied.join(', ') || 'nothing'}.`,
    help: 'Nothing to do; `input.origins` tells a policy the same.',
    data: { origin, supplied, sha256: check.sha256 },
  };
}

const entrySchema = z.array(
  z.strictObject({
    code: findingSchema.shape.code,
    message: z.string().min(1),
    help: z.string().min(1).optional(),
    path: z.string().min(1).optional(),
    line: z.int().min(1).optional(),
  }),
);

const levels = { deny: 'error', warn: 'warning', obligations: 'warning' } as const;
const helps = {
  deny: 'Correct it, or have an owner of the policies record an exception on the base branch.',
  warn: 'Correct it, or say in the review why it is right.',
  obligations: 'Fulfil it before the release.',
} as const;

function objectionsOf({ package: name, rule, answer, path, line }: PolicyAnswer): readonly Finding[] {
  const value = answer.kind === 'defined' ? answer.value : undefined;
  if (rule === 'allow') {
    if (value !== false) return [];
    const place = { ...(path === undefined ? {} : { path }), ...(line === undefined ? {} : { line }) };
    return [
      error('policy-denied', `\`${name}\` does not allow this change.`, { help: helps.deny, ...place }),
    ];
  }
  const entries = entrySchema.safeParse(value);
  if (!entries.success) return [];
  return entries.data.map((entry) => ({
    ...entry,
    level: levels[rule],
    message: rule === 'obligations' ? `Obligation: ${entry.message}` : entry.message,
    help: entry.help ?? helps[rule],
    data: { policy: name, rule },
  }));
}

/** Every answer that is no answer of the convention is a refusal. */
function* defectOf({ package: name, rule, answer, path, line }: PolicyAnswer): Iterable<Finding> {
  const place = { ...(path === undefined ? {} : { path }), ...(line === undefined ? {} : { line }) };
  const rulePath = `\`${name}.${rule}\``;
  switch (answer.kind) {
    case 'failed':
      yield problemFinding(answer.problem, '');
      return;
    case 'undefined':
      yield error('policy-undecided', `${rulePath} is undefined for this change, which is a denial.`, {
        help: 'Give the rule a default, or the fact that it asks for.',
        ...place,
      });
      return;
    case 'defined': {
      const form = rule === 'allow' ? z.boolean() : entrySchema;
      const checked = form.safeParse(answer.value);
      if (checked.success) return;
      const [issue] = checked.error.issues;
      const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
      yield error('policy-answer-malformed', `${rulePath} gave no answer${where}: ${issue?.message}.`, {
        help:
          rule === 'allow'
            ? 'Make it true or false.'
            : `Write \`${rule} contains {"code": "kebab-case", "message": "…"} if …\`; help, path and line may be added.`,
        ...place,
      });
    }
  }
}

function* problemFindings(check: PolicyCheck | null, prefix: string): Iterable<Finding> {
  for (const problem of check?.problems ?? []) yield problemFinding(problem, prefix);
}

const problemCodes = {
  compile: 'policy-broken',
  unasked: 'policy-not-asked',
  test: 'policy-test-failed',
  evaluation: 'policy-error',
} as const;
const problemHelps = {
  unasked: 'Rename the rule or its package.',
  compile: 'Correct the policy: until then nothing passes.',
  test: 'Correct the policy or its test: `release-conductor rego test` runs it.',
  evaluation: 'Correct the policy: `release-conductor rego eval --explain` shows what it did.',
} as const;

function problemFinding({ kind, message, path, line, column }: PolicyProblem, prefix: string): Finding {
  return error(problemCodes[kind], `${prefix}${message}`, {
    help: problemHelps[kind],
    ...(path === undefined ? {} : { path }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  });
}

function error(code: string, message: string, rest: Omit<Finding, 'code' | 'level' | 'message'>): Finding {
  return { code, level: 'error', message, ...rest };
}
