import { branchRules } from './branch-rules.ts';
import { codeowners } from './codeowners.ts';
import { credentials } from './credentials.ts';
import { gateJobs } from './gate-jobs.ts';
import { permissions } from './permissions.ts';
import { pinnedActions } from './pinned-actions.ts';
import { pwnRequest } from './pwn-request.ts';
import { readableWorkflows } from './readable-workflows.ts';
import type { PolicyRule } from './rule.ts';
import { runnerTrust } from './runner-trust.ts';
import { scriptInjection } from './script-injection.ts';
import { trustedWorkflows } from './trusted-workflows.ts';
import { validConfig } from './valid-config.ts';

/** Every rule. A new one is a file and a line here. */
export const policyRules: readonly PolicyRule[] = [
  validConfig,
  readableWorkflows,
  permissions,
  pinnedActions,
  pwnRequest,
  scriptInjection,
  runnerTrust,
  credentials,
  gateJobs,
  trustedWorkflows,
  codeowners,
  branchRules,
];
