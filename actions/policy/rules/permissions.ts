import type { Finding } from '../../../core/gate/result.ts';
import type { Workflow } from '../workflow.ts';
import type { PolicyRule } from './rule.ts';

export const permissions: PolicyRule = {
  codes: ['permissions-missing', 'permissions-write-all'],
  protects:
    'A job whose token may do more than it needs turns every flaw in it into a flaw of the repository.',
  *check({ workflows }) {
    for (const read of workflows) {
      if (read.ok && read.workflow.kind === 'workflow') yield* judge(read.workflow);
    }
  },
};

function* judge(workflow: Workflow): Generator<Finding> {
  const { path } = workflow;
  if (workflow.permissions === 'write-all') yield writeAll(path, workflow.permissionsLine, 'The workflow');
  for (const job of workflow.jobs) {
    if (job.permissions === 'write-all') yield writeAll(path, job.line, `The job \`${job.id}\``);
    if (job.permissions !== null || workflow.permissions !== null) continue;
    yield {
      code: 'permissions-missing',
      level: 'warning',
      message: `The job \`${job.id}\` says nothing of its permissions: its token has the default of the repository, which may be to write everything.`,
      help: 'Add `permissions: {contents: read}` to the workflow and more only to the jobs that need it.',
      path,
      line: job.line,
    };
  }
}

function writeAll(path: string, line: number, who: string): Finding {
  return {
    code: 'permissions-write-all',
    level: 'error',
    message: `${who} has write access to everything.`,
    help: 'Replace write-all by the scopes that are needed.',
    path,
    line,
  };
}
