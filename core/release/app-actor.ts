import type { Actor } from '../flow/event.ts';

/** The Conductor itself, when it asks for a step by itself (`advance: auto`). No person can have this login. */
export const appActor: Actor = { login: 'release-conductor[bot]', type: 'App' };
