import { runVerify } from '../verify-evidence.ts';

process.exitCode = await runVerify(process.env, fetch);
