import type { Gate } from '../../core/gate/gate.ts';
import { collectSupplyChain, type SupplyChainFacts } from './collect.ts';
import { evaluateSupplyChain } from './evaluate.ts';
import { type SupplyChainOptions, supplyChainOptionsSchema } from './options.ts';

/** Judges what a release is made of: SBOM, provenance, vulnerabilities, licences, images and workloads. */
export const supplyChainGate: Gate<SupplyChainOptions, SupplyChainFacts> = {
  name: 'supply-chain',
  options: supplyChainOptionsSchema,
  collect: collectSupplyChain,
  evaluate: evaluateSupplyChain,
};
