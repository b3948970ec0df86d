import { parseDuration } from '../../config/duration.ts';
import type { PreviewCommand } from '../../preview/event.ts';
import { always, bad, type CommandDefinition, good, type ParsedArguments } from '../definition.ts';

type Parsed = ParsedArguments<{ readonly name: 'preview'; readonly order: PreviewCommand }>;

const hour = 3_600_000;

export const previewCommand: CommandDefinition<'preview'> = {
  name: 'preview',
  usage: '/preview [extend <duration> | sleep | wake | size <size> | make-room | destroy]',
  summary:
    'Starts the preview of this pull request, lets it live longer, sleep, change its size, take the place of another one, or go',
  details:
    'What comes of it stands in the comment about the preview: its address, cost and end, or why there is none. An extension adds to the life that is left, up to `previews.longest_ttl`. A destroyed preview comes back only by `/preview`. One that was refused for want of money or room begins by itself when its turn comes; `make-room` does what the refusal offers, that others of the repository sleep or go, and puts it first. The head of a fork needs the label besides, put on by a maintainer after the last push.',
  examples: [
    '/preview',
    '/preview extend 24h',
    '/preview size medium',
    '/preview make-room',
    '/preview destroy',
  ],
  places: ['pull request'],
  permission: { roles: ['write', 'maintain', 'admin'] },
  changes: always,
  freeText: false,
  parse: ({ words: [verb, value, ...rest] }) => {
    if (rest.length > 0) return bad('BAD_ARGUMENT', 'that is too much; see `/preview --help`');
    switch (verb) {
      case undefined:
        return order({ kind: 'start' });
      case 'sleep':
      case 'wake':
      case 'destroy':
      case 'make-room':
        return value === undefined
          ? order({ kind: verb })
          : bad('BAD_ARGUMENT', `nothing follows \`${verb}\``);
      case 'extend':
        return extension(value);
      case 'size':
        return value !== undefined && /^[a-z0-9][a-z0-9-]{0,30}$/.test(value)
          ? order({ kind: 'size', size: value })
          : bad('MISSING_ARGUMENT', 'name a size of `previews.cost.sizes`: `/preview size medium`');
      default:
        return bad(
          'BAD_ARGUMENT',
          'expected `extend`, `sleep`, `wake`, `size`, `make-room`, `destroy` or nothing',
        );
    }
  },
};

function extension(value: string | undefined): Parsed {
  const ms = value === undefined ? null : parseDuration(value);
  if (ms === null) return bad('MISSING_ARGUMENT', 'say for how long: `/preview extend 24h`');
  if (ms < hour) return bad('BAD_ARGUMENT', 'an extension is an hour at least');
  return order({ kind: 'extend', ms });
}

function order(given: PreviewCommand): Parsed {
  return good({ name: 'preview', order: given });
}
