/** Asks what is there on this machine's ports, or elsewhere, before anything is started. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Where to ask. */
export interface Address {
  host: string;
  port: number;
}

const PATIENCE_MS = 1000;

/** Whether something takes connections there. */
export async function answers(address: Address): Promise<boolean> {
  return (await tryConnection(address, async () => true)) ?? false;
}

/** What a NATS server says of itself to whoever connects. */
export interface NatsGreeting {
  needsCredentials: boolean;
  needsTls: boolean;
}

/** The greeting of the NATS server there; undefined where nothing is, or something else. */
export async function greetingOfNats(
  address: Address,
  patienceMs = PATIENCE_MS,
): Promise<NatsGreeting | undefined> {
  const greeting = await tryConnection(address, async (socket) => {
    const [chunk] = await once(socket, 'data', { signal: AbortSignal.timeout(patienceMs) });
    return String(chunk);
  });
  if (!greeting?.startsWith('INFO {')) return undefined;
  return {
    needsCredentials: /"auth_required": ?true/.test(greeting),
    needsTls: /"tls_required": ?true/.test(greeting),
  };
}

/** Whether a NATS server is there that takes clients without credentials. */
export async function isOpenNats(address: Address): Promise<boolean> {
  const greeting = await greetingOfNats(address);
  return greeting !== undefined && !greeting.needsCredentials && !greeting.needsTls;
}

/** Whether a server could listen there now. Other failures than a port in use are left to that server to report. */
export async function isFree(address: Address): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(address);
    await once(server, 'listening');
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EADDRINUSE';
  } finally {
    server.close();
  }
}

/** Whether somebody on this machine takes datagrams there: UDP answers nothing, but no port is bound twice. */
export async function takesDatagrams({ host, port }: Address): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind(port, host);
    await once(socket, 'listening');
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  } finally {
    socket.close();
  }
}

/** What `use` answers for a connection to there, or undefined where there is none or it breaks. */
async function tryConnection<T>(
  address: Address,
  use: (socket: Socket) => Promise<T>,
): Promise<T | undefined> {
  const socket = connect(address);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(PATIENCE_MS) });
    return await use(socket);
  } catch {
    return undefined;
  } finally {
    socket.on('error', () => {}).destroy();
  }
}
