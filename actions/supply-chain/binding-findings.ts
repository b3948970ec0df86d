import type { Finding } from '../../core/gate/result.ts';
import { plural } from '../../core/gate/verdict.ts';
import { type Absent, absentFromSboms, isOfImage, type Unlocked, unlockedIn } from './binding.ts';
import type { LockedPackage, LockFile } from './lock-files/model.ts';
import type { PackageIndex } from './packages.ts';
import type { Sbom } from './sbom/model.ts';

/** At most so many packages are named one by one; the rest are counted. */
const shownPackages = 25;

/** How SBOMs and lock files differ, both ways. */
export function bindingFindings(
  sboms: readonly Sbom[],
  locks: readonly LockFile[],
  packages: PackageIndex,
): Finding[] {
  const described = sboms.reduce((sum, sbom) => sum + sbom.components.length, 0);
  if (described === 0 && locks.some((lock) => lock.packages.length > 0))
    return sboms.filter(({ entries }) => entries > 0).map(emptyFinding);
  return [
    ...absentFromSboms(locks, packages).flatMap((absent) => absentFindings(absent, sboms)),
    ...unlockedIn(sboms, locks, packages).flatMap(unlockedFindings),
  ];
}

function absentFindings({ lock, needed, optional }: Absent, sboms: readonly Sbom[]): Finding[] {
  const path = sboms[0]?.path ?? lock.path;
  const certain = lock.inexact === true ? [] : needed;
  const unsure = lock.inexact === true ? [...needed, ...optional] : [];
  return [
    ...certain.slice(0, shownPackages).map((one) => missingFinding(one, lock, path)),
    ...furtherFinding('sbom-missing-package', certain, path),
    ...unprovenFinding(lock, unsure, path),
    ...optionalFinding(lock, lock.inexact === true ? [] : optional),
  ];
}

function missingFinding({ name, version, purl }: LockedPackage, lock: LockFile, path: string): Finding {
  return {
    code: 'sbom-missing-package',
    level: 'error',
    message: `\`${name}@${version}\` is locked in ${lock.path} but in no SBOM.`,
    help: 'Make the SBOM again from the commit that is released.',
    path,
    data: { purl },
  };
}

/** A lock file that also lists what only tests need: nobody can say whether something is really missing. */
function unprovenFinding(lock: LockFile, unsure: readonly LockedPackage[], path: string): Finding[] {
  if (unsure.length === 0) return [];
  const named = unsure.slice(0, 10).map(({ name, version }) => `\`${name}@${version}\``);
  const all = unsure.length === lock.packages.length;
  return [
    {
      code: 'sbom-incomplete',
      level: all ? 'error' : 'warning',
      message: `${plural(unsure.length, 'package')} of ${lock.packages.length} in ${lock.path} ${unsure.length === 1 ? 'is' : 'are'} in no SBOM: ${named.join(', ')}${unsure.length > named.length ? ', …' : ''}.${all ? '' : ' The lock file does not say which of them only tests or other platforms need.'}`,
      help: 'Make an SBOM of the source, with everything that the lock file names; or waive this with a reason.',
      path,
    },
  ];
}

function optionalFinding(lock: LockFile, optional: readonly LockedPackage[]): Finding[] {
  if (optional.length === 0) return [];
  return [
    {
      code: 'sbom-without-optional',
      level: 'notice',
      message: `${optional.length} packages for development or other platforms are not in the SBOM.`,
      help: 'Nothing to do when they are not part of what is shipped.',
      path: lock.path,
    },
  ];
}

function unlockedFindings({ sbom, components }: Unlocked): Finding[] {
  if (isOfImage(sbom)) {
    return [
      {
        code: 'sbom-unlocked-in-image',
        level: 'notice',
        message: `The SBOM of the image lists ${plural(components.length, 'package')} that no lock file pins: its base image brings them along, or the image was built from something else.`,
        help: 'Look through them once; pin the base image by digest.',
        path: sbom.path,
      },
    ];
  }
  return [
    ...components.slice(0, shownPackages).map(
      ({ name, version, purl }): Finding => ({
        code: 'sbom-unlocked-package',
        level: 'error',
        message: `\`${name}@${version}\` is in the SBOM but no lock file pins it: the SBOM belongs to another build.`,
        help: 'Make the SBOM again from the commit that is released.',
        path: sbom.path,
        data: { purl },
      }),
    ),
    ...furtherFinding('sbom-unlocked-package', components, sbom.path),
  ];
}

function furtherFinding(code: string, all: readonly unknown[], path: string): Finding[] {
  if (all.length <= shownPackages) return [];
  return [
    {
      code,
      level: 'error',
      message: `${all.length - shownPackages} further packages of this kind.`,
      help: 'Make the SBOM again from the commit that is released.',
      path,
    },
  ];
}

export function emptyFinding(sbom: Sbom): Finding {
  return {
    code: 'sbom-empty',
    level: 'error',
    message: 'The SBOM names no component: it says nothing of what is released.',
    help: 'Make the SBOM again after the dependencies are installed.',
    path: sbom.path,
  };
}
