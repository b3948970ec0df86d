/**
 * Writes every generated table of the docs and of the gates' READMEs, from the code: `npm run docs`.
 */
import { updateReadmes } from '../actions/readme.ts';

const problems = await updateReadmes(false);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
