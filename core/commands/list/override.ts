import { parseDuration } from '../../config/duration.ts';
import { gateNames } from '../../gate/names.ts';
import { gateCalled } from '../called.ts';
import { always, bad, type CommandDefinition, good, parseReason } from '../definition.ts';

const shortest = 60_000;
const longest = 604_800_000;
const leastReason = 10;

export const overrideCommand: CommandDefinition<'override'> = {
  name: 'override',
  usage: '/override <gate> reason="…" for=2h',
  summary: 'Break glass: lets this release pass a gate that is red, missing or stale, for a while',
  details:
    'Loud on purpose: it is announced in the issue and to the notification targets, stands in the status while it lasts, in the audit log and as an exception in the evidence. It holds for this commit only, ends by the clock of the Conductor, and stands in for no permission. A minute to a week; the reason has at least 10 characters.',
  examples: ['/override perf reason="load generator is down, INC-77" for=2h'],
  places: ['release'],
  permission: { roles: ['admin'] },
  changes: always,
  freeText: false,
  parse: ({ words, reason }) => {
    const [gateWord, ...rest] = words;
    const gate = gateWord === undefined ? null : gateCalled(gateWord);
    if (gate === null)
      return bad(
        gateWord === undefined ? 'MISSING_ARGUMENT' : 'BAD_ARGUMENT',
        `name a gate: ${gateNames.join(', ')}`,
      );
    const spans = rest.filter((word) => word.startsWith('for='));
    const [span] = spans;
    if (span === undefined) return bad('MISSING_ARGUMENT', 'say for how long, e.g. `for=2h`');
    if (spans.length > 1 || rest.length > 1)
      return bad('BAD_ARGUMENT', 'after the gate come `reason="…"` and `for=…`, each once');
    const duration = parseDuration(span.slice('for='.length));
    if (duration === null || duration < shortest || duration > longest) {
      return bad('BAD_ARGUMENT', 'expected a duration from 1m to 7d, e.g. `for=2h`');
    }
    if ([...reason].length < leastReason) {
      return bad('MISSING_ARGUMENT', `say why in ${leastReason} characters or more: \`reason="…"\``);
    }
    return good({ name: 'override', gate, duration, reason: parseReason(reason) });
  },
};
