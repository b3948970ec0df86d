import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../app/environment.ts';

describe('logins of image registries', () => {
  it('are read by the host that they are for', () => {
    const { registryLogins } = readEnvironment({
      REGISTRY_GHCR_LOGIN: 'ghcr.io bot:to:ken',
      REGISTRY_OWN_LOGIN: ' registry.acme.test:5000 ci:secret ',
    });
    expect([...registryLogins]).toEqual([
      ['ghcr.io', 'bot:to:ken'],
      ['registry.acme.test:5000', 'ci:secret'],
    ]);
  });

  it.each(['hunter2', 'ghcr.io', 'ghcr.io/acme bot:hunter2', 'ghcr.io hunter2'])(
    'are refused when they are none, without being repeated: %s',
    (value) => {
      expect(() => readEnvironment({ REGISTRY_GHCR_LOGIN: value })).toThrow(
        expect.objectContaining({
          code: 'REGISTRY_LOGIN_INVALID',
          message: expect.not.stringContaining('hunter2'),
        }),
      );
    },
  );
});

describe('SIMULATE', () => {
  it.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['false', false],
    ['0', false],
    ['', false],
    [undefined, false],
  ])('%j means %j', (text, simulate) => {
    expect(readEnvironment({ SIMULATE: text })).toMatchObject({ simulate });
  });

  it.each(['yes', 'on', 'ture', 'dry-run'])(
    'is refused as %j: what is not meant is not performed',
    (text) => {
      expect(() => readEnvironment({ SIMULATE: text })).toThrow(
        expect.objectContaining({
          code: 'ENVIRONMENT_INVALID',
          message: expect.stringContaining('SIMULATE'),
        }),
      );
    },
  );
});
