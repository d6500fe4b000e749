/** A node of a mesh in which outcomes are tried, with tracing or without. */
import { type BrokerOptions, ServiceBroker, type ServiceSchema } from 'moleculer';
import { LoopbackTcp } from '#shared/loopback-tcp.ts';
import { createMemoryTracing, type MemoryTracing, type RecordedSpan } from '#shared/tracing/testing.ts';
import { Notes, notingMiddleware } from './notes.ts';

/** How the nodes of a mesh reach each other, as it can be told to another process. */
export type Connection =
  | { readonly transport: 'local' }
  | { readonly transport: 'tcp'; readonly tmp: string }
  | { readonly transport: 'nats'; readonly url: string };

/** What makes one node differ from another. */
export interface NodeSettings {
  readonly nodeID: string;
  /** Nodes with tracing and nodes without are two meshes. */
  readonly traced: boolean;
  readonly connection: Connection;
}

/** What there is to tell of a node after a row. */
export interface NodeReport {
  readonly lines: readonly string[];
  readonly begun: number;
  readonly running: number;
  readonly spans: readonly RecordedSpan[];
  readonly unfinished: number;
}

/** A node, started. */
export interface OutcomeNode {
  readonly broker: ServiceBroker;
  readonly notes: Notes;
  report(): NodeReport;
  reset(): void;
}

/** Starts a node with these services. */
export async function startOutcomeNode(
  settings: NodeSettings,
  services: readonly ServiceSchema[],
): Promise<OutcomeNode> {
  const { nodeID, traced, connection } = settings;
  const notes = new Notes();
  const tracing = traced ? createMemoryTracing({ service: nodeID }) : undefined;
  const broker = new ServiceBroker({
    nodeID,
    namespace: traced ? 'traced' : 'untraced',
    logger: false,
    ...(connection.transport !== 'local' && { transporter: transporterTo(connection, traced) }),
    middlewares: [notingMiddleware(notes), ...(tracing ? [tracing.moleculer()] : [])],
    cacher: 'Memory',
    maxCallLevel: 4,
    requestTimeout: 10_000,
    transit: { serviceChangedDebounceTime: 10 } as BrokerOptions['transit'],
    dependencyInterval: 10,
    registry: { stopDelay: 0 } as BrokerOptions['registry'],
    skipProcessEventRegistration: true,
  });
  for (const schema of services) broker.createService(schema);
  await broker.start();
  return {
    broker,
    notes,
    report: () => ({
      lines: notes.lines,
      begun: notes.begun,
      running: notes.running,
      spans: tracing?.spans ?? [],
      unfinished: tracing?.stats().unfinished ?? 0,
    }),
    reset() {
      notes.reset();
      forget(tracing);
    },
  };
}

function transporterTo(connection: Exclude<Connection, { transport: 'local' }>, traced: boolean) {
  if (connection.transport === 'nats') return { type: 'NATS' as const, options: { servers: connection.url } };
  const { tmp } = connection;
  return new LoopbackTcp({ namespace: traced ? 'traced' : 'untraced', root: tmp, tmp });
}

function forget(tracing: MemoryTracing | undefined): void {
  if (tracing) tracing.spans.length = 0;
}
