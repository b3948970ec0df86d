import { TamperedBundle } from './bundle.ts';
import { TamperedExport } from './export.ts';
import { kinds, renderTallies, tally } from './mutation.ts';

/** `npm run tamper`: everything that is done to a bundle and to an export, counted by kind, and what was not caught. */
const bundle = await TamperedBundle.make();
const log = new TamperedExport();
const targets = {
  'evidence and signature': await tally(bundle.mutations(), bundle.isNamed),
  'audit export': await tally(log.mutations(), log.isNamed),
};
console.log(renderTallies(targets));
const missed = Object.values(targets).flatMap((target) => kinds.flatMap((kind) => target[kind].missed));
for (const name of missed) console.log(`not caught or not named: ${name}`);
process.exitCode = missed.length === 0 ? 0 : 1;
