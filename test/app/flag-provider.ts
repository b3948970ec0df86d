import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { evaluateFor } from '../../sandbox/platform/flags.ts';
import { type AtEnd, atTestEnd } from '../support/postgres.ts';

export interface FlagServer {
  readonly url: string;
  /** What it has seen last of its source, as flagd has after a sync. */
  text: string;
  /** Flags whose flip it refuses, when it is asked by a webhook. */
  readonly refused: Set<string>;
  readonly calls: { readonly flag: string; readonly percent: number; readonly key: unknown }[];
}

/**
 * A feature flag server on loopback: evaluates a document in the format of flagd by the OpenFeature Remote Evaluation
 * Protocol, users spread over `fractional` by a hash; `/webhook` flips a flag of the document.
 */
export async function startFlagServer(text: string, atEnd: AtEnd = atTestEnd): Promise<FlagServer> {
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const answer = (status: number, value: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (request.url === '/webhook') {
      const { flag, percent } = body as { flag: string; percent: number };
      state.calls.push({ flag, percent, key: request.headers['idempotency-key'] });
      if (state.refused.has(flag)) return answer(403, {});
      const document = JSON.parse(state.text) as { flags: Record<string, object> };
      const former = document.flags[flag];
      document.flags[flag] = { ...former, defaultVariant: 'off', targeting: share(percent) };
      state.text = JSON.stringify(document);
      return answer(200, {});
    }
    const flag = decodeURIComponent(request.url?.replace('/ofrep/v1/evaluate/flags/', '') ?? '');
    const found = evaluateFor(state.text, flag, body.context.targetingKey);
    if (found === null) return answer(404, { key: flag, errorCode: 'FLAG_NOT_FOUND' });
    answer(200, { key: flag, ...found, reason: 'SPLIT' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state: FlagServer = { url, text, refused: new Set(), calls: [] };
  return state;
}

export const flagsFile = (flags: Readonly<Record<string, object>>): string =>
  `${JSON.stringify({ flags }, null, 2)}\n`;

export const flag = (change: object = {}) => ({
  state: 'ENABLED',
  variants: { on: true, off: false },
  defaultVariant: 'off',
  ...change,
});

export const share = (percent: number) => ({
  fractional: [['on', percent] as const, ['off', 100 - percent] as const],
});
