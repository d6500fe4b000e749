import { mock } from 'node:test';
import test from 'ava';
import { NO_BAGGAGE } from '#shared/tracing/tracer/baggage.ts';
import { Clock } from '#shared/tracing/tracer/clock.ts';
import type { SamplerSettings } from '#shared/tracing/tracer/sampling.ts';
import type { JaegerSpan } from '#shared/tracing/tracer/span.ts';
import { createRecordingTracer } from './recording-tracer.ts';

const createTracer = (settings: SamplerSettings, random?: () => number) =>
  createRecordingTracer({ settings, random });

test('a probabilistic sampler keeps a trace where the random number is below its rate', (t) => {
  const numbers = [0.24, 0.25, 0, 0.999];
  const { tracer, recorded } = createTracer(
    { type: 'probabilistic', param: 0.25 },
    () => numbers.shift() ?? 1,
  );
  for (const name of ['a', 'b', 'c', 'd']) tracer.startSpan(name).finish();
  t.deepEqual(
    recorded.map(({ operationName }) => operationName),
    ['a', 'c'],
  );
  t.deepEqual(recorded[0]?.tags, ['sampler.type', 'probabilistic', 'sampler.param', 0.25]);
});

test('one decision holds for all spans of a trace in the process', (t) => {
  let asked = 0;
  const { tracer, recorded } = createTracer({ type: 'probabilistic', param: 0.5 }, () =>
    asked++ === 0 ? 0.9 : 0,
  );
  const root = tracer.startSpan('root');
  const child = tracer.startSpan('child', { childOf: root });
  tracer.startSpan('grandchild', { childOf: child.context() }).finish();
  child.setTag('sampling.priority', 1);
  tracer.startSpan('later', { childOf: root }).finish();
  root.finish();
  t.is(asked, 1);
  t.deepEqual(
    recorded.map(({ operationName }) => operationName),
    ['later', 'root'],
  );
});

test('a rate-limiting sampler lets so many traces a second through, and saves up no more than a second of them', (t) => {
  mock.timers.enable({ apis: ['Date'] }); // the clock of jaeger-client's limiter
  const { tracer, recorded } = createTracer({ type: 'ratelimiting', param: 5 });
  const letThrough = [1000, 200, 400, 0, 60_000].map((elapsedMs) => {
    mock.timers.tick(elapsedMs);
    const before = recorded.length;
    for (let i = 0; i < 100; i++) tracer.startSpan('root').finish();
    return recorded.length - before;
  });
  mock.timers.reset();
  t.deepEqual(letThrough, [5, 1, 2, 0, 5]);
  t.deepEqual(recorded[0]?.tags, ['sampler.type', 'ratelimiting', 'sampler.param', 5]);
});

test('an unsampled root keeps nothing but what others have anyway', (t) => {
  const { tracer, recorded } = createTracer({ type: 'const', param: 0 });
  const shared = Object.freeze({ d: 4 });
  const span = tracer.startSpan('root', { tags: shared }) as JaegerSpan;
  span.setTag('b', 2).addTags({ c: 3 }).log({ event: 'x' });
  t.deepEqual([span.tags, span.logs, span.sharedTags], [[], [], shared]);
  t.is(span.spanContext.baggage, NO_BAGGAGE);
  span.finish();
  t.deepEqual(recorded, []);

  tracer.startSpan('raised', { tags: shared }).setTag('sampling.priority', 1).finish();
  t.is(recorded[0]?.sharedTags, shared);
});

test('the spans of a trace share one time: no child starts before its parent, none ends before its start', (t) => {
  let wallMs = 1_000_000;
  let monotonicMs = 0;
  const clock = new Clock({ wallMs: () => Math.floor(wallMs), monotonicMs: () => (monotonicMs += 0.001) });
  const { tracer, recorded } = createRecordingTracer({ clock });
  const root = tracer.startSpan('root') as JaegerSpan;
  wallMs -= 60_000;
  tracer.startSpan('another trace').finish();
  const child = tracer.startSpan('child', { childOf: root }) as JaegerSpan;
  wallMs += 3_600_000;
  tracer.startSpan('yet another').finish();
  child.finish();
  root.finish();
  const [, , first, second] = recorded;
  t.true(child.startTimeMs >= root.startTimeMs && child.finishTimeMs <= root.finishTimeMs);
  for (const span of [first, second]) {
    const tookMs = (span?.finishTimeMs ?? 0) - (span?.startTimeMs ?? 0);
    t.true(tookMs > 0 && tookMs < 1);
  }
});
