import { malformedReply } from '../../comms/replies.ts';
import type { Actor, CommandSource } from '../../flow/event.ts';
import { type Command, type CommandOptions, noOptions, type Place } from '../command.ts';
import { changesAnything, definitionOf } from '../registry.ts';
import type { Desk } from './desk.ts';
import { answerFreely, answerOf, keyOf, react, settle } from './reply.ts';
import type { PendingCommand } from './state.ts';

/** Somebody wrote a command. Questions are answered at once, everything else is assessed first. */
export function onIssued(desk: Desk, pending: PendingCommand): void {
  const { command, actor, source } = pending;
  const key = keyOf(command, source);
  if (answerOf(desk, key) !== null || desk.state.assessing[key] !== undefined) return;
  if (actor.type !== 'User') {
    ignoreBot(desk, key, `command.${command.name}`, actor, source);
    return;
  }
  const { places } = definitionOf(command.name);
  if (!places.includes(desk.place) && isSharedWord(command.name, desk.place)) {
    settle(desk, key, 'ignored', ['WRONG_PLACE']);
    return;
  }
  if (!places.includes(desk.place)) {
    answerWrongPlace(desk, key, pending, places);
    return;
  }
  react(desk, key, source, 'eyes');
  if (changesAnything(command) || desk.mustLook(command))
    requestAssessment(desk, key, pending, desk.assessment);
  else answerFreely(desk, { key, source }, desk.answer(command), 'answered');
}

/** Somebody got a command wrong: one usage reply, nothing else. */
export function onMalformed(
  desk: Desk,
  problem: {
    readonly code: string;
    readonly message: string;
    readonly actor: Actor;
    readonly source: CommandSource;
  },
): void {
  const { code, message, actor, source } = problem;
  const key = `${source.commentId}/malformed`;
  if (answerOf(desk, key) !== null) return;
  if (actor.type !== 'User') {
    ignoreBot(desk, key, 'command.malformed', actor, source);
    return;
  }
  desk.note('command.malformed', actor.login, message.toWellFormed().slice(0, 500), code, {
    url: source.url,
  });
  react(desk, key, source, 'confused');
  answerFreely(desk, { key, source }, malformedReply(code, message), 'malformed', [code]);
}

/** Asks whether the command may run: permissions, gates and policy are read when the effect is performed. */
export function requestAssessment(
  desk: Pick<Desk, 'state' | 'set' | 'emit' | 'next'>,
  key: string,
  pending: PendingCommand,
  assessment: Desk['assessment'],
): void {
  desk.set({ assessing: { ...desk.state.assessing, [key]: pending } });
  const demand = desk.state.demands.find(({ n }) => key === demandKey(n)) ?? null;
  const id = pending.actor.type === 'App' ? `${key}/${desk.next(`assess-${key}`)}` : key;
  desk.emit(demand === null ? `assess/${id}` : `assess/${key}/${demand.round}`, assessment(pending, demand));
}

/** Key under which a waiting command is assessed again. */
export function demandKey(n: number): string {
  return `demand/${n}`;
}

export function optionsOf({ options }: PendingCommand): CommandOptions {
  return options ?? noOptions;
}

/** Other bots (Prow) have commands of these names on pull requests: whoever writes them there does not mean us. */
function isSharedWord(name: Command['name'], place: Place): boolean {
  return place === 'pull request' && ['approve', 'hold', 'override'].includes(name);
}

/** No reply: two bots that answer each other never stop. */
function ignoreBot(desk: Desk, key: string, action: string, actor: Actor, source: CommandSource): void {
  desk.note(action, actor.login, 'bots may not command', 'BOT_NOT_PERMITTED', { url: source.url });
  settle(desk, key, 'ignored', ['BOT_NOT_PERMITTED']);
}

function answerWrongPlace(
  desk: Desk,
  key: string,
  { command, actor, source }: PendingCommand,
  places: readonly Place[],
): void {
  const text = `\`/${command.name}\` works ${places.map((place) => placeText[place]).join(' and ')}, not here`;
  desk.note(`command.${command.name}.refused`, actor.login, text, 'WRONG_PLACE', { url: source.url });
  answerFreely(desk, { key, source }, malformedReply('WRONG_PLACE', text), 'malformed', ['WRONG_PLACE']);
}

const placeText: Readonly<Record<Place, string>> = {
  release: 'in the issue of a release',
  'pull request': 'on a pull request',
};
