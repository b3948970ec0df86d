import '../one-shot.ts';
import { runAction } from '../action.ts';
import { nodeMetrics } from '../metrics.ts';
import { sloGate } from './gate.ts';

process.exitCode = await runAction({ gates: [sloGate], metrics: (guarded) => nodeMetrics(guarded) });
