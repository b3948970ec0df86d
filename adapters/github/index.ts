export type { OctokitRequest, RequestClock } from './client.ts';
export { githubForge } from './forge.ts';
