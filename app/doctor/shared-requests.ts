/** What a report asked of GitHub. */
export interface Asked {
  /** Requests that were sent. */
  sent: number;
  /** Questions that an earlier answer was good for: what repositories of one organisation have in common. */
  shared: number;
}

/** Longest that GitHub is waited for when it asks for patience, s; a report that takes hours is read by nobody. */
const mostPatience = 60;
const mostTries = 3;
/** Requests on their way: GitHub takes 100 at once from everybody together, and likes few. */
const mostAtOnce = 5;

/**
 * A `fetch` for one report, few requests at once. The same question of the same account is asked once; when GitHub asks
 * for patience (its secondary limits: `retry-after` with 403 or 429) everybody waits, and then the question is asked
 * again.
 *
 * @param wait for so many ms.
 */
export function sharedRequests(
  send: typeof fetch,
  wait: (ms: number) => Promise<unknown>,
): { readonly fetch: typeof fetch; readonly asked: Asked } {
  const asked: Asked = { sent: 0, shared: 0 };
  const answers = new Map<string, Promise<Response>>();
  let pause: Promise<unknown> = Promise.resolve();

  const inTurn = atMost(mostAtOnce);
  const patiently = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    for (let tries = 1; ; tries += 1) {
      const answer = await inTurn(async () => {
        await pause;
        asked.sent += 1;
        return send(input, init);
      });
      const seconds = patienceOf(answer);
      if (seconds === null || tries === mostTries) return answer;
      pause = Promise.all([pause, wait(seconds * 1_000)]);
    }
  };
  return {
    asked,
    fetch: async (input, init) => {
      if ((init?.method ?? 'GET') !== 'GET') return patiently(input, init);
      const key = `${accountOf(init)} ${String(input)}`;
      const known = answers.get(key);
      if (known !== undefined) asked.shared += 1;
      const answer = known ?? patiently(input, init);
      answers.set(key, answer);
      answer.catch(() => answers.delete(key));
      return (await answer).clone();
    },
  };
}

/** Lets so many run at once; the others wait in line. */
function atMost(most: number): <Result>(run: () => Promise<Result>) => Promise<Result> {
  let free = most;
  const line: (() => void)[] = [];
  return async (run) => {
    if (free === 0) await new Promise<void>((resolve) => line.push(resolve));
    else free -= 1;
    try {
      return await run();
    } finally {
      const next = line.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

function patienceOf({ status, headers }: Response): number | null {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return (status === 403 || status === 429) && seconds <= mostPatience ? seconds : null;
}

/** The App signs a token for each request: whoever shows one that it signed is the App. */
function accountOf(init: RequestInit | undefined): string {
  const token = new Headers(init?.headers).get('authorization') ?? '';
  return /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/.test(token) ? 'App' : token;
}
