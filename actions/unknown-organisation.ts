import type { Evaluation } from '../core/gate/gate.ts';
import { isPassing } from '../core/gate/result.ts';

/**
 * What a gate found without the config of its organisation, which may be stricter: what failed has failed, but a pass
 * is none. `reason`: why that config is not known; undefined: it is, or there is none.
 */
export function cautious(evaluation: Evaluation, reason: string | undefined): Evaluation {
  if (reason === undefined) return evaluation;
  const finding = {
    code: 'organisation-config-unknown',
    level: 'warning',
    message: `The config of the organisation could not be read: ${reason}. It may ask for more than was looked at.`,
    help: 'Run again when it can be read: the job needs `id-token: write` and a Conductor that answers; the command line GITHUB_TOKEN, CONDUCTOR_URL or --organisation FILE.',
  } as const;
  const findings = [...evaluation.findings, finding];
  if (!isPassing(evaluation.verdict)) return { ...evaluation, findings };
  const summary = `${evaluation.verdict} without the config of the organisation, which is not known. ${evaluation.summary}`;
  return { ...evaluation, verdict: 'inconclusive', summary, findings };
}
