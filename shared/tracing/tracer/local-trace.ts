/**
 * What the spans of one trace share within this process: whether the trace is sampled, and the time as it has it.
 *
 * The first is jaeger-client's sampling state, under the names by which its samplers look at it; it is not jaeger-client's
 * own object, because every request makes one in every process, and that one makes a second for what hardly any sampler keeps.
 * Source: https://github.com/jaegertracing/jaeger-client-node/blob/master/src/samplers/v2/sampling_state.js
 */
import type { Timeline } from './clock.ts';

const SAMPLED = 1;
const DEBUG = 2;

/** How a trace begins in this process. */
export class LocalTrace {
  /** False for what a carrier named, as long as no span of this process is in the trace. */
  hasBegun = false;
  /** Undefined as long as nobody has asked for the time. */
  timeline: Timeline | undefined = undefined;
  /** Makes a new trace that is kept whatever the sampler says, and is found by this text. */
  debugId: string | undefined = undefined;
  readonly #firstSpanId: string;
  #flags = 0;
  #final = false;
  #keptBySamplers: Record<string, unknown> | undefined = undefined;

  /** @param firstSpanId of the first span of the trace in this process; whether it is sampled is still to be decided */
  constructor(firstSpanId: string) {
    this.#firstSpanId = firstSpanId;
  }

  /** True once the spans of the trace are recorded and sent. */
  isSampled(): boolean {
    return (this.#flags & SAMPLED) !== 0;
  }

  isDebug(): boolean {
    return (this.#flags & DEBUG) !== 0;
  }

  /** True once the decision has gone out, or nobody will decide otherwise: it holds for every span to come. */
  isFinal(): boolean {
    return this.#final;
  }

  /** True where the decision is not to record it: only a raised priority can change that. */
  isDiscarded(): boolean {
    return this.#final && !this.isSampled();
  }

  /** Jaeger's flags, as they travel. */
  flags(): number {
    return this.#flags;
  }

  setFlags(flags: number): void {
    this.#flags = flags;
  }

  setSampled(sampled: boolean): void {
    this.#toggle(SAMPLED, sampled);
  }

  setDebug(debug: boolean): void {
    this.#toggle(DEBUG, debug);
  }

  setFinal(final: boolean): void {
    this.#final = final;
  }

  isLocalRootSpan(context: { readonly spanIdStr: string }): boolean {
    return this.#firstSpanId === context.spanIdStr;
  }

  localRootSpanId(): string {
    return this.#firstSpanId;
  }

  /** Where samplers may keep what they like. */
  extendedState(): Record<string, unknown> {
    this.#keptBySamplers ??= {};
    return this.#keptBySamplers;
  }

  #toggle(flag: number, on: boolean): void {
    this.#flags = on ? this.#flags | flag : this.#flags & ~flag;
  }
}
