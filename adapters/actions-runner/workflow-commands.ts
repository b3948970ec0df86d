import type { Annotation } from '../../core/gate/effect.ts';

/**
 * Workflow commands: lines on standard output that the runner obeys
 * (docs.github.com/actions/reference/workflow-commands-for-github-actions). Values are escaped, so text from a
 * repository can never become a command of its own.
 */
export function annotationCommand(annotation: Annotation): string {
  const name = { failure: 'error', warning: 'warning', notice: 'notice' }[annotation.level];
  return command(name, annotation.message, {
    title: annotation.title,
    file: annotation.path,
    line: String(annotation.startLine),
    endLine: String(annotation.endLine),
  });
}

/** An error that has no place in a file. */
export function errorCommand(title: string, message: string): string {
  return command('error', message, { title });
}

export function noticeCommand(title: string, message: string): string {
  return command('notice', message, { title });
}

/** Tells the runner to replace the value by `***` in every later line of the log. */
export function maskCommand(secret: string): string {
  return command('add-mask', secret, {});
}

/**
 * Lines of our own report: shown as they are, with every command marker in them taken apart, because the runner
 * would otherwise obey `::…::` and `##[…]` at the start of a line.
 */
export function plainText(text: string): string {
  return text.replace(/^(\s*)(::|##\[)/gm, '$1\u200b$2');
}

function command(name: string, message: string, properties: Readonly<Record<string, string>>): string {
  const list = Object.entries(properties)
    .map(([key, value]) => `${key}=${escapeProperty(value)}`)
    .join(',');
  return `::${name}${list === '' ? '' : ` ${list}`}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
