import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono, type MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import { ConductorError, ConflictError, ProviderError } from '../../core/errors.ts';
import type { Environment } from './environment.ts';
import { federate } from './federate.ts';
import type { Previews } from './previews.ts';

const installSchema = z.strictObject({
  directory: z.string().min(1),
  sha: z.string().regex(/^[0-9a-f]{40}$/),
});
const weightsSchema = z.record(z.string(), z.number());
const previewName = ':name{pr-[1-9][0-9]{0,8}}';
const previewSchema = installSchema.extend({ size: z.string().max(31) });
const awakeSchema = z.strictObject({ awake: z.boolean() });
const fenceSchema = z.coerce.number().int().positive();

/** The HTTP API that the deploy workflow uses. Everything that changes something needs the deploy token. */
export function createApi(
  environments: ReadonlyMap<string, Environment>,
  previews: Previews,
  deployToken: string,
): Hono {
  const api = new Hono();
  const find = (name: string): Environment => {
    const environment = environments.get(name);
    return environment ?? notFound(`there is no environment "${name}"`);
  };

  api.onError((error, context) => {
    const status = statusOf(error);
    const code = error instanceof ConductorError ? error.code : 'REQUEST_INVALID';
    return context.json({ error: { code, message: error.message } }, status);
  });
  api.get('/health', (context) => context.json({ ok: true }));
  api.get('/metrics', async (context) =>
    context.text(await federate([...environments.values()]), 200, {
      'content-type': 'text/plain; version=0.0.4',
    }),
  );
  api.get('/environments/:environment', (context) =>
    context.json(describe(find(context.req.param('environment')))),
  );

  const guard: MiddlewareHandler = async (context, next) => {
    if (!isToken(context.req.header('authorization') ?? '', deployToken)) {
      throw new HTTPException(401, { message: 'the deploy token is missing or wrong' });
    }
    await next();
  };
  api.use('/environments/*', guard);
  api.use('/previews/*', guard);
  api.put('/environments/:environment/versions/:version', async (context) => {
    const environment = find(context.req.param('environment'));
    const { directory, sha } = installSchema.parse(await context.req.json());
    await environment.install(context.req.param('version'), sha, directory);
    return context.json(describe(environment));
  });
  api.put('/environments/:environment/weights', async (context) => {
    const environment = find(context.req.param('environment'));
    const header = context.req.header('x-deployment-id');
    const fence = header === undefined ? null : fenceSchema.parse(header);
    environment.setWeights(weightsSchema.parse(await context.req.json()), fence);
    return context.json(describe(environment));
  });
  api.delete('/environments/:environment/versions/:version', async (context) => {
    const environment = find(context.req.param('environment'));
    await environment.remove(context.req.param('version'));
    return context.json(describe(environment));
  });
  servePreviews(api, previews);
  return api;
}

/** What the preview workflow uses; every call may come twice. */
function servePreviews(api: Hono, previews: Previews): void {
  const path = `/previews/${previewName}` as const;
  const describe = (name: string) => previews.describe(name) ?? notFound(`there is no preview "${name}"`);
  api.get(path, (context) => context.json(describe(context.req.param('name'))));
  api.put(path, async (context) => {
    const name = context.req.param('name');
    await previews.put(name, previewSchema.parse(await context.req.json()));
    return context.json(describe(name));
  });
  api.put(`${path}/awake`, async (context) => {
    const name = context.req.param('name');
    describe(name);
    await previews.setAwake(name, awakeSchema.parse(await context.req.json()).awake);
    return context.json(describe(name));
  });
  api.delete(path, async (context) => {
    await previews.remove(context.req.param('name'));
    return context.json({});
  });
}

function notFound(message: string): never {
  throw new HTTPException(404, { message });
}

/** What an environment says about itself. */
function describe(environment: Environment) {
  return {
    environment: environment.name,
    weights: environment.weights,
    deployment: environment.fence,
    versions: Object.fromEntries(
      environment.instances.map((instance) => [
        instance.version,
        {
          sha: instance.sha,
          instance: instance.id,
          healthy: instance.alive,
          ...environment.counters[instance.version],
        },
      ]),
    ),
  };
}

/** Compared as digests, so that neither content nor length shows in the time it takes. */
function isToken(header: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header), digest(`Bearer ${token}`));
}

function statusOf(error: Error): 400 | 401 | 404 | 409 | 422 | 500 {
  if (error instanceof HTTPException) return error.status as 401 | 404;
  if (error instanceof ConflictError) return 409;
  if (error instanceof ProviderError) return 422;
  if (error instanceof ConductorError || error instanceof z.ZodError) return 422;
  return error instanceof SyntaxError ? 400 : 500;
}
