/**
 * One round: a variant and the untraced mesh, started anew, loaded at the same time, and compared by the CPU time of all
 * threads of all their processes per request. What else happens on the machine meets both alike.
 */
import { loadTogether } from './load.ts';
import { type Mesh, type MeshUsage, type Surroundings, startMesh } from './mesh.ts';
import { ROLES, type Workload } from './nodes/node-settings.ts';
import { UNTRACED, type Variant } from './variants.ts';

/** How much a round does. */
export interface RoundOptions {
  /** Requests under way to each mesh. */
  readonly inFlight: number;
  /** Requests to each mesh before anything is counted. */
  readonly warmUpRequests: number;
  /** Requests to each mesh that are counted. */
  readonly requests: number;
  /** How long warm-up and load may take, each. */
  readonly deadlineMs: number;
  /** Where to write a CPU profile of each process, if at all. */
  readonly profileFolder?: string;
}

/** What one mesh did in a round. */
export interface MeshRound {
  readonly requests: number;
  /** CPU time per request, in microseconds. */
  readonly cpuUsPerRequest: number;
  /** The same, of each process. */
  readonly byRole: Readonly<Record<string, number>>;
  /** Resident memory of a process at the end, the mean of the three. */
  readonly rssBytes: number;
  /** What of it is held after a garbage collection. */
  readonly liveBytes: number;
  /** Spans finished per request, where they are counted. */
  readonly spansPerRequest?: number;
}

/** One round, as it is kept. */
export interface Round {
  readonly variant: MeshRound;
  readonly untraced: MeshRound;
  /** CPU time per request of the variant over that of the untraced mesh. */
  readonly ratio: number;
}

/** Runs one round. Throws where a process fails to start or a request fails. */
export async function runRound(
  variant: Variant,
  { workload, surroundings, ...options }: RoundOptions & { workload: Workload; surroundings: Surroundings },
): Promise<Round> {
  const started = await Promise.allSettled(
    [variant, UNTRACED].map((each) => startMesh(each, { workload, surroundings })),
  );
  const meshes = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  try {
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    const [measured, untraced] = await measureTogether(meshes, options);
    if (measured === undefined || untraced === undefined) throw new Error('a mesh is missing');
    return { variant: measured, untraced, ratio: measured.cpuUsPerRequest / untraced.cpuUsPerRequest };
  } finally {
    await Promise.all(meshes.map((mesh) => mesh.close()));
  }
}

async function measureTogether(meshes: readonly Mesh[], options: RoundOptions): Promise<MeshRound[]> {
  const { inFlight, deadlineMs, profileFolder } = options;
  const load = (requests: number) =>
    loadTogether(
      meshes.map(({ target }) => target),
      { inFlight, requests, deadlineMs },
    );

  const warmUp = await load(options.warmUpRequests);
  if (profileFolder !== undefined) await Promise.all(meshes.map((mesh) => mesh.profile()));
  const before = await Promise.all(meshes.map((mesh) => mesh.usage()));
  const results = await load(options.requests);
  const after = await Promise.all(meshes.map((mesh) => mesh.usage()));
  const live = await Promise.all(meshes.map((mesh) => mesh.liveBytes()));
  if (profileFolder !== undefined) {
    await Promise.all(
      meshes.map(({ variant, profiled }, index) =>
        profiled((role) => `${profileFolder}/${index === 0 ? variant.name : 'against'}-${role}.cpuprofile`),
      ),
    );
  }

  return meshes.map(({ variant }, index) => {
    const { answered = 0 } = results[index] ?? {};
    const failed = (results[index]?.failed ?? 0) + (warmUp[index]?.failed ?? 0);
    if (failed > 0 || answered === 0)
      throw new Error(`${variant.name}: ${failed} of ${answered + failed} requests failed`);
    const liveBytes = live[index] ?? Number.NaN;
    return { ...difference(before[index] as MeshUsage, after[index] as MeshUsage, answered), liveBytes };
  });
}

function difference(before: MeshUsage, after: MeshUsage, requests: number): Omit<MeshRound, 'liveBytes'> {
  const cpuOf = (role: (typeof ROLES)[number]): number => (after[role].cpuUs - before[role].cpuUs) / requests;
  const spans = ROLES.map((role) => spansBetween(before[role].spans, after[role].spans));
  const counted = spans.filter((count) => count !== undefined);
  return {
    requests,
    cpuUsPerRequest: sum(ROLES.map(cpuOf)),
    byRole: Object.fromEntries(ROLES.map((role) => [role, cpuOf(role)])),
    rssBytes: sum(ROLES.map((role) => after[role].rssBytes)) / ROLES.length,
    ...(counted.length > 0 && { spansPerRequest: sum(counted) / requests }),
  };
}

function spansBetween(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
