import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Timeline } from './timeline.ts';
import type { World } from './world.ts';

/** A pull request and a tag with `SIMULATE=true`: the effects that would have been, and proof that none was. */
export async function simulate(world: World, timeline: Timeline): Promise<void> {
  timeline.chapter('simulate', 'A pull request and a tag, simulated');
  const head = await world.developer.commit(
    'order-notes',
    'feat: keep a note with every order',
    world.variant('unsafe-migration'),
  );
  const number = await world.developer.openPullRequest('feat: keep a note with every order', 'order-notes');
  const tag = world.nextVersion();
  await world.lead.tag(tag, await world.lead.headOf('main'));
  timeline.act(`a developer opens #${number}; the release lead tags ${tag}`);

  await timeline.observe('the effects that they would have had', async () => {
    const effects = await readEffects(join(world.directory, 'conductor', 'simulated'));
    const kinds = new Set(effects.map((one) => one.kind));
    return kinds.has('publishCheck') && kinds.has('openIssue') ? `${effects.length} effects` : null;
  });
  for (const effect of await readEffects(join(world.directory, 'conductor', 'simulated')))
    timeline.note(effect.line);
  await timeline.observe('GitHub was written to by nobody but its people', async () => {
    const check = await world.developer.check(head, 'migration-gate', world.github.app.appId);
    const issues = await world.lead.expect('GET', '/issues?state=all&labels=release');
    return check === null && issues.length === 0 ? 'no check, no issue' : null;
  });
}

async function readEffects(
  directory: string,
): Promise<readonly { readonly kind: string; readonly line: string }[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return texts
    .flatMap((text) => text.split('\n').filter((line) => line !== ''))
    .map((line) => {
      const effect = JSON.parse(line);
      return { kind: String(effect.kind), line: line.length > 140 ? `${line.slice(0, 139)}…` : line };
    });
}
