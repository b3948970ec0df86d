import '../one-shot.ts';
import { githubRules } from '../../adapters/node-io/branch-rules.ts';
import { repositoryPolicies } from '../../adapters/policy/lazy.ts';
import { runAction } from '../action.ts';
import { policyGate } from './gate.ts';

process.exitCode = await runAction({
  gates: [policyGate],
  policies: repositoryPolicies,
  branchRules: githubRules,
});
