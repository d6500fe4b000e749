/** The mesh as it runs in production: each process on its own, to be stopped, killed and started again. */
import { randomBytes } from 'node:crypto';
import { runnerArgs } from '../../dev/services.ts';
import { variablesOfItsOwn } from './npm-start.ts';
import { type Owner, startProcess, type TestProcess } from './processes.ts';
import { until } from './until.ts';

/** What the processes' tokens are signed with. */
export const JWT_SECRET = randomBytes(32).toString('base64url');

/** What {@link startMesh} is told. */
export interface MeshOptions {
  /** Folders in `services/`, one process each time that one is named. */
  services: readonly string[];
  /** More variables, of all processes: without `NATS_URL` they find each other over loopback TCP. */
  env?: Record<string, string>;
  /** What comes before the commands of all of them, such as one that enters a namespace. @default nothing */
  enter?: readonly string[];
}

/** Processes that see each other. */
export interface Mesh {
  gatewayUrl: string;
  gateway: TestProcess;
  /** The processes of services, in the order in which they were named. */
  nodes: readonly TestProcess[];
  /** The variables of all of them. */
  env: Readonly<Record<string, string>>;
  /** Starts one more process of a service; resolves when it serves. */
  startService(name: string): Promise<TestProcess>;
}

/** Starts the gateway and these services; resolves when the gateway sees all that it needs, where that is among them. */
export async function startMesh(
  owner: Owner,
  { services, env: more = {}, enter = [] }: MeshOptions,
): Promise<Mesh> {
  const env = { ...variablesOfItsOwn(owner), JWT_SECRET, LOG_LEVEL: 'warn', ...more };
  const run = (args: string[]) => startProcess(owner, [...enter, process.execPath, ...args], { env });
  const nodes = services.map((name) => run(runnerArgs(`services/${name}`)));
  const gateway = run(['gateway/main.ts']);
  const [word] = await Promise.all([gateway, ...nodes].map(served));
  const gatewayUrl = word?.url ?? '';
  const needed = ['hello', 'users'].filter((name) => services.includes(name));
  await until(async () => (await missing(gatewayUrl)).every((name) => !needed.includes(name)));
  return {
    gatewayUrl,
    gateway,
    nodes,
    env,
    async startService(name) {
      const node = run(runnerArgs(`services/${name}`));
      await served(node);
      return node;
    },
  };
}

/** What the gateway says that it waits for. */
export async function missing(gatewayUrl: string): Promise<string[]> {
  const response = await fetch(`${gatewayUrl}/health/ready`);
  const { error } = (await response.json()) as { error?: { details: { field: string }[] } };
  return (error?.details ?? []).map(({ field }) => field);
}

/** Its word that it serves. @throws where it ends without it, with what it has written */
function served(process: TestProcess): TestProcess['ready'] {
  const ended = process.ended.then(() => {
    throw new Error(`ended before it served:\n${process.output()}`);
  });
  return Promise.race([process.ready, ended]);
}
