import type { Finding } from '../../core/gate/result.ts';
import { bindingFindings, emptyFinding } from './binding-findings.ts';
import type { SupplyChainFacts } from './collect.ts';
import type { LockFile } from './lock-files/model.ts';
import { indexPackages, type PackageIndex } from './packages.ts';
import type { Sbom } from './sbom/model.ts';
import { unreadableFinding } from './unreadable.ts';

/** What is known of the release's contents: documents, locks, and what is wrong with either. */
export interface Inventory {
  readonly sboms: readonly Sbom[];
  readonly locks: readonly LockFile[];
  readonly packages: PackageIndex;
  readonly findings: readonly Finding[];
}

/** At most so many problems of one document are spelled out; the rest are counted. */
const shownProblems = 25;

/** Judges documents and their agreement with the lock files. */
export function takeInventory(facts: SupplyChainFacts): Inventory {
  const sboms = facts.sboms.flatMap((read) => (read.ok ? [read.sbom] : []));
  const locks = facts.locks.flatMap((read) => (read.ok ? [read.lock] : []));
  const packages = indexPackages(sboms, locks);
  const unreadable = [...facts.sboms, ...facts.locks].flatMap((read) =>
    read.ok || ('notLock' in read && read.notLock) ? [] : [unreadableFinding(read)],
  );
  const findings = [
    ...unreadable,
    ...sboms.flatMap(documentFindings),
    ...(sboms.length > 0 && locks.length > 0 ? bindingFindings(sboms, locks, packages) : []),
    ...facts.locks.flatMap((read) => (!read.ok && read.notLock ? [notLockFinding(read)] : [])),
    ...facts.otherLocks.map(unsupportedFinding),
  ];
  return { sboms, locks, packages, findings };
}

function unsupportedFinding(path: string): Finding {
  return {
    code: 'lock-file-not-supported',
    level: 'notice',
    message: `\`${path}\` is of a package manager that is not supported: no SBOM was compared with it.`,
    help: 'Make the SBOM with the tool of that ecosystem, from the built artifact.',
    path,
  };
}

function notLockFinding({ path, problem }: { readonly path: string; readonly problem: string }): Finding {
  return {
    code: 'lock-file-not-supported',
    level: 'notice',
    message: `\`${path}\` is no lock file: ${problem}. No SBOM was compared with it.`,
    help: 'Lock the dependencies (pip-compile, uv lock, poetry lock), or take the file out of lock_files.',
    path,
  };
}

function documentFindings(sbom: Sbom): Finding[] {
  const clean = sbom.problems.every(({ level }) => level === 'warning');
  if (sbom.entries === 0 && clean) return [emptyFinding(sbom)];
  const worstFirst = sbom.problems.toSorted(
    (a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'),
  );
  const hidden = worstFirst.slice(shownProblems);
  const invalid = worstFirst.slice(0, shownProblems).map(
    ({ place, message, level }): Finding => ({
      code: level === 'warning' ? 'sbom-unclean' : 'sbom-invalid',
      level: level ?? 'error',
      message: `${level === 'warning' ? 'This bends' : 'This is not valid'} ${sbom.format} ${sbom.specVersion}: ${place} ${message}.`,
      help: 'Make the document again with a tool that follows the specification.',
      path: sbom.path,
    }),
  );
  const counted: Finding[] =
    hidden.length === 0
      ? []
      : [
          {
            code: hidden.some(({ level }) => level !== 'warning') ? 'sbom-invalid' : 'sbom-unclean',
            level: hidden.some(({ level }) => level !== 'warning') ? 'error' : 'warning',
            message: `${hidden.length} further problems of this kind.`,
            help: 'Correct those above first.',
            path: sbom.path,
          },
        ];
  return [...invalid, ...counted];
}
