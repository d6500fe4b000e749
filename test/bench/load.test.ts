import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { loadTogether } from '../../bench/load.ts';

test('targets of different speed get the same requests, no more at once than there are loops', async (t) => {
  let open = 0;
  let most = 0;
  const answer: RequestListener = (_, response) => {
    most = Math.max(most, ++open);
    response.end('well', () => open--);
  };
  const slow = await startServer(t, (request, response) => {
    setImmediate(() => setImmediate(() => answer(request, response)));
  });
  const quick = await startServer(t, answer);

  const results = await loadTogether([slow, quick], { inFlight: 4, requests: 50, deadlineMs: 10_000 });
  t.deepEqual(results, [
    { answered: 50, failed: 0 },
    { answered: 50, failed: 0 },
  ]);
  t.true(most <= 8, `${most} at once`);
});

test('answers other than 200 and broken connections count as failed', async (t) => {
  const broken = await startServer(t, (request) => request.socket.destroy());
  const failing = await startServer(t, (_, response) => response.writeHead(500).end());
  const results = await loadTogether([broken, failing], { inFlight: 2, requests: 5, deadlineMs: 10_000 });
  t.deepEqual(results, [
    { answered: 0, failed: 5 },
    { answered: 0, failed: 5 },
  ]);
});

test('the load ends at its deadline', async (t) => {
  const target = await startServer(t, (_, response) => response.end());
  const [result] = await loadTogether([target], { inFlight: 1, requests: 1e6, deadlineMs: 50 });
  t.true((result?.answered ?? 0) < 1e6);
});

async function startServer(t: ExecutionContext, listener: RequestListener): Promise<URL> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}
