import { z } from 'zod';
import type { Change } from '../../../core/governance/compare.ts';
import type { LabelSetting } from '../../../core/governance/settings.ts';
import type { GithubClient } from '../client.ts';

const base = '/repos/{owner}/{repo}/labels';
const labelSchema = z.object({ name: z.string(), color: z.string(), description: z.string().nullish() });

export async function readLabels(github: GithubClient): Promise<LabelSetting[]> {
  const found = await github.list(`GET ${base}`, {}, labelSchema, { steady: true });
  return found.map(({ name, color, description }) => ({
    name,
    color: color.toLowerCase(),
    description: description ?? '',
  }));
}

export async function applyLabel(github: GithubClient, { name, after }: Change): Promise<void> {
  const known = await github.find(`GET ${base}/{name}`, { name }, labelSchema);
  if (after === null) {
    if (known !== null) await github.send(`DELETE ${base}/{name}`, { name }, z.unknown());
    return;
  }
  const { color, description } = after as LabelSetting;
  if (known === null) await github.send(`POST ${base}`, { name, color, description }, z.unknown());
  else
    await github.send(
      `PATCH ${base}/{name}`,
      { name: known.name, new_name: name, color, description },
      z.unknown(),
    );
}
