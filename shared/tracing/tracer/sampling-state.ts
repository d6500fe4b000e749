/** The sampling state of a trace within a process: jaeger-client's own. */
import { partOfJaegerClient } from './jaeger-client-part.ts';

/** What the spans of a trace share within a process: the flags that travel, and whether they are final. */
export interface SamplingState {
  isSampled(): boolean;
  isDebug(): boolean;
  isFinal(): boolean;
  flags(): number;
  setFlags(flags: number): void;
  setSampled(sampled: boolean): void;
  setDebug(debug: boolean): void;
  setFinal(final: boolean): void;
}

let StateOfJaeger: (new (localRootSpanId: string) => SamplingState) | undefined;

/** The state of a trace whose first span in this process is `localRootSpanId`; nothing decided yet. */
export function createSamplingState(localRootSpanId: string): SamplingState {
  StateOfJaeger ??= partOfJaegerClient('samplers/v2/sampling_state');
  return new (StateOfJaeger as new (id: string) => SamplingState)(localRootSpanId);
}
