/**
 * Makes text from outside safe inside a Markdown line: no mentions that notify people (written as a character
 * reference neither: `&#64;all`), no HTML comments that could pass for the Conductor's markers, no links, no line
 * breaks that open a new block. Code spans between single, balanced backticks stay code; a run of several begins and
 * ends other spans than it seems to, so it becomes apostrophes.
 */
export function inlineText(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/`{2,}/g, (run) => "'".repeat(run.length))
    .replaceAll('@', '@\u200b');
  const parts = line.split('`');
  const balanced = parts.length % 2 === 1;
  return parts
    .map((part, index) => (balanced && index % 2 === 1 ? `\`${part}\`` : escapePlain(part)))
    .join(balanced ? '' : '\\`');
}

/**
 * As `inlineText`, at most `limit` characters long: the text is cut before it is made safe, because a cut through a code
 * span would set free what is in it.
 */
export function shortInlineText(text: string, limit: number): string {
  const whole = inlineText(text);
  return whole.length <= limit ? whole : cutInlineText(text, limit, Math.min(text.length, limit));
}

function cutInlineText(text: string, limit: number, length: number): string {
  const cut = inlineText(`${text.slice(0, length)}…`);
  const excess = cut.length - limit;
  return excess <= 0 || length === 0
    ? cut
    : cutInlineText(text, limit, Math.max(0, length - Math.ceil(excess / longestEscape)));
}

/** Characters that one may become: `&` becomes `&amp;`. */
const longestEscape = 5;

/** As `inlineText`, for a cell of a table. */
export function cellText(text: string): string {
  return inlineText(text).replaceAll('|', '\\|');
}

/** Text as a code span; backticks inside it become apostrophes. */
export function codeSpan(text: string): string {
  return `\`${text.replace(/\s+/g, ' ').replaceAll('`', "'")}\``;
}

/** An underscore between two letters emphasises nothing on GitHub and stays readable. */
function escapePlain(text: string): string {
  return text
    .replace(/&(?=#?\w{1,40};)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\[\]*~]/g, '\\$&')
    .replace(/(?<!\w)_|_(?!\w)/g, '\\_');
}
