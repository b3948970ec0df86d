import { always, bad, type CommandDefinition, good } from '../definition.ts';
import { shaPattern } from '../sha.ts';

const weightPattern = /^(?:100|[1-9][0-9]?)$/;

export const promoteCommand: CommandDefinition<'promote'> = {
  name: 'promote',
  usage: '/promote [weight|next] [sha]',
  summary:
    'Gives the release this percentage of production traffic; only for the commit `sha` when one is named',
  details:
    'Steps are taken one by one; without a weight it is the next one. Without a sha the command means the commit that the release had when the comment was written; a tag that moved since refuses it.',
  examples: ['/promote next', '/promote 50 4f2c1ab', '/promote 100 reason="CAB-212 approved"'],
  places: ['release'],
  permission: 'promote',
  changes: always,
  freeText: false,
  parse: ({ words: [target = 'next', sha, ...rest] }) => {
    if (target !== 'next' && !weightPattern.test(target)) {
      return bad('BAD_ARGUMENT', 'expected a whole number of percent from 1 to 100, or `next`');
    }
    if (rest.length > 0 || (sha !== undefined && !shaPattern.test(sha))) {
      return bad('BAD_ARGUMENT', 'after the weight only a commit sha may follow (7 or more of 0-9a-f)');
    }
    const weight = target === 'next' ? 'next' : Number(target);
    return good({ name: 'promote', weight, sha: sha ?? null });
  },
};
