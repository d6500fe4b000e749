import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { Clock } from '#shared/tracing/tracer/clock.ts';
import { createRandomId } from '#shared/tracing/tracer/ids.ts';
import { createSampler } from '#shared/tracing/tracer/sampling.ts';
import { JaegerTracer } from '#shared/tracing/tracer/tracer.ts';
import { keepFinishedSpans } from '../../../helpers/finished-spans.ts';
import { collectGarbage } from '../../../helpers/garbage.ts';

function createTracer(sink: ReturnType<typeof keepFinishedSpans>['sink']) {
  return new JaegerTracer('users', {
    sampler: createSampler({ type: 'const', param: 1 }, { service: 'users' }),
    sink,
    codecs: [],
    clock: new Clock(),
    randomId: createRandomId(),
    counts: { started: 0, finished: 0 },
  });
}

test('a span that is over is still a parent, and holds nothing of what was written on it', async (t) => {
  const { recorded, sink } = keepFinishedSpans();
  const tracer = createTracer(sink);
  const finishTagged = () => {
    const [tag, field, shared] = [{ of: 'a tag' }, { of: 'a log' }, Object.freeze({ of: 'all' })];
    const span = tracer.startSpan('over', { tags: shared });
    span.setTag('tag', tag).log({ field }).finish();
    const { tags, sharedTags, logs } = recorded.pop() ?? t.fail();
    t.is(
      JSON.stringify([sharedTags, tags, logs[0]?.fields]),
      '[{"of":"all"},["sampler.type","const","sampler.param",true,"tag",{"of":"a tag"}],["field",{"of":"a log"}]]',
    );
    return { span, written: [tag, field, shared].map((value) => new WeakRef<object>(value)) };
  };
  const { span, written } = finishTagged();
  await turn(); // a WeakRef holds on until the end of the turn in which it was made
  collectGarbage();
  t.deepEqual(
    written.map((value) => value.deref()),
    [undefined, undefined, undefined],
  );
  tracer.startSpan('late', { childOf: span }).finish();
  t.is(recorded[0]?.spanContext.parentId, span.context().toSpanId());
});
