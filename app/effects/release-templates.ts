import { type TemplateOverride, templatePath, templateProblem } from '../../core/comms/announcement.ts';
import { type AnnouncementName, announcementNames } from '../../core/comms/default-templates.ts';
import { templateLimit } from '../../core/comms/liquid.ts';
import { InputError } from '../../core/errors.ts';
import type { ReleasePlanFacts } from '../../core/flow/event.ts';
import type { FileTree } from '../../core/ports/system.ts';

/**
 * The repository's own words for announcements, from the tagged commit. One that cannot be rendered is told of and
 * left out: nothing waits for a template.
 */
export async function readTemplates(
  files: FileTree,
): Promise<Pick<ReleasePlanFacts, 'templates' | 'templateProblems'>> {
  const templates: Partial<Record<AnnouncementName, TemplateOverride>> = {};
  const problems: string[] = [];
  for (const name of announcementNames) {
    const path = templatePath(name);
    const text = await readText(files, path);
    if (text === null) continue;
    const problem = templateProblem(text);
    if (problem === null) templates[name] = { path, text };
    else problems.push(`${path}:${problem.line}:${problem.column}: ${problem.message}`);
  }
  return {
    ...(Object.keys(templates).length === 0 ? {} : { templates }),
    ...(problems.length === 0 ? {} : { templateProblems: problems }),
  };
}

/** Null when there is no such file. One that is too large is read as its length, which the renderer refuses. */
async function readText(files: FileTree, path: string): Promise<string | null> {
  try {
    const bytes = await files.read(path, 4 * templateLimit);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  } catch (error) {
    if (error instanceof InputError) return 'x'.repeat(templateLimit + 1);
    throw error;
  }
}
