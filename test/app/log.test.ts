import { describe, expect, it } from 'vitest';
import { createLogger } from '../../app/log.ts';
import { newPrivateKey } from '../evidence/support.ts';

/** The line that the logger writes for these fields. */
function lineOf(fields: object): string {
  const lines: string[] = [];
  createLogger('info', undefined, { write: (line) => void lines.push(line) }).info(fields, 'done');
  return lines.join('');
}

describe('the log', () => {
  it.each([
    ['a field of that name', { token: 'hunter2' }],
    ['a field of that name, two levels down', { request: { headers: { authorization: 'hunter2' } } }],
    ['an address', { url: 'https://me:hunter2@example.com/a?key=hunter2' }],
    ['the message of an error', { err: new Error('no answer from postgres://me:hunter2@db/x') }],
    ['a field of another name', { detail: 'Authorization: Bearer hunter2hunter2hunter2' }],
    ['a list', { tried: ['https://me:hunter2@example.com/'] }],
  ])('shows no secret in %s', (_name, fields) => {
    const line = lineOf(fields);
    expect(line).not.toContain('hunter2');
    expect(JSON.parse(line)).toMatchObject({ msg: 'done' });
  });

  it('shows no private key, wherever it stands', () => {
    const key = newPrivateKey();
    const line = lineOf({ err: new Error(`cannot read ${key}`), input: [key, key.replaceAll('\n', '\\n')] });
    for (const part of key.split('\n').slice(1, -2)) expect(line).not.toContain(part);
    expect(JSON.parse(line)).toMatchObject({ msg: 'done' });
  });

  it('keeps what is no secret', () => {
    expect(JSON.parse(lineOf({ url: 'https://example.com/a', repository: 'acme/shop' }))).toMatchObject({
      url: 'https://example.com/a',
      repository: 'acme/shop',
    });
  });
});
