import { config } from 'zod';

/**
 * Imported before everything else by what runs for one job and ends: each schema is asked once or twice, and compiling
 * a parser for it takes longer than it saves (5 ms a run).
 */
config({ jitless: true });
