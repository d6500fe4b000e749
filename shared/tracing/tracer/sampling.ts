/** Sampling as jaeger-client does it: its samplers and its state of a trace, loaded without the rest of the package. */
import { createRequire } from 'node:module';

/** What a sampler decided about a span; `retryable` while a later operation name may still change it. */
export interface SamplingDecision {
  sample: boolean;
  retryable: boolean;
  tags: Record<string, unknown> | null;
}

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

/** The span as a sampler may look at it. */
export interface SampledSpan {
  readonly operationName: string;
}

/** jaeger-client's sampler interface, version 2. */
export interface Sampler {
  onCreateSpan(span: SampledSpan): SamplingDecision;
  onSetOperationName(span: SampledSpan, operationName: string): SamplingDecision;
  onSetTag(span: SampledSpan, key: string, value: unknown): SamplingDecision;
  close(done?: () => void): void;
}

/** Which sampler, and its parameter: 0 or 1 for `const`, a rate from 0 to 1 for `probabilistic`. */
export interface SamplerSettings {
  type: 'const' | 'probabilistic';
  param: number;
}

type Constructor<Instance, Arguments extends unknown[]> = new (...args: Arguments) => Instance;

const require = createRequire(import.meta.url);
const part = <Exported>(path: string): Exported =>
  (require(`jaeger-client/dist/src/${path}.js`) as { default: Exported }).default;

const SamplingStateOfJaeger = part<Constructor<SamplingState, [localRootSpanId: string]>>(
  'samplers/v2/sampling_state',
);

/** The state of a trace whose first span in this process is `localRootSpanId`; nothing decided yet. */
export function createSamplingState(localRootSpanId: string): SamplingState {
  return new SamplingStateOfJaeger(localRootSpanId);
}

/** The sampler that the settings name. */
export function createSampler({ type, param }: SamplerSettings): Sampler {
  if (type === 'const')
    return new (part<Constructor<Sampler, [boolean]>>('samplers/const_sampler'))(param === 1);
  return new (part<Constructor<Sampler, [number]>>('samplers/probabilistic_sampler'))(param);
}
