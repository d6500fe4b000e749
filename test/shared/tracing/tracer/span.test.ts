import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { collectGarbage } from '../../../helpers/garbage.ts';
import { createRecordingTracer } from './recording-tracer.ts';

test('a span that is over is still a parent, and holds nothing of what was written on it', async (t) => {
  const { tracer, recorded } = createRecordingTracer();
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

test('a priority, a time or tags that throw when they are read change nothing', (t) => {
  const { tracer, recorded } = createRecordingTracer();
  const hostile = () => {
    throw new Error('not to be read');
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  for (const time of [
    revoked.proxy,
    Object.create(Date.prototype),
    Object.assign(hostile, { valueOf: hostile }),
  ]) {
    const span = tracer.startSpan('hostile', { startTime: time as never, tags: { kept: 1 } });
    span.setTag('sampling.priority', time);
    span.addTags({
      get 'sampling.priority'() {
        return hostile();
      },
    });
    span.log({ event: 'a' }, time as never).finish(time as never);
  }
  t.deepEqual(
    recorded.map(({ tags, logs, startTimeMs }) => [tags.slice(-2), logs.length, startTimeMs > 0]),
    Array.from({ length: 3 }, () => [['kept', 1], 1, true]),
  );
});
