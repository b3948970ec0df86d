export type { OctokitRequest } from './client.ts';
export { githubForge } from './forge.ts';
