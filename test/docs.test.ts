import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../cli/registry.ts';
import { referenceSections } from '../scripts/docs/reference.ts';
import { updateSections } from '../scripts/docs/section.ts';

const pages = globSync(
  '{*.md,.github/*.md,docs/**/*.md,actions/*/README.md,rego/README.md,templates/**/*.md}',
)
  .map((path) => path.split('\\').join('/'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const readme = pages.find(({ path }) => path === 'README.md')?.text ?? '';
const allText = pages.map(({ text }) => text).join('\n');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

describe('what the docs name', () => {
  it('are scripts that exist', () => {
    const named = [...allText.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map((match) => match[1] ?? '');
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('are commands of the program that exist', () => {
    const known = new Set([...commands.map(({ name }) => name), 'COMMAND']);
    const named = [...allText.matchAll(/(?:npx |`)release-conductor ([a-zA-Z]+)/g)].map((match) => match[1]);
    expect(named.filter((name) => !known.has(name ?? ''))).toEqual([]);
  });

  it.each(pages)('$path: are files that exist', ({ text }) => {
    const places =
      /`((?:core|app|adapters|actions|cli|sandbox|scripts|test|rego|templates|docs)\/[\w./-]+)`/g;
    const named = [...text.matchAll(places)].map((match) => match[1] ?? '');
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  it.each(pages)('$path: are pages and headings that exist', ({ path, text }) => {
    expect(linksOf(text).filter((link) => !resolves(path, link))).toEqual([]);
  });
});

describe('the reference', () => {
  it('says what the code says', { timeout: 60_000 }, async () => {
    expect(await updateSections(await referenceSections(), true)).toEqual([]);
  });
});

describe('environment variables', () => {
  /** GitHub's runner and the operating system set these; the last is Probot's, which we set. */
  const given =
    /^(WEBHOOK_PROXY_URL$|GITHUB_(?!API_URL|URL|CLIENT)|RUNNER_|ACTIONS_|INPUT_|PATH$|HOME$|NODE_|TMPDIR$)/;
  const source = globSync('{app,adapters,cli,core,actions}/**/*.ts', {
    exclude: (path) => /(^|\/)(node_modules|dist)(\/|$)/.test(String(path)),
  })
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');

  it('that the code reads are in the docs', () => {
    const dotted = [...source.matchAll(/\benv\??\.([A-Z][A-Z0-9_]+)/g)];
    const taken = [...source.matchAll(/\{([^{}]*)\} = (?:\w+\.)?env\b/g)].flatMap(([, names = '']) => [
      ...names.matchAll(/\b([A-Z][A-Z0-9_]+)\b/g),
    ]);
    const checked = [...source.matchAll(/^ {2}([A-Z][A-Z0-9_]+): (?:optional|list|flag)/gm)];
    const names = new Set([...dotted, ...taken, ...checked].map((match) => match[1] ?? ''));
    expect(names.size).toBeGreaterThan(30);
    const silent = [...names].filter((name) => !given.test(name) && !allText.includes(name));
    expect(silent).toEqual([]);
  });

  it('that the table in the README names are read by the code', () => {
    const rows = readme.match(/^\| variable \|[\s\S]*?\n\n/m)?.[0] ?? '';
    const names = rows
      .split('\n')
      .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([A-Z][A-Z0-9_<>]+)`/g)])
      .map((match) => match[1] ?? '');
    expect(names.length).toBeGreaterThan(25);
    const unread = names.filter((name) => !name.split(/<\w+>/).every((part) => source.includes(part)));
    expect(unread).toEqual([]);
  });
});

/** Relative links, outside of code. */
function linksOf(text: string): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^(https?:|mailto:)/.test(link));
}

function resolves(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(target)) return false;
  return anchor === undefined || headingsOf(readFileSync(target, 'utf8')).includes(anchor);
}

/** Anchors of a page, as GitHub makes them of its headings. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
