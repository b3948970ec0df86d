import type { GovernanceConfig } from './governance.ts';
import type { ConfigRule, RuleViolation } from './rule.ts';

type RulesetConfig = GovernanceConfig['rulesets'][string];

/** What GitHub would refuse in the middle of a plan, or give back in another form for ever. */
export const governanceRules: readonly ConfigRule[] = [
  governanceRule('governance-names-differ', ({ environments, labels }) => [
    ...sameButForCase('environments', Object.keys(environments)),
    ...sameButForCase('labels', Object.keys(labels)),
  ]),
  governanceRule('governance-environment-is-kept', ({ environments }) =>
    Object.keys(environments)
      .filter((name) => name.toLowerCase().startsWith('preview/'))
      .map((name) => ({
        path: ['environments', name],
        message: 'environments below preview/ live and die with their pull request',
        help: 'Rename it: its rules would be looked for in vain',
      })),
  ),
  governanceRule('governance-label-fits', ({ labels }) =>
    Object.keys(labels)
      .filter((name) => [...name].length > longestLabel)
      .map((name) => ({
        path: ['labels', name],
        message: `expected a name of at most ${longestLabel} characters, found ${[...name].length}`,
        help: 'Shorten it: GitHub takes no longer one',
      })),
  ),
  rulesetRule('ruleset-patterns-are-refs', ({ target, include, exclude }) => {
    const [known, example] =
      target === 'tag'
        ? [/^(?:~ALL|refs\/tags\/.+)$/, 'refs/tags/v*']
        : [/^(?:~ALL|~DEFAULT_BRANCH|refs\/heads\/.+)$/, 'refs/heads/release/*'];
    const wrong = (key: string, patterns: readonly string[]): readonly RuleViolation[] =>
      patterns.flatMap((pattern, index) =>
        known.test(pattern)
          ? []
          : [
              {
                path: [key, index],
                message: `expected a pattern for a ${target}, found ${JSON.stringify(pattern.slice(0, 100))}`,
                help: `Write it in full, e.g. ${example}`,
              },
            ],
      );
    return [...wrong('include', include), ...wrong('exclude', exclude)];
  }),
  rulesetRule('ruleset-suits-its-target', (ruleset) =>
    (['pull_request', 'merge_queue'] as const)
      .filter((rule) => ruleset.target === 'tag' && ruleset[rule] !== undefined)
      .map((rule) => ({
        path: [rule],
        message: 'GitHub knows this rule for branches only',
        help: 'Remove it: nobody merges into a tag',
      })),
  ),
  rulesetRule('ruleset-queue-can-merge', ({ merge_queue: queue, linear_history: isLinear }) => {
    if (queue === undefined) return [];
    const linear = {
      path: ['merge_queue', 'method'],
      message: 'a queue that makes merge commits merges nothing where the history must be linear',
      help: 'Set it to squash or rebase, or turn linear_history off',
    };
    const least = {
      path: ['merge_queue', 'merge_at_least'],
      message: `expected at most merge_at_once (${queue.merge_at_once}), found ${queue.merge_at_least}`,
      help: 'Lower it: no group would be large enough',
    };
    return [
      ...(isLinear && queue.method === 'merge' ? [linear] : []),
      ...(queue.merge_at_least > queue.merge_at_once ? [least] : []),
    ];
  }),
  rulesetRule('ruleset-checks-differ', ({ required_checks: checks }) => {
    if (checks === undefined) return [];
    if (checks.gates.length + checks.others.length === 0) {
      const message = 'no check is named';
      return [{ path: ['required_checks'], message, help: 'Name gates or others, or remove the key' }];
    }
    const names = checks.others.map(({ name, app }) => `${name} of ${app}`);
    return repeated(names).map((index) => ({
      path: ['required_checks', 'others', index],
      message: `${names[index]} is named twice`,
      help: 'Remove the repetition',
    }));
  }),
  rulesetRule('ruleset-bypass-differs', ({ bypass }) => {
    const actors = bypass.map(({ mode: _, ...actor }) => JSON.stringify(actor));
    return repeated(actors).map((index) => ({
      path: ['bypass', index],
      message: 'this actor is named twice',
      help: 'Remove the repetition: GitHub keeps one mode for each',
    }));
  }),
];

/** In characters; GitHub answers 422 to a longer one. */
const longestLabel = 50;

function governanceRule(
  name: string,
  check: (governance: GovernanceConfig) => readonly RuleViolation[],
): ConfigRule {
  return {
    name,
    check: ({ governance }) =>
      governance === undefined
        ? []
        : check(governance).map((found) => ({ ...found, path: ['governance', ...found.path] })),
  };
}

/** Asked of every ruleset; paths are those within it. */
function rulesetRule(name: string, check: (ruleset: RulesetConfig) => readonly RuleViolation[]): ConfigRule {
  return governanceRule(name, ({ rulesets }) =>
    Object.entries(rulesets).flatMap(([ruleset, declared]) =>
      check(declared).map((found) => ({ ...found, path: ['rulesets', ruleset, ...found.path] })),
    ),
  );
}

/** GitHub takes `Bug` and `bug` for one: the two would be put right against each other for ever. */
function sameButForCase(kind: string, names: readonly string[]): readonly RuleViolation[] {
  return repeated(names.map((name) => name.toLowerCase())).map((index) => ({
    path: [kind, names[index] ?? ''],
    message: 'the same name stands here in other letters; GitHub takes the two for one',
    help: 'Remove one of them',
  }));
}

/** Indexes of what stood there before. */
function repeated(names: readonly string[]): readonly number[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    const isKnown = seen.has(name);
    seen.add(name);
    return isKnown ? [index] : [];
  });
}
