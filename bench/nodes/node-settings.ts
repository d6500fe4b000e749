/** What one process of a mesh is told. */

/** The processes of every mesh, in the order of a request. */
export const ROLES = ['gateway', 'users', 'greeter'] as const;
export type Role = (typeof ROLES)[number];

/** What a request asks for, beside the way through the mesh. */
export interface Workload {
  /** `/users/7` goes through all three processes, `/ping` is answered by the gateway. */
  readonly path: '/users/7' | '/ping';
  /** Further spans that the greeter makes, one after the other. */
  readonly innerSpans: number;
  /** Tags on each of them. */
  readonly innerTags: number;
  /** Bytes of meta that the gateway sends along, for all hops. */
  readonly metaBytes: number;
}

/** The way through the mesh and nothing else. */
export const PLAIN_WORKLOAD: Workload = { path: '/users/7', innerSpans: 0, innerTags: 0, metaBytes: 0 };

/** Where spans go. */
export interface CollectorAddress {
  /** `http://host:port`; any path takes any POST. */
  readonly url: string;
  readonly udpPort: number;
}

/** The settings of one process. */
export interface NodeSettings {
  readonly role: Role;
  readonly gateway: 'koa' | 'moleculer-web';
  readonly instrument: InstrumentName;
  /** The share of traces that is recorded, 0 to 1. */
  readonly sampleRate: number;
  readonly workload: Workload;
  readonly namespace: string;
  readonly natsUrl: string;
  readonly collector: CollectorAddress;
}

/** The ways to trace a mesh, each a module of `instruments/`. */
export const INSTRUMENTS = [
  'untraced',
  'renewing',
  'tracemesh',
  'tracemesh-jaeger-client',
  'naive-jaeger-client',
  'moleculer-exporter',
  'opentelemetry',
] as const;
export type InstrumentName = (typeof INSTRUMENTS)[number];
