import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { untilHealthy } from '../../dev/health.ts';

interface GatewayOptions {
  /** The last one is answered for good. */
  statuses: number[];
  /** The first that is free is taken. */
  ports?: number[];
}

/** A gateway that answers these statuses one after the other, and sees one service more each time. */
async function startGatewayOn(t: ExecutionContext, { statuses, ports = [0] }: GatewayOptions) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`service-${seen.length + 1}`);
    const status =
      request.url === '/health/ready' ? (statuses.length > 1 ? statuses.shift() : statuses[0]) : 404;
    const body = status === 200 ? JSON.stringify({ status: 'ready', services: seen }) : 'Waiting for: users';
    response.writeHead(status ?? 500, { connection: 'close' }).end(body);
  });
  for (const port of ports) {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening').catch(() => {}); // in use: the next one
    if (server.listening) break;
  }
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function startGateway(t: ExecutionContext, ...statuses: number[]): Promise<string> {
  return startGatewayOn(t, { statuses });
}

test('resolves once the gateway is ready', async (t) => {
  await t.notThrowsAsync(untilHealthy(await startGateway(t, 503, 503, 200)));
});

test('a port that fetch refuses is as good as any', async (t) => {
  const url = await startGatewayOn(t, { statuses: [200], ports: [6000, 6566, 6667, 10_080] });
  await t.throwsAsync(fetch(url));
  await t.notThrowsAsync(untilHealthy(url, { limitMs: 3000 }));
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
