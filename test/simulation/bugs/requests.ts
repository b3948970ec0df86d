import { patientRequests } from '../../../adapters/github/index.ts';
import { type PlantedBug, withRequests } from './plant.ts';

/** How GitHub is asked. */
export const requestBugs: readonly PlantedBug[] = [
  {
    name: 'look-up-before-create-forgotten',
    plant: (parts) =>
      withRequests(parts, (request) => async (route, parameters) => {
        const answer = await request(route, parameters);
        const isLookUp = /^GET .*\/(deployments|issues|comments|releases)$/.test(route);
        return isLookUp ? { ...answer, data: [] } : answer;
      }),
  },
  { name: 'retry-after-ignored', plant: (parts) => ({ ...parts, patient: (octokit) => octokit }) },
  {
    // Each replica runs into GitHub's limit by itself: what is written down is never read.
    name: 'retry-after-kept-to-oneself',
    plant: (parts) => ({
      ...parts,
      patient: (octokit, clock, pauses) =>
        patientRequests(octokit, clock, pauses && { ...pauses, until: async () => 0 }),
    }),
  },
];
