import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { html } from 'hono/html';
import { type Database, findAudit, readAuditHeads } from '../../adapters/postgres/index.ts';
import { type AuditEntry, auditEntrySchema } from '../../core/audit/entry.ts';
import { repositorySchema } from '../../core/gate/result.ts';
import { dashboardPage, type Html, wideTable } from './layout.ts';

const filterSchema = z.object({
  repository: repositorySchema,
  kind: z
    .enum(['change', 'release'])
    .optional()
    .openapi({ description: 'Entries of changes, or of releases' }),
  key: z.string().max(255).optional().openapi({ description: 'Number of the change, or tag of the release' }),
  action: z.string().max(100).optional(),
  actor: z.string().max(100).optional(),
  after: z.coerce.number().int().min(0).default(0).openapi({ description: 'Number of the last entry seen' }),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
type Filter = z.infer<typeof filterSchema>;

const entriesRoute = createRoute({
  method: 'get',
  path: '/v1/audit',
  summary: 'Entries of the audit log of a repository, oldest first',
  request: { query: filterSchema },
  responses: {
    200: {
      description: 'One page; `next` is the `after` of the following one, null behind the last',
      content: {
        'application/json': {
          schema: z.object({ entries: z.array(auditEntrySchema), next: z.int().nullable() }),
        },
      },
    },
  },
});

const headsRoute = createRoute({
  method: 'get',
  path: '/v1/audit/heads',
  summary: 'Signed tree heads of the audit log of a repository, newest first',
  request: { query: filterSchema.pick({ repository: true, limit: true }) },
  responses: {
    200: {
      description: 'Each `bundle` is a sigstore bundle over the head',
      content: {
        'application/json': {
          schema: z.object({
            heads: z.array(
              z.object({
                size: z.int(),
                root_sha256: z.string(),
                signed_at: z.iso.datetime(),
                bundle: z.string(),
              }),
            ),
          }),
        },
      },
    },
  },
});

/** Adds the audit log to the API and as a page. */
export function addAudit(api: OpenAPIHono, database: Database): void {
  api.openapi(entriesRoute, async (context) =>
    context.json(await pageOf(database, context.req.valid('query')), 200),
  );
  api.openapi(headsRoute, async (context) => {
    const { repository, limit } = context.req.valid('query');
    const heads = (await readAuditHeads(database, repository, limit)).map(
      ({ size, root, bundle, signedAt }) => ({
        size,
        root_sha256: root,
        signed_at: new Date(signedAt).toISOString(),
        bundle,
      }),
    );
    return context.json({ heads }, 200);
  });
  api.get('/audit', async (context) => {
    const given = Object.fromEntries(Object.entries(context.req.query()).filter(([, value]) => value !== ''));
    const filter = filterSchema.safeParse(given);
    context.header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    );
    const found = filter.success ? await pageOf(database, filter.data) : { entries: [], next: null };
    return context.html(renderPage(given, found));
  });
}

async function pageOf(
  database: Database,
  filter: Filter,
): Promise<{ readonly entries: AuditEntry[]; readonly next: number | null }> {
  const entries = await findAudit(database, filter);
  const next = entries.length < filter.limit ? null : (entries.at(-1)?.seq ?? null);
  return { entries: [...entries], next };
}

const fields = ['repository', 'kind', 'key', 'action', 'actor'] as const;

/** `html` escapes what stands in it. */
function renderPage(
  given: Readonly<Record<string, string>>,
  { entries, next }: { readonly entries: readonly AuditEntry[]; readonly next: number | null },
): Html {
  const more = new URLSearchParams({ ...given, after: String(next) });
  return dashboardPage(
    'Audit log',
    html`<form>
          ${fields.map((name) => html`<label>${name} <input name="${name}" value="${given[name] ?? ''}" /></label>`)}
          <button>Show</button>
        </form>
        ${wideTable(
          'Entries',
          ['#', 'At', 'Action', 'Actor', 'Reason', 'Hash'],
          entries.map(
            ({ seq, at, action, actor, reason, reasonCode, hash }) =>
              html`<tr><td>${seq}</td><td>${at}</td><td>${action}</td><td>${actor}</td><td>${reason} ${reasonCode ?? ''}</td><td><code title="${hash}">${hash.slice(0, 12)}</code></td></tr>`,
          ),
        )}
        ${next === null ? '' : html`<p><a href="/audit?${more.toString()}">Later entries</a></p>`}`,
  );
}
