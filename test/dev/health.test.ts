import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { untilHealthy } from '../../dev/health.ts';

/** A gateway that answers these statuses one after the other, the last one for good, and sees one service more each time. */
async function startGateway(t: ExecutionContext, ...statuses: number[]): Promise<string> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`service-${seen.length + 1}`);
    const status =
      request.url === '/health/ready' ? (statuses.length > 1 ? statuses.shift() : statuses[0]) : 404;
    const body = status === 200 ? JSON.stringify({ status: 'ready', services: seen }) : 'Waiting for: users';
    response.writeHead(status ?? 500, { connection: 'close' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('resolves once the gateway is ready', async (t) => {
  await t.notThrowsAsync(untilHealthy(await startGateway(t, 503, 503, 200)));
});

test('waits for services that the gateway does not need, too', async (t) => {
  await t.notThrowsAsync(untilHealthy(await startGateway(t, 200), { services: ['service-1', 'service-3'] }));
  await t.throwsAsync(untilHealthy(await startGateway(t, 200), { services: ['other'], limitMs: 200 }), {
    message: /^the gateway is not ready after 0\.2 s, it answers 200 .*service-1/,
  });
});

test('says what is missing where it never is', async (t) => {
  await t.throwsAsync(untilHealthy(await startGateway(t, 503), { limitMs: 3000 }), {
    message: 'the gateway is not ready after 3 s, it answers 503 Waiting for: users',
  });
});
