import { globsOverlap } from '../gate/glob-overlap.ts';
import type { ConfigRule } from './rule.ts';

/** What has to hold between `release` and `services`. */
export const serviceRules: readonly ConfigRule[] = [
  {
    name: 'services-have-defaults',
    check: ({ release, services }) =>
      release !== undefined || Object.keys(services).length === 0
        ? []
        : [
            {
              path: ['services'],
              message: 'expected a section `release` with what the services have in common, found none',
              help: 'Add `release` with at least `metrics`',
            },
          ],
  },
  {
    name: 'service-tags-differ',
    check: ({ services }) => {
      const all = Object.entries(services);
      return all.flatMap(([name, { tags }], index) =>
        all.slice(0, index).flatMap(([earlier, other]) => {
          const both = globsOverlap(other.tags, tags);
          if (both === null) return [];
          return [
            {
              path: ['services', name, 'tags'],
              message: `\`${tags}\` and \`${other.tags}\` of ${earlier} match the same tags, e.g. ${JSON.stringify(both)}`,
              help: 'Change one of the two: a tag releases one service',
            },
          ];
        }),
      );
    },
  },
];
