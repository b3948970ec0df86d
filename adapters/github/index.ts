export type { OctokitRequest, RequestClock } from './client.ts';
export { githubForge } from './forge.ts';
export { patientRequests } from './patience.ts';
