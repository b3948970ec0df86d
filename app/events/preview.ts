import { readAggregate } from '../../adapters/postgres/index.ts';
import type { PreviewsConfig } from '../../core/config/previews.ts';
import { previewRef } from '../../core/preview/state.ts';
import { readEffectiveConfig } from '../effective-config.ts';
import type { Routed } from '../flow/decide.ts';
import type { EventContext } from './event-handler.ts';

/** Roles that may let the head of a fork have a preview. */
const approvingRoles: ReadonlySet<string> = new Set(['write', 'maintain', 'admin']);

/** What a pull request's webhook means for its preview; nothing where nobody declared previews and none exists. */
export async function previewNews(
  news: {
    readonly action: string;
    readonly number: number;
    readonly headSha: string;
    readonly label: { readonly name: string } | null | undefined;
    readonly sender: { readonly login: string } | null | undefined;
  },
  context: EventContext,
): Promise<readonly Routed[]> {
  const { forge, repository, store } = context;
  const ref = previewRef(repository, news.number);
  const known = await readAggregate(store, ref);
  const config = known === null || news.action === 'labeled' ? await declared(news.number, context) : null;
  if (known === null && config === null) return [];
  const touched: Routed = { ref, event: { type: 'preview.touched', pullRequest: news.number } };
  if (news.action !== 'labeled' || news.label?.name !== config?.label || news.sender == null)
    return [touched];
  const role = await forge.readRole(news.sender.login);
  const labelled: Routed = {
    ref,
    event: {
      type: 'preview.labelled',
      by: news.sender.login,
      mayApprove: role !== null && approvingRoles.has(role),
      headSha: news.headSha,
    },
  };
  return [labelled, touched];
}

async function declared(number: number, { forge }: EventContext): Promise<PreviewsConfig | null> {
  const { baseSha } = await forge.readPullRequest(number);
  const found = await readEffectiveConfig(baseSha, forge);
  return found?.ok === true ? (found.config.previews ?? null) : null;
}
