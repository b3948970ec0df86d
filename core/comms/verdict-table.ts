import { cellText, codeSpan } from '../gate/markdown.ts';
import { checkNameOf, type GateName } from '../gate/names.ts';
import { countingVerdict, type GateRecord } from '../gate/record.ts';
import { clip } from '../gate/report.ts';
import { rerunRefusedText } from '../gate/rerun.ts';
import { isPassing, type Verdict } from '../gate/result.ts';
import { postable } from './safe-text.ts';

/** Marker of the one verdict comment of a pull request. */
export const verdictMarker = 'release-conductor:verdicts';

const sign: Readonly<Record<Verdict, string>> = {
  pass: '✅ pass',
  warn: '⚠️ warn',
  fail: '❌ fail',
  inconclusive: '❔ inconclusive',
  skipped: '⏭️ skipped (not passed)',
};

/**
 * The sticky comment of a change: what each gate said about exactly this commit, what is still missing, and what the
 * change will add to the release notes (`preview`, Markdown).
 */
export function verdictComment(
  sha: string,
  gates: readonly GateName[],
  records: Readonly<Partial<Record<GateName, GateRecord>>>,
  preview = '',
): string {
  const passing = gates.filter((gate) => {
    const verdict = countingVerdict(records[gate]);
    return verdict !== null && isPassing(verdict);
  });
  const waiting = gates.filter((gate) => countingVerdict(records[gate]) === null);
  return postable(
    [
      `### Gates for ${codeSpan(sha.slice(0, 12))}: ${headline(gates.length, passing.length, waiting.length)}`,
      '',
      verdictTable(gates, records),
      ...(preview === '' ? [] : ['', preview]),
    ].join('\n'),
  );
}

export function verdictTable(
  gates: readonly GateName[],
  records: Readonly<Partial<Record<GateName, GateRecord>>>,
): string {
  const rows = gates.map((gate) => {
    const record = records[gate];
    const verdict = countingVerdict(record);
    const text = verdict === null ? waitingText(record) : cellText(clip(record?.summary ?? '', 300));
    return `| \`${checkNameOf[gate]}\` | ${verdict === null ? '⏳ waiting' : sign[verdict]} | ${text} |`;
  });
  return ['| check | verdict | why |', '|---|---|---|', ...rows].join('\n');
}

function waitingText(record: GateRecord | undefined): string {
  if (record === undefined) return 'no result for this commit yet';
  const { rerunRefused } = record;
  return rerunRefused === undefined
    ? 'a re-run was asked for'
    : cellText(clip(rerunRefusedText(rerunRefused), 600));
}

function headline(all: number, passing: number, waiting: number): string {
  if (passing === all) return 'all passed';
  const failed = all - passing - waiting;
  const parts = [`${passing} of ${all} passed`];
  if (failed > 0) parts.push(`${failed} not passed`);
  if (waiting > 0) parts.push(`${waiting} waiting`);
  return parts.join(', ');
}
