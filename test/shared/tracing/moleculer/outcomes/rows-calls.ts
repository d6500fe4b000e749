/** Calls that answer: who called whom, and what the callee may add to the caller's meta. */
import type { Context, Service } from 'moleculer';
import type { Outcomes } from './row.ts';

type Meta = Record<string, unknown>;
type Asked = Context<{ n: number }, Meta>;

export const calls: Outcomes = {
  here: [
    {
      name: 'front',
      actions: {
        async ask(ctx: Asked) {
          const answer = await ctx.call('desk.sign');
          return { answer, meta: ctx.meta };
        },
        async askTwice(ctx: Asked) {
          await ctx.call('desk.sign');
          return ctx.call('desk.double', { n: 2 }, { meta: { extra: true } });
        },
        askAtOnce: (ctx: Asked) => Promise.all([1, 2, 3].map((n) => ctx.call('desk.double', { n }))),
        number: () => 7,
      },
    },
  ],
  there: [
    {
      name: 'desk',
      actions: {
        sign(ctx: Asked) {
          ctx.meta['signedBy'] = 'desk';
          return 'signed';
        },
        double: (ctx: Asked) => ctx.params.n * 2,
        forward: (ctx: Asked) => ctx.call('front.number'),
        nothing: (ctx: Asked) => [undefined, null, 0, '', false][ctx.params.n],
        params: (ctx: Asked) => ({ params: ctx.params }),
        head(ctx: Asked) {
          const { headers, responseHeaders } = ctx as unknown as Record<string, Meta>;
          if (responseHeaders) responseHeaders['x-served'] = 'yes';
          return headers;
        },
        // Calls that tell nothing of the context they are made in.
        async bare(this: Service) {
          return [await this.broker.call('desk.double', { n: 1 }), await this.actions['double']?.({ n: 2 })];
        },
        bareMany(this: Service) {
          return this.broker.mcall([
            { action: 'desk.double', params: { n: 1 } },
            { action: 'desk.double', params: { n: 2 } },
          ]);
        },
        viaSecret(this: Service) {
          return this.actions['secret']?.();
        },
        secret: { visibility: 'private', handler: () => 'psst' },
        later(ctx: Asked) {
          setTimeout(() => ctx.call('desk.double', { n: 4 }), 5);
          return 'soon';
        },
        laterBare(this: Service) {
          setTimeout(() => this.broker.call('desk.double', { n: 4 }), 5);
          return 'soon';
        },
      },
    },
    { name: 'desk', version: 2, actions: { double: (ctx: Asked) => ctx.params.n * 2 } },
  ],
  rows: [
    {
      title: 'a call that answers',
      run: ({ broker }) => broker.call('desk.double', { n: 2 }),
      picture: `
        gateway desk.double (client)
          desk desk.double (server)
      `,
    },
    {
      title: 'a call outside any request begins a trace',
      outside: true,
      run: ({ broker }) => broker.call('desk.double', { n: 2 }),
      picture: `
        gateway desk.double (client)
          desk desk.double (server)
      `,
    },
    {
      title: 'an action of a version',
      run: ({ broker }) => broker.call('v2.desk.double', { n: 2 }),
      picture: `
        gateway v2.desk.double (client)
          v2.desk v2.desk.double (server)
      `,
    },
    {
      title: 'what the callee sets in meta reaches the caller',
      run: ({ broker, meta }) => broker.call('desk.sign', {}, { meta }),
      picture: `
        gateway desk.sign (client)
          desk desk.sign (server)
      `,
    },
    {
      title: 'an action that calls another: meta goes there and back',
      run: ({ broker, meta }) => broker.call('front.ask', {}, { meta }),
      picture: `
        gateway front.ask (client)
          front front.ask (server)
            front desk.sign (client)
              desk desk.sign (server)
      `,
    },
    {
      title: 'calls one after the other are siblings',
      run: ({ broker, meta }) => broker.call('front.askTwice', {}, { meta }),
      picture: `
        gateway front.askTwice (client)
          front front.askTwice (server)
            front desk.sign (client)
              desk desk.sign (server)
            front desk.double (client)
              desk desk.double (server)
      `,
    },
    {
      title: 'calls at once are siblings',
      atOnce: true,
      run: ({ broker }) => broker.call('front.askAtOnce'),
      picture: `
        gateway front.askAtOnce (client)
          front front.askAtOnce (server)
            front desk.double (client)
              desk desk.double (server)
            front desk.double (client)
              desk desk.double (server)
            front desk.double (client)
              desk desk.double (server)
      `,
    },
    {
      title: 'calls that share their options are siblings',
      async run({ broker, meta }) {
        const options = { meta };
        await broker.call('desk.sign', {}, options);
        return broker.call('desk.double', { n: 2 }, options);
      },
      picture: `
        gateway desk.sign (client)
          desk desk.sign (server)
        gateway desk.double (client)
          desk desk.double (server)
      `,
    },
    {
      title: 'a callee that calls back to the node of its caller',
      run: ({ broker }) => broker.call('desk.forward'),
      picture: `
        gateway desk.forward (client)
          desk desk.forward (server)
            desk front.number (client)
              front front.number (server)
      `,
    },
    {
      title: 'answers that are nothing',
      atOnce: true,
      run: ({ broker }) => Promise.all([0, 1, 2, 3, 4].map((n) => broker.call('desk.nothing', { n }))),
      picture: `
        gateway desk.nothing (client)
          desk desk.nothing (server)
        gateway desk.nothing (client)
          desk desk.nothing (server)
        gateway desk.nothing (client)
          desk desk.nothing (server)
        gateway desk.nothing (client)
          desk desk.nothing (server)
        gateway desk.nothing (client)
          desk desk.nothing (server)
      `,
    },
    {
      title: 'parameters that are nothing',
      atOnce: true,
      run: ({ broker }) => Promise.all([broker.call('desk.params'), broker.call('desk.params', null)]),
      picture: `
        gateway desk.params (client)
          desk desk.params (server)
        gateway desk.params (client)
          desk desk.params (server)
      `,
    },
    {
      title: 'headers go there, and the promise has its context',
      async run({ broker }) {
        const promise = broker.call('desk.head', {}, { headers: { 'x-wanted': 'yes' } } as object);
        const headers = await promise;
        const { ctx } = promise as unknown as { ctx: Context };
        return { headers, action: ctx.action?.name, level: ctx.level, node: ctx.nodeID, meta: ctx.meta };
      },
      picture: `
        gateway desk.head (client)
          desk desk.head (server)
      `,
    },
    {
      title: 'a call of a certain node, and one of an endpoint',
      async run({ broker }) {
        const endpoint = broker.registry.getActionEndpoints('desk.double')?.next(undefined as never);
        const nodeID = endpoint?.id as string;
        return [
          await broker.call('desk.double', { n: 1 }, { nodeID }),
          await broker.call(endpoint as never, { n: 2 }),
        ];
      },
      picture: `
        gateway desk.double (client)
          desk desk.double (server)
        gateway desk.double (client)
          desk desk.double (server)
      `,
    },
    {
      title: 'broker.call and this.actions within a handler, which name no context',
      run: ({ broker }) => broker.call('desk.bare'),
      picture: `
        gateway desk.bare (client)
          desk desk.bare (server)
            desk desk.double (client)
              desk desk.double (server)
            desk desk.double (server)
      `,
    },
    {
      title: 'broker.mcall within a handler, which names no context',
      atOnce: true,
      run: ({ broker }) => broker.call('desk.bareMany'),
      picture: `
        gateway desk.bareMany (client)
          desk desk.bareMany (server)
            desk desk.double (client)
              desk desk.double (server)
            desk desk.double (client)
              desk desk.double (server)
      `,
    },
    {
      title: 'a private action, which only its service can call',
      run: ({ broker }) => broker.call('desk.viaSecret'),
      picture: `
        gateway desk.viaSecret (client)
          desk desk.viaSecret (server)
            desk desk.secret (server)
      `,
    },
    {
      title: 'a call from a timer, when the handler has long answered',
      atOnce: true,
      async run({ broker, begun }) {
        await Promise.all([broker.call('desk.later'), broker.call('desk.laterBare')]);
        await begun(4);
      },
      picture: `
        gateway desk.later (client)
          desk desk.later (server)
            desk desk.double (client)
              desk desk.double (server)
        gateway desk.laterBare (client)
          desk desk.laterBare (server)
            desk desk.double (client)
              desk desk.double (server)
      `,
    },
    {
      title: 'a call from the started hook of a service begins a trace',
      outside: true,
      async run({ broker }) {
        let doubled: unknown;
        const service = broker.createService({
          name: 'starter',
          async started() {
            doubled = await this.broker.call('desk.double', { n: 3 });
          },
        });
        await broker.waitForServices('starter', 1000, 1);
        await broker.destroyService(service);
        return doubled;
      },
      picture: `
        gateway desk.double (client)
          desk desk.double (server)
      `,
    },
    {
      title: "Moleculer's own actions are not traced",
      run: async ({ broker }) => typeof (await broker.call('$node.list')),
      picture: '',
    },
    {
      title: 'mcall with a list',
      atOnce: true,
      run: ({ broker, meta }) =>
        broker.mcall(
          [
            { action: 'desk.sign', params: {} },
            { action: 'desk.double', params: { n: 2 } },
          ],
          { meta },
        ),
      picture: `
        gateway desk.double (client)
          desk desk.double (server)
        gateway desk.sign (client)
          desk desk.sign (server)
      `,
    },
    {
      title: 'mcall with names, and options for each call',
      atOnce: true,
      run: ({ broker, meta }) =>
        broker.mcall({
          signed: { action: 'desk.sign', params: {}, options: { meta } },
          doubled: { action: 'desk.double', params: { n: 2 }, options: { meta: { own: 1 } } },
        } as never),
      picture: `
        gateway desk.double (client)
          desk desk.double (server)
        gateway desk.sign (client)
          desk desk.sign (server)
      `,
    },
  ],
};
