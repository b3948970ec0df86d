import { gateNamed, runGate, tool } from '../../actions/registry.ts';
import type { GateIo } from '../../core/gate/gate.ts';
import { silentLog } from '../../core/ports/system.ts';
import { orThrow, readEffectiveConfig } from '../effective-config.ts';
import type { EffectContext } from './performer.ts';
import { unlessItFails } from './unless-it-fails.ts';

/**
 * Objectives whose burn rules fire at this moment: the slo gate, run in process on the tagged commit's config. Golden
 * paths are not walked, only the objectives are read. Null whenever that cannot be told, never an old figure; undefined
 * where the repository has no objectives to read.
 */
export function readBurn(sha: string, context: EffectContext): Promise<number | null | undefined> {
  return unlessItFails(() => burnAt(sha, context));
}

async function burnAt(sha: string, context: EffectContext): Promise<number | null | undefined> {
  const gate = gateNamed('slo');
  const read = gate === undefined ? null : await readOptions(sha, context);
  if (gate === undefined || read === null) return undefined;
  const { result } = await runGate(gate, {
    rawOptions: read.options,
    configSha256: read.sha256,
    subject: { repository: context.aggregate.repository, sha, ref: `refs/tags/${context.aggregate.key}` },
    io: ioOf(sha, context),
    tool,
  });
  const { burning, objectives } = result.measurements;
  if (Array.isArray(objectives) && objectives.length === 0) return undefined;
  return typeof burning === 'number' ? burning : null;
}

async function readOptions(
  sha: string,
  { forge }: EffectContext,
): Promise<{ readonly options: unknown; readonly sha256: string } | null> {
  const found = await readEffectiveConfig(sha, forge);
  if (found === null) return null;
  const { config, sha256 } = orThrow(found);
  const slo = config.gates.slo;
  if (typeof slo !== 'object' || slo === null) return null;
  const { golden_paths: _walked, ...options } = slo as Readonly<Record<string, unknown>>;
  return { options, sha256 };
}

function ioOf(sha: string, { forge, metricsSource, now, fetch }: EffectContext): GateIo {
  return {
    files: forge.filesAt(sha),
    fetch: fetch ?? unreachable,
    metrics: ({ kind, url }) => metricsSource(kind, url),
    clock: { now },
    log: silentLog,
  };
}

const unreachable: typeof fetch = () => Promise.reject(new TypeError('nothing but metrics may be called'));
