import { createHash, randomBytes } from 'node:crypto';
import { anyone } from '../access.ts';
import { type Answer, type Call, ok } from '../call.ts';
import type { Github } from '../github.ts';
import { GithubRefusal } from '../refusal.ts';
import type { Route } from '../route.ts';

/**
 * Signing in with GitHub: the App's user flow. The page offers every person of the sandbox; whoever opens it chooses
 * who they are. Codes are used once, belong to their redirect address, and need the verifier of their challenge.
 */
export const signInRoutes: readonly Route[] = [
  { operation: 'GET /login/oauth/authorize', needs: anyone, answer: askWho },
  { operation: 'GET /login/oauth/authorize/{login}', needs: anyone, answer: giveCode },
  { operation: 'POST /login/oauth/access_token', needs: anyone, answer: giveToken },
];

function askWho({ query }: Call, { users, oauth }: Github): Answer {
  if (query.get('client_id') !== oauth.clientId) throw new GithubRefusal(404, 'Not Found');
  const rows = users.map(
    ({ login }) =>
      `<li><a id="${login}" href="/login/oauth/authorize/${login}?${escaped(query.toString())}">${login}</a></li>`,
  );
  return html(`<!doctype html><title>Sign in to GitHub</title><h1>Sign in as</h1><ul>${rows.join('')}</ul>`);
}

function giveCode({ query, params }: Call, { oauth }: Github): Answer {
  const redirect = query.get('redirect_uri') ?? '';
  if (query.get('client_id') !== oauth.clientId) throw new GithubRefusal(404, 'Not Found');
  const code = randomBytes(12).toString('hex');
  oauth.codes.set(code, {
    login: params.login ?? '',
    redirect,
    challenge: query.get('code_challenge'),
  });
  const target = new URL(redirect);
  target.searchParams.set('code', code);
  target.searchParams.set('state', query.get('state') ?? '');
  return { status: 302, body: null, headers: { location: target.toString() } };
}

/** GitHub answers mistakes with 200 and an `error`. */
function giveToken({ body }: Call, { oauth, identities }: Github): Answer {
  if (body.client_id !== oauth.clientId || body.client_secret !== oauth.clientSecret) {
    return ok({ error: 'incorrect_client_credentials' });
  }
  const code = String(body.code);
  const given = oauth.codes.get(code);
  oauth.codes.delete(code);
  if (given === undefined) return ok({ error: 'bad_verification_code' });
  if (given.redirect !== body.redirect_uri) return ok({ error: 'redirect_uri_mismatch' });
  const proof = createHash('sha256').update(String(body.code_verifier)).digest('base64url');
  if (given.challenge !== null && given.challenge !== proof) return ok({ error: 'bad_verification_code' });
  const token = `ghu_${randomBytes(20).toString('hex')}`;
  identities.registerSignIn(given.login, token);
  return ok({ access_token: token, token_type: 'bearer', scope: '' });
}

function html(text: string): Answer {
  return { status: 200, body: Buffer.from(text), headers: { 'content-type': 'text/html; charset=utf-8' } };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}
