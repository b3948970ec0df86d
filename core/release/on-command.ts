import { onAssessed } from '../commands/desk/assessed.ts';
import { onCommentChanged, onStepUpConfirmed } from '../commands/desk/demand.ts';
import { onIssued, onMalformed } from '../commands/desk/issued.ts';
import type { CommandEvent } from '../flow/event.ts';
import { markChangedComment } from './approvals.ts';
import { releaseDesk } from './desk.ts';
import type { ReleaseDraft } from './draft.ts';

/** What people say to a release is taken at its desk. */
export function onCommandEvent(draft: ReleaseDraft, event: CommandEvent): void {
  const desk = releaseDesk(draft);
  switch (event.type) {
    case 'command.issued':
      onIssued(desk, event);
      break;
    case 'command.malformed':
      onMalformed(desk, event);
      break;
    case 'command.assessed':
      onAssessed(desk, event, event.assessment, event.round);
      break;
    case 'comment.changed':
      onCommentChanged(desk, event.commentId, event.bodySha256);
      markChangedComment(draft, event.commentId);
      break;
    case 'step-up.confirmed':
      onStepUpConfirmed(desk, event.demand, event.stepUp);
      break;
  }
}
