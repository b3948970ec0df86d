import { existsSync } from 'node:fs';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { type AtEnd, atTestEnd } from './postgres.ts';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Whether a real browser is installed; CHROMIUM names another one. */
export const chromiumPath: string | undefined =
  process.env.CHROMIUM ?? places.find((path) => existsSync(path));

export async function openBrowser(atEnd: AtEnd = atTestEnd): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('no Chromium: apt-get install chromium, or set CHROMIUM');
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
  atEnd(() => browser.close());
  return browser;
}

/** A virtual authenticator in the browser: a platform key whose person is there and verified. */
export async function addAuthenticator(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return session;
}
