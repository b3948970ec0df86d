import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { startReceiver, startSample } from './support.ts';

it('answers nobody any more once it is closed', async () => {
  const github = await startSample();
  expect((await fetch(`${github.apiUrl}/rate_limit`)).status).toBe(200);
  await github.close();
  await expect(fetch(`${github.apiUrl}/rate_limit`)).rejects.toThrow();
});

it('does not wait for a receiver that never answers when it is closed', async () => {
  const github = await startSample();
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  github.setWebhookUrl(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
  await github.announceInstallation();
  await github.close();
  expect(github.deliveries()).toMatchObject([{ event: 'installation', status: 0 }]);
  await new Promise<void>((resolve) => {
    silent.close(() => resolve());
    silent.closeAllConnections();
  });
});

it('says so when its port is taken', async () => {
  const taken = await startReceiver();
  const port = Number(new URL(taken.url).port);
  await expect(startSample({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await taken.close();
});
