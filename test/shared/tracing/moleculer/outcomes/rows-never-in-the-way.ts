/** What an application may do to its calls, and finds as it was. */
import type { Context } from 'moleculer';
import { kindOf, type Outcomes } from './row.ts';

type Asked = Context<{ n: number }, Record<string, unknown>>;

class Tenant {
  readonly name = 'acme';
}

/** Says itself what of it is to be sent. */
class Session {
  readonly tenant = 'acme';
  readonly hidden = 'secret';

  toJSON() {
    return { tenant: this.tenant };
  }
}

export const neverInTheWay: Outcomes = {
  there: [
    {
      name: 'guest',
      actions: {
        looks: ({ meta }: Asked) => Object.keys(meta).sort(),
        shows: ({ meta }: Asked) => [
          Object.keys(meta).sort(),
          meta['isAdmin'] ?? null,
          meta['hidden'] ?? null,
        ],
        writes(ctx: Asked) {
          ctx.meta['written'] = true;
          return 'written';
        },
        replaces(ctx: Asked) {
          ctx.meta = { replaced: true };
          return 'replaced';
        },
        removes(ctx: Asked) {
          delete ctx.meta['user'];
          return Object.keys(ctx.meta);
        },
        remembers: (ctx: Asked) =>
          ctx.call('guest.looks', {}, { meta: ctx.meta, headers: { a: 1 } } as object),
      },
      hooks: { after: { replaces: (_: unknown, result: unknown) => `${result} and hooked` } },
      events: {
        visit(ctx: Asked) {
          ctx.meta['visited'] = true;
        },
      },
    },
  ],
  rows: [
    {
      title: 'a handler sees the meta that was given, and nothing else',
      run: ({ broker, meta }) => broker.call('guest.looks', {}, { meta }),
      picture: `
        gateway guest.looks (client)
          guest guest.looks (server)
      `,
    },
    {
      title: 'a context whose meta is passed on by hand',
      run: ({ broker, meta }) => broker.call('guest.remembers', {}, { meta }),
      picture: `
        gateway guest.remembers (client)
          guest guest.remembers (server)
            guest guest.looks (client)
              guest guest.looks (server)
      `,
    },
    {
      title: 'a handler that replaces its meta',
      run: ({ broker, meta }) => broker.call('guest.replaces', {}, { meta }),
      picture: `
        gateway guest.replaces (client)
          guest guest.replaces (server)
      `,
    },
    {
      title: 'a handler that removes from its meta',
      run: ({ broker, meta }) => broker.call('guest.removes', {}, { meta }),
      picture: `
        gateway guest.removes (client)
          guest guest.removes (server)
      `,
    },
    {
      title: 'options, headers and params that are frozen',
      run: ({ broker }) =>
        broker.call('guest.looks', Object.freeze({ n: 1 }), { headers: Object.freeze({ a: '1' }) } as object),
      picture: `
        gateway guest.looks (client)
          guest guest.looks (server)
      `,
    },
    {
      title: 'options that inherit what they say',
      run: ({ broker }) => broker.call('guest.looks', {}, Object.create({ meta: { tenant: 'acme' } })),
      picture: `
        gateway guest.looks (client)
          guest guest.looks (server)
      `,
    },
    {
      title: 'options of an event that inherit what they say',
      run: ({ broker }) => broker.emit('visit', {}, Object.create({ groups: ['nobody'] })),
      picture: 'gateway visit (producer)',
    },
    {
      title: 'options of a broadcast that inherit what they say',
      run: ({ broker }) => broker.broadcast('visit', {}, Object.create({ groups: ['nobody'] })),
      picture: 'gateway visit (producer)',
    },
    {
      title: 'a meta with what would be its prototype, as JSON can have it',
      run: ({ broker }) =>
        broker.call(
          'guest.shows',
          {},
          { meta: JSON.parse('{"__proto__":{"isAdmin":true},"tenant":"acme"}') },
        ),
      picture: `
        gateway guest.shows (client)
          guest guest.shows (server)
      `,
    },
    {
      title: 'a meta that says itself what is sent',
      run: ({ broker }) =>
        broker.call('guest.shows', {}, { meta: new Session() as object as Record<string, unknown> }),
      picture: `
        gateway guest.shows (client)
          guest guest.shows (server)
      `,
    },
    {
      title: 'a frozen meta: over the wire the answer cannot be taken, as without tracing',
      async run({ broker }) {
        const meta = Object.freeze({ user: 'ada' });
        return broker.call('guest.looks', {}, { meta, timeout: 200 }).catch(kindOf);
      },
      picture: {
        local: `
          gateway guest.looks (client)
            guest guest.looks (server)
        `,
        tcp: `
          gateway guest.looks (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT
            guest guest.looks (server)
        `,
        nats: `
          gateway guest.looks (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT
            guest guest.looks (server)
        `,
      },
    },
    {
      title: 'a frozen meta that the callee wants to write',
      run: ({ broker }) =>
        broker.call('guest.writes', {}, { meta: Object.freeze({ user: 'ada' }), timeout: 200 }).catch(kindOf),
      picture: {
        local: `
          gateway guest.writes (client) ERROR TypeError
            guest guest.writes (server) ERROR TypeError
        `,
        tcp: `
          gateway guest.writes (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT
            guest guest.writes (server)
        `,
        nats: `
          gateway guest.writes (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT
            guest guest.writes (server)
        `,
      },
    },
    {
      title: 'a meta with an object of a class, without a prototype, and one for all calls',
      atOnce: true,
      async run({ broker }) {
        const meta = Object.assign(Object.create(null), { tenant: new Tenant() });
        const calls = ['guest.looks', 'guest.writes'].map((action) => ({ action, params: {} }));
        const results = await broker.mcall(calls, { meta });
        return [results, Object.keys(meta).sort(), meta.tenant instanceof Tenant];
      },
      picture: `
        gateway guest.looks (client)
          guest guest.looks (server)
        gateway guest.writes (client)
          guest guest.writes (server)
      `,
    },
    {
      title: 'what a handler of an event writes into its meta',
      run: ({ broker, meta }) => broker.emit('visit', {}, { meta } as object),
      picture: `
        gateway visit (producer)
          ~ guest visit (consumer) group=guest
      `,
    },
  ],
};
