import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { requestOidcToken } from '../../adapters/actions-runner/oidc-token.ts';
import { readTag } from '../../adapters/node-io/git-tag.ts';
import { replayPolicies } from '../../adapters/policy/rego-engine.ts';
import { openOwnSigner } from '../../adapters/sigstore/own-signer.ts';
import { openFile } from '../../adapters/zip/file-source.ts';
import { readZip } from '../../adapters/zip/read-zip.ts';
import { salvageZip } from '../../adapters/zip/salvage-zip.ts';
import { InputError } from '../../core/errors.ts';
import { renderVerification } from '../../core/evidence/render-verification.ts';
import { payloadType } from '../../core/evidence/statement.ts';
import type { Expected } from '../../core/evidence/verification.ts';
import { type VerificationReport, verifyEvidence } from '../../core/evidence/verify.ts';
import { makeVsa } from '../../core/evidence/vsa.ts';
import type { ByteSource } from '../../core/ports/blob-store.ts';
import type { Signer } from '../../core/ports/signer.ts';
import type { CliCommand, CliInput, CliWorld } from '../command.ts';
import { openNamedFile, readNamedFile, readOptionalFile, writeNamedFile } from '../files.ts';
import { harmless } from '../render-gate.ts';
import { readTrust, trustOptions } from '../trusted-keys.ts';

const maxSmallBytes = 4 * 1_024 * 1_024;

const signedBy = 'as the job of GitHub Actions that this is (keyless), or with SIGNING_KEY';

export const verifyCommand: CliCommand = {
  usage: 'EVIDENCE.zip [options]',
  description: [
    'Verifies the evidence of a release, offline: signature, signer, every digest, the gates, the audit log.',
    'Exit status 0: verified. 1: not; every problem is printed with its code and the entry concerned.',
  ].join('\n'),
  options: {
    bundle: { value: 'FILE', help: 'signature bundle; default: EVIDENCE.zip.sigstore.json beside the zip' },
    ...trustOptions,
    repo: { value: 'OWNER/REPO', help: 'the evidence must be of this repository' },
    formerly: { value: 'OWNER/REPO,…', help: 'or of it under a name that it had before' },
    tag: { value: 'TAG', help: 'the evidence must be of this release' },
    commit: { value: 'SHA', help: 'the evidence must be of this commit' },
    outcome: { value: 'ga|rolled-back', help: 'how the release must have ended' },
    clone: { value: 'DIR', help: 'a clone of the repository; its --tag must be what was released' },
    vsa: { value: 'FILE', help: 'write the result as a SLSA Verification Summary (in-toto, unsigned)' },
    'vsa-bundle': { value: 'FILE', help: `write that summary signed (a sigstore bundle), ${signedBy}` },
    countersign: { value: 'FILE', help: `when it is verified, sign the release decision too, ${signedBy}` },
    json: { help: 'print the whole report as JSON' },
  },
  examples: [
    [
      'verify evidence.zip --key keys.json --repo acme/shop --tag v1.4.0',
      'is this the evidence of that release?',
    ],
    [
      'verify evidence.zip --key conductor.pem --commit $(git rev-parse v1.4.0^{commit})',
      'was the tag moved since?',
    ],
    [
      'verify evidence.zip --key keys.json --tag v1.4.0 --clone .',
      'is the tag of this clone what was released?',
    ],
    ['verify evidence.zip --key keys.json --json | jq .problems', 'for a script'],
  ],
  async run(input, world) {
    const [zipPath, ...more] = input.args;
    if (zipPath === undefined || more.length > 0) {
      throw new InputError(
        'USAGE',
        'expected one evidence zip',
        'release-conductor verify EVIDENCE.zip --key FILE',
      );
    }
    const zip = await openNamedFile(world, zipPath, openFile);
    const { report, bundle } = await verify(zip, zipPath, input, world).finally(() => zip.close());
    await writeSummary(input, world, report, bundle);
    if (report.ok) await countersign(input, world, bundle);
    world.print(input.flag('json') ? JSON.stringify(report, null, 2) : harmless(renderVerification(report)));
    return report.ok ? 0 : 1;
  },
};

async function verify(
  zip: ByteSource,
  zipPath: string,
  input: CliInput,
  world: CliWorld,
): Promise<{ readonly report: VerificationReport; readonly bundle: Uint8Array | null }> {
  const bundlePath = input.text('bundle');
  const bundle =
    bundlePath === null
      ? await readOptionalFile(world, `${zipPath}.sigstore.json`, maxSmallBytes)
      : await readNamedFile(world, bundlePath, maxSmallBytes);
  const { keys: trustedKeys, verifyBundle } = await readTrust(input, world);
  const expected = { ...expectedOf(input), ...(await readClone(input, world)) };
  const ports = { verifyBundle, readArchive: readZip, salvage: salvageZip, replayPolicies };
  return { report: await verifyEvidence({ zip, bundle, trustedKeys, expected }, ports), bundle };
}

/** The verification itself as a SLSA summary, for `--vsa`. */
async function writeSummary(
  input: CliInput,
  world: CliWorld,
  report: VerificationReport,
  bundle: Uint8Array | null,
): Promise<void> {
  const path = input.text('vsa');
  const bundlePath = input.text('vsa-bundle');
  if (path === null && bundlePath === null) return;
  const digest = bundle === null ? null : createHash('sha256').update(bundle).digest('hex');
  const verifier = 'https://release-conductor.dev/verify';
  const summary = JSON.stringify(makeVsa(report, digest, verifier, Date.now()));
  if (path !== null) await writeNamedFile(world, path, `${summary}\n`);
  if (bundlePath === null) return;
  const signed = await ownSigner(world).attest(new TextEncoder().encode(summary), payloadType);
  await writeNamedFile(world, bundlePath, signed);
}

/** The statement whose signature was verified, signed by whoever verified it. */
async function countersign(input: CliInput, world: CliWorld, bundle: Uint8Array | null): Promise<void> {
  const path = input.text('countersign');
  if (path === null || bundle === null) return;
  const { keys, verifyBundle } = await readTrust(input, world);
  const { payload, payloadType } = verifyBundle(bundle, keys);
  await writeNamedFile(world, path, await ownSigner(world).attest(payload, payloadType));
}

function ownSigner({ env, fetch }: CliWorld): Signer {
  const isJob = (env.ACTIONS_ID_TOKEN_REQUEST_URL ?? '') !== '';
  return openOwnSigner(env, isJob ? () => requestOidcToken(env, 'sigstore', fetch) : null, fetch);
}

/** What the tag is in the clone of `--clone`. */
async function readClone(input: CliInput, world: CliWorld): Promise<Pick<Expected, 'clone'>> {
  const folder = input.text('clone');
  if (folder === null) return {};
  const tag = input.text('tag');
  if (tag === null) {
    throw new InputError('USAGE', 'expected --tag beside --clone', 'say which tag of the clone is meant');
  }
  return { clone: await readTag(resolve(world.cwd, folder), tag) };
}

function expectedOf(input: CliInput): Expected {
  const repository = input.text('repo');
  const formerly = input.text('formerly');
  const tag = input.text('tag');
  const commit = input.text('commit');
  if (commit !== null && !/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit)) {
    throw new InputError(
      'USAGE',
      `expected a full commit sha, found ${JSON.stringify(commit)}`,
      'git rev-parse <ref>',
    );
  }
  const outcome = input.text('outcome');
  if (outcome !== null && outcome !== 'ga' && outcome !== 'rolled-back') {
    throw new InputError(
      'USAGE',
      `expected ga or rolled-back, found ${JSON.stringify(outcome)}`,
      '--outcome ga',
    );
  }
  return {
    ...(outcome === null ? {} : { outcome }),
    ...(repository === null ? {} : { repository }),
    ...(formerly === null ? {} : { formerly: formerly.split(',') }),
    ...(tag === null ? {} : { tag }),
    ...(commit === null ? {} : { commit }),
  };
}
