/** A mesh: gateway, users and greeter, each a process of its own. */
import { randomUUID } from 'node:crypto';
import { type Child, startChild } from './child.ts';
import {
  type CollectorAddress,
  type NodeSettings,
  ROLES,
  type Role,
  type Workload,
} from './nodes/node-settings.ts';
import type { Variant } from './variants.ts';

const NODE = new URL('./nodes/node.ts', import.meta.url);

/** Where the uncounted rest is. */
export interface Addresses {
  readonly natsUrl: string;
  readonly collector: CollectorAddress;
}

/** What all meshes of a run share. */
export interface Surroundings extends Addresses {
  /** The environment that child processes need to run at all. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What one process has used since its start. */
export interface NodeUsage {
  /** User and system time of all its threads, in microseconds. */
  readonly cpuUs: number;
  readonly rssBytes: number;
  /** Spans finished so far, where the instrument counts them. */
  readonly spans?: number;
}

/** What the processes of a mesh have used since their start. */
export type MeshUsage = Readonly<Record<Role, NodeUsage>>;

/** A mesh that serves. */
export interface Mesh {
  readonly variant: Variant;
  /** What the load generator asks for. */
  readonly target: URL;
  usage(): Promise<MeshUsage>;
  /** Bytes that a process holds after a garbage collection, the mean of the three. */
  liveBytes(): Promise<number>;
  /** Begins to profile every process. */
  profile(): Promise<void>;
  /** Writes the profiles: `pathOf` says where. */
  profiled(pathOf: (role: Role) => string): Promise<void>;
  close(): Promise<void>;
}

/** Starts the three processes of a mesh and waits until they know each other. */
export async function startMesh(
  variant: Variant,
  { workload, surroundings }: { workload: Workload; surroundings: Surroundings },
): Promise<Mesh> {
  const namespace = `bench-${randomUUID().slice(0, 8)}`;
  const { natsUrl, collector, env } = surroundings;
  const { gateway, instrument, sampleRate } = variant;
  const started = await Promise.allSettled(
    ROLES.map((role) => {
      const settings: NodeSettings = {
        ...{ role, gateway, instrument, sampleRate, workload },
        ...{ namespace, natsUrl, collector },
      };
      return startChild(NODE, { name: `${variant.name} ${role}`, settings, env });
    }),
  );
  const children = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const close = async (): Promise<void> => {
    await Promise.all(children.map((child) => child.close()));
  };
  const failed = started.find((result) => result.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  return {
    variant,
    target: new URL(workload.path, gatewayUrl(children)),
    usage: async () => {
      const usages = await Promise.all(children.map((child) => child.ask<NodeUsage>({ type: 'usage' })));
      return Object.fromEntries(ROLES.map((role, index) => [role, usages[index]])) as Record<Role, NodeUsage>;
    },
    liveBytes: async () => {
      const answers = await Promise.all(
        children.map((child) => child.ask<{ liveBytes: number }>({ type: 'liveMemory' })),
      );
      return answers.reduce((total, { liveBytes }) => total + liveBytes, 0) / answers.length;
    },
    profile: async () => {
      await Promise.all(children.map((child) => child.ask({ type: 'profile' })));
    },
    profiled: async (pathOf) => {
      await Promise.all(
        ROLES.map((role, index) => children[index]?.ask({ type: 'profiled', path: pathOf(role) })),
      );
    },
    close,
  };
}

function gatewayUrl(children: readonly Child[]): string {
  const url = children.find(({ ready }) => ready.url !== undefined)?.ready.url;
  if (url === undefined) throw new Error('the gateway did not say where it listens');
  return url;
}
