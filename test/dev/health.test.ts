import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { untilHealthy } from '../../dev/health.ts';

/** A gateway that answers these statuses one after the other, the last one for good. */
async function startGateway(t: ExecutionContext, ...statuses: number[]): Promise<string> {
  const server = createServer((request, response) => {
    const status =
      request.url === '/health/ready' ? (statuses.length > 1 ? statuses.shift() : statuses[0]) : 404;
    response.writeHead(status ?? 500, { connection: 'close' }).end(`Waiting for: users`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('resolves once the gateway is ready', async (t) => {
  await t.notThrowsAsync(untilHealthy(await startGateway(t, 503, 503, 200)));
});

test('says what is missing where it never is', async (t) => {
  await t.throwsAsync(untilHealthy(await startGateway(t, 503), { limitMs: 3000 }), {
    message: 'the gateway is not ready after 3 s, it answers 503 Waiting for: users',
  });
});
