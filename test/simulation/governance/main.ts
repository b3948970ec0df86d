import { readNumber, readOptions, runScript } from '../../../adapters/node-io/command-line.ts';
import { sweep } from './sweep.ts';

const help = 'use --repositories N';

/** `npm run simulate:governance -- --repositories 1000`: what the look at every repository's rules asks of GitHub. */
await runScript(async () => {
  const values = readOptions(
    process.argv.slice(2),
    { repositories: { type: 'string', default: '1000' } },
    help,
  );
  const count = readNumber('repositories', values.repositories, { least: 1, most: 20_000 }, help);
  const rounds = [];
  for (const hasOrganisation of [false, true]) {
    const { first, quiet, allowed } = await sweep(count, hasOrganisation);
    rounds.push(
      row(hasOrganisation, 'no answer known', count, first, allowed),
      row(hasOrganisation, 'nothing changed', count, quiet, allowed),
    );
  }
  console.table(rounds);
  return rounds.every((one) => one['dearest hour'] <= one.allowed) ? 0 : 1;
});

function row(
  hasOrganisation: boolean,
  round: string,
  count: number,
  { calls, counted, minutes, dearestHour }: Awaited<ReturnType<typeof sweep>>['first'],
  allowed: number,
) {
  return {
    round,
    'config of the organisation': hasOrganisation ? 'yes' : 'no',
    'calls a repository': calls / count,
    calls,
    counted,
    hours: minutes / 60,
    'dearest hour': dearestHour,
    allowed,
  };
}
