import { configPath } from '../../core/config/parse.ts';
import { workflowPath } from './actions.ts';
import type { Repository } from './github/repository.ts';
import { configText } from './people.ts';
import type { Plan } from './plan.ts';

/** The repository before a history begins: a first version that is in production, and three people. */
export function furnish(
  repository: Repository,
  config: Pick<Plan, 'advance' | 'onNewTag'>,
  at: number,
): void {
  const files = new Map([
    [configPath, configText(config)],
    [workflowPath, 'on: push\n'],
  ]);
  const first = repository.commit('begin', null, files);
  repository.setRef('heads/main', first.sha, at);
  repository.setRef('tags/v1.0.0', first.sha, at);
  repository.releases.push({
    id: 1,
    author: 'alice',
    createdAt: at,
    tag: 'v1.0.0',
    draft: false,
    body: '',
    publishedAt: at,
  });
  repository.roles.set('alice', 'admin').set('mia', 'maintain').set('carol', 'read');
}
