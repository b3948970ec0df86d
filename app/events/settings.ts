import { z } from 'zod';
import { configPath } from '../../core/config/parse.ts';
import type { AggregateRef } from '../../core/flow/event.ts';
import { codeownersPaths } from '../../core/gate/codeowners.ts';
import type { Touched } from '../../core/governance/event.ts';
import { digestOfConfig, readEffectiveConfig } from '../effective-config.ts';
import {
  actorSchema,
  type EventContext,
  eventHandler,
  type Interpretation,
  ignored,
  type RawPayload,
} from './event-handler.ts';

/** The rules of a repository. */
export function governanceOf(repository: string): AggregateRef {
  return { kind: 'governance', repository, key: 'settings' };
}

/** Look at the rules again; `what` is who is said to have done what. */
export function readAgain(repository: string, what: Touched | null): Interpretation {
  return {
    outcome: 'rules touched',
    events: [{ ref: governanceOf(repository), event: { type: 'settings.touched', what } }],
  };
}

/** Who pushed which config to the default branch: the digest is the one that gates and releases record. */
export async function readConfigChange(
  { ref, after, by }: { readonly ref: string; readonly after: string; readonly by: string },
  { forge }: EventContext,
): Promise<Touched> {
  const config = await digestOfConfig(await readEffectiveConfig(after, forge), after, forge);
  const text = `pushed to ${ref}, with the config ${config?.slice(0, 12) ?? 'gone'}`;
  return { text, actor: by, config: { sha: after, config_sha256: config } };
}

/** A push to the default branch that may have changed the config or the code owners: GitHub lists at most 2,048 commits of a push. */
export function touchesConfig(payload: RawPayload): boolean {
  const { ref, repository, commits } = payload as {
    ref?: unknown;
    repository?: { default_branch?: unknown };
    commits?: readonly { added?: unknown; modified?: unknown; removed?: unknown }[];
  };
  if (ref !== `refs/heads/${repository?.default_branch}`) return false;
  if (!Array.isArray(commits) || commits.length >= 2_048) return true;
  return commits.some(({ added, modified, removed }) =>
    [added, modified, removed].some(
      (paths) => Array.isArray(paths) && paths.some((path) => watched.includes(path)),
    ),
  );
}

const watched: readonly unknown[] = [configPath, ...codeownersPaths];

const named = z.object({ name: z.string() }).nullish();
const payload = z.object({
  action: z.string(),
  repository_ruleset: named,
  rule: named,
  label: named,
  sender: actorSchema,
});

/** Webhooks that tell of changed rules. Our own writes are told too: the look that follows finds nothing to do. */
export const settingsEvents = ['repository_ruleset', 'branch_protection_rule', 'label'].map((event) =>
  eventHandler({
    event,
    payload,
    read: ({ action, sender, ...objects }, { repository, forge }) => {
      if (sender.login === `${forge.appSlug}[bot]`) return ignored('our own change');
      const name = (objects.repository_ruleset ?? objects.rule ?? objects.label)?.name ?? '';
      return readAgain(repository, { text: `${event} "${name}" ${action}`, actor: sender.login });
    },
  }),
);
