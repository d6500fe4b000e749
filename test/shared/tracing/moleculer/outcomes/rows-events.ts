/** Events: who told it, who heard it, and what that made them do. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from 'moleculer';
import { inSpan } from '#shared/tracing/index.ts';
import { note } from './notes.ts';
import type { Outcomes } from './row.ts';

/** A service whose handlers hand on what they were given. */
interface Handing {
  readonly actions: { answered(params: object, options: object): Promise<unknown> };
}

type Told = Context<{ what?: string }, Record<string, unknown>>;

export const events: Outcomes = {
  here: [
    {
      name: 'press',
      actions: {
        async publish(ctx: Told) {
          await ctx.call('library.count');
          await ctx.emit('news', ctx.params);
          return 'published';
        },
        async publishTwice(ctx: Told) {
          await ctx.emit('news', ctx.params);
          await ctx.emit('news', ctx.params);
        },
      },
      events: { 'letter.local': (ctx: Told) => note(ctx.broker, `read ${ctx.params.what}`) },
    },
  ],
  there: [
    {
      name: 'library',
      actions: { count: () => 1, answered: () => 'yes' },
      events: {
        news: (ctx: Told) => note(ctx.broker, `shelved ${ctx.params.what}`),
        'letter.local': () => undefined,
        'letter.*': { group: 'letters', handler: () => undefined },
        async question(ctx: Told) {
          await ctx.call('library.answered');
        },
        async whisper(this: Handing, ctx: Told) {
          await this.actions.answered({}, ctx.options);
          await this.actions.answered({}, { ctx });
        },
        async rumour(ctx: Told) {
          ctx.meta['heard'] = 'in the library';
          await ctx.emit('news', { what: 'a rumour' });
        },
        fire() {
          throw new Error('the library burns');
        },
        slow: () => delay(20),
        many: [() => delay(5), () => delay(5)].map((handler) => handler),
        parcel: { params: { weight: 'number' }, handler: () => undefined },
        'knock.once': {
          debounce: 20,
          handler: (ctx: Told) => note(ctx.broker, `opened for ${ctx.params.what}`),
        },
        'knock.first': {
          throttle: 5000,
          handler: (ctx: Told) => note(ctx.broker, `heard ${ctx.params.what}`),
        },
        queue: {
          bulkhead: { enabled: true, concurrency: 1, maxQueueSize: 10 },
          async handler(ctx: Told) {
            await delay(5);
            await ctx.call('library.count');
          },
        },
        aside(ctx: Told) {
          setTimeout(() => inSpan('afterwards', {}, () => note(ctx.broker, 'afterwards')), 5);
        },
      },
    },
    {
      name: 'archive',
      events: {
        news: () => undefined,
        fire: (ctx: Told) => note(ctx.broker, 'nothing of ours'),
        rumour: (ctx: Told) => note(ctx.broker, `heard ${ctx.meta['heard'] ?? 'nothing'}`),
      },
    },
  ],
  rows: [
    {
      title: 'an event: each group that listens has its span, which follows from the producer',
      atOnce: true,
      run: ({ broker, meta }) => broker.emit('news', { what: 'peace' }, { meta } as object),
      picture: `
        gateway news (producer)
          ~ archive news (consumer) group=archive
          ~ library news (consumer) group=library
      `,
    },
    {
      title: 'an event outside any request begins a trace',
      atOnce: true,
      outside: true,
      run: ({ broker }) => broker.emit('news', { what: 'peace' }),
      picture: `
        gateway news (producer)
          ~ archive news (consumer) group=archive
          ~ library news (consumer) group=library
      `,
    },
    {
      title: 'an event from within an action, after a call',
      atOnce: true,
      run: ({ broker, meta }) => broker.call('press.publish', { what: 'war' }, { meta }),
      picture: `
        gateway press.publish (client)
          press press.publish (server)
            press library.count (client)
              library library.count (server)
            press news (producer)
              ~ archive news (consumer) group=archive
              ~ library news (consumer) group=library
      `,
    },
    {
      title: 'an event whose handler hands on its context and its options: what it calls is below it',
      run: ({ broker }) => broker.emit('whisper'),
      picture: `
        gateway whisper (producer)
          ~ library whisper (consumer) group=library
            library library.answered (server)
            library library.answered (server)
      `,
    },
    {
      title: 'events one after the other are siblings',
      atOnce: true,
      run: ({ broker }) => broker.call('press.publishTwice', { what: 'rain' }),
      picture: `
        gateway press.publishTwice (client)
          press press.publishTwice (server)
            press news (producer)
              ~ archive news (consumer) group=archive
              ~ library news (consumer) group=library
            press news (producer)
              ~ archive news (consumer) group=archive
              ~ library news (consumer) group=library
      `,
    },
    {
      title: 'an event to all nodes',
      atOnce: true,
      run: ({ broker, meta }) => broker.broadcast('letter.local', { what: 'a letter' }, { meta } as object),
      picture: `
        gateway letter.local (producer)
          ~ library letter.local (consumer) group=letters
          ~ library letter.local (consumer) group=library
          ~ press letter.local (consumer) group=press
      `,
    },
    {
      title: 'an event to this node alone',
      atOnce: true,
      run: ({ broker, meta }) =>
        broker.broadcastLocal('letter.local', { what: 'a letter' }, { meta } as object),
      picture: {
        local: `
          gateway letter.local (producer)
            ~ library letter.local (consumer) group=letters
            ~ library letter.local (consumer) group=library
            ~ press letter.local (consumer) group=press
        `,
        tcp: `
          gateway letter.local (producer)
            ~ press letter.local (consumer) group=press
        `,
        nats: `
          gateway letter.local (producer)
            ~ press letter.local (consumer) group=press
        `,
      },
    },
    {
      title: 'an event for one group, in each way to name it',
      atOnce: true,
      async run({ broker }) {
        await broker.emit('news', {}, 'archive' as never);
        await broker.emit('news', {}, ['archive'] as never);
        await broker.broadcast('news', {}, { groups: 'archive' } as never);
      },
      picture: `
        gateway news (producer)
          ~ archive news (consumer) group=archive
        gateway news (producer)
          ~ archive news (consumer) group=archive
        gateway news (producer)
          ~ archive news (consumer) group=archive
      `,
    },
    {
      title: 'an event that nobody hears',
      run: ({ broker }) => broker.emit('silence'),
      picture: 'gateway silence (producer)',
    },
    {
      title: "Moleculer's own events are not traced",
      run: async ({ broker }) => {
        await broker.broadcastLocal('$services.changed', { localService: false });
        await broker.emit('$anything');
      },
      picture: '',
    },
    {
      title: 'an event whose name is none',
      run: ({ broker }) => broker.emit(undefined as never),
      picture: '',
    },
    {
      title: 'a handler that throws marks its own span only',
      atOnce: true,
      run: ({ broker }) => broker.emit('fire'),
      picture: `
        gateway fire (producer)
          ~ archive fire (consumer) group=archive
          ~ library fire (consumer) ERROR Error group=library
      `,
    },
    {
      title: 'a handler that throws, where the sender wants to know',
      atOnce: true,
      run: ({ broker }) => broker.emit('fire', {}, { throwError: true } as object),
      picture: `
        gateway fire (producer)
          ~ archive fire (consumer) group=archive
          ~ library fire (consumer) ERROR Error group=library
      `,
    },
    {
      title: 'a handler that throws, to whom it is broadcast where the sender wants to know',
      atOnce: true,
      run: ({ broker }) => broker.broadcast('fire', {}, { throwError: true } as object),
      picture: {
        local: `
          gateway fire (producer) ERROR Error
            ~ archive fire (consumer) group=archive
            ~ library fire (consumer) ERROR Error group=library
        `,
        tcp: `
          gateway fire (producer)
            ~ archive fire (consumer) group=archive
            ~ library fire (consumer) ERROR Error group=library
        `,
        nats: `
          gateway fire (producer)
            ~ archive fire (consumer) group=archive
            ~ library fire (consumer) ERROR Error group=library
        `,
      },
    },
    {
      title: 'a handler that calls an action',
      run: ({ broker }) => broker.emit('question'),
      picture: `
        gateway question (producer)
          ~ library question (consumer) group=library
            library library.answered (client)
              library library.answered (server)
      `,
    },
    {
      title: 'a handler that emits another event; handlers of one node share a meta',
      atOnce: true,
      run: ({ broker, meta }) => broker.emit('rumour', {}, { meta } as object),
      picture: `
        gateway rumour (producer)
          ~ archive rumour (consumer) group=archive
          ~ library rumour (consumer) group=library
            library news (producer)
              ~ archive news (consumer) group=archive
              ~ library news (consumer) group=library
      `,
    },
    {
      title: 'a handler that takes its time',
      run: ({ broker }) => broker.emit('slow'),
      picture: `
        gateway slow (producer)
          ~ library slow (consumer) group=library
      `,
    },
    {
      title: 'several handlers in one place are one span',
      run: ({ broker }) => broker.emit('many'),
      picture: `
        gateway many (producer)
          ~ library many (consumer) group=library
      `,
    },
    {
      title: 'a payload that is wrong',
      run: ({ broker }) => broker.emit('parcel', { weight: 'heavy' }),
      picture: `
        gateway parcel (producer)
          ~ library parcel (consumer) ERROR ValidationError 422 VALIDATION_ERROR group=library
      `,
    },
    {
      title: 'a handler that waits for the last of many events: one span',
      async run({ broker, begun }) {
        for (const what of ['one', 'two', 'three']) await broker.emit('knock.once', { what });
        await begun(1);
      },
      picture: `
        gateway knock.once (producer)
        gateway knock.once (producer)
        gateway knock.once (producer)
          ~ library knock.once (consumer) group=library
      `,
    },
    {
      title: 'a handler that only takes the first of many events: one span',
      async run({ broker }) {
        for (const what of ['one', 'two', 'three']) await broker.emit('knock.first', { what });
      },
      picture: `
        gateway knock.first (producer)
          ~ library knock.first (consumer) group=library
        gateway knock.first (producer)
        gateway knock.first (producer)
      `,
    },
    {
      title: 'events that wait for their turn: each handler is still in its own event',
      atOnce: true,
      run: ({ broker }) => Promise.all([broker.emit('queue'), broker.emit('queue')]),
      picture: `
        gateway queue (producer)
          ~ library queue (consumer) group=library
            library library.count (client)
              library library.count (server)
        gateway queue (producer)
          ~ library queue (consumer) group=library queue_ms=*
            library library.count (client)
              library library.count (server)
      `,
    },
    {
      title: 'a timer of a handler belongs to its event',
      run: ({ broker }) => broker.emit('aside'),
      picture: `
        gateway aside (producer)
          ~ library aside (consumer) group=library
            library afterwards
      `,
    },
  ],
};
