/** A NATS server of the benchmark's own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The version of the installed nats-server, or undefined where there is none. */
export function natsVersion(): string | undefined {
  const { status, stdout } = spawnSync('nats-server', ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().replace(/^nats-server: /, '') : undefined;
}

/** A running NATS server. */
export interface NatsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts nats-server on a free port of 127.0.0.1; it keeps nothing on disk. */
export async function startNatsServer(): Promise<NatsServer> {
  const server = spawn('nats-server', ['--addr', '127.0.0.1', '--port', '-1'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(server, 'exit');
  const close = async (): Promise<void> => {
    server.kill('SIGKILL');
    await ended;
  };
  for await (const line of createInterface(server.stderr)) {
    const port = /Listening for client connections on [^ ]*:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    server.stderr.resume();
    return { url: `nats://127.0.0.1:${port}`, close };
  }
  throw new Error('nats-server ended before it listened');
}
