import { parseDocument } from 'yaml';
import { type Location, RegoError } from '../errors.ts';
import { fromJson } from '../value/json.ts';
import type { Value } from '../value/types.ts';
import type { Annotation, Comment } from './ast.ts';

const scopes = ['package', 'subpackages', 'document', 'rule'] as const;

/** A statement that metadata can stand on. */
export interface Target {
  readonly row: number;
  readonly isPackage: boolean;
}

/** The `# METADATA` blocks among the comments, each with the statement that follows it. */
export function parseAnnotations(comments: readonly Comment[], targets: readonly Target[]): Annotation[] {
  const annotations: Annotation[] = [];
  for (const block of blocks(comments)) {
    const first = block[0] as Comment;
    const lastRow = (block.at(-1) as Comment).location.row;
    const target = targets.find((candidate) => candidate.row > lastRow);
    if (target === undefined) continue;
    const content = parseBlock(block.slice(1), first.location);
    const scope = scopeOf(content, target, first.location);
    annotations.push({
      location: first.location,
      scope,
      content: { ...content, scope },
      targetRow: target.row,
    });
  }
  return annotations;
}

/** Runs of whole-line comments that start with METADATA. */
function blocks(comments: readonly Comment[]): Comment[][] {
  const found: Comment[][] = [];
  let current: Comment[] | undefined;
  let lastRow = -1;
  for (const comment of comments) {
    const isHeading = comment.text.slice(1).trim() === 'METADATA' && comment.location.col === 1;
    if (isHeading) {
      current = [comment];
      found.push(current);
    } else if (current !== undefined && comment.location.row === lastRow + 1 && comment.location.col === 1) {
      current.push(comment);
    } else {
      current = undefined;
    }
    lastRow = comment.location.row;
  }
  return found;
}

function parseBlock(lines: readonly Comment[], location: Location): Record<string, Value | undefined> {
  const text = lines.map((line) => line.text.slice(1)).join('\n');
  const document = parseDocument(dedent(text), { schema: 'core', uniqueKeys: true });
  const problem = document.errors[0];
  if (problem !== undefined)
    throw new RegoError('rego_parse_error', `invalid metadata: ${firstLine(problem.message)}`, location);
  const content = toContent(document.toJS({ maxAliasCount: 10 }), location);
  if (typeof content.authors !== 'undefined') content.authors = authors(content.authors);
  return content;
}

function toContent(data: unknown, location: Location): Record<string, Value | undefined> {
  if (data === null || data === undefined) {
    throw new RegoError('rego_parse_error', 'expected METADATA block, found whitespace', location);
  }
  try {
    const value = fromJson(data);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...(value as object) };
  } catch {
    // falls through to the one message
  }
  throw new RegoError('rego_parse_error', 'invalid metadata: expected a YAML mapping', location);
}

const firstLine = (message: string): string => message.split('\n')[0] ?? message;

/** Comment lines start with one space; the block's own indentation stays. */
function dedent(text: string): string {
  return text.replace(/^ /gm, '');
}

function scopeOf(
  content: Record<string, Value | undefined>,
  target: Target,
  location: Location,
): Annotation['scope'] {
  const written = content.scope;
  if (written === undefined) return target.isPackage ? 'package' : 'rule';
  const scope = scopes.find((candidate) => candidate === written);
  if (scope === undefined)
    throw new RegoError('rego_parse_error', `invalid annotation scope '${String(written)}'`, location);
  const belongs = target.isPackage === (scope === 'package' || scope === 'subpackages');
  if (belongs) return scope;
  throw new RegoError(
    'rego_parse_error',
    `annotation scope '${scope}' must be applied to ${scope === 'rule' || scope === 'document' ? 'rule' : 'package'}`,
    location,
  );
}

/** `Jane Doe <jane@example.com>` and `{name, email}` both give an object. */
function authors(list: Value): Value {
  if (!Array.isArray(list)) return list;
  return (list as readonly Value[]).map((author) => {
    if (typeof author !== 'string') return author;
    const email = /<([^<>]*)>\s*$/.exec(author)?.[1];
    const name = author.replace(/<[^<>]*>\s*$/, '').trim();
    return { ...(name === '' ? {} : { name }), ...(email === undefined ? {} : { email }) };
  });
}
