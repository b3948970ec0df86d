import { html } from 'hono/html';
import { dashboardPage, pagePolicy } from './layout.ts';
import { type Problem, problemBody } from './problem.ts';

/** A refusal in the words of whoever asks: a page for a person's browser, a problem document (RFC 9457) for programs. */
export function answerProblem(request: Request, problem: Problem): Response {
  const { status, message, help } = problem;
  if (!wantsPage(request) || isForPrograms(request)) {
    return new Response(problemBody(problem), {
      status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    });
  }
  return new Response(String(dashboardPage(message, html`<p>${help}</p>`)), {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy,
      'cache-control': 'no-store',
    },
  });
}

/** A browser that is sent somewhere by a person says that it wants HTML; nothing else does. */
export function wantsPage(request: Request): boolean {
  return request.method === 'GET' && (request.headers.get('accept') ?? '').includes('text/html');
}

/** Whoever looks at the API in a browser wants to see what it answers. */
function isForPrograms(request: Request): boolean {
  return /^\/(?:v1|\.well-known)\//.test(new URL(request.url).pathname);
}
