import { checkNameOf, gateNames } from '../../../core/gate/names.ts';
import { problemsOfChecks } from '../../../core/gate/required-checks.ts';
import type { Finding } from '../../../core/gate/result.ts';
import type { PolicyRule } from './rule.ts';

/** Only where somebody relies on the checks: a release that requires gates, or the section itself. */
export const branchRules: PolicyRule = {
  codes: [
    'required-check-missing',
    'required-check-not-pinned',
    'code-owner-review-not-required',
    'branch-rules-unread',
  ],
  protects:
    'Rules in files bind nobody: only a ruleset keeps a red, forged or missing check from being merged.',
  *check({ branchRules: read, config, configPath }, { enforcement }) {
    if (read === null) return;
    const level = enforcement?.level ?? 'warning';
    if (read.state === 'unread') {
      yield {
        code: 'branch-rules-unread',
        level: enforcement?.on_unread === 'inconclusive' ? 'error' : 'notice',
        message: `What GitHub enforces on the branch was not read: ${read.reason}.`,
        help: 'Give the job `permissions: {contents: read}` and the input github-token; `release-conductor doctor` reads the rest.',
        path: configPath,
      };
      return;
    }
    const release = config.state === 'valid' ? config.config.release : undefined;
    const wanted = (release?.required_gates ?? gateNames).map((gate) => checkNameOf[gate]);
    for (const problem of problemsOfChecks(read.rules, wanted, enforcement?.app_id ?? null)) {
      yield { ...problem, level, help: `${sentence(problem.help)}.` };
    }
    // Null: classic protection may ask for it, and the job's token does not see that.
    if (read.rules.codeOwnerReview === false)
      yield ownersNotAsked(read.rules.branch, enforcement?.level ?? 'notice');
  },
};

function ownersNotAsked(branch: string, level: Finding['level']): Finding {
  return {
    code: 'code-owner-review-not-required',
    level,
    message: `Nothing on ${branch} asks for the review of code owners: CODEOWNERS is a suggestion there.`,
    help: 'Add a pull_request rule with require_code_owner_review to the ruleset.',
  };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
