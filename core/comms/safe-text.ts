import { clip } from '../gate/report.ts';

/** GitHub refuses longer comments and issue bodies, in characters. */
export const bodyLimit = 65_536;

/**
 * A text that the Conductor may post: well-formed, within GitHub's limit, and without a line that would be a
 * slash command if somebody quoted or copied it (or if the Conductor read its own comment).
 */
export function postable(text: string): string {
  const safe = text.toWellFormed().replace(/^([ \t]*)(?=\/)/gm, '$1\\');
  return clip(safe, bodyLimit - 1_024);
}
