/** The real avatars service within the test's own process, and servers that take its place. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '#shared/logger.ts';
import { createMemoryTracing, type MemoryTracing } from '#shared/tracing/testing.ts';
import { createAvatarsApp } from '../../services/avatars/app.ts';
import type { Owner } from './processes.ts';

/** Starts the service on a free port, with a trace of its own; to be called before other tracing is made. */
export async function startAvatars(owner: Owner): Promise<{ url: string; tracing: MemoryTracing }> {
  const tracing = createMemoryTracing({ service: 'avatars' });
  const logger = createLogger({ name: 'avatars', level: 'silent' });
  const app = createAvatarsApp({ logger, tracing: tracing.koa({ trust: 'all' }) });
  return { url: await startHttp(owner, app.callback()), tracing };
}

/** Starts a server that answers like this, on a free port; answers its URL. */
export async function startHttp(owner: Owner, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  owner.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
