import type { Desk } from '../commands/desk/desk.ts';
import { answerQuestion, explainWaiting } from './answer.ts';
import { recordDecision } from './approvals.ts';
import { assessmentOf, releasePermission } from './assess.ts';
import type { ReleaseDraft } from './draft.ts';
import { obstaclesOf } from './obstacles.ts';
import { retryAdvanceLater } from './promote.ts';
import { rehearseCommand, runCommand } from './run-command.ts';

/** Where a release takes commands. */
export function releaseDesk(draft: ReleaseDraft): Desk {
  return {
    place: 'release',
    now: draft.now,
    get sha() {
      return draft.state.sha;
    },
    get author() {
      return draft.state.startedBy;
    },
    get state() {
      return draft.state;
    },
    set: (change) => draft.set(change),
    emit: (id, effect, notBefore) => draft.emit(id, effect, notBefore),
    next: (series) => draft.next(series),
    note: (action, actor, reason, code, data) => draft.note(action, actor, reason, code, data),
    assessment: (pending, demand) => assessmentOf(draft.state, draft.now, pending, demand),
    answer: (command) => answerQuestion(draft, command),
    obstacles: (pending, assessed) =>
      obstaclesOf(draft.state, pending, assessed, draft.now, draft.activeRelease),
    mustLook: ({ name }) => name === 'why',
    run: (pending, assessed, demand) => runCommand(draft, releaseDesk(draft), pending, assessed, demand),
    rehearse: (pending, assessed) => {
      const copy = draft.copy();
      return rehearseCommand(copy, releaseDesk(copy), pending, assessed);
    },
    explain: (pending, reasons) => explainWaiting(draft, pending, reasons),
    permission: (command) => releasePermission(draft.state, command),
    record: (decided) => recordDecision(draft, decided),
    refusedItself: () => retryAdvanceLater(draft),
  };
}
