export { type OctokitRequest, type RequestClock, requestClock } from './client.ts';
export { isNotFound, translateError } from './errors.ts';
export { githubForge } from './forge.ts';
export { markedKey } from './marker.ts';
export { patientRequests } from './patience.ts';
export { parsePullRequest } from './pulls.ts';
