import { z } from 'zod';
import { gateNamed } from '../actions/registry.ts';
import { repositoryPolicies } from '../adapters/policy/lazy.ts';
import type { ConfigProblem } from '../core/config/problem.ts';
import type { Config } from '../core/config/schema.ts';
import type { FileTree } from '../core/ports/system.ts';

const decoder = new TextDecoder();
const sectionSchema = z.object({ policies: z.array(z.string()) });

/** Every problem of the repository's own policies: what does not compile, and tests that do not pass. */
export async function policyProblems(config: Config, files: FileTree): Promise<readonly ConfigProblem[]> {
  const options = gateNamed('policy')?.options.safeParse(config.gates.policy ?? {});
  const section = sectionSchema.safeParse(options?.data);
  // A section that is wrong has been reported as such.
  if (!section.success) return [];
  const paths = (await files.list(section.data.policies)).filter((path) => path.endsWith('.rego'));
  if (paths.length === 0) return [];
  const sources = await Promise.all(
    paths.map(async (path) => ({ path, text: decoder.decode((await files.read(path)) ?? new Uint8Array()) })),
  );
  const { problems } = await repositoryPolicies.check(sources);
  return problems.map(({ kind, message, path = paths[0] ?? '', line = 1, column = 1 }) => ({
    rule: `policy-${kind}`,
    file: path,
    line,
    column,
    path: '',
    message: message.replace(/\.$/, ''),
    help: 'Correct it; release-conductor rego check and rego test show the same',
  }));
}
