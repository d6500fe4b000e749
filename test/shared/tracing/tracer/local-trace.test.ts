import { createRequire } from 'node:module';
import test from 'ava';
import fc from 'fast-check';
import { LocalTrace } from '#shared/tracing/tracer/local-trace.ts';

interface SamplingState {
  isSampled(): boolean;
  isDebug(): boolean;
  isFinal(): boolean;
  flags(): number;
  setFlags(flags: number): void;
  setSampled(sampled: boolean): void;
  setDebug(debug: boolean): void;
  setFinal(final: boolean): void;
  isLocalRootSpan(context: { spanIdStr: string }): boolean;
  localRootSpanId(): string;
  extendedState(): Record<string, unknown>;
}

const require = createRequire(import.meta.url);
const { default: StateOfJaeger } = require('jaeger-client/dist/src/samplers/v2/sampling_state.js') as {
  default: new (id: string) => SamplingState;
};

const step = fc.oneof(
  fc.record({ set: fc.constantFrom('setSampled', 'setDebug', 'setFinal'), to: fc.boolean() }),
  fc.record({ set: fc.constant('setFlags'), to: fc.integer({ min: 0, max: 255 }) }),
);

const seen = (state: SamplingState) => [
  state.isSampled(),
  state.isDebug(),
  state.isFinal(),
  state.flags(),
  state.localRootSpanId(),
  state.isLocalRootSpan({ spanIdStr: 'a' }),
  state.isLocalRootSpan({ spanIdStr: 'b' }),
  state.extendedState(),
];

test("it says what jaeger-client's own sampling state says, whatever is set", (t) => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const [own, theirs] = [new LocalTrace('a'), new StateOfJaeger('a')];
      for (const { set, to } of steps) {
        for (const state of [own, theirs]) {
          (state[set as 'setFlags'] as (to: unknown) => void)(to);
          state.extendedState()[set] = to;
        }
        t.deepEqual(seen(own), seen(theirs));
      }
    }),
  );
});
