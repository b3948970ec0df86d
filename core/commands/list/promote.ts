import type { ReleaseCommand } from '../../flow/event.ts';
import { bad, type CommandDefinition, good } from '../definition.ts';

type Promote = Extract<ReleaseCommand, { name: 'promote' }>;

const weightPattern = /^(?:100|[1-9][0-9]?)$/;
const shaPattern = /^[0-9a-f]{7,64}$/;

export const promoteCommand: CommandDefinition<Promote> = {
  name: 'promote',
  usage: '/promote <weight|next> [sha]',
  summary:
    'Gives the release this percentage of production traffic; only for the commit `sha` when one is named',
  permission: 'promote',
  changes: true,
  freeText: false,
  parse: ([target, sha, ...rest]) => {
    if (target === undefined) {
      return bad('MISSING_ARGUMENT', '`/promote` needs a weight, e.g. `/promote 10`, or `/promote next`');
    }
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
