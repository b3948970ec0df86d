import { html } from 'hono/html';
import type { Command } from '../../../core/commands/command.ts';
import { credentialName } from '../../../core/stepup/binding.ts';
import type { StepUpRequest } from '../../../core/stepup/pages.ts';
import { isUsable, type Passkey } from '../../../core/stepup/passkey.ts';
import type { Problem } from '../problem.ts';
import type { Session } from './session.ts';

/** The pages for confirmations. `html` escapes what stands in it. */
type Page = ReturnType<typeof html>;

/** Before anybody is signed in nothing is shown but what is asked. */
export function signInPage(back: string, request: StepUpRequest | null): Page {
  const what =
    request === null
      ? html`<p>Sign in to see and register your passkeys.</p>`
      : html`<p><strong>${request.login}</strong> is asked to confirm a command for <strong>${request.aggregate.repository}</strong>.</p>`;
  return layout(
    request === null ? 'Passkeys' : 'Confirm a command',
    html`${what}
      <p><a class="button" id="sign-in" href="/step-up/sign-in?back=${encodeURIComponent(back)}">Sign in with GitHub</a></p>
      <p class="quiet">GitHub tells us your name and nothing else; no access is kept.</p>`,
  );
}

export function confirmPage(facts: {
  readonly request: StepUpRequest;
  readonly session: Session;
  readonly passkeys: number;
}): Page {
  const { request, session, passkeys } = facts;
  const { aggregate, sha, until } = request;
  const rows: readonly (readonly [string, string])[] = [
    ['Command', commandText(request.command)],
    [
      aggregate.kind === 'release' ? 'Release' : 'Pull request',
      `${aggregate.key} of ${aggregate.repository}`,
    ],
    ['Commit', sha],
    ...(request.weight === null ? [] : [['Traffic', `${request.weight} %`] as const]),
    ['You', session.login],
    ['Open until', `${new Date(until).toISOString().replace('T', ' ').slice(0, 19)} UTC`],
  ];
  const enrol = `/step-up/passkeys/${aggregate.repository}`;
  const action =
    passkeys === 0
      ? html`<p class="notice" id="no-passkey">You have no passkey that counts yet. <a href="${enrol}">Register one</a>; the time after which it counts is shown there.</p>`
      : html`<p><button type="button" id="confirm" autofocus>Confirm with a passkey</button></p>
          <p class="quiet"><a href="${enrol}">Your passkeys</a></p>`;
  return layout(
    'Confirm a command',
    html`<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
      <p>The confirmation counts for exactly this, once. Did you not ask for it? Close this page and tell your team.</p>
      ${action}`,
    session,
  );
}

export function passkeysPage(facts: {
  readonly repository: string;
  readonly session: Session;
  readonly passkeys: readonly Passkey[];
  readonly now: number;
  readonly delay: number;
}): Page {
  const { repository, session, passkeys, now, delay } = facts;
  const list =
    passkeys.length === 0
      ? html`<p>You have none yet.</p>`
      : html`<ul class="passkeys">${passkeys.map((passkey) => passkeyRow(passkey, now))}</ul>`;
  return layout(
    'Your passkeys',
    html`<p>Signed in as <strong>${session.login}</strong>. A passkey confirms commands that a policy asks a confirmation for.</p>
      ${list}
      <p><button type="button" id="register">Register a passkey</button></p>
      <p class="quiet">${delayText(delay)} An issue in ${repository} tells you of it, so that you would hear of a passkey that somebody else registered in your name.</p>`,
    session,
  );
}

export function problemPage({ code, message, help }: Problem): Page {
  return layout(
    'This does not work',
    html`<p class="notice">${message}. ${help}</p><p class="quiet"><code>${code}</code></p>`,
  );
}

function passkeyRow(passkey: Passkey, now: number): Page {
  const day = (at: number): string => `${new Date(at).toISOString().replace('T', ' ').slice(0, 16)} UTC`;
  const state = isUsable(passkey, now) ? 'counts' : `counts from ${day(passkey.usableFrom)}`;
  return html`<li><span><code>${credentialName(passkey.id)}</code><br /><span class="quiet">registered ${day(passkey.createdAt)}, ${state}</span></span>
    <button type="button" class="remove" data-id="${passkey.id}">Remove</button></li>`;
}

function delayText(delay: number): string {
  if (delay === 0) return 'It counts at once.';
  const hours = delay / 3_600_000;
  return `It counts only after ${hours >= 1 ? `${Number(hours.toFixed(1))} hours` : `${Math.ceil(delay / 60_000)} minutes`}.`;
}

/** The command as it would be written. */
function commandText(command: Command): string {
  switch (command.name) {
    case 'promote':
      return `/promote ${command.weight}`;
    case 'override':
      return `/override ${command.gate} for=${Math.round(command.duration / 60_000)}m`;
    default:
      return `/${command.name}`;
  }
}

function layout(title: string, body: Page, session: Session | null = null): Page {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${session === null ? '' : html`<meta name="csrf-token" content="${session.csrf}">`}
<title>${title} · Release Conductor</title>
<link rel="stylesheet" href="/step-up/assets/page.css">
</head>
<body>
<header>Release Conductor</header>
<main>
<h1>${title}</h1>
${body}
<p id="status" role="status" aria-live="polite"></p>
</main>
${session === null ? '' : html`<script src="/step-up/assets/webauthn.js"></script><script src="/step-up/assets/page.js"></script>`}
</body>
</html>`;
}
