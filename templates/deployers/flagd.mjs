// flagd (OpenFeature): the version is chosen by a flag instead of a route. FLAG_CONFIGMAP holds the flags as JSON under
// the key `flags.json`; FLAG names the one with the variants `on` (new) and `off` (old), shared out by `fractional`.
import { confirm, main, needed, tool, weight } from './run.mjs';

const namespace = needed('ENVIRONMENT');
const map = `configmap/${needed('FLAG_CONFIGMAP')}`;
const isRollback = process.env.TASK === 'rollback';

await main({
  start() {
    console.log('both versions of the code are running already: there is nothing to start');
  },
  route() {
    const on = isRollback ? 0 : weight();
    const flags = read();
    const flag = flags.flags?.[needed('FLAG')];
    if (flag === undefined) throw new Error(`there is no flag ${needed('FLAG')}`);
    flag.targeting = {
      fractional: [
        ['on', on],
        ['off', 100 - on],
      ],
    };
    const patch = JSON.stringify({ data: { 'flags.json': JSON.stringify(flags, null, 2) } });
    tool('kubectl', '-n', namespace, 'patch', map, '--type=merge', '-p', patch);
    const [[, found] = []] = read().flags[needed('FLAG')].targeting?.fractional ?? [];
    confirm(isRollback ? 100 - found : found);
  },
});

function read() {
  return JSON.parse(tool('kubectl', '-n', namespace, 'get', map, '-o', 'jsonpath={.data.flags\\.json}'));
}
