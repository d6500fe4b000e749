/** Calls that fail: where, whose fault it was, and what else goes on. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Context, Errors } from 'moleculer';
import { note } from './notes.ts';
import { kindOf, type Outcomes } from './row.ts';

type Meta = Record<string, unknown>;
type Asked = Context<{ ms?: number; left?: number; thing?: unknown }, Meta>;

class StockError extends Error {
  readonly code = 'OUT_OF_STOCK';
  readonly left = 0;

  constructor(message: string) {
    super(message);
    this.name = 'StockError';
  }
}

const things = {
  text: 'just a text',
  nothing: undefined,
  object: { reason: 'an object' },
};

const items = (...actions: string[]) => actions.map((action) => ({ action, params: {} }));

export const failures: Outcomes = {
  here: [
    {
      name: 'clerk',
      actions: {
        pass: (ctx: Asked) => ctx.call('shop.breaks'),
        recover: (ctx: Asked) => ctx.call('shop.breaks').catch(() => 'something else'),
        many: (ctx: Asked) => ctx.mcall(items('shop.slow', 'shop.breaks')),
      },
    },
  ],
  there: [
    {
      name: 'shop',
      actions: {
        breaks() {
          throw new Error('the till is broken');
        },
        sells() {
          throw new StockError('no more apples');
        },
        throws({ params }: Asked) {
          throw things[params.thing as keyof typeof things];
        },
        refuses(ctx: Asked) {
          ctx.meta['refusedBy'] = 'shop';
          throw new Errors.MoleculerClientError('not you', 403, 'BANNED', { since: 1999 });
        },
        fails() {
          throw new Errors.MoleculerServerError('the till is empty', 503, 'EMPTY', { left: 0 });
        },
        checked: { params: { id: { type: 'number' } }, handler: () => 'fine' },
        slow: () => delay(10, 'slow'),
        late: {
          async handler(ctx: Asked) {
            await delay(250);
            note(ctx.broker, 'late, but done');
            return 'late';
          },
        },
        async lateFailure() {
          await delay(250);
          throw new Error('late, and wrong');
        },
        async tooLateToAsk(ctx: Asked) {
          await delay(250);
          return ctx.call('shop.slow').catch((error) => note(ctx.broker, `not asked: ${error.type}`));
        },
        async tooLateToAskMany(ctx: Asked) {
          await delay(250);
          return ctx
            .mcall(items('shop.slow', 'shop.late'))
            .catch((error) => note(ctx.broker, `not asked: ${error.type}`));
        },
        deeper: (ctx: Asked): Promise<unknown> => ctx.call('shop.deeper'),
        deeperAll: (ctx: Asked): Promise<unknown> =>
          ctx.level < 4 ? ctx.call('shop.deeperAll') : ctx.mcall(items('shop.slow')),
        hidden: { visibility: 'private', handler: () => 'psst' },
      },
    },
    { name: 'stall', actions: { open: () => 'open' } },
    { name: 'cart', actions: { wait: () => delay(3000, 'in vain') } },
  ],
  rows: [
    {
      title: 'a thrown Error',
      run: ({ broker }) => broker.call('shop.breaks'),
      picture: `
        gateway shop.breaks (client) ERROR Error
          shop shop.breaks (server) ERROR Error
      `,
    },
    {
      title: 'a thrown Error of a class of its own, with a code that is a text',
      run: ({ broker }) => broker.call('shop.sells'),
      picture: `
        gateway shop.sells (client) ERROR StockError OUT_OF_STOCK
          shop shop.sells (server) ERROR StockError OUT_OF_STOCK
      `,
    },
    ...Object.keys(things).map((thing) => ({
      title: `a thrown ${thing}, which is no Error`,
      run: ({ broker }: { broker: Context['broker'] }) => broker.call('shop.throws', { thing }),
      picture: `
        gateway shop.throws (client) ERROR MoleculerError 500
          shop shop.throws (server) ERROR MoleculerError 500
      `,
    })),
    {
      title: "a MoleculerError that is the caller's fault: refused, no error of the callee",
      run: ({ broker, meta }) => broker.call('shop.refuses', {}, { meta }),
      picture: `
        gateway shop.refuses (client) ERROR MoleculerClientError 403 BANNED
          shop shop.refuses (server) refused MoleculerClientError 403 BANNED
      `,
    },
    {
      title: "a MoleculerError that is the callee's fault",
      run: ({ broker }) => broker.call('shop.fails'),
      picture: `
        gateway shop.fails (client) ERROR MoleculerServerError 503 EMPTY
          shop shop.fails (server) ERROR MoleculerServerError 503 EMPTY
      `,
    },
    {
      title: 'wrong parameters: the handler never runs',
      run: ({ broker }) => broker.call('shop.checked', { id: 'seven' }),
      picture: `
        gateway shop.checked (client) ERROR ValidationError 422 VALIDATION_ERROR
          shop shop.checked (server) refused ValidationError 422 VALIDATION_ERROR
      `,
    },
    {
      title: 'an unknown action',
      run: ({ broker, meta }) => broker.call('nobody.knows', {}, { meta }),
      picture: 'gateway nobody.knows (client) ERROR ServiceNotFoundError 404 SERVICE_NOT_FOUND',
    },
    {
      title: 'a known action on an unknown node',
      run: ({ broker }) => broker.call('shop.slow', {}, { nodeID: 'nowhere' }),
      picture: 'gateway shop.slow (client) ERROR ServiceNotFoundError 404 SERVICE_NOT_FOUND',
    },
    {
      title: 'a private action, called from outside',
      run: ({ broker }) => broker.call('shop.hidden'),
      picture: 'gateway shop.hidden (client) ERROR ServiceNotFoundError 404 SERVICE_NOT_FOUND',
    },
    {
      title: 'a name that is none',
      run: ({ broker }) => broker.call(undefined as never),
      picture: '',
    },
    {
      title: 'a failure that passes through an action in between',
      run: ({ broker }) => broker.call('clerk.pass'),
      picture: `
        gateway clerk.pass (client) ERROR Error
          clerk clerk.pass (server) ERROR Error
            clerk shop.breaks (client) ERROR Error
              shop shop.breaks (server) ERROR Error
      `,
    },
    {
      title: 'a failure that the action in between makes good',
      run: ({ broker }) => broker.call('clerk.recover'),
      picture: `
        gateway clerk.recover (client)
          clerk clerk.recover (server)
            clerk shop.breaks (client) ERROR Error
              shop shop.breaks (server) ERROR Error
      `,
    },
    {
      title: 'mcall with a failure',
      atOnce: true,
      run: ({ broker, meta }) => broker.call('clerk.many', {}, { meta }),
      picture: `
        gateway clerk.many (client) ERROR Error
          clerk clerk.many (server) ERROR Error
            clerk shop.breaks (client) ERROR Error
              shop shop.breaks (server) ERROR Error
            clerk shop.slow (client)
              shop shop.slow (server)
      `,
    },
    {
      title: 'mcall that waits for all, with a failure',
      atOnce: true,
      run: ({ broker, meta }) =>
        broker.mcall(
          [
            { action: 'shop.slow', params: {} },
            { action: 'shop.fails', params: {} },
            { action: 'nobody.knows', params: {} },
          ],
          { settled: true, meta },
        ),
      picture: `
        gateway nobody.knows (client) ERROR ServiceNotFoundError 404 SERVICE_NOT_FOUND
        gateway shop.fails (client) ERROR MoleculerServerError 503 EMPTY
          shop shop.fails (server) ERROR MoleculerServerError 503 EMPTY
        gateway shop.slow (client)
          shop shop.slow (server)
      `,
    },
    {
      title: 'mcall with what cannot be called',
      run: ({ broker }) => broker.mcall('shop.slow' as never),
      picture: '',
    },
    {
      title: 'a time-out: the callee gives up too, and its handler goes on',
      run: ({ broker }) => broker.call('shop.late', {}, { timeout: 20 }).catch(kindOf),
      picture: `
        gateway shop.late (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT
          shop shop.late (server) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT late=*
      `,
    },
    {
      title: 'a time-out, and a handler that fails later',
      run: ({ broker }) => broker.call('shop.lateFailure', {}, { timeout: 20 }).catch(kindOf),
      picture: `
        gateway shop.lateFailure (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT
          shop shop.lateFailure (server) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT late=*
      `,
    },
    {
      title: 'a time-out, and a call that is no longer made then',
      run: ({ broker }) => broker.call('shop.tooLateToAsk', {}, { timeout: 20 }).catch(kindOf),
      picture: `
        gateway shop.tooLateToAsk (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT
          shop shop.tooLateToAsk (server) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT late=*
            shop shop.slow (client) ERROR RequestSkippedError 514 REQUEST_SKIPPED
      `,
    },
    {
      title: 'a time-out, and an mcall that is no longer made then',
      run: ({ broker }) => broker.call('shop.tooLateToAskMany', {}, { timeout: 20 }).catch(kindOf),
      picture: `
        gateway shop.tooLateToAskMany (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT
          shop shop.tooLateToAskMany (server) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT late=*
            shop shop.slow (client) ERROR RequestSkippedError 514 REQUEST_SKIPPED
            shop shop.late (client) ERROR RequestSkippedError 514 REQUEST_SKIPPED
      `,
    },
    {
      title: 'calls in a circle, up to the highest level',
      run: ({ broker }) => broker.call('shop.deeper'),
      picture: `
        gateway shop.deeper (client) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
          shop shop.deeper (server) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
            shop shop.deeper (client) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
              shop shop.deeper (server) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
                shop shop.deeper (client) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
                  shop shop.deeper (server) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
                    shop shop.deeper (client) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
                      shop shop.deeper (server) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
                        shop shop.deeper (client) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
      `,
    },
    {
      title: 'an mcall above the highest level',
      run: ({ broker }) => broker.call('shop.deeperAll').catch((error) => error.type),
      picture: `
        gateway shop.deeperAll (client) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
          shop shop.deeperAll (server) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
            shop shop.deeperAll (client) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
              shop shop.deeperAll (server) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
                shop shop.deeperAll (client) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
                  shop shop.deeperAll (server) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
                    shop shop.deeperAll (client) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
                      shop shop.deeperAll (server) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
                        shop shop.slow (client) ERROR MaxCallLevelError 500 MAX_CALL_LEVEL
      `,
    },
    {
      title: 'an action whose only node has left',
      loses: 'stall',
      async run({ broker, lose }) {
        const before = await broker.call('stall.open');
        await lose('stopped');
        return [before, await broker.call('stall.open').catch(kindOf)];
      },
      picture: `
        gateway stall.open (client)
          stall stall.open (server)
        gateway stall.open (client) ERROR ServiceNotAvailableError 404 SERVICE_NOT_AVAILABLE
      `,
    },
    {
      title: 'a node that dies in the middle of a call',
      loses: 'cart',
      async run({ broker, lose }) {
        const call = broker.call('cart.wait', {}, { timeout: 300 });
        call.catch(() => undefined);
        await lose('killed');
        return call;
      },
      picture: {
        local: `
          gateway cart.wait (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT
            cart cart.wait (server) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT late=*
        `,
        tcp: 'gateway cart.wait (client) ERROR RequestRejectedError 503 REQUEST_REJECTED',
        nats: 'gateway cart.wait (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT',
      },
    },
  ],
};
