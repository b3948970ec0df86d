import { CommitParser } from 'conventional-commits-parser';
import type { ReleaseChange, Reverted } from '../../core/notes/change.ts';

/** Longest message that is read, in characters: what follows cannot be a footer that anybody means. */
const messageLimit = 8_000;
/** The parser takes quadratic time in the length of a line, in characters. */
const lineLimit = 500;

const parser = new CommitParser({
  headerPattern: /^(\w{1,30})(?:\(([^()\n]{1,60})\))?(!?): +(\S.*)$/,
  headerCorrespondence: ['type', 'scope', 'bang', 'subject'],
  mergePattern: /^Merge pull request #(\d+) from \S+$/,
  mergeCorrespondence: ['pullRequest'],
  noteKeywords: ['BREAKING CHANGE', 'BREAKING-CHANGE'],
});

/**
 * A commit as release notes tell it, by Conventional Commits 1.0.0. A squashed title loses its `(#12)`, the merge of a
 * pull request has that one's title. What is no Conventional Commit keeps its whole title and asks for nothing.
 */
export function parseChange(commit: {
  readonly sha: string;
  readonly message: string;
  readonly author: string;
}): ReleaseChange {
  const message = commit.message
    .slice(0, messageLimit)
    .split('\n')
    .map((line) => line.slice(0, lineLimit))
    .join('\n')
    .toWellFormed();
  const parsed = parser.parse(message.trim() === '' ? '(no message)' : message);
  const first = message.split('\n', 1)[0]?.trim() ?? '';
  const title = (parsed.merge === null ? first : parsed.header) ?? first;
  const squashed = /\(#(\d{1,9})\)\s*$/.exec(title);
  const pullRequest = parsed.pullRequest ?? squashed?.[1] ?? null;
  const { type, scope, bang, subject } = parsed;
  const notes = parsed.notes.map(
    ({ text }) =>
      text
        .split(/\n\s*\n/, 1)[0]
        ?.replace(/\s+/g, ' ')
        .trim() ?? '',
  );
  const reverts = revertedBy(title, message);
  const isBreaking = bang === '!' || notes.length > 0;
  return {
    sha: commit.sha,
    title: title.slice(0, 300),
    author: commit.author,
    pullRequest: pullRequest === null ? null : Number(pullRequest),
    ...(type == null ? {} : { type: type.toLowerCase() }),
    ...(scope == null ? {} : { scope }),
    ...(subject == null ? {} : { subject: withoutNumber(subject).slice(0, 300) }),
    ...(isBreaking ? { breaking: notes.length > 0 ? notes.map((note) => note.slice(0, 500)) : [] } : {}),
    ...(reverts === null ? {} : { reverts }),
  };
}

/** GitHub and git say it in the title and in the body; Conventional Commits by the type `revert`. */
function revertedBy(title: string, message: string): Reverted | null {
  const quoted = /^(?:Revert|Reapply) "([^\n]{1,300})"(?:\s*\(#\d+\))?$/.exec(title)?.[1] ?? null;
  const typed = /^revert(?:\([^()\n]{1,60}\))?!?: +(\S.*)$/i.exec(title)?.[1] ?? null;
  const sha = /\bThis reverts commit ([0-9a-f]{7,40})\b/i.exec(message)?.[1] ?? null;
  const refs = typed === null ? null : (/^Refs?: +([0-9a-f]{7,40})\b/im.exec(message)?.[1] ?? null);
  const number = /^Reverts (?:[\w.-]+\/[\w.-]+)?#(\d{1,9})\b/m.exec(message)?.[1] ?? null;
  if (quoted === null && typed === null && sha === null) return null;
  return {
    sha: sha ?? refs,
    pullRequest: number === null ? null : Number(number),
    // A reapplied change names the original: what it takes back is the revert of it.
    title:
      title.startsWith('Reapply ') && quoted !== null
        ? `Revert "${quoted}"`
        : (quoted ?? withoutNumber(typed ?? '')),
  };
}

function withoutNumber(text: string): string {
  return text.replace(/\s*\(#\d{1,9}\)\s*$/, '');
}
