/** What actions and events say of their own spans, in Moleculer's form; and work that is not to be traced at all. */
import type { Context, ServiceBroker } from 'moleculer';
import { SUPPRESSED, withSpan } from '#shared/tracing/current-span.ts';
import type { Outcomes } from './row.ts';

type Asked = Context<{ id?: number; user?: object; text?: string }, Record<string, unknown>>;

const answer = ({ params }: Asked) => ({ id: params.id, token: 'abc', list: [1, 2] });
const deep = { a: { b: { c: { d: { e: { f: 1 } } } } } };

/** Values that no trace can carry as they are, and an object that nobody can look at. */
function hostileTags(): Record<string, unknown> {
  const circular: Record<string, unknown> = { name: 'circle' };
  circular['self'] = circular;
  return {
    circular,
    big: 12n,
    bytes: Buffer.from('bytes'),
    date: new Date(0),
    map: new Map([['a', 1]]),
    throwing: {
      get now() {
        throw new Error('not now');
      },
    },
    proxy: new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('no keys');
        },
      },
    ),
    deep,
    long: 'x'.repeat(5000),
    many: Array.from({ length: 60 }, () => 1),
    nothing: undefined,
    password: 'hunter2',
  };
}

const inSilence = (run: () => unknown) => withSpan(SUPPRESSED, run, undefined);

export const settings: Outcomes = {
  here: [{ name: 'hall', actions: { through: (ctx: Asked) => ctx.call('room.plain') } }],
  there: [
    {
      name: 'room',
      actions: {
        plain: { tracing: true, handler: () => 'plain' },
        off: { tracing: false, handler: (ctx: Asked) => ctx.call('room.plain') },
        disabled: { tracing: { enabled: false }, handler: () => 'disabled' },
        named: { tracing: { spanName: 'a room of its own' }, handler: () => 'named' },
        namedByCall: {
          tracing: {
            spanName(this: { name: string }, { params }: Asked) {
              return `${this.name} ${params.id}`;
            },
          },
          handler: () => 'named',
        },
        misnamed: {
          tracing: {
            spanName() {
              throw new Error('no name');
            },
          },
          handler: () => 'misnamed',
        },
        chosen: {
          tracing: {
            tags: { params: ['id', 'user.name', 'missing'], meta: ['user'], response: ['id', 'token'] },
          },
          handler: answer,
        },
        all: { tracing: { tags: { params: true, response: true } }, handler: answer },
        early: {
          tracing: { tags: { params: ['id'] } },
          handler(ctx: Asked) {
            ctx.params.id = 99;
            return ctx.params.id;
          },
        },
        computed: {
          tracing: {
            tags(this: { name: string }, { params }: Asked, response?: { list: number[] }) {
              return response ? { size: response.list.length } : { of: `${this.name} ${params.id}` };
            },
          },
          handler: answer,
        },
        hostile: { tracing: { tags: hostileTags }, handler: () => 'hostile' },
        failing: {
          tracing: {
            tags() {
              throw new Error('no tags');
            },
          },
          handler: () => 'failing',
        },
        emits: (ctx: Asked) => ctx.emit('bell', {}),
      },
      events: {
        bell: () => undefined,
        'bell.off': { tracing: false, handler: (ctx: Asked) => ctx.call('room.plain') },
        'bell.named': {
          tracing: { spanName: 'ding', tags: { params: ['id'] } },
          handler: () => undefined,
        },
      },
    },
  ],
  rows: [
    {
      title: 'an action that says it is traced',
      run: ({ broker }) => broker.call('room.plain'),
      picture: `
        gateway room.plain (client)
          room room.plain (server)
      `,
    },
    {
      title: 'an action that has no span: what it calls is below its caller',
      run: ({ broker }) => broker.call('room.off'),
      picture: `
        gateway room.off (client)
          room room.plain (client)
            room room.plain (server)
      `,
    },
    {
      title: 'an action whose tracing is disabled',
      run: ({ broker }) => broker.call('room.disabled'),
      picture: 'gateway room.disabled (client)',
    },
    {
      title: 'a name for the span',
      run: ({ broker }) => broker.call('room.named'),
      picture: `
        gateway room.named (client)
          room a room of its own (server)
      `,
    },
    {
      title: 'a name for each span, by a function of the service',
      run: ({ broker }) => broker.call('room.namedByCall', { id: 7 }),
      picture: `
        gateway room.namedByCall (client)
          room room 7 (server)
      `,
    },
    {
      title: 'a name function that throws',
      run: ({ broker }) => broker.call('room.misnamed'),
      picture: `
        gateway room.misnamed (client)
          room room.misnamed (server)
      `,
    },
    {
      title: 'params, meta and response by name, without what looks like a secret',
      run: ({ broker, meta }) =>
        broker.call('room.chosen', { id: 7, user: { name: 'ada', pin: 1 } }, { meta }),
      picture: `
        gateway room.chosen (client)
          room room.chosen (server) params.id=7 params.user.name=ada meta.user=ada response.id=7 response.token=[redacted]
      `,
    },
    {
      title: 'all params and the whole response, without what looks like a secret',
      run: ({ broker }) => broker.call('room.all', { id: 7, user: { name: 'ada', password: 'hunter2' } }),
      picture: `
        gateway room.all (client)
          room room.all (server) params.id=7 params.user={"name":"ada","password":"[redacted]"} response.id=7 response.token=[redacted] response.list=[1,2]
      `,
    },
    {
      title: 'params are shown as they came in',
      run: ({ broker }) => broker.call('room.early', { id: 7 }),
      picture: `
        gateway room.early (client)
          room room.early (server) params.id=7
      `,
    },
    {
      title: 'a function of the service that makes tags, before and after',
      run: ({ broker }) => broker.call('room.computed', { id: 7 }),
      picture: `
        gateway room.computed (client)
          room room.computed (server) of=room 7 size=2
      `,
    },
    {
      title: 'a function that makes tags of anything',
      run: ({ broker }) => broker.call('room.hostile'),
      picture: `
        gateway room.hostile (client)
          room room.hostile (server) circular={"name":"circle","self":"[circular]"} big=12 bytes=[5 bytes] date="1970-01-01T00:00:00.000Z" map={"a":1} throwing={"now":"[threw: Error: not now]"} proxy=[threw: Error: no keys] deep={"a":{"b":{"c":{"d":{"e":"[too deep]"}}}}} long=*… many=[1,*"[10 more]"] password=[redacted]
      `,
    },
    {
      title: 'a function that throws instead of making tags',
      run: ({ broker }) => broker.call('room.failing'),
      picture: `
        gateway room.failing (client)
          room room.failing (server) [tags function failed: no tags], [tags function failed: no tags]
      `,
    },
    {
      title: 'an event handler that has no span',
      run: ({ broker }) => broker.emit('bell.off'),
      picture: `
        gateway bell.off (producer)
          room room.plain (client)
            room room.plain (server)
      `,
    },
    {
      title: 'an event handler with a name and tags of its own',
      run: ({ broker }) => broker.emit('bell.named', { id: 7 }),
      picture: `
        gateway bell.named (producer)
          ~ room ding (consumer) group=room params.id=7
      `,
    },
    {
      title: 'work that is not to be traced is not, on any node',
      outside: true,
      run: ({ broker }) => inSilence(() => broker.call('hall.through')),
      picture: '',
    },
    {
      title: 'events, mcalls and failures that are not to be traced',
      outside: true,
      atOnce: true,
      run: ({ broker }) =>
        inSilence(() =>
          Promise.allSettled([...quietly(broker), broker.call('nobody.knows'), broker.call('room.emits')]),
        ),
      picture: '',
    },
  ],
};

const quietly = (broker: ServiceBroker): Promise<unknown>[] => [
  broker.broadcast('bell'),
  broker.mcall([{ action: 'room.plain', params: {} }]),
];
