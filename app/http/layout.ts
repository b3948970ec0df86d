import { html } from 'hono/html';

export type Html = ReturnType<typeof html>;

/** No script, and nothing of anybody else's: what is escaped in a page has no second chance. */
export const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/**
 * The frame of every page that shows something: readable without script, in the dark, with a screen reader, and on a phone,
 * where wide tables scroll by themselves. `refresh`: seconds after which it looks again.
 */
export function layout(title: string, body: Html, refresh?: number): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${refresh === undefined ? '' : html`<meta http-equiv="refresh" content="${refresh}" />`}
        <title>${title}</title>
        <style>
          :root { color-scheme: light dark; }
          body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 1rem auto 3rem; padding: 0 1rem; }
          h1, h2, p, li, dd { overflow-wrap: anywhere; }
          nav a { display: inline-block; margin-right: 1rem; padding: 0.3rem 0; }
          table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1rem; }
          th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid #8884; }
          td { overflow-wrap: anywhere; min-width: 3.5rem; }
          .wide { overflow-x: auto; }
          .text td:last-child { min-width: 9rem; }
          .figures td { overflow-wrap: normal; min-width: 0; }
          .figures td:not(:first-child), .figures th:not(:first-child) { text-align: right; }
          dt { font-weight: 600; }
          dd { margin: 0 0 0.4rem; }
          pre { overflow: auto; }
          label { display: inline-block; margin: 0 1rem 0.4rem 0; }
          input { max-width: 100%; box-sizing: border-box; }
          svg { max-width: 100%; height: auto; }
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html>`;
}

export const product = 'Release Conductor';

/** The pages that everybody knows the way from, and what this one shows. */
export function dashboardPage(title: string, body: Html): Html {
  return layout(
    title === product ? product : `${title} · ${product}`,
    html`<nav aria-label="Pages"><a href="/">Releases</a><a href="/previews">Previews</a><a href="/audit">Audit log</a></nav>
      <main><h1>${title}</h1>${body}</main>`,
  );
}

/** A table that may be wider than a phone; whoever has no mouse reaches and scrolls it too. Without rows it says so. */
export function wideTable(
  label: string,
  heads: readonly string[],
  rows: readonly Html[],
  kind: 'text' | 'figures' = 'text',
): Html {
  if (rows.length === 0) return html`<p>None.</p>`;
  return html`<div class="wide" role="region" aria-label="${label}" tabindex="0"><table class="${kind}">
    <tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr>
    ${rows}
  </table></div>`;
}
