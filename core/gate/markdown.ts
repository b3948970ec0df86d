/**
 * Makes text from outside safe inside a Markdown line: no mentions that notify people (written as a character
 * reference neither: `&#64;all`), no HTML comments that could pass for the Conductor's markers, no links, no line
 * breaks that open a new block. Code spans between single, balanced backticks stay code; a run of several begins and
 * ends other spans than it seems to, so it becomes apostrophes.
 */
export function inlineText(text: string): string {
  const line = text
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
