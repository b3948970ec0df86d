import { html } from 'hono/html';
import { type Database, readAggregate, type StoredAggregate } from '../../adapters/postgres/index.ts';
import { exportGovernance, type GovernanceExport } from '../../core/governance/export.ts';
import type { GovernanceState } from '../../core/governance/state.ts';
import { governanceOf } from '../events/settings.ts';
import { dashboardPage, type Html, wideTable } from './layout.ts';

/** How the rules of a repository stand, for the first page. */
export function governanceRow({ ref, state }: StoredAggregate): Html {
  const { found, goodAt } = state as GovernanceState;
  const since = goodAt === null || goodAt === undefined ? 'never' : timeText(new Date(goodAt).toISOString());
  // There is no page before the rules were read.
  const name =
    found === null ? ref.repository : html`<a href="/governance/${ref.repository}">${ref.repository}</a>`;
  return html`<tr><td>${name}</td><td>${standing(state as GovernanceState)}</td><td>${found?.plan.changes.length ?? ''}</td><td>${since}</td></tr>`;
}

function standing({ found, drift, applying }: GovernanceState): string {
  if (applying !== null) return 'being written';
  if (drift !== null && !drift.over) return `drift${drift.issue === null ? '' : ` (#${drift.issue})`}`;
  if (found === null) return 'declares no rules, or not read yet';
  return found.plan.changes.length === 0 ? 'as declared' : 'differs';
}

/** State, plan, drift and what merged in the gap of one repository; null: its rules were never read. */
export async function readGovernancePage(
  database: Database,
  repository: string,
  githubUrl: string,
): Promise<Html | null> {
  const stored = await readAggregate(database, governanceOf(repository));
  const state = (stored?.state as GovernanceState | undefined) ?? null;
  const exported = state === null ? null : exportGovernance(repository, state);
  return exported === null ? null : page(exported, `${githubUrl}/${repository}`);
}

function page(found: GovernanceExport, home: string): Html {
  const { repository, plan, drift, merged_in_the_gap: merged, settings } = found;
  return dashboardPage(
    `Rules of ${repository}`,
    html`<p>
          Read at ${timeText(found.read_at)}; last as the config says at
          ${found.in_order_at === null ? 'no time yet' : timeText(found.in_order_at)}. Config
          <code>${found.config_sha256.slice(0, 12)}</code>.
        </p>
        ${drift === null ? html`<p><strong>No drift.</strong></p>` : html`<p><strong>Drift</strong> since ${timeText(drift.since)}${drift.issue === null ? '' : html`, <a href="${home}/issues/${drift.issue}">issue #${drift.issue}</a>`}.</p>`}
        <h2>Plan ${plan.changes.length === 0 ? '' : html`<code>${plan.hash.slice(0, 12)}</code>`}</h2>
        ${
          plan.changes.length === 0
            ? html`<p>Nothing to write.</p>`
            : wideTable(
                'Plan',
                ['What', 'Change'],
                plan.changes.map(
                  ({ kind, name, action, details }) =>
                    html`<tr><td>${kind} ${name}</td><td>${action}${details.map((one) => html`<br />${one}`)}</td></tr>`,
                ),
              )
        }
        ${plan.refused === null ? '' : html`<p><strong>Not applied:</strong> ${plan.refused}</p>`}
        ${listOf('Weaker than the organisation allows, and without effect', plan.weaker_than_organisation)}
        ${listOf('Without a code owner', plan.without_code_owner)}
        ${listOf('Also in force, and never written from here', plan.also_in_force)}
        ${listOf('Not declared and left alone', plan.undeclared)}
        ${merged.length === 0 ? '' : html`<h2>Merged while the rules were not as wanted</h2><ul>${merged.map(({ number, title, by, at }) => html`<li><a href="${home}/pull/${number}">#${number}</a> ${title}, by ${by}, ${timeText(at)}</li>`)}</ul>`}
        <h2>As they were found</h2>
        <pre>${JSON.stringify(settings, null, 2)}</pre>
        <p><a href="/v1/governance/${repository}">As JSON</a> · <a href="/doctor/${repository}">Doctor</a></p>`,
  );
}

function listOf(title: string, items: readonly string[]): Html | string {
  return items.length === 0
    ? ''
    : html`<h2>${title}</h2><ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

function timeText(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
