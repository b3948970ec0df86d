import type { Effect } from '../flow/effect.ts';
import { codeSpan } from '../gate/markdown.ts';

/** What an effect would do to the world, in words, for a dry run; null for what only talks or reads. */
export function effectText(effect: Effect): string | null {
  switch (effect.kind) {
    case 'createDeployment':
      return `${effect.task === 'rollback' ? 'roll back' : 'deploy'} ${codeSpan(effect.payload.version)} to ${codeSpan(effect.environment)} at ${effect.payload.weight} %`;
    case 'rerunWorkflow':
      return `run workflow run ${effect.runId} again`;
    case 'resolveFailure':
      return `resolve the failure of ${codeSpan(effect.tag)}`;
    case 'openIssue':
      return `open the issue "${effect.title}"`;
    case 'notify':
      return `tell ${effect.target.kind} ${effect.target.name}`;
    case 'readFlags':
      return `change the flags ${effect.flags.map(codeSpan).join(', ')}`;
    case 'packEvidence':
      return 'pack the evidence';
    default:
      return null;
  }
}
