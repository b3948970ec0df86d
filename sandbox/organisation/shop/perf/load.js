// Starts the shop on a free port, sends it a constant rate of requests (an open model: a slow answer does not
// slow the next request down) and writes perf/summary.json in the form of k6's `--summary-export`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';

const rate = Number(process.env.LOAD_RATE ?? 200);
const seconds = Number(process.env.LOAD_SECONDS ?? 3);
const mix = ['/products', '/products', '/products', '/', 'POST /orders'];

const shop = spawn(process.execPath, ['server.js'], {
  env: { ...process.env, PORT: '0', HOST: '127.0.0.1', ENVIRONMENT: 'perf' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const [line] = await once(shop.stdout, 'data');
  const { port } = JSON.parse(line.toString());
  await drive(port, 20); // warm-up, not measured
  const result = await drive(port, rate * seconds);
  await writeFile('perf/summary.json', `${JSON.stringify(summaryOf(result), null, 2)}\n`);
  const { sent, failed, elapsed, latencies } = result;
  console.log(`${sent} requests in ${elapsed.toFixed(1)} s, ${failed} failed, p95 ${quantile(latencies, 0.95).toFixed(2)} ms`);
} finally {
  shop.kill();
}

/** Sends `count` requests at the rate and resolves when the last is answered. */
async function drive(port, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const latencies = [];
  const began = performance.now();
  let sent = 0;
  let failed = 0;
  const answers = [];
  while (sent < count) {
    const due = Math.min(count, Math.floor(((performance.now() - began) / 1000) * rate) + 1);
    for (; sent < due; sent++) {
      answers.push(
        ask(agent, port, mix[sent % mix.length]).then(
          (milliseconds) => latencies.push(milliseconds),
          () => {
            failed += 1;
          },
        ),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const elapsed = (performance.now() - began) / 1000;
  await Promise.all(answers);
  agent.destroy();
  latencies.sort((a, b) => a - b);
  return { sent, failed, elapsed, latencies };
}

function ask(agent, port, kind) {
  const [method, path] = kind.startsWith('POST ') ? ['POST', kind.slice(5)] : ['GET', kind];
  const body = method === 'POST' ? JSON.stringify({ product: 'tea', quantity: 1 }) : undefined;
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, agent, timeout: 5000 }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        if (answer.statusCode < 400) resolve(performance.now() - began);
        else reject(new Error(`status ${answer.statusCode}`));
      });
      answer.on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function summaryOf({ sent, failed, elapsed, latencies }) {
  const average = latencies.reduce((sum, one) => sum + one, 0) / latencies.length;
  return {
    root_group: { name: '', path: '', groups: {}, checks: {} },
    metrics: {
      http_reqs: { count: sent, rate: sent / elapsed },
      http_req_failed: { passes: failed, fails: sent - failed, value: failed / sent },
      http_req_duration: {
        avg: average,
        min: latencies.at(0),
        med: quantile(latencies, 0.5),
        max: latencies.at(-1),
        'p(90)': quantile(latencies, 0.9),
        'p(95)': quantile(latencies, 0.95),
        'p(99)': quantile(latencies, 0.99),
      },
    },
  };
}

/** The smallest latency that a share `q` of the requests did not exceed. */
function quantile(sorted, q) {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
}
