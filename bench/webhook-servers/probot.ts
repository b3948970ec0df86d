import { Probot, Server } from 'probot';

/** A Probot app that handles every event by doing nothing. */
const server = new Server({
  port: Number(process.env.PORT),
  host: process.env.HOST ?? '127.0.0.1',
  Probot: Probot.defaults({
    appId: Number(process.env.APP_ID),
    privateKey: process.env.PRIVATE_KEY ?? '',
    secret: process.env.WEBHOOK_SECRET ?? '',
    logLevel: 'fatal',
    baseUrl: process.env.GITHUB_API_URL ?? '',
  }),
  webhookPath: '/api/github/webhooks',
});
await server.load((app) => {
  app.onAny(() => {});
});
await server.start();
