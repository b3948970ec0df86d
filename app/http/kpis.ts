import { deflateSync } from 'node:zlib';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { type Database, listAggregates } from '../../adapters/postgres/index.ts';
import { encodePng } from '../../core/chart/png.ts';
import { rasterize } from '../../core/chart/raster.ts';
import { renderSvg } from '../../core/chart/svg.ts';
import { kpiChart } from '../../core/kpi/chart.ts';
import type { KpiReport } from '../../core/kpi/report.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { RequestProblem } from './problem.ts';

/** `GET /v1/releases/{tag}/kpis`, `kpis.svg` and `kpis.png`: the comparison a day after GA, as data and as a picture. */
export function addKpis(api: OpenAPIHono, database: Database): void {
  const reportOf = async (tag: string, repository: string | undefined): Promise<KpiReport> => {
    const [stored] = await listAggregates(database, {
      kind: 'release',
      key: tag,
      ...(repository !== undefined && { repository }),
    });
    const report = (stored?.state as ReleaseState | undefined)?.kpi;
    if (report === undefined) throw new RequestProblem(noReport);
    return report;
  };
  api.get('/v1/releases/:tag/kpis', async (context) =>
    context.json(await reportOf(context.req.param('tag'), context.req.query('repository')), 200),
  );
  api.get('/v1/releases/:tag/kpis.svg', async (context) => {
    const report = await reportOf(context.req.param('tag'), context.req.query('repository'));
    return context.body(renderSvg(kpiChart(report)), 200, {
      'content-type': 'image/svg+xml',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    });
  });
  api.get('/v1/releases/:tag/kpis.png', async (context) => {
    const report = await reportOf(context.req.param('tag'), context.req.query('repository'));
    const bytes = encodePng(rasterize(kpiChart(report)), (data) => deflateSync(data, { level: 9 }));
    return context.body(new Uint8Array(bytes), 200, { 'content-type': 'image/png' });
  });
}

const noReport = {
  status: 404,
  code: 'KPIS_NOT_COMPARED',
  message: 'There is no comparison of this release (yet)',
  help: 'It is made when the observation after GA ends (`release.observe_after_ga`).',
};
