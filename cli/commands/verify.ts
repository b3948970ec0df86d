import { verifyBundle } from '../../adapters/sigstore/verify-bundle.ts';
import { openFile } from '../../adapters/zip/file-source.ts';
import { readZip } from '../../adapters/zip/read-zip.ts';
import { InputError } from '../../core/errors.ts';
import { type VerificationReport, verifyEvidence } from '../../core/evidence/verify.ts';
import type { CliCommand, CliInput } from '../command.ts';
import { openNamedFile, readNamedFile, readOptionalFile } from '../files.ts';
import { harmless } from '../render-gate.ts';
import { keyOption, readTrustedKeys } from '../trusted-keys.ts';

const maxSmallBytes = 4 * 1_024 * 1_024;

export const verifyCommand: CliCommand = {
  usage: 'EVIDENCE.zip [options]',
  description: [
    'Verifies the evidence of a release, offline: signature, signer, every digest, the gates, the audit log.',
    'Exit status 0: verified. 1: not; every problem is printed with its code and the entry concerned.',
  ].join('\n'),
  options: {
    bundle: { value: 'FILE', help: 'signature bundle; default: EVIDENCE.zip.sigstore.json beside the zip' },
    key: keyOption,
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
    const zip = await openNamedFile(world, zipPath, openFile);
    const bundlePath = input.text('bundle');
    const bundle =
      bundlePath === null
        ? await readOptionalFile(world, `${zipPath}.sigstore.json`, maxSmallBytes)
        : await readNamedFile(world, bundlePath, maxSmallBytes);
    const trustedKeys = await readTrustedKeys(input, world);
    const report = await verifyEvidence(
      { zip, bundle, trustedKeys, expected: expectedOf(input) },
      { verifyBundle, readArchive: readZip },
    ).finally(() => zip.close());
    world.print(input.flag('json') ? JSON.stringify(report, null, 2) : harmless(renderVerification(report)));
    return report.ok ? 0 : 1;
  },
};

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
