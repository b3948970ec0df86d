// The shop's platform runs previews as processes of their own; it is spoken to over HTTP.
import { resolve } from 'node:path';
import { env } from 'node:process';
import { carryOut, fail, needed, pullRequest } from './order.mjs';

const preview = `${needed('PREVIEW_URL')}/previews/pr-${pullRequest()}`;

await carryOut({
  async create() {
    const order = { directory: resolve('head'), sha: needed('SHA'), size: needed('SIZE') };
    return (await call('PUT', preview, order)).url;
  },
  async sleep() {
    await call('PUT', `${preview}/awake`, { awake: false });
  },
  async wake() {
    return (await call('PUT', `${preview}/awake`, { awake: true })).url;
  },
  async destroy() {
    await call('DELETE', preview);
    const left = await request('GET', preview);
    if (left.status !== 404) fail(`the platform still has it: ${await left.text()}`);
  },
});

async function call(method, url, body) {
  const answer = await request(method, url, body);
  const text = await answer.text();
  return answer.ok ? JSON.parse(text) : fail(`${method} ${url} answered ${answer.status}: ${text}`);
}

function request(method, url, body) {
  return fetch(url, {
    method,
    headers: { authorization: `Bearer ${env.PREVIEW_TOKEN}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}
