import type { Command } from '../commands/command.ts';
import type { Desk } from '../commands/desk/desk.ts';
import { optionsOf } from '../commands/desk/issued.ts';
import type { Demand, PendingCommand } from '../commands/desk/state.ts';
import { commandHelp, helpText } from '../commands/help-text.ts';
import type { Obstacle } from '../commands/obstacle.ts';
import { permissionOf } from '../commands/permission.ts';
import { whoCanText } from '../commands/who-can.ts';
import { verdictTable } from '../comms/verdict-table.ts';
import type { Effect } from '../flow/effect.ts';
import { inlineText } from '../gate/markdown.ts';
import { checkNameOf, gateNames } from '../gate/names.ts';
import { countingVerdict } from '../gate/record.ts';
import { rerunRefusedText } from '../gate/rerun.ts';
import { isPassing } from '../gate/result.ts';
import { previewOrderText } from '../preview/event.ts';
import type { ChangeDraft } from './draft.ts';
import { countingGates } from './previewed.ts';
import { orderRerun } from './rerequest.ts';
import type { ChangeState } from './state.ts';

/** Where a pull request takes commands. */
export function changeDesk(draft: ChangeDraft): Desk {
  return {
    place: 'pull request',
    now: draft.now,
    get sha() {
      return draft.state.sha;
    },
    get author() {
      return draft.state.author;
    },
    get state() {
      return draft.state;
    },
    set: (change) => draft.set(change),
    emit: (id, effect, notBefore) => draft.emit(id, effect, notBefore),
    next: (series) => draft.next(series),
    note: (action, actor, reason, code, data) => {
      const { pullRequest, sha } = draft.state;
      draft.note(action, actor, reason, { pull_request: pullRequest, sha, ...data }, code ?? null);
    },
    assessment: (pending, demand) => assessment(draft.state, pending, demand),
    answer: (command) => answerQuestion(draft.state, command),
    // Who may what stands in the config of the base branch, which the state does not hold.
    mustLook: ({ name }) => name === 'whocan',
    obstacles: ({ command }, { input }) => obstaclesOf(draft.state, command, input.release.sha),
    run: ({ command, actor }) => run(draft, command, actor.login),
    rehearse: ({ command }) =>
      command.name === 'preview'
        ? `The preview would hear: ${previewOrderText(command.order)}. Budget, label and limits are asked then.`
        : 'The workflow runs that reported these gates would run again.',
    explain: ({ command }, _reasons, { input }) =>
      command.name === 'whocan' ? whoCanText(command.of, input.permissions, null) : '',
    permission: (command) => permissionOf(null, command, ''),
    record: () => undefined,
    refusedItself: () => undefined,
  };
}

function run(draft: ChangeDraft, command: Command, by: string): string {
  switch (command.name) {
    case 'gates':
      return command.rerun === null ? '' : orderRerun(draft, command.rerun, by);
    case 'preview': {
      const { order } = command;
      const pullRequest = draft.state.pullRequest ?? 0;
      draft.emit(`preview/${draft.next('preview')}`, { kind: 'commandPreview', pullRequest, by, order });
      return `Asked: ${previewOrderText(order)}. The comment about the preview says what comes of it.`;
    }
    default:
      return '';
  }
}

function assessment(
  { pullRequest, sha, author }: ChangeState,
  pending: PendingCommand,
  demand: Demand | null,
): Effect {
  const { command, options, actor, source } = pending;
  const { stepUp, approvals } = demand ?? { stepUp: null, approvals: [] };
  return {
    kind: 'assessChangeCommand',
    command,
    ...(options && { options }),
    actor,
    source,
    round: demand?.round ?? 0,
    facts: {
      pullRequest: pullRequest ?? 0,
      sha,
      author,
      access: { reason: optionsOf(pending).reason, stepUp, approvals },
    },
  };
}

function obstaclesOf(state: ChangeState, command: Command, assessed: string): readonly Obstacle[] {
  if (!state.open) return [{ code: 'CHANGE_CLOSED', message: 'this pull request is closed' }];
  if (assessed !== state.sha)
    return [{ code: 'HEAD_MOVED', message: `the head is now ${state.sha.slice(0, 12)}` }];
  if (command.name !== 'gates' || command.rerun === null) return [];
  const { rerun } = command;
  const ran = gateNames.some(
    (gate) => (rerun === 'all' || gate === rerun) && countingGates(state)[gate]?.runId != null,
  );
  return ran
    ? []
    : [{ code: 'GATE_NEVER_RAN', message: 'no workflow run has reported it for this commit yet' }];
}

function answerQuestion(state: ChangeState, command: Command): string {
  switch (command.name) {
    case 'help':
      return command.of === null ? helpText('pull request') : commandHelp(command.of);
    case 'why':
      return whyText(state);
    default:
      return `Commit \`${state.sha.slice(0, 12)}\`:\n\n${verdictTable(gateNames, countingGates(state))}\n\n${whyText(state)}`;
  }
}

/** What the gates still have to say about this commit, and whom to ask. */
function whyText(state: ChangeState): string {
  const { open, author } = state;
  if (!open) return 'This pull request is closed; it waits for nothing.';
  const gates = countingGates(state);
  const waiting = gateNames.filter((gate) => {
    const verdict = countingVerdict(gates[gate]);
    return verdict === null || !isPassing(verdict);
  });
  if (waiting.length === 0)
    return 'All gates have passed for this commit; it waits for reviews, or for the merge.';
  const lines = waiting.map((gate) => {
    const verdict = countingVerdict(gates[gate]);
    const check = checkNameOf[gate];
    const refused = gates[gate]?.rerunRefused;
    if (refused !== undefined) return `- \`${check}\`: ${rerunRefusedText(refused)}.`;
    return verdict === null
      ? `- \`${check}\`: no result for this commit yet. Run the workflow that submits it, or \`/gates rerun ${gate}\`.`
      : `- \`${check}\`: ${verdict}. The check says what to change; ${inlineText(author)} opened this pull request.`;
  });
  return ['It waits for:', '', ...lines].join('\n');
}
