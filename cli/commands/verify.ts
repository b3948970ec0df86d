import { join, resolve } from 'node:path';
import { verifyBundle } from '../../adapters/sigstore/verify-bundle.ts';
import { openFile } from '../../adapters/zip/file-source.ts';
import { readZip } from '../../adapters/zip/read-zip.ts';
import { InputError } from '../../core/errors.ts';
import { parseTrustedKeys } from '../../core/evidence/key-set.ts';
import { type VerificationReport, verifyEvidence } from '../../core/evidence/verify.ts';
import type { TrustedKey } from '../../core/ports/signer.ts';
import type { CliCommand, CliInput, CliWorld } from '../command.ts';
import { readNamedFile, readOptionalFile } from '../files.ts';
import { harmless } from '../render-gate.ts';

const maxSmallBytes = 4 * 1_024 * 1_024;
const defaultKeys = join('.github', 'release-conductor', 'keys.json');

export const verifyCommand: CliCommand = {
  usage: 'EVIDENCE.zip [options]',
  description: [
    'Verifies the evidence of a release, offline: signature, signer, every digest, the gates, the audit log.',
    'Exit status 0: verified. 1: not; every problem is printed with its code and the entry concerned.',
  ].join('\n'),
  options: {
    bundle: { value: 'FILE', help: 'signature bundle; default: EVIDENCE.zip.sigstore.json beside the zip' },
    key: {
      value: 'FILE',
      many: true,
      help: `trusted public keys, PEM or keys.json; default: ${defaultKeys}`,
    },
    repo: { value: 'OWNER/REPO', help: 'the evidence must be of this repository' },
    tag: { value: 'TAG', help: 'the evidence must be of this release' },
    commit: { value: 'SHA', help: 'the evidence must be of this commit' },
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
    const bundlePath = input.text('bundle');
    const bundle =
      bundlePath === null
        ? await readOptionalFile(world, `${zipPath}.sigstore.json`, maxSmallBytes)
        : await readNamedFile(world, bundlePath, maxSmallBytes);
    const trustedKeys = await readKeys(input, world);
    const zip = await openZip(world, zipPath);
    const report = await verifyEvidence(
      { zip, bundle, trustedKeys, expected: expectedOf(input) },
      { verifyBundle, readArchive: readZip },
    ).finally(() => zip.close());
    world.print(input.flag('json') ? JSON.stringify(report, null, 2) : harmless(renderVerification(report)));
    return report.ok ? 0 : 1;
  },
};

async function openZip(world: CliWorld, path: string): ReturnType<typeof openFile> {
  try {
    return await openFile(resolve(world.cwd, path));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new InputError(
      'FILE_UNREADABLE',
      code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read (${code})`,
      'give the path of an existing file that you may read',
      { cause },
    );
  }
}

async function readKeys(input: CliInput, world: CliWorld): Promise<readonly TrustedKey[]> {
  const named = input.texts('key');
  if (named.length > 0) {
    const files = await Promise.all(named.map((path) => readNamedFile(world, path, maxSmallBytes)));
    return files.flatMap((bytes) => parseTrustedKeys(Buffer.from(bytes).toString('utf8')));
  }
  const usual = await readOptionalFile(world, defaultKeys, maxSmallBytes);
  if (usual !== null) return parseTrustedKeys(Buffer.from(usual).toString('utf8'));
  throw new InputError(
    'NO_KEY',
    'expected a trusted public key: a signature alone says nothing about who signed',
    "give --key FILE with the Conductor's keys.json (from /.well-known/release-conductor/keys.json) or a PEM",
  );
}

function expectedOf(input: CliInput) {
  const repository = input.text('repo');
  const tag = input.text('tag');
  const commit = input.text('commit');
  if (commit !== null && !/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit)) {
    throw new InputError(
      'USAGE',
      `expected a full commit sha, found ${JSON.stringify(commit)}`,
      'git rev-parse <ref>',
    );
  }
  return {
    ...(repository === null ? {} : { repository }),
    ...(tag === null ? {} : { tag }),
    ...(commit === null ? {} : { commit }),
  };
}

/** The report as a person reads it. */
export function renderVerification({
  ok,
  checks,
  problems,
  manifest,
  signedBy,
  zipSha256,
}: VerificationReport): string {
  const subject = manifest?.subject;
  const about =
    subject === undefined ? [] : [`release    ${subject.repository} ${subject.tag} (${subject.commit})`];
  const absent = manifest?.absent.map(({ layout, reason }) => `  – ${layout}: ${reason}`) ?? [];
  const refused = manifest?.refused.map(({ path, code, reason }) => `  – ${path}: ${reason} [${code}]`) ?? [];
  return [
    ...checks.map((check) => `${check.ok ? '✔' : '✖'} ${check.name}`),
    '',
    ...about,
    ...(signedBy === null ? [] : [`signed by  ${signedBy}`]),
    `sha256     ${zipSha256}`,
    ...(manifest?.gates.map(
      ({ gate, verdict, required }) => `gate       ${gate}: ${verdict}${required ? '' : ' (not required)'}`,
    ) ?? []),
    ...(ok && absent.length > 0 ? ['', 'not in this evidence:', ...absent] : []),
    ...(refused.length > 0 ? ['', 'left out of this evidence:', ...refused] : []),
    ...problems.flatMap(({ code, entry, message, help }) => [
      '',
      `${code} ${entry ?? ''}`.trimEnd(),
      `  ${message}`,
      `  → ${help}`,
    ]),
    '',
    ok ? 'verified' : `NOT verified: ${problems.length} problem${problems.length === 1 ? '' : 's'}`,
  ].join('\n');
}
