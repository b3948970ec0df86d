import { describe, expect, it } from 'vitest';
import { readLockFile } from '../../../actions/supply-chain/lock-files/read.ts';
import { plainPurl } from '../../../actions/supply-chain/sbom/model.ts';
import { memoryIo } from '../../support/memory-io.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const read = (path: string, text: string, beside: Readonly<Record<string, string>> = {}) =>
  readLockFile(memoryIo(beside).files, path, encode(text));

/** `name@version`, with `dev` or `optional` behind it. */
async function pinned(path: string, text: string, beside: Readonly<Record<string, string>> = {}) {
  const found = await read(path, text, beside);
  if (!found.ok) return found.problem;
  return found.lock.packages.map(
    ({ purl, dev, optional }) => `${purl}${dev ? ' dev' : ''}${optional ? ' optional' : ''}`,
  );
}

const poetry = (entries: string) =>
  `${entries}\n[metadata]\nlock-version = "2.1"\npython-versions = ">=3.11"\ncontent-hash = "ab"\n`;

describe('what a lock file pins', () => {
  it.each<[string, string, string, Readonly<Record<string, string>>, string[]]>([
    [
      'Cargo, without the own crate and what comes from a repository',
      'Cargo.lock',
      `version = 4
[[package]]
name = "shop"
version = "0.1.0"
dependencies = ["serde", "mine"]
[[package]]
name = "serde"
version = "1.0.203"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "ab"
[[package]]
name = "mine"
version = "0.2.0"
source = "git+https://github.com/acme/mine#abc"
`,
      { 'Cargo.toml': '[package]\nname = "shop"\nversion = "0.1.0"\n' },
      ['pkg:cargo/serde@1.0.203'],
    ],
    [
      'Go, with blocks, comments, and replacements by another module or a folder',
      'go.mod',
      `module github.com/acme/shop // the shop

go 1.22.0

require github.com/Masterminds/semver/v3 v3.2.1
require (
	golang.org/x/net v0.24.0 // indirect
	"github.com/old/one" v1.0.0
	github.com/local/two v2.0.0+incompatible
)
replace github.com/old/one v1.0.0 => github.com/new/one v1.0.1
replace (
	github.com/local/two => ./two
)
exclude golang.org/x/net v0.23.0
`,
      {},
      [
        'pkg:golang/github.com/masterminds/semver/v3@3.2.1',
        'pkg:golang/golang.org/x/net@0.24.0',
        'pkg:golang/github.com/new/one@1.0.1',
      ],
    ],
    [
      'Bun, with nested copies, a workspace, platforms and what only tests need',
      'bun.lock',
      `{
  "lockfileVersion": 1,
  "workspaces": {
    "": { "name": "shop", "dependencies": { "a": "^1", "ui": "workspace:*" }, "devDependencies": { "t": "1", }, },
    "packages/ui": { "name": "ui", "dependencies": { "@s/b": "2" } },
  },
  "packages": {
    "a": ["a@1.0.0", "", { "dependencies": { "@s/b": "^1" }, "optionalDependencies": { "native": "1" } }, "sha512-aa=="],
    "a/@s/b": ["@s/b@1.5.0", "", {}, "sha512-bb=="],
    "@s/b": ["@s/b@2.0.0", "https://npm.acme.example/", { "peerDependencies": { "p": "1" } }, "sha512-cc=="],
    "p": ["p@1.0.0", "", {}, "sha512-dd=="],
    "native": ["native@1.0.0", "", { "os": "linux" }, "sha512-ee=="],
    "t": ["t@1.0.0, }", "", {}, ""],
    "t2": ["t2@1.0.0", "", {}, "sha512-ff=="],
    "ui": ["ui@workspace:packages/ui"],
    "g": ["g@github:acme/g#abc", {}, "acme-g-abc"],
  },
}`,
      {},
      [
        'pkg:npm/a@1.0.0',
        'pkg:npm/@s/b@1.5.0',
        'pkg:npm/@s/b@2.0.0',
        'pkg:npm/p@1.0.0',
        'pkg:npm/native@1.0.0 optional',
        'pkg:npm/t@1.0.0, } dev optional',
        'pkg:npm/t2@1.0.0 dev optional',
      ],
    ],
    [
      'Deno 5, of npm and JSR, one copy for every set of peers',
      'deno.lock',
      JSON.stringify({
        version: '5',
        specifiers: { 'jsr:@std/assert@1': '1.0.6', 'npm:react-dom@18': '18.3.1_react@18.3.1' },
        jsr: { '@std/assert@1.0.6': { integrity: 'ab' } },
        npm: {
          'react-dom@18.3.1_react@18.3.1': { integrity: 'sha512-a' },
          'react-dom@18.3.1_react@18.3.0': { integrity: 'sha512-a' },
          '@esbuild/linux-x64@0.25.0': { integrity: 'sha512-b', os: ['linux'], cpu: ['x64'] },
        },
        remote: { 'https://deno.land/x/mod.ts': 'ab' },
      }),
      {},
      ['pkg:npm/react-dom@18.3.1', 'pkg:npm/@esbuild/linux-x64@0.25.0 optional', 'pkg:jsr/@std/assert@1.0.6'],
    ],
    [
      'Deno 3, which kept packages one level deeper',
      'deno.lock',
      JSON.stringify({ version: '3', packages: { npm: { 'chalk@5.3.0': {} } } }),
      {},
      ['pkg:npm/chalk@5.3.0'],
    ],
    [
      'PDM, by groups and markers, without what is of a folder',
      'pdm.lock',
      `[metadata]
groups = ["default", "test"]
lock_version = "4.5.0"
[[package]]
name = "Jinja2"
version = "3.1.4"
groups = ["default"]
[[package]]
name = "colorama"
version = "0.4.6"
groups = ["default", "test"]
marker = "sys_platform == \\"win32\\""
[[package]]
name = "pytest"
version = "8.0.0"
groups = ["test"]
[[package]]
name = "mine"
version = "0.1.0"
path = "./mine"
groups = ["default"]
`,
      {},
      ['pkg:pypi/jinja2@3.1.4', 'pkg:pypi/colorama@0.4.6 optional', 'pkg:pypi/pytest@8.0.0 dev'],
    ],
    [
      'Poetry 2, by groups',
      'poetry.lock',
      poetry(`[[package]]
name = "Flask_Login"
version = "0.6.3"
optional = false
groups = ["main", "dev"]
[[package]]
name = "pytest"
version = "8.2.0"
optional = false
groups = ["dev"]
[[package]]
name = "colorama"
version = "0.4.6"
optional = false
groups = ["main"]
markers = "sys_platform == \\"win32\\""
[[package]]
name = "ours"
version = "1.0.0"
optional = false
groups = ["main"]
[package.source]
type = "git"
url = "https://github.com/acme/ours"
`),
      {},
      ['pkg:pypi/flask-login@0.6.3', 'pkg:pypi/pytest@8.2.0 dev', 'pkg:pypi/colorama@0.4.6 optional'],
    ],
    [
      'Poetry 1.5, which does not say what is for development: by pyproject.toml',
      'poetry.lock',
      poetry(`[[package]]
name = "flask"
version = "3.0.3"
optional = false
[package.dependencies]
Werkzeug = ">=3.0.0"
[[package]]
name = "werkzeug"
version = "3.0.3"
optional = false
[[package]]
name = "pytest"
version = "8.2.0"
optional = false
`),
      {
        'pyproject.toml':
          '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.11"\nFlask = "^3"\n[tool.poetry.group.dev.dependencies]\npytest = "*"\n',
      },
      ['pkg:pypi/flask@3.0.3', 'pkg:pypi/werkzeug@3.0.3', 'pkg:pypi/pytest@8.2.0 dev'],
    ],
    [
      'uv, by what the own project leads to',
      'uv.lock',
      `version = 1
requires-python = ">=3.12"
[[package]]
name = "click"
version = "8.1.7"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "colorama", marker = "sys_platform == 'win32'" }]
[[package]]
name = "colorama"
version = "0.4.6"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "ruff"
version = "0.5.0"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "shop"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "click" }]
[package.dev-dependencies]
dev = [{ name = "ruff" }]
`,
      {},
      ['pkg:pypi/click@8.1.7', 'pkg:pypi/colorama@0.4.6 optional', 'pkg:pypi/ruff@0.5.0 dev optional'],
    ],
    [
      'pylock.toml (PEP 751)',
      'pylock.web.toml',
      `lock-version = "1.0"
created-by = "pip"
[[packages]]
name = "attrs"
version = "25.1.0"
[[packages]]
name = "shop"
directory = { path = "." }
`,
      {},
      ['pkg:pypi/attrs@25.1.0'],
    ],
    [
      'Pipenv',
      'Pipfile.lock',
      JSON.stringify({
        _meta: { 'pipfile-spec': 6 },
        default: { requests: { version: '==2.32.0' }, ours: { git: 'https://x' } },
        develop: { pytest: { version: '==8.2.0', markers: "python_version >= '3.8'" } },
      }),
      {},
      ['pkg:pypi/requests@2.32.0', 'pkg:pypi/pytest@8.2.0 dev optional'],
    ],
    [
      'compiled requirements, with digests, extras, markers and continued lines',
      'requirements.txt',
      `#
# This file is autogenerated by pip-compile with Python 3.12
#
--index-url https://pypi.org/simple
requests[socks]==2.32.0 \\
    --hash=sha256:${'a'.repeat(64)} \\
    --hash=sha256:${'b'.repeat(64)}
    # via -r requirements.in
colorama==0.4.6 ; sys_platform == "win32" --hash=sha256:${'a'.repeat(64)}
ruamel.yaml===0.18.6
`,
      {},
      ['pkg:pypi/requests@2.32.0', 'pkg:pypi/colorama@0.4.6 optional', 'pkg:pypi/ruamel-yaml@0.18.6'],
    ],
    [
      'Bundler, one gem for several platforms',
      'Gemfile.lock',
      `GIT
  remote: https://github.com/acme/ours
  revision: abc
  specs:
    ours (1.0.0)

GEM
  remote: https://rubygems.org/
  specs:
    nokogiri (1.16.5-x86_64-linux)
      racc (~> 1.4)
    nokogiri (1.16.5-arm64-darwin)
    racc (1.8.0)
    jar-dependencies (0.4.1-java)
    rails-html (2.0.0.pre-1)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  nokogiri
`,
      {},
      [
        'pkg:gem/nokogiri@1.16.5',
        'pkg:gem/nokogiri@1.16.5',
        'pkg:gem/racc@1.8.0',
        'pkg:gem/jar-dependencies@0.4.1',
        'pkg:gem/rails-html@2.0.0.pre-1',
      ],
    ],
    [
      'Composer',
      'composer.lock',
      JSON.stringify({
        packages: [{ name: 'Monolog/monolog', version: 'v3.6.0', license: ['MIT'] }],
        'packages-dev': [{ name: 'phpunit/phpunit', version: '11.1.3' }],
      }),
      {},
      ['pkg:composer/monolog/monolog@3.6.0', 'pkg:composer/phpunit/phpunit@11.1.3 dev'],
    ],
    [
      'NuGet, without projects of the solution',
      'packages.lock.json',
      JSON.stringify({
        version: 1,
        dependencies: {
          'net8.0': {
            'Newtonsoft.Json': { type: 'Direct', requested: '[13.0.3, )', resolved: '13.0.3' },
            ours: { type: 'Project' },
          },
        },
      }),
      {},
      ['pkg:nuget/newtonsoft.json@13.0.3'],
    ],
    [
      'Gradle, tests apart',
      'gradle.lockfile',
      `# This is a Gradle generated file for dependency locking.
com.google.guava:guava:33.2.0-jre=compileClasspath,runtimeClasspath,testRuntimeClasspath
org.junit.jupiter:junit-jupiter:5.10.2=testCompileClasspath,testRuntimeClasspath
empty=annotationProcessor
`,
      {},
      ['pkg:maven/com.google.guava/guava@33.2.0-jre', 'pkg:maven/org.junit.jupiter/junit-jupiter@5.10.2 dev'],
    ],
  ])('%s', async (_, path, text, beside, expected) => {
    expect(await pinned(path, text, beside)).toEqual(expected);
  });

  it.each([
    ['go.mod', 'go 1.22\n', 'it names no module'],
    ['Cargo.lock', 'version = 4\n', 'package: must be a list'],
    ['Cargo.lock', 'version = = 4\n', 'it cannot be parsed'],
    ['composer.lock', '{"packages": {}}', 'packages: must be a list'],
    ['composer.lock', '<html>', 'it cannot be parsed'],
    ['Gemfile.lock', 'PLATFORMS\n  ruby\n', 'it has no section GEM'],
    ['gradle.lockfile', 'Merge conflict', 'it pins nothing'],
    ['poetry.lock', '', 'metadata: is missing'],
    ['pylock.toml', 'lock-version = "2.0"', 'lock-version: must be 1.x'],
    ['requirements.txt', 'flask>=3\n', '`flask>=3` pins no version'],
    ['requirements.txt', 'flask==3.0.3\n', 'it may not name everything'],
    [
      'bun.lock',
      '{"lockfileVersion": 9, "workspaces": {}, "packages": {}}',
      'lockfileVersion: must be 0 or 1',
    ],
    ['bun.lock', '{"lockfileVersion": 1}', 'packages: is missing'],
    ['bun.lock', '{', 'cannot be parsed'],
    ['deno.lock', '{"version": "2", "remote": {}}', 'version: must be "3", "4" or "5"'],
    ['pdm.lock', '[[package]]\nname = "a"\n', 'metadata: is missing'],
    ['mix.lock', '%{}', 'mix.lock is not supported'],
  ])('%s that is none: %s', async (path, text, problem) => {
    expect(await read(path, text)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
  });
});

describe('a package URL in one spelling', () => {
  it.each([
    ['pkg:npm/%40scope/name@1.0.0?arch=x', 'pkg:npm/@scope/name@1.0.0'],
    ['pkg:pypi/Flask_Login@0.6.3', 'pkg:pypi/flask-login@0.6.3'],
    [
      'pkg:golang/github.com/Masterminds/semver/v3@v3.2.1',
      'pkg:golang/github.com/masterminds/semver/v3@3.2.1',
    ],
    ['pkg:NuGet/Newtonsoft.Json@13.0.3', 'pkg:nuget/newtonsoft.json@13.0.3'],
    ['pkg:composer/monolog/monolog@v3.6.0', 'pkg:composer/monolog/monolog@3.6.0'],
    ['pkg:cargo/serde@1.0.203', 'pkg:cargo/serde@1.0.203'],
    ['pkg:deb/debian/libc6@2.36-9%2Bdeb12u7?arch=amd64', 'pkg:deb/debian/libc6@2.36-9+deb12u7'],
    ['pkg:npm/%zz@1', null],
    ['lodash@1', null],
  ])('%s', (text, expected) => {
    expect(plainPurl(text)).toBe(expected);
  });
});
