import test from 'ava';
import opentracing from 'opentracing';
import { growTags, remembered } from '#shared/tracing/shared-tags.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';

const from = Object.freeze({ a: 1 });
const to = Object.freeze({ a: 1, b: 2 });

test('what was made of a key is remembered, up to a thousand keys', (t) => {
  let made = 0;
  const double = remembered((key: number) => {
    made++;
    return { key };
  });
  for (let key = 0; key < 1500; key++) double(key);
  t.is(double(7), double(7));
  t.is(made, 1500);
  t.not(double(1499), double(1499));
  t.deepEqual(double(1499), { key: 1499 });
});

test('a span that began with shared tags takes more of them at once', (t) => {
  const tracing = createMemoryTracing();
  const span = tracing.tracerFor('users').startSpan('grows', { tags: from });
  growTags(span, from, to);
  growTags(span, from, to);
  span.setTag('c', 3).finish();
  t.deepEqual(tracing.spans[0]?.tags, { 'sampler.type': 'const', 'sampler.param': true, a: 1, b: 2, c: 3 });
});

test('a span whose own tags are in the way takes the new ones one by one: the last value counts', (t) => {
  const tracing = createMemoryTracing();
  for (const name of ['a', 'b']) {
    const span = tracing.tracerFor('users').startSpan(name, { tags: from });
    span.setTag(name, 'own');
    growTags(span, from, to);
    span.finish();
  }
  t.like(tracing.spans[0]?.tags, { a: 'own', b: 2 });
  t.like(tracing.spans[1]?.tags, { a: 1, b: 2 });
});

test('a span of another tracer takes the new ones', (t) => {
  const tracer = new opentracing.MockTracer();
  const span = tracer.startSpan('grows').addTags(from);
  growTags(span, from, to);
  t.deepEqual((span as unknown as { tags(): object }).tags(), { a: 1, b: 2 });
});
