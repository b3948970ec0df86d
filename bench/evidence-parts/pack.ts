import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderContents } from '../../adapters/blob-folder/index.ts';
import { localKeySigner } from '../../adapters/sigstore/signer.ts';
import { openFile } from '../../adapters/zip/file-source.ts';
import { createInspector } from '../../adapters/zip/inspector.ts';
import { writeZip } from '../../adapters/zip/write-zip.ts';
import { blocksOf } from '../../core/evidence/bytes.ts';
import type { EvidenceItem } from '../../core/evidence/inputs.ts';
import { planBundle } from '../../core/evidence/plan.ts';
import { makeStatement, payloadType, renderStatement } from '../../core/evidence/statement.ts';
import { inputsWith } from './inputs.ts';
import { peakMemory } from './peak-memory.ts';

/** Packs files as the Conductor does from its store: looks at each, then writes to the store, and signs. */
const [folder = '', store = '', key = '', ...paths] = process.argv.slice(2);

const files: EvidenceItem[] = [];
for (const path of paths) {
  const source = await openFile(join(folder, path));
  const inspector = createInspector();
  for await (const block of blocksOf(source)) inspector.update(block);
  const { read, readInto } = source;
  const content = { ...inspector.finish(), read, ...(readInto && { readInto }) };
  files.push({ path, mediaType: 'application/octet-stream', origin: 'bench', content });
}
const plan = planBundle(inputsWith(files));
const { sha256 } = await folderContents(store).put(writeZip(plan.entries), 0);
const statement = makeStatement(plan.manifest, plan.manifestSha256, sha256);
const signer = localKeySigner({ privateKeyPem: key });
const bundle = await signer.attest(renderStatement(statement), payloadType);
writeFileSync(join(store, `${sha256}.sigstore.json`), bundle);
console.log(JSON.stringify({ sha256, maxRss: peakMemory() }));
