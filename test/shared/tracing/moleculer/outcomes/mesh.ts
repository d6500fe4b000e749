/** Meshes of the same nodes, one without tracing and others with: what is tried in one is tried in the others. */
import { inspect } from 'node:util';
import type { ServiceSchema } from 'moleculer';
import { inSpan } from '#shared/tracing/index.ts';
import type { RecordedSpan } from '#shared/tracing/testing.ts';
import { until } from '../../../../helpers/until.ts';
import { type Connection, type NodeReport, type OutcomeNode, startOutcomeNode, type Tracer } from './node.ts';
import { type RemoteNode, startNodeProcess } from './node-process.ts';
import type { Caller, Row } from './row.ts';

/** What a row has come to: all of it has to be the same with tracing. */
export interface Outcome {
  /** The value or the error, in words. */
  readonly end: string;
  /** The caller's meta afterwards. */
  readonly meta: string;
  /** What was noted, by node. */
  readonly notes: Readonly<Record<string, readonly string[]>>;
}

/** A row's outcome, and its spans from all nodes. */
export interface Result {
  readonly outcome: Outcome;
  readonly spans: readonly RecordedSpan[];
}

/** Services by where they are. */
export interface Services {
  readonly here: readonly ServiceSchema[];
  readonly there: readonly ServiceSchema[];
  /** Each has a node of its own. */
  readonly lost: readonly ServiceSchema[];
}

/** How long a row may take to come to rest. */
const DEADLINE_MS = 5000;

/** One of the meshes: the gateway's node in this process, the others in their own. */
export class Mesh {
  readonly #tracer: Tracer;
  readonly #connection: Connection;
  readonly #gateway: OutcomeNode;
  readonly #callees: readonly RemoteNode[];
  readonly #losable: ReadonlyMap<string, RemoteNode>;
  readonly #services: readonly string[];
  /** Nodes that no longer answer, and those of them that have nothing more to tell. */
  readonly #gone = new Set<string>();
  readonly #dead = new Set<string>();

  constructor(
    { tracer, connection }: { tracer: Tracer; connection: Connection },
    nodes: {
      gateway: OutcomeNode;
      callees: readonly RemoteNode[];
      losable: ReadonlyMap<string, RemoteNode>;
      services: readonly string[];
    },
  ) {
    this.#tracer = tracer;
    this.#connection = connection;
    this.#gateway = nodes.gateway;
    this.#callees = nodes.callees;
    this.#losable = nodes.losable;
    this.#services = nodes.services;
  }

  /** Does what the row says, and waits until nothing of it goes on. */
  async run(row: Row, spansDrawn: number): Promise<Result> {
    const own = row.loses === undefined ? undefined : this.#losable.get(row.loses);
    if (row.loses !== undefined) await this.#losable.get(row.loses)?.ready;
    await this.#gateway.broker.waitForServices(
      [...this.#services, ...(row.loses ? [row.loses] : [])],
      10_000,
      5,
    );
    const nodes = own ? [...this.#callees, own] : this.#callees;
    await this.#reset(nodes);
    const caller = this.#caller(row, nodes);
    this.#gateway.becomeGlobal();
    const run = (): Promise<string> => describeEnd(async () => row.run(caller));
    const end = await (this.#tracer !== 'nobody' && !row.outside ? inSpan('request', {}, run) : run());
    const reports = await this.#rest(nodes, this.#tracer === 'kept' ? spansDrawn : 0);
    const byChance = row.atOnce && this.#connection.transport !== 'local';
    return {
      outcome: {
        end,
        meta: words(caller.meta),
        notes: Object.fromEntries(
          Object.entries(reports).map(([name, { lines }]) => [name, byChance ? lines.toSorted() : lines]),
        ),
      },
      spans: Object.values(reports).flatMap(({ spans }) => spans),
    };
  }

  async stop(): Promise<void> {
    await this.#gateway.broker.stop();
    await Promise.all([...this.#callees, ...this.#losable.values()].map((node) => node.kill()));
  }

  async #reset(nodes: readonly RemoteNode[]): Promise<void> {
    this.#gateway.reset();
    await Promise.all(nodes.map((node) => node.reset()));
  }

  #caller(row: Row, nodes: readonly RemoteNode[]): Caller {
    const { broker, notes } = this.#gateway;
    return {
      broker,
      transport: this.#connection.transport,
      meta: { user: 'ada' },
      note: (text) => notes.lines.push(text),
      lose: async (how) => {
        const service = row.loses ?? '';
        this.#gone.add(service);
        if (how === 'killed') this.#dead.add(service);
        const node = this.#losable.get(service);
        if (node === undefined) await broker.destroyService(service);
        else if (how === 'killed') await node.kill();
        else await node.stop();
      },
      begun: (times) =>
        until(async () => sum(await this.#reports(nodes), ({ begun }) => begun) >= times, {
          deadlineMs: 3000,
        }),
    };
  }

  async #reports(nodes: readonly RemoteNode[]): Promise<Record<string, NodeReport>> {
    const living = nodes.filter(({ nodeID }) => !this.#dead.has(nodeID));
    const reports = await Promise.all(living.map(async (node) => [node.nodeID, await node.report()]));
    return { gateway: this.#gateway.report(), ...Object.fromEntries(reports) };
  }

  /** Nothing under way, and nothing new since the last look; with a ping between, behind which no message hides. */
  async #rest(nodes: readonly RemoteNode[], spansDrawn: number): Promise<Record<string, NodeReport>> {
    let reports: Record<string, NodeReport> = {};
    let last = '';
    await until(
      async () => {
        await this.#ping(nodes);
        reports = await this.#reports(nodes);
        const now = JSON.stringify(
          Object.values(reports).map(({ lines, spans, unfinished }) => [
            lines.length,
            spans.length,
            unfinished,
          ]),
        );
        const atRest =
          now === last &&
          sum(reports, ({ running, unfinished }) => running + unfinished) === 0 &&
          sum(reports, ({ spans }) => spans.length) >= spansDrawn;
        last = now;
        return atRest;
      },
      { deadlineMs: DEADLINE_MS },
    ).catch(() => undefined); // The comparison shows what is missing.
    return reports;
  }

  async #ping(nodes: readonly RemoteNode[]): Promise<void> {
    const { broker } = this.#gateway;
    const living = nodes.filter(({ nodeID }) => !this.#gone.has(nodeID));
    await Promise.all(living.map(({ nodeID }) => broker.ping(nodeID, 500)));
  }
}

/** The meshes by their tracers. */
export interface Meshes<T extends Tracer> {
  readonly of: Readonly<Record<T, Mesh>>;
  stop(): Promise<unknown>;
}

/** Starts a mesh for each of the tracers, all of them with the same nodes. */
export async function startMeshes<T extends Tracer>(
  connection: Connection,
  { here, there, lost }: Services,
  tracers: readonly T[],
): Promise<Meshes<T>> {
  const alone = connection.transport === 'local';
  const names = (schemas: readonly ServiceSchema[]) => schemas.map(({ name }) => name);
  const callees = alone
    ? []
    : startNodeProcess({
        nodes: tracers.map((tracer) => ({ nodeID: 'callee', tracer, connection })),
        services: names(there),
      });
  const losable = tracers.map((tracer) =>
    alone
      ? []
      : names(lost).map((name) => {
          const [node] = startNodeProcess({
            nodes: [{ nodeID: name, tracer, connection }],
            services: [name],
          });
          return [name, node as RemoteNode] as const;
        }),
  );
  const gatewayServices = alone ? [...here, ...there, ...lost] : here;
  const meshes = await Promise.all(
    tracers.map(async (tracer, world) => {
      const gateway = await startOutcomeNode({ nodeID: 'gateway', tracer, connection }, gatewayServices);
      const callee = callees[world];
      await callee?.ready;
      const nodes = {
        gateway,
        callees: callee ? [callee] : [],
        losable: new Map(losable[world]),
        services: [...new Set(names(there))],
      };
      return [tracer, new Mesh({ tracer, connection }, nodes)] as const;
    }),
  );
  return {
    of: Object.fromEntries(meshes) as Record<T, Mesh>,
    stop: () => Promise.all(meshes.map(([, mesh]) => mesh.stop())),
  };
}

function sum(reports: Readonly<Record<string, NodeReport>>, of: (report: NodeReport) => number): number {
  return Object.values(reports).reduce((total, report) => total + of(report), 0);
}

function words(value: unknown): string {
  return inspect(withoutStacks(value), { depth: 8, sorted: true, breakLength: 100 });
}

/** Where an error was thrown is not what it came to. */
function withoutStacks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutStacks);
  if (value instanceof Error) {
    const { name, message } = value;
    return { ...value, class: value.constructor.name, name, message, ctx: 'ctx' in value };
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutStacks(entry)]));
}

function describeEnd(run: () => Promise<unknown>): Promise<string> {
  return run().then(
    (value) => `value ${words(value)}`,
    (error) => `error ${words(error)}`,
  );
}
