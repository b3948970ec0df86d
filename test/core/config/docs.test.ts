import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { templatePlaces } from '../../../core/comms/announcement.ts';
import { checkConfig } from '../../../core/config/parse.ts';

const read = (name: string): string => readFileSync(`docs/${name}.md`, 'utf8');

describe('the examples of the docs', () => {
  it.each(['announcements', 'flags', 'kpis'])('%s.md shows configs that are valid', (name) => {
    const blocks = [...read(name).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) {
      const text = `version: 1\ntrusted_workflows: [".github/workflows/gates.yml"]\n${block}`;
      expect(checkConfig(text)).toMatchObject({ ok: true });
    }
  });

  it('list the places of a template as the code does', () => {
    const rows = Object.entries(templatePlaces).map(([place, what]) => `| \`{{${place}}}\` | ${what} |`);
    expect(read('announcements')).toContain(rows.join('\n'));
  });

  it.each([
    ['a webhook that cannot be read', 'flags: { provider: { kind: webhook, name: x } }', /cannot be read/],
    ['a file outside', 'flags: { provider: { kind: flagd, path: ../x.json } }', /path of a JSON file/],
    [
      'two figures of one name',
      'kpis: { queries: [{ kind: rate, name: a, better: up, events: b }, { kind: rate, name: a, better: up, events: b }] }',
      /same name/,
    ],
    ['a time zone that there is not', 'kpis: { time_zone: Mars/Base }', /time zone/],
  ])('%s is refused with its place', (_what, line, message) => {
    const text = `version: 1\ntrusted_workflows: [".github/workflows/gates.yml"]\nrelease:\n  metrics: { kind: scrape, url: "http://x" }\n  ${line}\n`;
    const checked = checkConfig(text);
    expect(checked.ok ? [] : checked.problems.map((problem) => problem.message).join()).toMatch(message);
    expect(checked.ok ? 0 : checked.problems[0]?.line).toBe(5);
  });
});
