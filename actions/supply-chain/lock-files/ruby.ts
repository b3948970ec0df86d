import { type LockFileRead, type LockSource, lockedPackage } from './model.ts';

/** Parses `Gemfile.lock` (Bundler). Groups are in `Gemfile`, which is a program: what is for tests is not told apart. */
export async function parseGemfileLock({ path, text }: LockSource): Promise<LockFileRead> {
  const sections = text.split(/\n(?=[A-Z])/);
  const gems = sections.filter((section) => section.startsWith('GEM'));
  if (gems.length === 0) return { ok: false, path, problem: 'it has no section GEM' };
  const pinned = gems.flatMap((section) => [...section.matchAll(/^ {4}([\w.-]+) \(([^)\s]+)\)$/gm)]);
  return {
    ok: true,
    lock: {
      path,
      ecosystem: 'gem',
      inexact: true,
      rootName: '',
      rootVersion: '',
      rootLicense: null,
      // One gem for several platforms: `nokogiri (1.16.0-x86_64-linux)`.
      packages: pinned.map(([, name = '', version = '']) =>
        lockedPackage(
          'gem',
          name,
          version.replace(/-(?:[a-z0-9_]+-)?(?:linux|darwin|mingw|java|mswin|musl|aix).*$|-java$/, ''),
        ),
      ),
    },
  };
}
