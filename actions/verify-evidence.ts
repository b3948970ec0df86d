import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  appendSummary,
  readInput,
  type StepEnvironment,
  setOutputs,
} from '../adapters/actions-runner/environment.ts';
import { requestOidcToken } from '../adapters/actions-runner/oidc-token.ts';
import { errorCommand, maskCommand, plainText } from '../adapters/actions-runner/workflow-commands.ts';
import { readTag } from '../adapters/node-io/git-tag.ts';
import { replayPolicies } from '../adapters/policy/rego-engine.ts';
import { openOwnSigner } from '../adapters/sigstore/own-signer.ts';
import { openBundleVerifier } from '../adapters/sigstore/verify-bundle.ts';
import { openFile } from '../adapters/zip/file-source.ts';
import { readZip } from '../adapters/zip/read-zip.ts';
import { salvageZip } from '../adapters/zip/salvage-zip.ts';
import { ConductorError, InputError } from '../core/errors.ts';
import { parseTrustedKeys } from '../core/evidence/key-set.ts';
import { renderVerification } from '../core/evidence/render-verification.ts';
import { bundleName, payloadType, zipName } from '../core/evidence/statement.ts';
import type { Expected, VerificationReport } from '../core/evidence/verification.ts';
import { verifyEvidence } from '../core/evidence/verify.ts';
import { makeVsa } from '../core/evidence/vsa.ts';
import { exitStatusOfError } from '../core/gate/exit-status.ts';
import type { BundleVerifier, TrustedKey } from '../core/ports/signer.ts';
import { downloadEvidence } from './download-evidence.ts';

/** The inputs of the action. A test compares them with `action.yml`. */
export const verifyInputs = [
  'tag',
  'repository',
  'formerly',
  'evidence',
  'keys',
  'commit',
  'clone',
  'outcome',
  'trusted-root',
  'identity',
  'issuer',
  'vsa-bundle',
  'github-token',
] as const;
export const verifyOutputs = ['verified', 'commit', 'sha256'] as const;

/** One run of the action. Answers with its exit status: 0 verified, 1 not, 2 inputs, 3 GitHub, 70 a defect. */
export async function runVerify(env: StepEnvironment, ask: typeof fetch): Promise<number> {
  try {
    const report = await verify(env, ask);
    await show(report, env);
    return report.ok ? 0 : 1;
  } catch (error) {
    await setOutputs(env, { verified: 'false', commit: '', sha256: '' });
    console.log(
      error instanceof ConductorError
        ? errorCommand(error.code, `${error.message}\n${error.help}`)
        : errorCommand('INTERNAL', `A defect of the action, please report it.\n${String(error)}`),
    );
    return exitStatusOfError(error);
  }
}

async function verify(env: StepEnvironment, ask: typeof fetch): Promise<VerificationReport> {
  const workspace = env.GITHUB_WORKSPACE || process.cwd();
  const expected = await readExpected(env, workspace);
  const { keys: trustedKeys, verifyBundle } = await readTrust(env, workspace);
  const given = readInput(env, 'evidence');
  const path = given === '' ? await download(env, expected, ask) : resolve(workspace, given);
  const zip = await openFile(path).catch((cause: unknown) => {
    throw new InputError('FILE_UNREADABLE', `there is no file ${path}`, 'give the path of evidence.zip', {
      cause,
    });
  });
  const bundle = await readFile(`${path}.sigstore.json`).catch(() => null);
  const report = await verifyEvidence(
    { zip, bundle, trustedKeys, expected },
    { verifyBundle, readArchive: readZip, salvage: salvageZip, replayPolicies },
  ).finally(() => zip.close());
  await writeSummary(report, bundle, env, workspace, ask);
  return report;
}

/** Keys, and what is trusted beside them: certificates of a sigstore instance for one identity. */
async function readTrust(
  env: StepEnvironment,
  workspace: string,
): Promise<{ readonly keys: readonly TrustedKey[]; readonly verifyBundle: BundleVerifier }> {
  const path = resolve(workspace, readInput(env, 'keys') || '.github/release-conductor/keys.json');
  const identity = readInput(env, 'identity');
  const root = readInput(env, 'trusted-root');
  const roots = root === '' ? [] : [await readRoot(resolve(workspace, root))];
  const issuer = readInput(env, 'issuer') || 'https://token.actions.githubusercontent.com';
  const verifyBundle = openBundleVerifier({
    roots,
    identities: identity === '' ? [] : [{ issuer, identity }],
  });
  return { keys: parseTrustedKeys(await readKeys(path)), verifyBundle };
}

async function readRoot(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    const help = 'keep the output of `gh attestation trusted-root` there';
    throw new InputError('FILE_UNREADABLE', `there is no trusted root at ${path}`, help, { cause });
  });
}

/** The result as a SLSA summary, signed as this job. */
async function writeSummary(
  report: VerificationReport,
  bundle: Uint8Array | null,
  env: StepEnvironment,
  workspace: string,
  ask: typeof fetch,
): Promise<void> {
  const path = readInput(env, 'vsa-bundle');
  if (path === '') return;
  const digest = bundle === null ? null : createHash('sha256').update(bundle).digest('hex');
  const verifier = `${env.GITHUB_SERVER_URL || 'https://github.com'}/${env.GITHUB_WORKFLOW_REF ?? ''}`;
  const summary = JSON.stringify(makeVsa(report, digest, verifier, Date.now()));
  const signer = openOwnSigner(env, () => requestOidcToken(env, 'sigstore', ask), ask);
  const signed = await signer.attest(new TextEncoder().encode(summary), payloadType);
  await writeFile(resolve(workspace, path), signed);
}

async function readExpected(
  env: StepEnvironment,
  workspace: string,
): Promise<Required<Pick<Expected, 'repository' | 'tag'>> & Expected> {
  const tag = readInput(env, 'tag');
  const repository = readInput(env, 'repository') || env.GITHUB_REPOSITORY || '';
  if (tag === '' || !/^[^/\s]+\/[^/\s]+$/.test(repository)) {
    throw new InputError(
      'INPUT_MISSING',
      'expected a tag and a repository (owner/name)',
      'give both as inputs',
    );
  }
  const outcome = readInput(env, 'outcome');
  if (outcome !== '' && outcome !== 'ga' && outcome !== 'rolled-back') {
    throw new InputError(
      'INPUT_INVALID',
      `expected ga or rolled-back, found ${JSON.stringify(outcome)}`,
      'correct `outcome`',
    );
  }
  const commit = readInput(env, 'commit');
  const clone = readInput(env, 'clone');
  const formerly = readInput(env, 'formerly')
    .split(/[\s,]+/)
    .filter(Boolean);
  return {
    repository,
    ...(formerly.length === 0 ? {} : { formerly }),
    tag,
    ...(outcome === '' ? {} : { outcome }),
    ...(commit === '' ? {} : { commit }),
    ...(clone === '' ? {} : { clone: await readTag(resolve(workspace, clone), tag) }),
  };
}

async function readKeys(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InputError(
      'NO_KEY',
      `there are no trusted keys at ${path}`,
      'keep the output of `release-conductor keys --json` there, in a branch that you trust',
      { cause },
    );
  });
}

async function download(
  env: StepEnvironment,
  { repository, tag }: { readonly repository: string; readonly tag: string },
  ask: typeof fetch,
): Promise<string> {
  const token = readInput(env, 'github-token');
  if (token !== '') console.log(maskCommand(token));
  const api = (env.GITHUB_API_URL || 'https://api.github.com').replace(/\/+$/, '');
  const folder = join(env.RUNNER_TEMP || process.cwd(), 'release-conductor-verify');
  await downloadEvidence({ api, token, repository, tag, folder, names: [zipName, bundleName] }, ask);
  return join(folder, zipName);
}

async function show(report: VerificationReport, env: StepEnvironment): Promise<void> {
  const text = renderVerification(report);
  console.log(plainText(text));
  await appendSummary(env, `\`\`\`\n${text.replaceAll('`', "'")}\n\`\`\``);
  for (const { code, entry, message, help } of report.problems) {
    console.log(errorCommand(code, `${entry ?? zipName}: ${message}\n${help}`));
  }
  await setOutputs(env, {
    verified: String(report.ok),
    commit: report.ok ? (report.manifest?.subject.commit ?? '') : '',
    sha256: report.zipSha256,
  });
}
