import { describe, expect, it } from 'vitest';
import { describeDelivery } from '../../app/events/describe.ts';

const keyOf = (event: string, payload: object) =>
  describeDelivery('guid', event, { repository: { full_name: 'acme/shop' }, ...payload }, '{}', 0)
    .businessKey;

describe('what happened, whatever GUID told it', () => {
  it.each<[what: string, event: string, payload: object, key: string | null]>([
    ['a comment', 'issue_comment', { action: 'created', comment: { id: 7 } }, 'comment/acme/shop/7'],
    ['an edit, of which each counts', 'issue_comment', { action: 'edited', comment: { id: 7 } }, null],
    ['a comment without a number', 'issue_comment', { action: 'created' }, null],
    [
      "a pipeline's word",
      'deployment_status',
      { deployment_status: { id: 8 } },
      'deployment-status/acme/shop/8',
    ],
    ['a word without a number', 'deployment_status', { deployment_status: { id: '8' } }, null],
    ['a push', 'push', { after: 'a' }, null],
  ])('is known for %s', (_what, event, payload, key) => {
    expect(keyOf(event, payload)).toBe(key);
  });

  it('is of one repository', () => {
    const comment = { action: 'created', comment: { id: 7 } };
    const other = { repository: { full_name: 'acme/other' } };
    expect(keyOf('issue_comment', { ...comment, ...other })).toBe('comment/acme/other/7');
    expect(keyOf('issue_comment', { ...comment, repository: null })).toBeNull();
  });
});
