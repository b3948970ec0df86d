import { audit } from './audit.ts';
import { coldStart } from './cold-start.ts';
import { evidence } from './evidence.ts';
import { judgeSpeed } from './judge.ts';
import type { Benchmark } from './measure.ts';
import { migrations } from './migrations.ts';
import { regoSpeed } from './rego.ts';
import { sbomSpeed } from './sbom.ts';
import { webhooks } from './webhooks.ts';

/** Every benchmark, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  webhooks,
  coldStart,
  evidence,
  audit,
  judgeSpeed,
  regoSpeed,
  migrations,
  sbomSpeed,
];
