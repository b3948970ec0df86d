import { anyone, reads } from '../access.ts';
import { ok } from '../call.ts';
import { notFound } from '../refusal.ts';
import { onRepository, type Route } from '../route.ts';
import { actionsRoutes } from './actions.ts';
import { appRoutes } from './apps.ts';
import { checkRoutes } from './checks.ts';
import { deploymentRoutes } from './deployments.ts';
import { environmentRoutes } from './environments.ts';
import { issueRoutes } from './issues.ts';
import { labelRoutes } from './labels.ts';
import { organisationRulesetRoutes } from './organisation-rulesets.ts';
import { peopleRoutes } from './people.ts';
import { protectionRoutes } from './protection.ts';
import { pullRoutes } from './pulls.ts';
import { refRoutes } from './refs.ts';
import { releaseRoutes } from './releases.ts';
import { repositoryRoutes } from './repository.ts';
import { rulesetRoutes } from './rulesets.ts';
import { signInRoutes } from './sign-in.ts';
import { statusRoutes } from './statuses.ts';

/** Addresses beside the REST API: the issuer of identity tokens, and downloads of published assets. */
const sideRoutes: readonly Route[] = [
  {
    operation: 'GET /.well-known/openid-configuration',
    needs: anyone,
    answer: (_, github) => ok(github.oidc.configuration()),
  },
  {
    operation: 'GET /.well-known/jwks',
    needs: anyone,
    answer: async (_, github) => ok(await github.oidc.keys()),
  },
  onRepository(
    'GET /{owner}/{repo}/releases/download/{tag}/{name}',
    reads('contents'),
    (call, repository) => {
      for (const { draft, tag, assets } of repository.releases.values()) {
        if (draft || tag !== call.params.tag) continue;
        for (const asset of assets.values()) if (asset.name === call.params.name) return ok(asset.bytes);
      }
      throw notFound();
    },
  ),
];

/** Every operation that the local GitHub knows. */
export const routes: readonly Route[] = [
  ...sideRoutes,
  ...signInRoutes,
  ...appRoutes,
  ...peopleRoutes,
  ...repositoryRoutes,
  ...refRoutes,
  ...issueRoutes,
  ...labelRoutes,
  ...pullRoutes,
  ...checkRoutes,
  ...statusRoutes,
  ...deploymentRoutes,
  ...environmentRoutes,
  ...rulesetRoutes,
  ...organisationRulesetRoutes,
  ...protectionRoutes,
  ...releaseRoutes,
  ...actionsRoutes,
];
