import { always, bad, type CommandDefinition, good } from '../definition.ts';
import { shaPattern } from '../sha.ts';

export const approveCommand: CommandDefinition<'approve'> = {
  name: 'approve',
  usage: '/approve [sha]',
  summary:
    'Approves, as a second person, the command that waits for one; only for the commit `sha` when one is named',
  details:
    'Whoever wrote the command or pushed the tag cannot approve it. The approval counts for that command, that commit and that step only, for as long as the command waits; it is void when its comment is edited or deleted, and when the tag moves.',
  examples: ['/approve', '/approve 4f2c1ab'],
  places: ['release'],
  permission: 'promote',
  changes: always,
  freeText: false,
  parse: ({ words: [sha, ...rest] }) =>
    rest.length > 0 || (sha !== undefined && !shaPattern.test(sha))
      ? bad('BAD_ARGUMENT', 'only a commit sha may follow (7 or more of 0-9a-f)')
      : good({ name: 'approve', sha: sha ?? null }),
};
