/** Handlers of every kind, of actions and events: the span that each of them has, and how often it is finished. */
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { ServiceBroker } from 'moleculer';
import opentracing, { type SpanOptions } from 'opentracing';
import { createTracing, currentSpan } from '#shared/tracing/index.ts';

/** A span that notes in words what is done to it; a second finish, too, which real ones hide. */
class NotingSpan extends opentracing.Span {
  readonly notes: string[];

  constructor(notes: string[]) {
    super();
    this.notes = notes;
  }

  override setTag(name: string, value: unknown): this {
    if (name === 'span.kind' || name === 'seen') this.notes.push(String(value));
    if (name === 'error') this.notes.push('error');
    return this;
  }

  override addTags(tags: Record<string, unknown>): this {
    for (const [name, value] of Object.entries(tags)) this.setTag(name, value);
    return this;
  }

  override finish(): void {
    this.notes.push('finish');
  }
}

class NotingTracer extends opentracing.Tracer {
  readonly spans: string[][] = [];

  override startSpan(_name: string, _options?: SpanOptions): opentracing.Span {
    const notes: string[] = [];
    this.spans.push(notes);
    return new NotingSpan(notes);
  }
}

const see = (when: string) => currentSpan()?.setTag('seen', when);

/** Each kind of handler, and what is noted of it. */
const kinds: Readonly<Record<string, { handler: () => void; notes: readonly string[] }>> = {
  returns: {
    handler() {
      see('at once');
    },
    notes: ['at once'],
  },
  throws: {
    handler() {
      see('at once');
      throw new Error('in vain');
    },
    notes: ['at once', 'error'],
  },
  resolves: {
    async handler() {
      see('at once');
      await turn();
      see('later');
    },
    notes: ['at once', 'later'],
  },
  rejects: {
    async handler() {
      see('at once');
      await turn();
      see('later');
      throw new Error('in vain');
    },
    notes: ['at once', 'later', 'error'],
  },
  'returns a thenable': {
    handler() {
      see('at once');
      // biome-ignore lint/suspicious/noThenProperty: what some query builders return
      return { then: (resolve: (value: unknown) => void) => setImmediate(() => resolve(see('later'))) };
    },
    notes: ['at once', 'later'],
  },
};

for (const [kind, { handler, notes }] of Object.entries(kinds))
  test(`a handler that ${kind} has its span to its end, which comes once`, async (t) => {
    const tracer = new NotingTracer();
    const tracing = createTracing({ service: 'shop', backend: () => tracer, env: {} });
    const broker = new ServiceBroker({ logger: false, middlewares: [tracing.moleculer()] });
    broker.createService({
      name: 'shop',
      actions: { run: handler },
      events: { 'was told': handler },
    });
    await broker.start();
    t.teardown(() => broker.stop());

    await broker.call('shop.run').catch(() => {});
    await broker.emit('was told');
    const ofClient = notes.filter((note) => note === 'error');
    t.deepEqual(tracer.spans, [
      ['client', ...ofClient, 'finish'],
      ['server', ...notes, 'finish'],
      ['producer', 'finish'],
      ['consumer', ...notes, 'finish'],
    ]);
  });
