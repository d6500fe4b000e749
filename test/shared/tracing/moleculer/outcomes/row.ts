/** A row of the table: one outcome of Moleculer, and its picture. */
import type { ServiceBroker } from 'moleculer';

/** Where a caller's services are: in its own node, or in other processes, by one of these. */
export type Transport = 'local' | 'tcp' | 'nats';

/** Who calls, on the gateway's node. */
export interface Caller {
  readonly broker: ServiceBroker;
  readonly transport: Transport;
  /** A meta of the caller's own, `{ user: 'ada' }`; how it looks afterwards belongs to the outcome. */
  readonly meta: Record<string, unknown>;
  /** Writes down that something has happened, on the caller's side; handlers have `note` of notes.ts. */
  note(text: string): void;
  /** Ends the node of the row's own service: killed without a word, or stopped as it should be. */
  lose(how: 'killed' | 'stopped'): Promise<void>;
  /** Resolves when handlers on all nodes have begun so many times in this row. */
  begun(times: number): Promise<void>;
}

/** One outcome. */
export interface Row {
  readonly title: string;
  /** What the caller does. What it comes to must be the same without tracing: the value or the error, the meta, all notes. */
  run(caller: Caller): unknown;
  /**
   * The trace, as `spanTree` draws it: behind each span its error or refusal, its less usual tags, its logs. `*` stands
   * for any text. One for each transport where the transport decides the outcome.
   */
  readonly picture: string | Record<Transport, string>;
  /** Without a request around: each call begins a trace. */
  readonly outside?: boolean;
  /** Several things happen at once: between nodes their order is chance, and siblings are drawn by their names. */
  readonly atOnce?: boolean;
  /** The service that has a node of its own, which this row loses. */
  readonly loses?: string;
}

/** A service schema: Moleculer's own type knows neither all options nor services with a state. */
export interface Service {
  readonly name: string;
  readonly [part: string]: unknown;
}

/** An error's kind, where its words depend on which of two nodes was faster. */
export function kindOf({ name, code, type }: Error & { code?: unknown; type?: unknown }): object {
  return { name, code, type };
}

/** Rows, and the services that they call. */
export interface Outcomes {
  /** Services on the caller's own node. */
  readonly here?: readonly Service[];
  /** Services on another node, but where the transport is `local`. */
  readonly there: readonly Service[];
  readonly rows: readonly Row[];
}
