/** Requests of every kind at a steady pace: what is asked for, refused, not there, streamed, and hung up on. */
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { sendRequest } from '../helpers/requests.ts';

/** What came of the load so far. */
export interface MixedLoad {
  /** Requests that were answered as they should be, or hung up on. */
  answered(): number;
  /** Those that were not. */
  readonly surprises: readonly string[];
  /** Resolves when all that is under way is over. */
  stop(): Promise<void>;
}

interface Kind {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
}

const kinds = (userPath: string): readonly Kind[] => [
  { method: 'GET', path: '/user/test', status: 200 },
  { method: 'GET', path: userPath, status: 200 },
  { method: 'GET', path: '/users?pageSize=3', status: 200 },
  { method: 'GET', path: '/hello/Ada', status: 200 },
  { method: 'GET', path: '/hello/Ada/stream?count=200', status: 200 },
  { method: 'GET', path: '/users?pageSize=1000', status: 422 },
  { method: 'GET', path: '/users/nobody', status: 404 },
  { method: 'DELETE', path: userPath, status: 401 },
  { method: 'GET', path: '/nowhere', status: 404 },
  { method: 'POST', path: '/users', body: '{', status: 400 },
  { method: 'GET', path: '/lab/n-plus-one', status: 200 },
  { method: 'GET', path: '/lab/serial?cured=true', status: 200 },
  { method: 'GET', path: '/openapi.json', status: 200 },
];

/** Starts `perSecond` requests a second, one in twenty of which is hung up on before its answer is there. */
export function startMixedLoad(
  gatewayUrl: string,
  { perSecond, userPath }: { perSecond: number; userPath: string },
): MixedLoad {
  const all = kinds(userPath);
  const surprises: string[] = [];
  const underWay = new Set<Promise<void>>();
  let sent = 0;
  let answered = 0;

  const ask = async ({ method, path, body, status }: Kind): Promise<void> => {
    try {
      const reply = await sendRequest(gatewayUrl, method, path, body);
      if (reply.status === status) answered++;
      else surprises.push(`${method} ${path}: ${reply.status} ${reply.text}`);
    } catch (error) {
      surprises.push(`${method} ${path}: ${error}`);
    }
  };
  const hangUp = (): Promise<void> =>
    new Promise((resolve) => {
      const outgoing = request(`${gatewayUrl}/lab/pool`, { agent: false }).end();
      outgoing.on('error', () => {}).on('close', resolve);
      outgoing.on('socket', (socket) => socket.once('connect', () => setImmediate(() => outgoing.destroy())));
      answered++;
    });
  const begin = (): void => {
    const kind = all[sent % all.length] as Kind;
    const going = sent++ % 20 === 19 ? hangUp() : ask(kind);
    underWay.add(going);
    going.finally(() => underWay.delete(going));
  };
  const pace = setInterval(begin, 1000 / perSecond);

  return {
    answered: () => answered,
    surprises,
    async stop() {
      clearInterval(pace);
      while (underWay.size > 0) await Promise.race([...underWay, delay(100)]);
    },
  };
}
