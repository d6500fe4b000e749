/** Asks what is there on this machine's ports, or elsewhere, before anything is started. */
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

/** Whether a NATS server is there that takes clients without credentials: it introduces itself at once. */
export async function isOpenNats(address: Address): Promise<boolean> {
  const greeting = await tryConnection(address, async (socket) => {
    const [chunk] = await once(socket, 'data', { signal: AbortSignal.timeout(PATIENCE_MS) });
    return String(chunk);
  });
  return greeting?.startsWith('INFO {') === true && !/"(auth|tls)_required": ?true/.test(greeting);
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
