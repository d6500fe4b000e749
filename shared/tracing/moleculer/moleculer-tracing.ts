/** What the hooks of one broker share. */
import type { Tracer } from 'opentracing';
import type { OpenEnds } from './open-ends.ts';
import type { CaptureDefaults } from './span-settings.ts';

export interface MoleculerTracing {
  tracerFor(service: string): Tracer;
  /** The service of calls and events that no service makes. */
  readonly service: string;
  readonly capture: CaptureDefaults;
  /** True where calls of Moleculer's own `$` actions are traced too. */
  readonly internal: boolean;
  /** Milliseconds after which a handler that came too late is no longer waited for. */
  readonly lateCapMs: number;
  readonly openEnds: OpenEnds;
  /** True once an action is known that may be retried. */
  retries: boolean;
  /** Sends what is queued; called when the broker has stopped. */
  flush(): Promise<unknown>;
}
