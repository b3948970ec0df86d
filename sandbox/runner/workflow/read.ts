import type { Step as ParsedStep, WorkflowTemplate } from '@actions/workflow-parser/model/workflow-template';
import { loadParserLibrary, type ParserLibrary } from './library.ts';
import type { ActionDefinition, Job, RunDefaults, Step, Template, Workflow, WorkflowFile } from './model.ts';
import { fieldOf, itemsOf, literalOf, templateOf } from './template.ts';
import { unsupportedInAction, unsupportedInWorkflow } from './unsupported.ts';

/**
 * Reads one workflow file with GitHub's own parser. Everything that is wrong, and everything that this runner
 * does not support, is in `problems`, each with its place; nothing is left out in silence.
 */
export async function readWorkflow(path: string, content: string): Promise<WorkflowFile> {
  const { parser } = await loadParserLibrary();
  const parsed = parser.parseWorkflow({ name: path, content }, new parser.NoOperationTraceWriter());
  if (parsed.value === undefined) return { path, workflow: null, problems: errorsOf(parsed) };
  const converted = await parser.convertWorkflowTemplate(parsed.context, parsed.value);
  const problems = errorsOf(parsed);
  if (problems.length > 0 || converted.jobs === undefined) return { path, workflow: null, problems };
  return guarded(path, () => {
    const root = templateOf(parsed.value as NonNullable<typeof parsed.value>);
    return {
      path,
      workflow: workflowOf(path, root, converted),
      problems: unsupportedInWorkflow(root).map((problem) => `${path}: ${problem}`),
    };
  });
}

/** Reads an `action.yml`. Problems as in `readWorkflow`. */
export async function readAction(
  path: string,
  content: string,
): Promise<{ readonly action: ActionDefinition | null; readonly problems: readonly string[] }> {
  const { parser, actions } = await loadParserLibrary();
  const parsed = actions.parseAction({ name: path, content }, new parser.NoOperationTraceWriter());
  if (parsed.value === undefined) return { action: null, problems: errorsOf(parsed) };
  const converted = actions.convertActionTemplate(parsed.context, parsed.value);
  const problems = errorsOf(parsed);
  if (problems.length > 0) return { action: null, problems };
  const root = templateOf(parsed.value);
  const unsupported = unsupportedInAction(root).map((problem) => `${path}: ${problem}`);
  if (unsupported.length > 0) return { action: null, problems: unsupported };
  const parsedSteps = converted.runs.using === 'composite' ? converted.runs.steps : [];
  return { action: actionOf(root, parsedSteps), problems: [] };
}

function errorsOf(parsed: ReturnType<ParserLibrary['parser']['parseWorkflow']>): string[] {
  return parsed.context.errors.getErrors().map((error) => error.message);
}

function guarded(path: string, read: () => WorkflowFile): WorkflowFile {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return { path, workflow: null, problems: [`${path}: ${error.message}`] };
    throw error;
  }
}

function workflowOf(path: string, root: Template, converted: WorkflowTemplate): Workflow {
  return {
    path,
    name: literalOf(fieldOf(root, 'name')) ?? path,
    triggers: converted.events as Workflow['triggers'],
    env: fieldOf(root, 'env'),
    defaults: defaultsOf(root),
    permissions: fieldOf(root, 'permissions'),
    concurrency: fieldOf(root, 'concurrency'),
    jobs: converted.jobs.map((job) => jobOf(job, fieldOf(fieldOf(root, 'jobs'), job.id.value))),
  };
}

function jobOf(parsed: WorkflowTemplate['jobs'][number], template: Template | null): Job {
  return {
    id: parsed.id.value,
    name: fieldOf(template, 'name'),
    needs: parsed.needs?.map((need) => need.value) ?? [],
    condition: parsed.if.expression,
    env: fieldOf(template, 'env'),
    environment: fieldOf(template, 'environment'),
    outputs: fieldOf(template, 'outputs'),
    permissions: fieldOf(template, 'permissions'),
    defaults: defaultsOf(template),
    timeoutMinutes: fieldOf(template, 'timeout-minutes'),
    continueOnError: fieldOf(template, 'continue-on-error'),
    concurrency: fieldOf(template, 'concurrency'),
    steps: parsed.type === 'job' ? stepsOf(parsed.steps ?? [], itemsOf(fieldOf(template, 'steps'))) : [],
  };
}

function defaultsOf(template: Template | null): RunDefaults {
  const run = fieldOf(fieldOf(template, 'defaults'), 'run');
  return { shell: fieldOf(run, 'shell'), workingDirectory: fieldOf(run, 'working-directory') };
}

/** The parser gives each step its id and condition; the rest comes from the file. Unsupported kinds are reported elsewhere. */
function stepsOf(parsed: readonly ParsedStep[], templates: readonly Template[]): Step[] {
  return parsed.flatMap((step, index): Step[] => {
    const template = templates[index] ?? null;
    const base = {
      id: step.id,
      name: fieldOf(template, 'name'),
      condition: step.if?.expression ?? 'success()',
      env: fieldOf(template, 'env'),
      continueOnError: fieldOf(template, 'continue-on-error'),
      timeoutMinutes: fieldOf(template, 'timeout-minutes'),
    };
    const run = fieldOf(template, 'run');
    const uses = literalOf(fieldOf(template, 'uses'));
    if (uses !== null) return [{ ...base, kind: 'uses', uses, with: fieldOf(template, 'with') }];
    if (run === null) return [];
    const shell = fieldOf(template, 'shell');
    return [{ ...base, kind: 'run', run, shell, workingDirectory: fieldOf(template, 'working-directory') }];
  });
}

function actionOf(root: Template, parsedSteps: readonly ParsedStep[]): ActionDefinition {
  const runs = fieldOf(root, 'runs');
  const listOf = (key: string) => {
    const template = fieldOf(root, key);
    return template?.kind === 'mapping' ? template.entries : [];
  };
  return {
    name: literalOf(fieldOf(root, 'name')) ?? 'action',
    inputs: listOf('inputs').map(([id, input]) => ({ id, default: fieldOf(input, 'default') })),
    outputs: listOf('outputs').map(([id, output]) => ({ id, value: fieldOf(output, 'value') })),
    runs:
      literalOf(fieldOf(runs, 'using')) === 'composite'
        ? { using: 'composite', steps: stepsOf(parsedSteps, itemsOf(fieldOf(runs, 'steps'))) }
        : {
            using: 'node',
            main: literalOf(fieldOf(runs, 'main')) ?? '',
            pre: literalOf(fieldOf(runs, 'pre')),
            preIf: conditionOf(fieldOf(runs, 'pre-if')),
            post: literalOf(fieldOf(runs, 'post')),
            postIf: conditionOf(fieldOf(runs, 'post-if')),
          },
  };
}

/** `pre-if` and `post-if` default to `always()` (GitHub's metadata syntax for actions). */
function conditionOf(template: Template | null): string {
  if (template?.kind === 'expression') return template.expression;
  return literalOf(template) ?? 'always()';
}
