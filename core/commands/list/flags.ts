import { bad, type CommandDefinition, good, parseReason } from '../definition.ts';

export const flagsCommand: CommandDefinition<'flags'> = {
  name: 'flags',
  usage: '/flags [kill <name> [reason] | restore <name>]',
  summary: 'Shows the flags of the release; `kill` turns one off for everybody, `restore` gives it back',
  details:
    'A kill waits for nothing, not even for a change of flags under way, and works in every phase of a release that has a plan. A killed flag stays off: neither the canary, nor GA, nor a rollback turns it on again, until somebody restores it.',
  examples: ['/flags', '/flags kill search drops results', '/flags restore search'],
  places: ['release'],
  permission: 'rollback',
  changes: ({ action }) => action !== 'show',
  freeText: true,
  parse: ({ words: [verb, flag, ...rest], reason }) => {
    if (verb === undefined) return good({ name: 'flags', action: 'show', flag: null, reason: '' });
    if (verb !== 'kill' && verb !== 'restore')
      return bad('BAD_ARGUMENT', 'expected `kill` or `restore`, and the name of a flag');
    if (flag === undefined) return bad('MISSING_ARGUMENT', `name the flag: \`/flags ${verb} <name>\``);
    if (!/^[A-Za-z0-9][\w.:/-]{0,127}$/.test(flag))
      return bad('BAD_ARGUMENT', 'a flag has a name of letters, digits and . _ - : /');
    if (verb === 'restore' && rest.length > 0)
      return bad('BAD_ARGUMENT', 'nothing follows the name; a reason is given as `reason="…"`');
    const why = rest.length === 0 ? reason : rest.join(' ');
    return good({ name: 'flags', action: verb, flag, reason: parseReason(why) });
  },
};
