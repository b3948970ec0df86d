import '../one-shot.ts';
import { runAction } from '../action.ts';
import { perfGate } from './gate.ts';

process.exitCode = await runAction({ gates: [perfGate] });
