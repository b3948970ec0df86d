import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sigstoreConformance } from '../../../../scripts/conformance/sigstore-conformance.ts';

const folder = join(process.env.CORPORA ?? join('..', 'shared', 'corpora'), sigstoreConformance.name);

it.runIf(existsSync(folder))("agrees with sigstore's own conformance suite", async () => {
  const disagreed: string[] = [];
  let cases = 0;
  for await (const { name, outcome } of sigstoreConformance.run(folder)) {
    cases += 1;
    if (outcome.kind === 'failed') disagreed.push(`${name}: ${outcome.reason}`);
  }
  console.log(`${sigstoreConformance.name}: ${cases} cases ran`);
  expect(disagreed).toEqual([]);
});

it.skipIf(existsSync(folder))('says that no conformance case ran: the corpus is not there', () => {
  console.log(`${sigstoreConformance.name}: 0 cases ran, ${folder} is not there`);
});
