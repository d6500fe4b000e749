/** Requests that wait for an answer of another node, and what is left of them once they have it. */
import { inspect } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import test, { type ExecutionContext } from 'ava';
import { type Context, type Errors, type Middleware, ServiceBroker } from 'moleculer';
import { renewPendingRequests } from '#shared/tracing/moleculer/pending-requests.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';
import { collectGarbage, collectYoungGarbage } from '../../../helpers/garbage.ts';
import { createRandom } from '../../../helpers/random.ts';

const OTHERS = 500;
const AT_ONCE = 20;

/** A traced node that calls one whose `house.wait` answers when the door opens, and `house.enter` at once. */
async function startPair(t: ExecutionContext, middlewares: Middleware[] = []) {
  const door = Promise.withResolvers<void>();
  const options = { logger: false, transporter: 'Fake', namespace: t.title, requestTimeout: 0 } as const;
  const tracing = createMemoryTracing({ service: 'caller' });
  const caller = new ServiceBroker({
    ...options,
    nodeID: 'caller',
    middlewares: [...middlewares, tracing.moleculer()],
  });
  const callee = new ServiceBroker({ ...options, nodeID: 'callee' });
  callee.createService({
    name: 'house',
    actions: {
      wait: ({ params }: Context<{ guest: number }>) => door.promise.then(() => params.guest),
      enter: ({ params }: Context<{ guest: number }>) => params.guest,
    },
  });
  await Promise.all([caller.start(), callee.start()]);
  t.teardown(() => Promise.all([caller.stop(), callee.stop()]));
  await caller.waitForServices('house', 5000, 10);
  const call = (action: string, guest: number, load?: unknown) =>
    caller.call<number, object>(`house.${action}`, { guest, load });
  return { caller, callee, tracing, door, call };
}

type Pair = Awaited<ReturnType<typeof startPair>>;

/** Many calls that are answered while others wait, each with something heavy that `load` makes. */
async function callOthers({ call }: Pair, load?: () => unknown): Promise<void> {
  for (let done = 0; done < OTHERS; done += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => call('enter', done + at, load?.())));
}

const guests = Array.from({ length: 200 }, (_, guest) => guest);

test.serial('nothing stays of calls that are over, although some that came before them wait', async (t) => {
  const pair = await startPair(t);
  await callOthers(pair);
  const waiting = pair.call('wait', 1);
  collectGarbage(); // all that is alive is old from here on
  const before = getHeapStatistics().used_heap_size;
  await callOthers(pair, () => Array.from({ length: 2000 }, Math.random));
  pair.tracing.spans.length = 0;
  collectYoungGarbage();
  const kept = getHeapStatistics().used_heap_size - before;
  t.true(kept < 1_000_000, `${kept} bytes of ${OTHERS} calls with 16 KB each`);
  pair.door.resolve();
  t.is(await waiting, 1);
});

test.serial('calls that wait while many others are answered get their own answers', async (t) => {
  const pair = await startPair(t);
  const waiting = guests.map((guest) => pair.call('wait', guest));
  await callOthers(pair);
  t.is(pair.caller.transit?.pendingRequests.size, guests.length);
  pair.door.resolve();
  t.deepEqual(await Promise.all(waiting), guests);
  t.is(pair.caller.transit?.pendingRequests.size, 0);
  t.is(pair.tracing.spans.length, guests.length + OTHERS);
});

test.serial(
  'calls that wait while many others are answered fail with the node that they wait for',
  async (t) => {
    const pair = await startPair(t);
    const waiting = guests.map((guest) => pair.call('wait', guest));
    await callOthers(pair);
    pair.caller.transit?.removePendingRequestByNodeID('callee');
    const settled = await Promise.allSettled(waiting);
    t.deepEqual(
      settled.map((result) => result.status === 'rejected' && (result.reason as Errors.MoleculerError).type),
      guests.map(() => 'REQUEST_REJECTED'),
    );
    t.is(pair.caller.transit?.pendingRequests.size, 0);
  },
);

/** A list of pending requests, which is the one that whoever took hold of it early has. */
function renewed(t: ExecutionContext, ...entries: [string, unknown][]): Map<string, unknown> {
  const early = new Map(entries);
  const transit = { pendingRequests: early };
  for (let times = 0; times < 2; times++) renewPendingRequests({ transit } as unknown as ServiceBroker);
  t.is(transit.pendingRequests, early);
  return transit.pendingRequests;
}

function getOrInsert(map: Map<string, unknown>, key: string, value: unknown): unknown {
  if (!map.has(key)) map.set(key, value);
  return map.get(key);
}

test('the list of pending requests is a Map, whatever is done to it, also to whoever took hold of it early', (t) => {
  const random = createRandom(7);
  const list = renewed(t, ['first', 0]);
  const plain = new Map<string, unknown>([['first', 0]]);
  for (let step = 0; step < 5000; step++) {
    const key = `request ${Math.floor(random() * 200)}`;
    if (random() < 0.6) {
      list.set(key, step);
      plain.set(key, step);
    } else if (random() < 0.1) {
      t.is(list.getOrInsert(key, step), getOrInsert(plain, key, step));
    } else if (random() < 0.999) t.is(list.delete(key), plain.delete(key));
    else {
      list.clear();
      plain.clear();
    }
    t.is(list.size, plain.size);
    t.is(list.has(key), plain.has(key));
    t.is(list.get(key), plain.get(key));
  }
  t.true(list instanceof Map);
  const visited: unknown[] = [];
  list.forEach((value, key, map) => {
    visited.push([key, value, map === list]);
  });
  t.deepEqual(
    visited,
    [...plain].map(([key, value]) => [key, value, true]),
  );
  for (const iterate of [
    (map: typeof plain) => [...map],
    (map: typeof plain) => [...map.keys()],
    (map: typeof plain) => [...map.values()],
    (map: typeof plain) => [...map.entries()],
  ])
    t.deepEqual(iterate(list), iterate(plain));
});

test('the list shows what is in it', (t) => {
  const list = renewed(t, ['first', 0]);
  list.set('second', 1);
  t.is(inspect(list), "Map(2) { 'first' => 0, 'second' => 1 }");
  t.deepEqual(Object.keys(list), []);
});

test('who goes through the list while it changes sees what a Map would show, however often it is renewed', (t) => {
  const visits = (map: Map<string, unknown>) => {
    const seen: string[] = [];
    for (const [key] of map) {
      seen.push(key);
      map.delete(key);
      map.delete(`${Number(key) + 2}`);
      if (seen.length > 20) break;
      for (let added = 0; added < 100; added++) map.set(`${seen.length * 1000 + added}`, 0);
      for (let gone = 3; gone < 100; gone++) map.delete(`${seen.length * 1000 + gone}`);
    }
    return seen;
  };
  const entries = Array.from({ length: 10 }, (_, at): [string, unknown] => [`${at}`, at]);
  t.deepEqual(visits(renewed(t, ...entries)), visits(new Map(entries)));
  const list = renewed(t, ...entries);
  t.is(list.keys().next().value, '0');
  t.is(list.values().next().value, 0);
});

test('a list of pending requests that is of the application is left alone', async (t) => {
  class Watched extends Map<string, never> {}
  const watched = new Watched();
  const watch = {
    created: ({ transit }: ServiceBroker) => {
      if (transit) transit.pendingRequests = watched;
    },
  };
  const { caller, ...pair } = await startPair(t, [watch]);
  await callOthers({ caller, ...pair });
  t.is(caller.transit?.pendingRequests, watched);
});
