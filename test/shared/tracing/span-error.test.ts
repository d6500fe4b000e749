import { runInNewContext } from 'node:vm';
import test from 'ava';
import { markError } from '#shared/tracing/span-error.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';

function marked(error: unknown) {
  const tracing = createMemoryTracing();
  const span = tracing.tracerFor('users').startSpan('failing');
  markError(span, error);
  span.finish();
  return tracing.spans[0];
}

test('an error is a boolean tag and one log with all that it says', (t) => {
  const seen = marked(Object.assign(new RangeError('too much'), { code: 422, type: 'LIMIT' }));
  t.is(seen?.tags['error'], true);
  t.is(seen?.logs.length, 1);
  t.like(seen?.logs[0]?.fields, {
    event: 'error',
    'error.kind': 'RangeError',
    message: 'too much',
    'error.code': 422,
    'error.type': 'LIMIT',
  });
  t.regex(String(seen?.logs[0]?.fields['stack']), /^RangeError: too much\n +at /);
});

test('an error of another realm is one, too', (t) => {
  const error = runInNewContext("new RangeError('out of the sandbox')");
  t.false(error instanceof Error);
  const fields = marked(error)?.logs[0]?.fields;
  t.like(fields, { 'error.kind': 'RangeError', message: 'out of the sandbox' });
  t.regex(String(fields?.['stack']), /^RangeError: out of the sandbox/);
});

test('what is thrown may be anything', (t) => {
  t.like(marked('a text')?.logs[0]?.fields, { 'error.kind': 'string', message: 'a text' });
  t.like(marked(undefined)?.logs[0]?.fields, { 'error.kind': 'undefined', message: 'undefined' });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const unreadable = Object.defineProperty(new Error('x'), 'message', {
    get() {
      throw new Error('no message');
    },
  });
  for (const hostile of [
    Object.create(null),
    proxy,
    unreadable,
    Symbol('s'),
    Object.assign(new Error(), { stack: 7 }),
  ])
    t.is(marked(hostile)?.tags['error'], true);
});

test('for a span that nobody records no stack is made', (t) => {
  const tracing = createMemoryTracing({ sampler: { type: 'const', param: 0 } });
  const span = tracing.tracerFor('users').startSpan('dropped');
  let reads = 0;
  const error = Object.defineProperty(new Error('x'), 'stack', { get: () => reads++ });
  markError(span, error);
  t.is(reads, 0);
});
