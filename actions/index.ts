import './one-shot.ts';
import { githubRules } from '../adapters/node-io/branch-rules.ts';
import { githubAttestations } from '../adapters/node-io/github-attestations.ts';
import { serverDatabases } from '../adapters/node-io/server-databases.ts';
import { repositoryPolicies } from '../adapters/policy/lazy.ts';
import { openSignatures } from '../adapters/sigstore/lazy.ts';
import { runAction } from './action.ts';
import { nodeMetrics } from './metrics.ts';
import { gates } from './registry.ts';

process.exitCode = await runAction({
  gates,
  metrics: (guarded) => nodeMetrics(guarded),
  databases: serverDatabases,
  signatures: openSignatures,
  attestations: githubAttestations,
  policies: repositoryPolicies,
  branchRules: githubRules,
});
