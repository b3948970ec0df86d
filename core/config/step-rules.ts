import { type ConfigRule, type RuleViolation, releaseRule } from './rule.ts';
import type { ReleaseConfig } from './schema.ts';
import { ladderOf, productionEnvironments } from './waves.ts';

type Steps = { readonly path: readonly PropertyKey[]; readonly steps: readonly number[] };

/** Every list of weights, with its place. */
function stepsOf({ canary, waves }: ReleaseConfig): readonly Steps[] {
  const further = waves.flatMap(({ steps }, index) =>
    steps === undefined ? [] : [{ path: ['release', 'waves', index, 'steps'], steps }],
  );
  return [{ path: ['release', 'canary', 'steps'], steps: canary.steps }, ...further];
}

/** Which steps a release takes in which environments. */
export const stepRules: readonly ConfigRule[] = [
  releaseRule('canary-steps-rise', (release) => stepsOf(release).flatMap(fall)),
  releaseRule('canary-steps-end-at-100', (release) => stepsOf(release).flatMap(stop)),
  releaseRule('canary-advance-for-each-step', (release) => {
    const { advance } = release.canary;
    const { length } = ladderOf(release);
    if (typeof advance === 'string' || advance.length === length) return [];
    return [
      {
        path: ['release', 'canary', 'advance'],
        message: `expected one entry for each of the ${length} steps, found ${advance.length}`,
        help: 'Write manual or auto once for each step of every production environment, or one word for all',
      },
    ];
  }),
  releaseRule('environments-differ', (release) => {
    const { stage_environment: stage } = release;
    const production = productionEnvironments(release);
    if (production.includes(stage)) {
      return [
        {
          path: ['release', 'stage_environment'],
          message: `stage and production are both "${stage}"`,
          help: 'Name two environments: the stage deployment takes all traffic of its environment',
        },
      ];
    }
    const twice = production.findIndex((name, index) => production.indexOf(name) !== index);
    if (twice < 0) return [];
    return [
      {
        path: ['release', 'waves', twice - 1, 'environment'],
        message: `"${production[twice]}" is named twice`,
        help: 'Name each production environment once: production_environment is the first',
      },
    ];
  }),
];

function fall({ path, steps }: Steps): readonly RuleViolation[] {
  const wrong = steps.findIndex((weight, index) => index > 0 && weight <= (steps[index - 1] ?? 0));
  if (wrong < 0) return [];
  return [
    {
      path: [...path, wrong],
      message: `expected weights that rise, found ${steps[wrong]} after ${steps[wrong - 1]}`,
      help: 'Order the steps from small to large, each once, e.g. [10, 50, 100]',
    },
  ];
}

function stop({ path, steps }: Steps): readonly RuleViolation[] {
  if (steps.at(-1) === 100) return [];
  return [
    {
      path,
      message: `expected the last step to be 100, found ${steps.at(-1)}`,
      help: 'Add 100: without it the version never becomes GA',
    },
  ];
}
