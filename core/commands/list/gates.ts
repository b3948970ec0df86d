import { gateNames } from '../../gate/names.ts';
import { gateCalled } from '../called.ts';
import { bad, type CommandDefinition, good } from '../definition.ts';

export const gatesCommand: CommandDefinition<'gates'> = {
  name: 'gates',
  usage: '/gates [rerun <gate|all>]',
  summary: 'Shows the gates of the commit; `rerun` runs the workflow that reported a gate again',
  details:
    'From the moment of the re-run the older result no longer counts: a gate that was green is awaited again.',
  examples: ['/gates', '/gates rerun perf', '/gates rerun all'],
  places: ['release', 'pull request'],
  permission: { roles: ['write', 'maintain', 'admin'] },
  changes: ({ rerun }) => rerun !== null,
  freeText: false,
  parse: ({ words: [verb, gate, ...rest] }) => {
    if (verb === undefined) return good({ name: 'gates', rerun: null });
    const rerun = gate === 'all' ? gate : gateCalled(gate ?? '');
    if (verb !== 'rerun' || rerun === null || rest.length > 0) {
      return bad('BAD_ARGUMENT', `expected \`rerun\` and a gate: ${gateNames.join(', ')}, or all`);
    }
    return good({ name: 'gates', rerun });
  },
};
