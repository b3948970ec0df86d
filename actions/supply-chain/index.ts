import { openSignatures } from '../../adapters/sigstore/lazy.ts';
import { runAction } from '../action.ts';
import { supplyChainGate } from './gate.ts';

process.exitCode = await runAction({ gates: [supplyChainGate], signatures: openSignatures });
