import { postable } from '../comms/safe-text.ts';
import type { GovernanceDraft } from './draft.ts';
import { problemText } from './drift.ts';
import type { GovernanceEvent } from './event.ts';
import type { GovernancePlan } from './plan.ts';
import { renderPlan } from './render.ts';

/** Plans of open pull requests that are remembered. */
const mostShown = 100;
/** Of them, those that are planned again when the rules have been changed: each costs a dozen requests. */
const mostShownAnew = 10;

/** Plans the config of a pull request: what its check carries. */
export function plan(draft: GovernanceDraft, pullRequest: number, headSha: string): void {
  const id = `plan/${draft.next('plan')}/${pullRequest}/${headSha}`;
  draft.emit(id, { kind: 'planGovernance', pullRequest, headSha });
}

/** The rules were changed: what others show begins where the repository was before. */
export function planAnew(draft: GovernanceDraft): void {
  for (const { pullRequest, headSha } of draft.state.shown.slice(-mostShownAnew))
    plan(draft, pullRequest, headSha);
}

export function onPlanned(
  draft: GovernanceDraft,
  event: Extract<GovernanceEvent, { type: 'governance.planned' }>,
): void {
  const { pullRequest, headSha, proposal } = event;
  const others = draft.state.shown.filter((one) => one.pullRequest !== pullRequest);
  const carry = (text: string, acceptable: boolean): void => {
    const id = `carry/${draft.next('carry')}`;
    draft.emit(id, { kind: 'carryPlan', pullRequest, headSha, text: postable(text), acceptable });
  };
  switch (proposal.kind) {
    case 'undeclared':
      draft.set({ shown: others });
      carry(draft.state.accepted === null ? '' : endText, true);
      break;
    case 'wrong':
      draft.set({ shown: others });
      carry(problemText(proposal.problems), false);
      break;
    case 'plan': {
      const { configSha256, plan } = proposal;
      const shown = { pullRequest, headSha, configSha256, plan: withinReason(plan) };
      draft.set({ shown: [...others, shown].slice(-mostShown) });
      draft.note(
        'governance.planned',
        'release-conductor',
        `plan ${plan.hash.slice(0, 12)} shown on #${pullRequest}`,
        {
          plan: plan.hash,
          config_sha256: configSha256,
          sha: headSha,
        },
      );
      carry(`Merging this makes the repository so. ${renderPlan(plan)}`, plan.refused === null);
    }
  }
}

/** A plan that is refused is carried out by nobody: anybody may propose one of thousands of changes, and it is not kept. */
function withinReason(plan: GovernancePlan): GovernancePlan {
  return plan.refused === null ? plan : { ...plan, changes: [] };
}

const endText =
  'Merging this takes `governance` out of `.github/release-conductor.yml`, or the file away, and ends the care for the rules: what is set on GitHub stays, and nobody puts it right any more.';

/** The plan of a config that is in force has been carried out, or there was nothing to do. */
export function forget(draft: GovernanceDraft, configSha256: string): void {
  draft.set({ shown: draft.state.shown.filter((one) => one.configSha256 !== configSha256) });
}
