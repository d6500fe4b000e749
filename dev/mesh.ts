/** How the processes of one `npm start` find each other: by NATS, or by loopback TCP. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { type Environment, loadMeshConfig } from '#shared/config.ts';
import { LaunchError } from './launch-error.ts';
import { claimNamespace } from './namespace.ts';
import { type Address, answers, greetingOfNats, isOpenNats } from './probe.ts';

/** What the children are told. */
export interface MeshFound {
  /** Variables to set for them. */
  variables: { NATS_URL?: string; NAMESPACE?: string };
  /** The same in words, such as `loopback TCP`. */
  description: string;
}

/** Where to look for a NATS, for tests. */
export interface MeshSearch {
  /** The project's folder. */
  root: string;
  /** Where a NATS is looked for that nobody has named. @default 4222 */
  natsPort?: number | undefined;
  /** Where folders for a while lie. @default os.tmpdir() */
  tmp?: string;
}

/**
 * Takes the NATS of `NATS_URL`, or one that it finds on this machine, or none. On a NATS that was merely found the namespace is
 * the folder's own: another clone finds the same NATS, and the two must not answer each other's calls.
 * @throws {LaunchError} where `NATS_URL` leads to no NATS, or to one that will not let anybody in without credentials
 */
export async function findMesh(
  env: Environment,
  { root, natsPort = 4222, tmp }: MeshSearch,
): Promise<MeshFound> {
  const { mesh } = loadMeshConfig(env);
  if (mesh.natsUrl) return { variables: {}, description: `NATS at ${await expectNats(mesh.natsUrl)}` };
  if (await isOpenNats({ host: '127.0.0.1', port: natsPort })) {
    const namespace = env['NAMESPACE'] || claimNamespace(namespaceOf(root), { root, tmp });
    return {
      variables: { NATS_URL: `nats://127.0.0.1:${natsPort}`, NAMESPACE: namespace },
      description: `the NATS found at 127.0.0.1:${natsPort}, namespace ${namespace}`,
    };
  }
  const namespace = env['NAMESPACE'] || claimNamespace(mesh.namespace, { root, tmp });
  const alone = namespace === mesh.namespace ? '' : `, namespace ${namespace} beside another npm start`;
  return { variables: { NAMESPACE: namespace }, description: `loopback TCP${alone}` };
}

/** How long a NATS may take for its greeting: it may be far away, and have much to do. */
const GREETING_PATIENCE_MS = 5000;

/** The hosts of these URLs, one of which at least has to be a NATS: its clients would only try again and again. */
async function expectNats(natsUrl: string): Promise<string> {
  const urls = natsUrl.split(',').map((text) => new URL(text.trim()));
  const addresses = urls.map(addressOf);
  const hosts = urls.map(({ host }) => host).join(', ');
  const greetings = await Promise.all(
    addresses.map((address) => greetingOfNats(address, GREETING_PATIENCE_MS)),
  );
  const found = greetings.filter((greeting) => greeting !== undefined);
  if (found.length === 0) {
    const isOther = (await Promise.all(addresses.map(answers))).includes(true);
    throw new LaunchError(
      isOther
        ? `what answers at ${hosts}, the address in NATS_URL, is no NATS: set NATS_URL to the port of its clients, usually 4222`
        : `nothing answers at ${hosts}, the address in NATS_URL: start NATS there, or unset NATS_URL to do without it`,
    );
  }
  if (
    urls.every(({ username }) => username === '') &&
    found.every(({ needsCredentials }) => needsCredentials)
  )
    throw new LaunchError(
      `the NATS at ${hosts} wants credentials: put them into NATS_URL, as in nats://user:password@host:4222`,
    );
  return hosts;
}

function addressOf({ hostname, port }: URL): Address {
  return { host: unbracketed(hostname), port: Number(port || 4222) };
}

function namespaceOf(root: string): string {
  const name = basename(root).replaceAll(/[^\w-]+/g, '-');
  return `${name}-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
}

function unbracketed(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
