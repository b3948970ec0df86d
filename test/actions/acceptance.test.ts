import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gateNamed } from '../../actions/registry.ts';
import { type GateResult, gateResultSchema } from '../../core/gate/result.ts';
import { loopback, type ReceivedRequest, runBundle } from '../support/action-run.ts';
import { casesOf, readCase, runCase } from '../support/gate-case.ts';

const unsafe = { 'migrations/0001_email.sql': 'ALTER TABLE users ADD COLUMN email text NOT NULL;\n' };
const safe = {
  'migrations/0001_note.sql':
    "SET lock_timeout = '1s';\nSET statement_timeout = '5s';\nALTER TABLE users ADD COLUMN note text;\n",
};
const head = '2'.repeat(40);
const pullRequest = {
  pull_request: { head: { sha: head }, base: { sha: '3'.repeat(40), ref: 'main' } },
};
const token = 'header.claims.signature';

/** GitHub's token service and a Conductor, with the environment that leads a job to them. */
async function services(
  conductor: (request: ReceivedRequest, count: number) => { status: number; body: object },
) {
  const issuer = await loopback(() => ({ status: 200, body: { value: token } }));
  const submissions: ReceivedRequest[] = [];
  const receiver = await loopback((request) => {
    if (request.url === '/v1/organisation') return { status: 200, body: { organisation: null } };
    submissions.push(request);
    return conductor(request, submissions.length);
  });
  return {
    issuer,
    receiver,
    /** What came beside the question for the organisation's config. */
    submissions,
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-bearer',
    },
  };
}

const accept = () => ({
  status: 202,
  body: { accepted: true, gate: 'migrations', result_sha256: 'd'.repeat(64) },
});

function resultAt(path: string): GateResult {
  return gateResultSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

describe('the bundled migrations action', () => {
  it('fails an unsafe change: outputs, summary, annotation on the line, evidence beside the result', async () => {
    const run = await runBundle('migrations', { files: unsafe, event: pullRequest });
    expect(run.status).toBe(1);
    expect(run.outputs.verdict).toBe('fail');
    const result = resultAt(run.outputs.result ?? '');
    expect(result.subject).toEqual({ repository: 'acme/shop', sha: head, ref: 'refs/pull/7/merge' });
    expect(run.summary).toContain('migration-gate: fail');
    expect(run.log).toMatch(
      /^::error title=adding-required-field,file=migrations\/0001_email\.sql,line=1,endLine=1::/m,
    );
    const [evidence] = result.evidence;
    const bytes = readFileSync(join(run.temp, 'release-conductor', 'migrations', evidence?.path ?? ''));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(evidence?.sha256);
  });

  it('passes a safe one', async () => {
    const run = await runBundle('migrations', { files: safe });
    expect({ status: run.status, verdict: run.outputs.verdict }).toEqual({ status: 0, verdict: 'pass' });
    expect(resultAt(run.outputs.result ?? '').subject.sha).toBe('1'.repeat(40));
  });

  it('judges only what differs from the base, and by the config of the base', async () => {
    const config = (text: string) => ({
      '.github/release-conductor.yml': `version: 1\ntrusted_workflows: [.github/workflows/gates.yml]\n${text}`,
    });
    const files = {
      ...prefixed('change/', {
        ...unsafe,
        ...safe,
        ...config('gates: {migrations: {exclude_rules: [ban-drop-table]}}\n'),
      }),
      'change/migrations/0002_drop.sql': 'DROP TABLE users;\n',
      ...prefixed('base/', { ...unsafe, ...config('gates: {migrations: {}}\n') }),
    };
    const inputs = { 'working-directory': 'change', 'base-directory': 'base' };
    const run = await runBundle('migrations', { files, inputs });
    const codes = resultAt(run.outputs.result ?? '').findings.map(({ code }) => code);
    expect(codes).toContain('ban-drop-table');
    expect(codes).not.toContain('adding-required-field');
  });

  it('hands result and evidence to the Conductor with a token made for it', async () => {
    const { issuer, receiver, submissions, env } = await services(accept);
    const run = await runBundle('migrations', {
      files: safe,
      event: pullRequest,
      env,
      inputs: { 'conductor-url': `${receiver.url}/` },
    });
    expect(run.status).toBe(0);
    expect(new URL(issuer.requests[0]?.url ?? '', 'http://x').searchParams.get('audience')).toBe(
      receiver.url,
    );
    expect(issuer.requests[0]?.headers.authorization).toBe('Bearer request-bearer');
    const [submission] = submissions;
    expect(`${submission?.method} ${submission?.url}`).toBe('POST /v1/evidence');
    expect(submission?.headers.authorization).toBe(`Bearer ${token}`);
    const form = await new Response(new Uint8Array(submission?.body ?? []), {
      headers: { 'content-type': submission?.headers['content-type'] ?? '' },
    }).formData();
    const part = form.get('result') as File;
    const file = form.get('file') as File;
    expect(part.type).toBe('application/json');
    expect(JSON.parse(await part.text())).toEqual(resultAt(run.outputs.result ?? ''));
    expect({ name: file.name, type: file.type }).toEqual({
      name: 'migrations/plan+shadow_parity.json',
      type: 'application/json',
    });
    expect(run.log).toContain(`::add-mask::${token}`);
  });

  it('tries again when the Conductor stumbles', async () => {
    const { receiver, submissions, env } = await services((_request, count) =>
      count === 1 ? { status: 503, body: {} } : accept(),
    );
    const run = await runBundle('migrations', {
      files: safe,
      env,
      inputs: { 'conductor-url': receiver.url },
    });
    expect({ status: run.status, requests: submissions.length }).toEqual({ status: 0, requests: 2 });
  });

  it('shows a refusal in the words of the Conductor, once', async () => {
    const refusal = {
      code: 'WORKFLOW_NOT_TRUSTED',
      message: 'Not this workflow.',
      help: 'Add it to trusted_workflows.',
    };
    const { receiver, submissions, env } = await services(() => ({ status: 403, body: refusal }));
    const run = await runBundle('migrations', {
      files: safe,
      env,
      inputs: { 'conductor-url': receiver.url },
    });
    expect(run.status).toBe(2);
    expect(run.outputs.verdict).toBe('pass');
    expect(run.log).toContain(
      '::error title=WORKFLOW_NOT_TRUSTED::Not this workflow.%0AAdd it to trusted_workflows.',
    );
    expect(submissions).toHaveLength(1);
  });

  it('says what permission is missing when the job may not have a token', async () => {
    const run = await runBundle('migrations', {
      files: safe,
      inputs: { 'conductor-url': 'https://conductor.example' },
    });
    expect(run.status).toBe(2);
    expect(run.log).toContain('OIDC_NOT_PERMITTED');
    expect(run.log).toContain('id-token: write');
    expect(run.summary).toContain('migration-gate: pass');
  });

  it('never sends a token over plain http to another machine', async () => {
    const { env } = await services(accept);
    const run = await runBundle('migrations', {
      files: safe,
      env,
      inputs: { 'conductor-url': 'http://conductor.example' },
    });
    expect(run.status).toBe(2);
    expect(run.log).toContain('CONDUCTOR_URL_INVALID');
  });

  it.each([
    [
      'an unknown option',
      'version: 1\ntrusted_workflows: [.github/workflows/gates.yml]\ngates:\n  migrations:\n    pahts: [x]\n',
      'did you mean `paths`?',
    ],
    [
      'an unknown rule',
      'version: 1\ntrusted_workflows: [.github/workflows/gates.yml]\ngates:\n  migrations:\n    exclude_rules: [ban-drop-tabel]\n',
      'gates.migrations.exclude_rules.0',
    ],
    ['no YAML', 'version: [1\n', '.github/release-conductor.yml:'],
  ])('refuses a config with %s before any work, without a stack trace', async (_, config, words) => {
    const run = await runBundle('migrations', {
      files: { ...unsafe, '.github/release-conductor.yml': config },
    });
    expect(run.status).toBe(2);
    expect(run.log).toContain(words);
    expect(run.log).not.toMatch(/\n {4}at /);
    expect(run.outputs).toEqual({});
  });

  it('does not let text of the repository become a command of the runner', async () => {
    const name = 'migrations/0001_%0A::set-output name=verdict::pass.sql';
    const run = await runBundle('migrations', {
      files: { [name]: 'ALTER TABLE "x\n::error::owned" ADD COLUMN a int NOT NULL;\n' },
    });
    expect(run.status).toBe(1);
    expect(run.log).not.toMatch(/^::(set-output|error::owned)/m);
  });
});

describe('one verdict everywhere', () => {
  const cases = (['migrations', 'supply-chain', 'policy'] as const).flatMap((name) =>
    casesOf(name)
      .filter(({ folder }) => isPlain(folder))
      .filter((_, index) => index % 12 === 0)
      .map((one) => ({ ...one, gate: name })),
  );

  it.each(cases)(
    'the bundle says of $gate/$name what the gate says in process',
    async ({ gate: name, folder }) => {
      const gate = gateNamed(name);
      if (gate === undefined) throw new Error(`no gate ${name}`);
      // A bundle has no clock but the machine's: reports of a case are as old for both.
      const { result } = await runCase(gate, folder, Date.now());
      const run = await runBundle(name, { files: filesOf(folder) });
      const bundled = resultAt(run.outputs.result ?? '');
      const judgement = ({ verdict, summary, findings }: GateResult) => ({ verdict, summary, findings });
      expect(judgement(bundled)).toEqual(judgement(result));
      expect(run.status).toBe(result.verdict === 'pass' || result.verdict === 'warn' ? 0 : 1);
    },
  );
});

/** Needs nothing that only a test can give: no options, no base, no answers of others. */
function isPlain(folder: string): boolean {
  const { options, github, http } = readCase(folder);
  return options === undefined && !github && http.length === 0 && !existsSync(join(folder, 'base'));
}

function filesOf(folder: string): Record<string, Buffer> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    paths.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), readFileSync(path)];
    }),
  );
}

describe('the root action', () => {
  it('runs the gates that are named and reports the worst verdict', async () => {
    const files = {
      ...unsafe,
      'package-lock.json': JSON.stringify({
        name: 'shop',
        lockfileVersion: 3,
        packages: { '': { name: 'shop', version: '1.0.0' } },
      }),
    };
    const run = await runBundle('.', { files, inputs: { gates: 'supply-chain, migrations' } });
    expect(run.status).toBe(1);
    expect(run.outputs.verdict).toBe('fail');
    const results = JSON.parse(readFileSync(run.outputs.result ?? '', 'utf8')) as GateResult[];
    expect(results.map(({ gate, verdict }) => `${gate} ${verdict}`)).toEqual([
      'supply-chain pass',
      'migrations fail',
    ]);
    expect(run.summary).toContain('supply-chain: pass');
    expect(run.summary).toContain('migration-gate: fail');
  });

  it('names the gate that was probably meant', async () => {
    const run = await runBundle('.', { files: safe, inputs: { gates: 'migration' } });
    expect(run.status).toBe(2);
    expect(run.log).toContain('did you mean migrations?');
  });
});

function prefixed(prefix: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [prefix + path, text]));
}
