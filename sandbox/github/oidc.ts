import { randomBytes, randomUUID } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import type { SandboxRun } from '../contract.ts';
import type { Json } from './json.ts';
import type { RsaKeys } from './keys.ts';
import { GithubRefusal } from './refusal.ts';

/** What a job's identity token says, beside the registered claims. */
export interface JobIdentity {
  readonly repository: string;
  readonly repositoryId: number;
  readonly ownerId: number;
  readonly run: SandboxRun;
  readonly runNumber: number;
  readonly ref: string;
  readonly workflowRef: string;
  readonly environment: string | null;
  readonly actor: string;
  readonly baseRef: string;
  readonly headRef: string;
}

const keyId = 'sandbox-oidc-1';
/** GitHub's identity tokens live five minutes. */
const lifetime = 300;

/** The issuer of identity tokens for workflow jobs: RS256, with the claims of token.actions.githubusercontent.com. */
export class OidcIssuer {
  readonly issuer: string;
  readonly #keys: RsaKeys;
  readonly #jobs = new Map<string, JobIdentity>();

  constructor(issuer: string, keys: RsaKeys) {
    this.issuer = issuer;
    this.#keys = keys;
  }

  /** The values of `ACTIONS_ID_TOKEN_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_TOKEN` for one job. */
  request(job: JobIdentity): { readonly url: string; readonly token: string } {
    const token = randomBytes(32).toString('base64url');
    this.#jobs.set(token, job);
    return { url: `${this.issuer}/_actions/idtoken?api-version=2.0`, token };
  }

  configuration(): Json {
    return {
      issuer: this.issuer,
      jwks_uri: `${this.issuer}/.well-known/jwks`,
      subject_types_supported: ['public', 'pairwise'],
      response_types_supported: ['id_token'],
      claims_supported: [
        'sub',
        'aud',
        'exp',
        'iat',
        'iss',
        'jti',
        'nbf',
        'ref',
        'repository',
        'run_id',
        'sha',
      ],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid'],
    };
  }

  async keys(): Promise<Json> {
    return { keys: [{ ...(await exportJWK(this.#keys.publicKey)), kid: keyId, alg: 'RS256', use: 'sig' }] };
  }

  /** Answers a job that asks for its token. Throws 401 for a request token that was never given out. */
  async issue(authorization: string | undefined, audience: string | null): Promise<Json> {
    const job = this.#jobs.get((authorization ?? '').replace(/^bearer\s+/i, ''));
    if (job === undefined) throw new GithubRefusal(401, 'Bad credentials');
    const [owner = ''] = job.repository.split('/');
    const value = await new SignJWT(claimsOf(job, owner))
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: keyId, x5t: keyId })
      .setIssuer(this.issuer)
      .setAudience(audience ?? `https://github.com/${owner}`)
      .setSubject(subjectOf(job))
      .setJti(randomUUID())
      .setIssuedAt()
      .setNotBefore('-5m')
      .setExpirationTime(`${lifetime}s`)
      .sign(this.#keys.privateKey);
    return { count: value.length, value };
  }
}

/** `repo:<owner>/<repo>:` and the environment, `pull_request` or the ref, in this order of preference. */
function subjectOf({ repository, environment, run, ref }: JobIdentity): string {
  if (environment !== null) return `repo:${repository}:environment:${environment}`;
  if (run.event === 'pull_request') return `repo:${repository}:pull_request`;
  return `repo:${repository}:ref:${ref}`;
}

function claimsOf(job: JobIdentity, owner: string): Json {
  const { run } = job;
  return {
    repository: job.repository,
    repository_id: String(job.repositoryId),
    repository_owner: owner,
    repository_owner_id: String(job.ownerId),
    repository_visibility: 'private',
    run_id: String(run.id),
    run_number: String(job.runNumber),
    run_attempt: String(run.attempt),
    runner_environment: 'github-hosted',
    actor: job.actor,
    actor_id: '0',
    event_name: run.event,
    sha: run.headSha,
    ref: job.ref,
    ref_type: job.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: 'false',
    base_ref: job.baseRef,
    head_ref: job.headRef,
    workflow: run.name,
    workflow_ref: job.workflowRef,
    workflow_sha: run.headSha,
    // The job is defined in the workflow file itself: reusable workflows are not supported here.
    job_workflow_ref: job.workflowRef,
    job_workflow_sha: run.headSha,
    ...(job.environment === null ? {} : { environment: job.environment }),
  };
}
