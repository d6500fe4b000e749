import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { createHttpReporter } from '#shared/tracing/reporter/reporter.ts';

test('close sends what is queued and says what was sent', async (t) => {
  const received: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      received.push(`${request.headers['content-type']} ${Buffer.concat(chunks)}`);
      response.writeHead(202).end();
    });
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}/api/traces`;

  const reporter = createHttpReporter({ endpoint, contentType: 'application/x-thrift' });
  reporter.send({ bytes: Buffer.from('a'), spans: 1 });
  reporter.send({ bytes: Buffer.from('b'), spans: 2 });

  t.deepEqual(await reporter.close({ deadlineMs: 5_000 }), { sent: 3, dropped: 0, spooled: 0 });
  t.deepEqual(received, ['application/x-thrift a', 'application/x-thrift b']);
});
