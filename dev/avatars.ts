/** Where the avatars service of one `npm start` runs: it is no part of the mesh, so the users service is told its address. */
import { type Environment, loadConfig } from '#shared/config.ts';
import { answers, isFree } from './probe.ts';

/** What was found. */
export interface AvatarsFound {
  /** The port to start one on; undefined where one is there, or is elsewhere. */
  port?: number;
}

const HOST = '127.0.0.1';
const LOOPBACK = new Set(['localhost', '127.0.0.1']);

/**
 * With `AVATARS_URL`: something answers there, or it is on another machine, and it is used; else one is started there. Without:
 * one is started on `AVATARS_PORT`, or on 3100, or, since only the users service has to find it, on any free port.
 */
export async function findAvatars(env: Environment, defaultPort = 3100): Promise<AvatarsFound> {
  const given = env['AVATARS_URL'];
  const { port } = loadConfig(env, (variables) => ({ port: variables.port('AVATARS_PORT') }));
  if (given) {
    const url = new URL(given);
    const address = { host: url.hostname, port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)) };
    if (!LOOPBACK.has(address.host) || (await answers(address))) return {};
    return { port: address.port };
  }
  if (port !== undefined) return { port };
  return { port: (await isFree({ host: HOST, port: defaultPort })) ? defaultPort : 0 };
}
