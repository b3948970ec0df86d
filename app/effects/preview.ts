import { readAggregate } from '../../adapters/postgres/index.ts';
import type { PreviewsConfig } from '../../core/config/previews.ts';
import { InternalError } from '../../core/errors.ts';
import type { PreviewReport } from '../../core/preview/event.ts';
import { nextInLine } from '../../core/preview/next-in-line.ts';
import { environmentOf, type PreviewState, previewRef } from '../../core/preview/state.ts';
import { previewUrl } from '../../core/preview/url.ts';
import { readEffectiveConfig } from '../effective-config.ts';
import { previewsOf } from '../flow/preview-ledger.ts';
import { walksPreviews } from '../preview-walks.ts';
import type { EffectContext, Performer } from './performer.ts';
import { readBill } from './preview-bill.ts';

/** Reads the pull request, what its base branch says of previews, and its bill. */
export const readPreview: Performer<'readPreview'> = async ({ pullRequest, ...known }, context) => {
  const found = await context.forge.readPullRequest(pullRequest);
  const { config, ...walks } =
    found.baseSha === known.baseSha ? asKnown : await readConfig(found.baseSha, context);
  const report = known.awaited === null ? null : await readReport(known.awaited, context);
  const { draft, fork, labels, headSha, baseSha, author } = found;
  const spentToday = await billOf(pullRequest, config, context);
  const gateway = context.previewPage?.(context.aggregate.repository, pullRequest) ?? null;
  return {
    event: {
      type: 'preview.read',
      pullRequest,
      facts: {
        open: found.state === 'open',
        draft,
        fork,
        labels,
        headSha,
        baseSha,
        config,
        ...walks,
        report,
        author,
        spentToday,
        gateway,
      },
    },
  };
};

/** The repository's own pipeline does the work: a deployment asks for it. */
export const orderPreview: Performer<'orderPreview'> = async (effect, { forge, key }) => {
  const { environment, sha, description, payload } = effect;
  const order = { key, sha, environment, task: 'preview', description, payload } as const;
  return { settled: { deploymentId: (await forge.deployer.order(order)).id } };
};

export const commandPreview: Performer<'commandPreview'> = async (effect, { aggregate, key, tell }) => {
  const { pullRequest, by, order } = effect;
  if (tell === undefined)
    throw new InternalError('NOT_WIRED', 'This process cannot tell a preview anything', 'Report this.');
  const ref = previewRef(aggregate.repository, pullRequest);
  await tell(ref, { type: 'preview.commanded', id: key, pullRequest, by, order });
  return { settled: {} };
};

/** Those in line for whom there is room now look at it themselves; what the sweep would find in some minutes. */
export const callWaiting: Performer<'callWaiting'> = async (_effect, { aggregate, database, now, tell }) => {
  if (tell === undefined)
    throw new InternalError('NOT_WIRED', 'This process cannot tell a preview anything', 'Report this.');
  const { repository } = aggregate;
  for (const next of nextInLine(await previewsOf(database, repository, now()), now())) {
    const { pullRequest } = next.state;
    await tell(previewRef(next.repository, pullRequest), { type: 'preview.touched', pullRequest });
  }
  return { settled: {} };
};

/** The golden paths of a commit that is not the pull request's head any more are nobody's: it hears of them and waits on. */
export const tellChange: Performer<'tellChange'> = async ({ pullRequest, outlook }, { aggregate, tell }) => {
  if (tell === undefined)
    throw new InternalError('NOT_WIRED', 'This process cannot tell a change anything', 'Report this.');
  const { repository } = aggregate;
  const ref = { kind: 'change', repository, key: `pr/${pullRequest}` } as const;
  await tell(ref, { type: 'preview.expected', outlook });
  return { settled: {} };
};

export const removeEnvironment: Performer<'removeEnvironment'> = async ({ environment }, { forge }) => {
  await forge.deployer.removeEnvironment(environment);
  return { settled: {} };
};

export const removeLabel: Performer<'removeLabel'> = async ({ issue, label }, { forge }) => {
  await forge.removeLabel(issue, label);
  return { settled: {} };
};

/** A config that is broken asks for nothing else: what exists lives on by what it knew. */
async function readConfig(
  baseSha: string,
  { forge }: EffectContext,
): Promise<typeof asKnown | { readonly config: PreviewsConfig | null; readonly walks: boolean }> {
  const found = await readEffectiveConfig(baseSha, forge);
  if (found === null) return { config: null, walks: false };
  if (!found.ok) return asKnown;
  return { config: found.config.previews ?? null, walks: await walksPreviews(found.config, baseSha, forge) };
}

const asKnown = { config: 'as known' } as const;

/** What the cost endpoint says of this preview; null: the config names none. */
async function billOf(
  pullRequest: number,
  read: PreviewsConfig | null | 'as known',
  { database, aggregate, fetch }: EffectContext,
): Promise<number | null | 'unknown'> {
  const stored = read === 'as known' ? (await readAggregate(database, aggregate))?.state : null;
  const config = read === 'as known' ? ((stored as PreviewState | null)?.config ?? null) : read;
  if (config?.cost.endpoint === undefined) return null;
  if (fetch === undefined) return 'unknown';
  const asked = { repository: aggregate.repository, environment: environmentOf(pullRequest) };
  return readBill(config.cost.endpoint, asked, fetch);
}

async function readReport(deploymentId: number, { forge }: EffectContext): Promise<PreviewReport | null> {
  const said = await forge.deployer.reportOf(deploymentId);
  return said === null ? null : { deploymentId, state: said.state, url: previewUrl(said.url) };
}
