/** The sockets that processes hold, as the system lists them: what `ss -tuanp` prints. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A TCP or UDP socket. */
export interface SystemSocket {
  protocol: 'tcp' | 'tcp6' | 'udp' | 'udp6';
  /** Its own address, such as `127.0.0.1` and `::1`. */
  address: string;
  port: number;
  isListening: boolean;
}

const LISTEN = '0A';
const UDP_UNCONNECTED = '07';

/** All TCP and UDP sockets of these processes. */
export function socketsOf(pids: readonly number[]): SystemSocket[] {
  const inodes = new Set(pids.flatMap(socketInodesOf));
  return (['tcp', 'tcp6', 'udp', 'udp6'] as const).flatMap((protocol) =>
    readFileSync(`/proc/net/${protocol}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => inodes.has(columns[9] ?? ''))
      .map(([, local = '', , state = '']) => {
        const [address = '', port = ''] = local.split(':');
        const isListening = state === (protocol.startsWith('tcp') ? LISTEN : UDP_UNCONNECTED);
        return { protocol, address: readAddress(address), port: Number.parseInt(port, 16), isListening };
      }),
  );
}

/** Whether only this machine can reach an address. */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function socketInodesOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).match(/^socket:\[(\d+)\]$/)?.[1] ?? [];
    } catch {
      return []; // closed since it was listed
    }
  });
}

/** The kernel writes addresses as 32-bit words in the machine's byte order, little-endian wherever this runs. */
function readAddress(hex: string): string {
  const bytes = [...Buffer.from(hex, 'hex').swap32()];
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff) return bytes.slice(12).join('.');
  if (bytes.slice(0, 15).every((byte) => byte === 0)) return bytes[15] === 1 ? '::1' : '::';
  return Buffer.from(bytes).toString('hex');
}
