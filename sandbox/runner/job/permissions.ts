import type { Template } from '../workflow/model.ts';

export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

/** Scopes of `GITHUB_TOKEN` that `read-all` and `write-all` stand for. */
const scopes = [
  'actions',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'id-token',
  'issues',
  'models',
  'packages',
  'pages',
  'pull-requests',
  'security-events',
  'statuses',
];

/** What a job gets when neither it nor the workflow says: GitHub's restricted default. */
const restricted: Permissions = { contents: 'read', packages: 'read' };

/**
 * The permissions of a job's token. A job's own `permissions` replace the workflow's; for a pull request from a
 * fork everything is at most `read` and there is no OIDC token (GitHub: "Permissions for the GITHUB_TOKEN").
 */
export function permissionsOf(
  workflow: Template | null,
  job: Template | null,
  fromFork: boolean,
): Permissions {
  const granted = read(job ?? workflow) ?? restricted;
  if (!fromFork) return granted;
  const readable = Object.keys(granted).filter((scope) => scope !== 'id-token');
  return Object.fromEntries(readable.map((scope) => [scope, 'read'] as const));
}

function read(template: Template | null): Permissions | null {
  if (template === null) return null;
  if (template.kind === 'literal') return all(template.value === 'write-all' ? 'write' : 'read');
  if (template.kind !== 'mapping') return null;
  return Object.fromEntries(
    template.entries.flatMap(([scope, level]): [string, 'read' | 'write'][] => {
      const value = level.kind === 'literal' ? level.value : 'none';
      return value === 'read' || value === 'write' ? [[scope, value]] : [];
    }),
  );
}

function all(level: 'read' | 'write'): Permissions {
  // `id-token` has no read level.
  const granted = level === 'write' ? scopes : scopes.filter((scope) => scope !== 'id-token');
  return Object.fromEntries(granted.map((scope) => [scope, level]));
}
