import '../one-shot.ts';
import { githubAttestations } from '../../adapters/node-io/github-attestations.ts';
import { openSignatures } from '../../adapters/sigstore/lazy.ts';
import { runAction } from '../action.ts';
import { supplyChainGate } from './gate.ts';

process.exitCode = await runAction({
  gates: [supplyChainGate],
  signatures: openSignatures,
  attestations: githubAttestations,
});
