import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { InputError } from '../../../core/errors.ts';
import { parseActionReference } from '../actions/resolve.ts';
import type { Workflow, WorkflowFile } from './model.ts';
import { readWorkflow } from './read.ts';

const folder = '.github/workflows';

/** A workflow file together with the events that its text names, known even when the file is not valid. */
export interface FoundWorkflow extends WorkflowFile {
  readonly events: readonly string[];
}

/** Reads every workflow file of a commit's folder. */
export async function readWorkflows(directory: string): Promise<readonly FoundWorkflow[]> {
  const names = await readdir(join(directory, folder)).catch((): string[] => []);
  const paths = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  return Promise.all(
    paths.map(async (name) => {
      const content = await readFile(join(directory, folder, name), 'utf8');
      const file = await readWorkflow(`${folder}/${name}`, content);
      const missing = file.workflow === null ? [] : missingActions(file.workflow);
      return { ...file, problems: [...file.problems, ...missing], events: namedEvents(content) };
    }),
  );
}

/** Actions that the sandbox does not have, found before anything runs. */
function missingActions(workflow: Workflow): string[] {
  return workflow.jobs.flatMap((job) =>
    job.steps.flatMap((step) => {
      if (step.kind !== 'uses') return [];
      try {
        parseActionReference(step.uses);
        return [];
      } catch (error) {
        if (error instanceof InputError) return [`${workflow.path}: jobs.${job.id}: ${error.message}`];
        throw error;
      }
    }),
  );
}

/** The events under `on:`; a file that is not even YAML is taken to mean pushes, as on GitHub. */
function namedEvents(content: string): string[] {
  try {
    const on = (parse(content) as { on?: unknown } | null)?.on;
    if (typeof on === 'string') return [on];
    if (Array.isArray(on)) return on.map(String);
    return on !== null && typeof on === 'object' ? Object.keys(on) : ['push'];
  } catch {
    return ['push'];
  }
}
