import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { qaStatus } from '../../../core/config/qa-report.ts';
import type { EvidenceFacts } from '../../../core/release/evidence-facts.ts';
import { planFacts } from '../support/facts.ts';
import { World } from './world.ts';

function documents(world: World): Readonly<Record<string, string>> {
  const pack = world.effects.get('pack/1')?.effect;
  const facts = (pack?.kind === 'packEvidence' ? pack.facts : {}) as unknown as EvidenceFacts;
  return Object.fromEntries((facts.documents ?? []).map(({ path, text }) => [path, text]));
}

describe('the deployment plan', () => {
  it('is posted before the first deployment, with the checklist and what is not known left open', async () => {
    const world = await new World().play((one) => one.state.phase === 'staging');
    await world.play((one) => one.comments.length >= 2);
    const plan = world.comments.find((text) => text.startsWith('## Deployment Plan')) ?? '';
    for (const heading of [
      'Overview',
      'Pre-Deployment Checklist',
      'Deployment Steps',
      'Verification Steps',
      'Rollback Steps',
      'Escalation Contacts',
    ]) {
      expect(plan).toContain(`### ${heading}`);
    }
    expect(plan).toContain('- [x] Previous version restorable: v1.0.0');
    expect(plan).toContain('- [ ] QA report approved');
    expect(plan).toContain('3. Give it 50 % of production traffic');
  });

  it('ticks the QA report that was read', async () => {
    const qa = { path: 'QA/QA-Report-v1.1.0.md', status: 'approved' };
    const world = await new World({ plan: planFacts({ qa }) }).play((one) => one.comments.length >= 2);
    expect(world.comments.join()).toContain('- [x] QA report approved: QA/QA-Report-v1.1.0.md');
  });
});

describe('the deployment report', () => {
  it.each([
    ['success', 0, 'success'],
    ['rolled_back', 0.3, 'rolled_back'],
  ])('of a release that ends as %s has the front matter and the tables', async (status, errors, _name) => {
    const world = await new World({ errorRate: () => errors }).play();
    expect(world.comments.filter((text) => text.startsWith('# Deployment Report'))).toHaveLength(1);
    const report = documents(world)['deployment/report.md'] ?? '';
    const front = parse(report.split('---')[1] ?? '') as Record<string, unknown>;
    expect(front).toMatchObject({
      tags: ['deployment', 'release', 'agent/devops'],
      unit_id: 'v1.1.0',
      status,
    });
    expect(front.deployed).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d$/);
    for (const heading of ['Summary', 'Deployment Timeline', 'Verification Results', 'Rollback Status']) {
      expect(report).toContain(`## ${heading}`);
    }
    expect(report).toContain(`- Rollback required: ${errors > 0 ? 'Yes' : 'No'}`);
    expect(documents(world)['deployment/plan.md']).toContain('## Deployment Plan');
  });
});

describe('a QA report', () => {
  it.each([
    ['---\nstatus: approved\n---\n# Report', 'approved'],
    ['---\r\nstatus: "changes requested"\r\n---\r\n', 'changes requested'],
    ['# Report\nstatus: approved', null],
    ['---\nstatus: [approved]\n---\n', null],
    ['---\n: :\n  - {\n---\n', null],
    ['', null],
  ])('%j has the status %j', (text, status) => {
    expect(qaStatus(text)).toBe(status);
  });
});
