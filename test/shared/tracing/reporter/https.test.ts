import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { createHttpReporter } from '#shared/tracing/reporter/reporter.ts';
import { until } from '../../../helpers/until.ts';
import { batch, ids, startCollector } from './collector.ts';

// Made for these tests and used by nothing else; it says so itself, and is good until 2125.
const key = readFileSync(join(import.meta.dirname, '../../../helpers/tls/key.pem'), 'utf8');
const cert = readFileSync(join(import.meta.dirname, '../../../helpers/tls/certificate.pem'), 'utf8');

async function startTlsCollector(t: ExecutionContext): Promise<{ endpoint: string; server: Server }> {
  const server = createServer({ key, cert }, (request, response) => {
    request.resume().on('end', () => response.writeHead(202).end());
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  return { endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}/api/traces`, server };
}

test.serial('a certificate that nobody vouches for gets nothing', async (t) => {
  const { endpoint } = await startTlsCollector(t);
  const lines: object[] = [];
  const logger = { debug: (fields: object) => lines.push(fields), warn: () => {} };
  const reporter = createHttpReporter({ endpoint, contentType: 'application/x-thrift', logger });
  reporter.send(batch(1));
  await until(() => reporter.stats().requests.failed > 0);
  t.regex(JSON.stringify(lines), /self-signed certificate/);
  t.deepEqual(await reporter.close({ deadlineMs: 0 }), { sent: 0, dropped: 1, spooled: 0 });
});

test.serial('TLS where none is spoken is told of on one line', async (t) => {
  const collector = await startCollector(t);
  const endpoint = collector.endpoint.replace('http:', 'https:');
  const lines: string[] = [];
  const logger = { debug: () => {}, warn: (fields: object) => lines.push(Object.values(fields).join(' ')) };
  const reporter = createHttpReporter({ endpoint, contentType: 'application/x-thrift', logger });
  reporter.send(batch(1));
  await until(() => reporter.stats().requests.failed > 0);
  t.regex(lines.join(), /wrong version number/);
  t.notRegex(lines.join(), /[\r\n]/);
  await reporter.close({ deadlineMs: 0 });
});

test.serial('batches arrive over TLS, whose sessions are resumed', async (t) => {
  const authorities = getCACertificates();
  setDefaultCACertificates([...authorities, cert]);
  t.teardown(() => setDefaultCACertificates(authorities));
  const { endpoint, server } = await startTlsCollector(t);
  let resumed = 0;
  server.on('secureConnection', (socket) => {
    if (socket.isSessionReused()) resumed += 1;
  });
  const reporter = createHttpReporter({ endpoint, contentType: 'application/x-thrift' });
  for (const id of ids(5)) {
    reporter.send(batch(id));
    await until(() => reporter.stats().sent === Number(id) + 1);
  }
  t.deepEqual(await reporter.close({ deadlineMs: 5_000 }), { sent: 5, dropped: 0, spooled: 0 });
  t.true(resumed > 0);
});
