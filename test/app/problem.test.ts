import { describe, expect, it } from 'vitest';
import { problemOfStore } from '../../app/http/problem.ts';

describe('a store that refuses to write', () => {
  it.each([
    ['a full disk', { code: '53100' }, 'DISK_FULL'],
    ['a full disk under a file of ours', { code: 'ENOSPC' }, 'DISK_FULL'],
    ['a connection that went away', new Error('Connection terminated unexpectedly'), 'DATABASE_UNAVAILABLE'],
    ['no connection left', { code: '53300' }, 'DATABASE_BUSY'],
    ['a deadlock that another one won', { code: '40P01' }, 'DATABASE_BUSY'],
    ['a server that is shutting down', { code: '57P01' }, 'DATABASE_UNAVAILABLE'],
    ['a server that is gone', { code: 'ECONNREFUSED' }, 'DATABASE_UNAVAILABLE'],
    ['anything else', new Error('password=hunter2'), 'INTERNAL'],
    ['nothing at all', null, 'INTERNAL'],
  ])('says of %s what to do, and answers 503', (_, error, code) => {
    const problem = problemOfStore(error);
    expect(problem).toMatchObject({ status: 503, code });
    expect(problem.help).not.toBe('');
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });
});
