import type { PatientPorts } from '../../adapters/actions-runner/patience.ts';

/** A runner whose pauses take no time. `waited` holds them, in ms. */
export function patientPorts(send: typeof fetch): PatientPorts & { readonly waited: number[] } {
  const waited: number[] = [];
  return {
    fetch: send,
    pause: async (ms) => void waited.push(ms),
    now: () => waited.reduce((sum, ms) => sum + ms, 0),
    waited,
  };
}
