/** A collector on a real socket that decodes what it is sent. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import { decodeBatch, type ThriftBatch, type ThriftSpan } from '../../jaeger/thrift/jaeger-batch.ts';

export interface ThriftCollector {
  readonly endpoint: string;
  /** Byte for byte what was sent. */
  readonly bodies: Buffer[];
  readonly batches: ThriftBatch[];
  readonly headers: IncomingHttpHeaders[];
  spans(): ThriftSpan[];
}

/** Takes batches over HTTP until the test has ended; the first ones it may refuse for good. */
export async function startThriftCollector(
  t: ExecutionContext,
  { refuse = 0 } = {},
): Promise<ThriftCollector> {
  const bodies: Buffer[] = [];
  const batches: ThriftBatch[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer(async (request, response) => {
    headers.push(request.headers);
    const body = Buffer.concat(await request.toArray());
    if (headers.length <= refuse) {
      response.writeHead(400).end();
      return;
    }
    bodies.push(body);
    batches.push(decodeBatch(body));
    response.writeHead(202).end();
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/traces`;
  return { endpoint, bodies, batches, headers, spans: () => batches.flatMap((batch) => batch.spans) };
}

/** Takes datagrams until the test has ended. */
export async function startAgent(t: ExecutionContext): Promise<{ port: number; datagrams: Buffer[] }> {
  const datagrams: Buffer[] = [];
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  t.teardown(() => socket.close());
  socket.on('message', (datagram) => datagrams.push(datagram));
  await once(socket, 'listening');
  return { port: socket.address().port, datagrams };
}
