import { createHash } from 'node:crypto';
import type { Submitted } from '../../app/evidence/intake.ts';
import { configPath } from '../../core/config/parse.ts';
import { type GateName, gateNames } from '../../core/gate/names.ts';
import type { Verdict } from '../../core/gate/result.ts';
import { makeZip } from '../support/zip/make.ts';
import type { Hub } from './github/hub.ts';
import { type Run, repositoryName } from './github/repository.ts';
import type { Scheduler } from './scheduler.ts';

export const workflowPath = '.github/workflows/gates.yml';

/** What a run of the trusted workflow judges. */
export interface Judged {
  readonly sha: string;
  readonly event: 'push' | 'pull_request';
  readonly ref: string;
}

type Submit = (submitted: Submitted, done: (accepted: boolean) => void) => void;

/** GitHub Actions: runs of the trusted workflow and their jobs, which judge a commit and submit what they found. */
export class Actions {
  readonly #scheduler: Scheduler;
  readonly #hub: Hub;
  readonly #submit: Submit;
  #token = 0;

  constructor(scheduler: Scheduler, hub: Hub, submit: Submit) {
    this.#scheduler = scheduler;
    this.#hub = hub;
    this.#submit = submit;
  }

  /** A job judges a commit and submits, again and again until it is heard. */
  runGate(judged: Judged, gate: GateName, verdict: Verdict): void {
    this.#startRun(judged, repositoryName, (run) => {
      const { attempt } = run;
      const finished = this.#scheduler.now;
      const submit = (left: number): void => {
        let accepted = false;
        this.#submit(this.#submission(judged, gate, verdict, run, finished), (ok) => {
          accepted = ok;
          if (ok && run.attempt === attempt) run.status = 'completed';
        });
        this.#scheduler.at(this.#scheduler.now + 20_000, 'job', () => {
          if (!accepted && left > 0 && run.attempt === attempt) submit(left - 1);
        });
      };
      submit(2_000);
    });
  }

  /** A run for a fork gets no token: what it found lies in an artifact, and GitHub names no pull request with it. */
  runForFork(judged: Judged): void {
    const { repository } = this.#hub;
    this.#startRun(judged, 'mallory/shop', (run) => {
      const { now } = this.#scheduler;
      const files = gateNames.map((gate) => {
        const result = this.#result(judged, gate, 'pass', now);
        return { name: `${gate}/result.json`, content: Buffer.from(JSON.stringify(result)) };
      });
      const zip = makeZip(files);
      repository.artifacts.push({ id: repository.nextId(), run: run.id, createdAt: now, zip });
      run.status = 'completed';
      const { id, attempt, event, sha } = run;
      this.#hub.emit('workflow_run', {
        action: 'completed',
        workflow_run: { id, run_attempt: attempt, event, head_sha: sha, pull_requests: [] },
      });
    });
  }

  /** Begins a run with its first attempt; each further one does the same work again, some seconds later. */
  #startRun({ sha, event }: Judged, head: string, work: (run: Run) => void): void {
    const { repository } = this.#hub;
    const { now } = this.#scheduler;
    const branch = event === 'push' ? null : 'feature';
    const run: Run = {
      ...{ id: repository.nextId(), sha, event, branch, head },
      ...{ attempt: 1, status: 'in_progress', createdAt: now, startedAt: now },
      again: () => {
        run.attempt += 1;
        run.status = 'in_progress';
        run.startedAt = this.#scheduler.now;
        this.#scheduler.at(this.#scheduler.now + this.#scheduler.between(500, 20_000), 'job', () =>
          work(run),
        );
      },
    };
    repository.runs.push(run);
    work(run);
  }

  #submission(judged: Judged, gate: GateName, verdict: Verdict, run: Run, finished: number): Submitted {
    const { sha, event, ref } = judged;
    this.#token += 1;
    const seconds = Math.floor(this.#scheduler.now / 1_000);
    return {
      claims: {
        iss: 'https://token.test',
        aud: 'https://conductor.test',
        sub: `repo:${repositoryName}:ref:${ref}`,
        jti: `token-${this.#token}`,
        iat: seconds,
        exp: seconds + 300,
        repository: repositoryName,
        run_id: run.id,
        run_attempt: run.attempt,
        sha,
        ref,
        workflow_ref: `${repositoryName}/${workflowPath}@${ref}`,
        workflow_sha: sha,
        event_name: event,
        actor: 'alice',
      },
      result: this.#result(judged, gate, verdict, finished),
      files: [],
    };
  }

  #result({ sha, ref }: Judged, gate: GateName, verdict: Verdict, finished: number): Submitted['result'] {
    const config = this.#hub.repository.commits.get(sha)?.files.get(configPath) ?? '';
    const at = new Date(finished).toISOString();
    return {
      schema_version: 1,
      gate,
      verdict,
      subject: { repository: repositoryName, sha, ref },
      summary: `${gate} says ${verdict}`,
      findings: [],
      measurements: {},
      evidence: [],
      inputs: { config_sha256: createHash('sha256').update(config).digest('hex') },
      started_at: at,
      finished_at: at,
      tool: { name: 'simulation', version: '1' },
    };
  }
}
