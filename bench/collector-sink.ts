/** A collector that takes everything and keeps nothing: as Jaeger it answers 202 and closes the connection. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What came in so far. */
export interface SinkStats {
  requests: number;
  datagrams: number;
  bytes: number;
}

/** A running sink. */
export interface CollectorSink {
  /** Takes any POST. */
  readonly url: string;
  /** Takes any datagram. */
  readonly udpPort: number;
  stats(): SinkStats;
  close(): Promise<void>;
}

/** Starts a sink on free ports of 127.0.0.1. */
export async function startCollectorSink(): Promise<CollectorSink> {
  const stats: SinkStats = { requests: 0, datagrams: 0, bytes: 0 };
  const server = createServer((request, response) => {
    stats.requests++;
    request.on('data', (chunk: Buffer) => {
      stats.bytes += chunk.length;
    });
    request.on('end', () => response.writeHead(202, { connection: 'close' }).end());
  });
  server.listen(0, '127.0.0.1');
  const socket = createSocket('udp4', (message) => {
    stats.datagrams++;
    stats.bytes += message.length;
  });
  socket.bind(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(socket, 'listening')]);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    udpPort: socket.address().port,
    stats: () => ({ ...stats }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      socket.close();
    },
  };
}
