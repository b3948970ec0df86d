import type { FaultKind } from '../../sandbox/github/faults.ts';
import type { World } from './world.ts';

/** Whoever asks GitHub for the Conductor: its installation and the App itself. */
const conductor = ['release-conductor[bot]', 'release-conductor'];

/** The Conductor's first read of each path fails, until the world ends; `again`: and the next one of each, too. */
export function failReads(
  { github }: World,
  fault: FaultKind = { kind: 'status', status: 502 },
): { again(): void; hit(): readonly string[] } {
  const ordered = conductor.map((who) => github.faults.always({ ...fault, method: 'GET', path: /./, who }));
  return {
    again: () => ordered.forEach(({ hit }) => void hit.clear()),
    hit: () => ordered.flatMap(({ hit }) => [...hit]),
  };
}
