import { type LockFileRead, type LockSource, lockedPackage } from './model.ts';

/** Parses `gradle.lockfile`: `group:artifact:version=configurations`; what tests alone are given is for development. */
export async function parseGradleLock({ path, text }: LockSource): Promise<LockFileRead> {
  const lines = [...text.matchAll(/^([^#:=\s]+):([^:=\s]+):([^:=\s]+)=(.*)$/gm)];
  if (lines.length === 0 && !/^empty=/m.test(text)) return { ok: false, path, problem: 'it pins nothing' };
  return {
    ok: true,
    lock: {
      path,
      ecosystem: 'maven',
      rootName: '',
      rootVersion: '',
      rootLicense: null,
      packages: lines.map(([, group = '', artifact = '', version = '', configurations = '']) =>
        lockedPackage('maven', `${group}/${artifact}`, version, {
          dev: !configurations.split(',').some((one) => /runtimeClasspath$/i.test(one) && !/test/i.test(one)),
        }),
      ),
    },
  };
}
