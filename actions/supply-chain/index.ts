import { runAction } from '../action.ts';
import { supplyChainGate } from './gate.ts';

process.exitCode = await runAction({ gates: [supplyChainGate] });
