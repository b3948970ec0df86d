import type { GateReport } from '../flow/event.ts';
import { checkNameOf, type GateName } from '../gate/names.ts';
import { checkOutput, checkSummaryLimit, clip } from '../gate/report.ts';
import { isPassing, type Verdict } from '../gate/result.ts';
import type { CheckContent } from './state.ts';

/** Annotations of one check that are worth GitHub's requests (50 each); the summary tells all findings. */
const annotationLimit = 500;

/** The check before its gate has reported for this commit. */
export function queuedCheck(sha: string, gate: GateName): CheckContent {
  return {
    sha,
    status: 'queued',
    conclusion: null,
    title: 'Waiting for a result',
    summary: `No verified result of \`${checkNameOf[gate]}\` for commit \`${sha}\` yet. Run the workflow that submits it.`,
    annotations: [],
  };
}

/** The check after a result was verified. Everything that is not pass or warn is a failure: fail closed. */
export function completedCheck(report: GateReport): CheckContent {
  const { result } = report;
  const output = checkOutput(result);
  return {
    sha: result.subject.sha,
    status: 'completed',
    conclusion: isPassing(result.verdict) ? 'success' : 'failure',
    title: output.title,
    summary: clip(`${whyNotPassed[result.verdict]}${output.summary}`, checkSummaryLimit),
    annotations: output.annotations.slice(0, annotationLimit),
  };
}

const whyNotPassed: Readonly<Record<Verdict, string>> = {
  pass: '',
  warn: '',
  fail: '',
  inconclusive:
    '**Inconclusive is not passed**: there was no data, too little, or its provider did not answer.\n\n',
  skipped: '**Skipped is not passed**: a required gate has to look at every commit.\n\n',
};
