import { gateNames } from '../gate/names.ts';
import type { GateResult } from '../gate/result.ts';

/** A risk that a gate saw in the commit, for the release notes: kept although only its verdict decides. */
export interface GateRisk {
  readonly kind: 'migrations' | 'vulnerability' | 'warning';
  readonly text: string;
}

const most = 20;

/** What the notes tell of a gate's result; texts are of the gate, and escaped when they are shown. */
export function risksOf({ gate, verdict, summary, findings, measurements }: GateResult): readonly GateRisk[] {
  switch (gate) {
    case 'migrations': {
      const judged = typeof measurements.judged === 'number' ? measurements.judged : 0;
      if (judged === 0 && findings.length === 0) return [];
      const told = findings
        .filter(({ level }) => level !== 'notice')
        .map(
          ({ message, path }): GateRisk => ({
            kind: 'migrations',
            text: path === undefined ? message : `${path}: ${message}`,
          }),
        );
      return [{ kind: 'migrations' as const, text: summary }, ...told].slice(0, most);
    }
    case 'supply-chain':
      return findings
        .filter(({ code }) => code === 'vulnerability-new')
        .map(({ message }): GateRisk => ({ kind: 'vulnerability', text: message }))
        .slice(0, most);
    default:
      return verdict === 'warn' && gateNames.includes(gate)
        ? [{ kind: 'warning', text: `${gate}: ${summary}` }]
        : [];
  }
}
