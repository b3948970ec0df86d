import type { NotesConfig } from '../config/notes.ts';
import { inlineText } from '../gate/markdown.ts';
import type { ReleaseChange } from '../notes/change.ts';
import { bumpOf } from '../notes/version.ts';
import { changeText, groupOf } from './change-list.ts';

/** What a pull request will add to the release notes: a section of its sticky comment. Markdown. */
export function notesPreview(change: ReleaseChange, config: NotesConfig): string {
  const skipped = change.labels?.find((label) => config.labels.skip.includes(label));
  const bump = bumpOf(change, config);
  const notes = (change.breaking ?? []).map((note) => `> ${inlineText(note)}`);
  return [
    '### Release notes',
    '',
    skipped === undefined
      ? `Under **${groupOf(change)}**: ${change.breaking === undefined ? '' : '⚠️ '}${changeText(change)}`
      : `Left out (label \`${inlineText(skipped)}\`): ${changeText(change)}`,
    ...(notes.length === 0 ? [] : ['', ...notes]),
    '',
    `It asks for a **${bump}** version${change.breaking === undefined ? '' : ', because it breaks something'}.${hint(change)}`,
  ].join('\n');
}

function hint({ type, reverts, labels }: ReleaseChange): string {
  if (type !== undefined || reverts !== undefined) return '';
  const said = labels !== undefined && labels.length > 0 ? '' : ' or a label such as `semver:minor`';
  return ` The title is no Conventional Commit (\`type(scope): text\`); that${said} would say more.`;
}
