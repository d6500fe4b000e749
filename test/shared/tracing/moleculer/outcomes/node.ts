/** A node of a mesh in which outcomes are tried, with tracing or without. */
import { type BrokerOptions, ServiceBroker, type ServiceSchema } from 'moleculer';
import opentracing from 'opentracing';
import { LoopbackTcp } from '#shared/loopback-tcp.ts';
import { createTracing, type Tracing } from '#shared/tracing/index.ts';
import { createMemoryTracing, type RecordedSpan } from '#shared/tracing/testing.ts';
import { type BrokenTracer, brokenTracers } from '../../../../helpers/broken-tracers.ts';
import { Notes, notingMiddleware } from './notes.ts';

/** How the nodes of a mesh reach each other, as it can be told to another process. */
export type Connection =
  | { readonly transport: 'local' }
  | { readonly transport: 'tcp'; readonly tmp: string }
  | { readonly transport: 'nats'; readonly url: string };

/** Who traces the nodes of a mesh; those whose spans are kept are the ones to draw. */
export type Tracer = 'nobody' | 'kept' | 'unsampled' | 'jaeger-client' | BrokenTracer;

/** What makes one node differ from another. */
export interface NodeSettings {
  readonly nodeID: string;
  /** Nodes with the same one are one mesh. */
  readonly tracer: Tracer;
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
  /** Makes its tracer the one of spans that begin a trace. */
  becomeGlobal(): void;
  report(): NodeReport;
  reset(): void;
}

/** Starts a node with these services. */
export async function startOutcomeNode(
  settings: NodeSettings,
  services: readonly ServiceSchema[],
): Promise<OutcomeNode> {
  const { nodeID, tracer, connection } = settings;
  const notes = new Notes();
  const { tracing, spans } = createTracingOf(tracer, nodeID);
  const broker = new ServiceBroker({
    nodeID,
    namespace: tracer,
    logger: false,
    ...(connection.transport !== 'local' && { transporter: transporterTo(connection, tracer) }),
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
    becomeGlobal() {
      if (tracing) opentracing.initGlobalTracer(tracing.tracerFor(nodeID));
    },
    report: () => ({
      lines: notes.lines,
      begun: notes.begun,
      running: notes.running,
      spans,
      unfinished: tracing?.stats().unfinished ?? 0,
    }),
    reset() {
      notes.reset();
      spans.length = 0;
    },
  };
}

/** Nothing answers there: what such a tracer sends is of no account. */
const NOWHERE = 'http://127.0.0.1:1/api/traces';
const quiet = { debug() {}, info() {}, warn() {} };

function createTracingOf(tracer: Tracer, service: string): { tracing?: Tracing; spans: RecordedSpan[] } {
  if (tracer === 'nobody') return { spans: [] };
  if (tracer === 'kept') {
    const tracing = createMemoryTracing({ service });
    return { tracing, spans: tracing.spans };
  }
  const broken = brokenTracers[tracer as BrokenTracer] as opentracing.Tracer | undefined;
  const tracing = createTracing({
    service,
    backend: broken ? () => broken : tracer === 'jaeger-client' ? 'jaeger-client' : 'jaeger',
    ...(tracer === 'unsampled' && { sampler: { type: 'const', param: 0 } }),
    endpoint: NOWHERE,
    logger: quiet,
    env: {},
  });
  return { tracing, spans: [] };
}

function transporterTo(connection: Exclude<Connection, { transport: 'local' }>, namespace: string) {
  if (connection.transport === 'nats') return { type: 'NATS' as const, options: { servers: connection.url } };
  const { tmp } = connection;
  return new LoopbackTcp({ namespace, root: tmp, tmp });
}
