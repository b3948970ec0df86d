import { postable } from '../../comms/safe-text.ts';
import type { CommandSource } from '../../flow/event.ts';
import type { Command } from '../command.ts';
import type { Desk } from './desk.ts';
import type { CommandAnswer } from './state.ts';

const rememberedAnswers = 500;
/** Answers to questions in one thread: it cannot be flooded through us. */
const freeReplies = 40;

export function keyOf(command: Command, { commentId }: CommandSource): string {
  return `${commentId}/${command.name}`;
}

export function answerOf(desk: Desk, key: string): CommandAnswer | null {
  return desk.state.answers.find((answer) => answer.key === key) ?? null;
}

/** Remembers what became of a command, without a word. */
export function settle(
  desk: Desk,
  key: string,
  outcome: CommandAnswer['outcome'],
  codes: readonly string[] = [],
): void {
  const writes = answerOf(desk, key)?.writes ?? 0;
  keep(desk, { key, outcome, codes, writes });
}

/** Writes the one reply of a command, or edits it. */
export function reply(
  desk: Desk,
  { key, source }: { readonly key: string; readonly source: CommandSource },
  body: string,
  outcome: CommandAnswer['outcome'],
  codes: readonly string[] = [],
): void {
  const writes = (answerOf(desk, key)?.writes ?? 0) + 1;
  keep(desk, { key, outcome, codes, writes });
  desk.emit(`reply/${key}/${writes}`, {
    kind: 'upsertComment',
    issue: source.issue,
    marker: `reply/${key}`,
    body: postable(body),
  });
}

/** Answers a question, as long as the thread has not had its fill of answers. */
export function answerFreely(
  desk: Desk,
  to: { readonly key: string; readonly source: CommandSource },
  body: string,
  outcome: 'answered' | 'malformed',
  codes: readonly string[] = [],
): void {
  if (desk.state.replies >= freeReplies) {
    settle(desk, to.key, outcome, codes);
    return;
  }
  desk.set({ replies: desk.state.replies + 1 });
  reply(desk, to, body, outcome, codes);
}

/** A request to the API has no comment to react to. */
export function react(
  desk: Desk,
  key: string,
  { commentId }: CommandSource,
  content: 'eyes' | '+1' | '-1' | 'confused',
): void {
  if (commentId > 0) desk.emit(`reaction/${key}/${content}`, { kind: 'addReaction', commentId, content });
}

function keep(desk: Desk, answer: CommandAnswer): void {
  const others = desk.state.answers.filter(({ key }) => key !== answer.key);
  desk.set({ answers: [...others, answer].slice(-rememberedAnswers) });
}
