import { describe, expect, it } from 'vitest';
import {
  organisationOfConductor,
  visibleOrganisation,
} from '../../../adapters/actions-runner/organisation.ts';
import { patientPorts } from '../../support/patient-ports.ts';

const token = async (): Promise<string> => 'token-of-the-job';

/** Answers once, and remembers what it was asked. */
function answering(status: number, body: unknown) {
  const asked: Request[] = [];
  const send: typeof fetch = async (input, init) => {
    asked.push(new Request(input, init));
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
  };
  return { send, asked };
}

const silent: typeof fetch = async () => {
  throw new TypeError('fetch failed');
};

describe('the config of the organisation, asked of the Conductor', () => {
  it('is asked for with the token of the job, and sent nowhere else', async () => {
    const organisation = { file: 'acme/.github/.github/release-conductor.yml', text: 'version: 1\n' };
    const { send, asked } = answering(200, { organisation });
    expect(
      await organisationOfConductor('https://conductor.test/', { ...patientPorts(send), token }),
    ).toEqual({
      known: true,
      organisation,
    });
    expect(asked.map(({ url }) => url)).toEqual(['https://conductor.test/v1/organisation']);
    expect(asked[0]?.headers.get('authorization')).toBe('Bearer token-of-the-job');
    await expect(
      organisationOfConductor('http://conductor.test', { ...patientPorts(send), token }),
    ).rejects.toThrow('https');
  });

  it.each<[string, typeof fetch]>([
    ['a Conductor that refuses', answering(403, {}).send],
    ['a Conductor that fails', answering(502, '<html>').send],
    ['an answer that is none', answering(200, 'ok').send],
    ['an answer without the key', answering(200, {}).send],
    ['a Conductor that is silent', silent],
  ])('is unknown with %s, which is not the same as there being none', async (_what, send) => {
    const read = await organisationOfConductor('https://conductor.test', { ...patientPorts(send), token });
    expect(read).toMatchObject({ known: false, reason: expect.stringContaining('https://conductor.test') });
    expect(JSON.stringify(read)).not.toContain('token-of-the-job');
  });
});

describe('the config of the organisation that the Conductor lost sight of', () => {
  it('is unknown to the job, with the reason', async () => {
    const organisation = { file: 'acme/.github/c.yml', text: '', problem: 'it has become acme/old' };
    const { send } = answering(200, { organisation });
    expect(await organisationOfConductor('https://conductor.test', { ...patientPorts(send), token })).toEqual(
      { known: false, reason: 'acme/.github/c.yml: it has become acme/old' },
    );
  });
});

describe('the config of the organisation, read where everybody can', () => {
  const read = (send: typeof fetch) =>
    visibleOrganisation('acme/shop', 'https://api.github.test', { fetch: send, token: '' });

  it('is the file of OWNER/.github, or none', async () => {
    const { send, asked } = answering(200, 'version: 1\n');
    expect(await read(send)).toMatchObject({ known: true, organisation: { text: 'version: 1\n' } });
    expect(asked[0]?.url).toBe(
      'https://api.github.test/repos/acme/.github/contents/.github/release-conductor.yml',
    );
    expect(asked[0]?.headers.has('authorization')).toBe(false);
    expect(await read(answering(404, {}).send)).toEqual({ known: true, organisation: null });
  });

  it.each<[string, typeof fetch]>([
    ['that says no', answering(403, {}).send],
    ['that is silent', silent],
    ['that leads to another repository', answering(301, {}).send],
  ])('is unknown with a GitHub %s', async (_what, send) => {
    expect(await read(send)).toMatchObject({ known: false });
  });
});
