import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import test from 'ava';
import { tagValue } from '#shared/tracing/tag-value.ts';
import { createRandom } from '../../helpers/random.ts';

test('texts, booleans, numbers and bytes stay as they are', (t) => {
  for (const value of ['text', '', true, false, 0, -1, 1.5, -0, Number.MAX_VALUE])
    t.is(tagValue(value), value);
  for (const bytes of [Uint8Array.of(1, 2, 3), Buffer.from([9, 1, 2, 3]).subarray(1)])
    t.deepEqual(tagValue(bytes), Uint8Array.of(1, 2, 3));
});

test('bytes are what an array has, not what its class says', (t) => {
  class Bits extends Uint8Array {
    override get length(): never {
      return (this.byteLength * 8) as never;
    }
  }
  class Hostile extends Uint8Array {
    override get byteLength(): never {
      throw new Error('byteLength');
    }
    override subarray(): never {
      throw new Error('subarray');
    }
  }
  t.deepEqual(tagValue(Bits.of(1, 2)), Uint8Array.of(1, 2));
  t.deepEqual(tagValue(new Hostile([1, 2, 3]), 2), Uint8Array.of(1, 2));
  t.is(tagValue(Object.create(Uint8Array.prototype)), '{}');
});

test('numbers that no JSON can carry become words', (t) => {
  t.is(tagValue(Number.NaN), 'NaN');
  t.is(tagValue(Number.POSITIVE_INFINITY), 'Infinity');
  t.is(tagValue(Number.NEGATIVE_INFINITY), '-Infinity');
});

test('whole numbers stay numbers as far as 64 bits reach', (t) => {
  t.is(tagValue(2n ** 63n - 1n), 2n ** 63n - 1n);
  t.is(tagValue(-(2n ** 63n)), -(2n ** 63n));
  t.is(tagValue(2n ** 63n), '9223372036854775808');
  t.is(tagValue(2n ** 4000n), `${(2n ** 4000n).toString(16)} (hex)`);
});

test('what has no form for a trace is described', (t) => {
  t.is(tagValue(undefined), 'undefined');
  t.is(tagValue(null), 'null');
  t.is(tagValue(Symbol('s')), 'Symbol(s)');
  t.is(
    tagValue(function named() {}),
    '[function named]',
  );
  t.is(tagValue(new RangeError('too much')), 'RangeError: too much');
});

test('objects are the JSON that JSON.stringify gives', (t) => {
  const nested = {
    text: 'a"b\n\u2028',
    number: 1.5,
    nan: Number.NaN,
    yes: true,
    nothing: null,
    missing: undefined,
    call() {},
    [Symbol('hidden')]: 1,
    list: [1, undefined, () => 1, [2, [3]], new Array(2), 'x'],
    date: new Date(0),
    boxed: [Object('s'), Object(1), Object(false)],
    buffer: Buffer.from('ab'),
    typed: new Uint16Array([1, 2]),
    regexp: /x/,
    inherits: Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true } }),
    shown: { toJSON: (key: string) => `as ${key}` },
    hidden: { toJSON: () => undefined },
    surrogate: '\ud800',
  };
  t.is(tagValue(nested), JSON.stringify(nested));
  for (const value of [
    [],
    {},
    [[]],
    new Date(0),
    Object('s'),
    Object(1),
    new (class Point {
      x = 1;
    })(),
  ])
    t.is(tagValue(value), JSON.stringify(value));
});

test('maps, sets and errors are shown where JSON has nothing for them', (t) => {
  t.is(
    tagValue(
      new Map<unknown, unknown>([
        ['a', 1],
        [2, new Set(['x', new Map()])],
      ]),
    ),
    '{"a":1,"2":["x",{}]}',
  );
  t.is(tagValue({ cause: new TypeError('no') }), '{"cause":"TypeError: no"}');
  t.is(tagValue({ big: 12345678901234567890n }), '{"big":12345678901234567890}');
});

test('a circle is named where it closes, and a repetition is none', (t) => {
  const circle: Record<string, unknown> = { name: 'a' };
  circle['self'] = { again: circle };
  t.is(tagValue(circle), '{"name":"a","self":{"again":"[circular]"}}');
  const shared = { x: 1 };
  t.is(tagValue([shared, shared]), '[{"x":1},{"x":1}]');
});

test('getters, toJSON and Proxies that throw are named where they stand', (t) => {
  const hostile = {
    before: 1,
    get broken(): unknown {
      throw new Error('getter');
    },
    toJsonThrows: {
      toJSON() {
        throw new Error('toJSON');
      },
    },
    after: 2,
  };
  t.is(
    tagValue(hostile),
    '{"before":1,"broken":"[threw: getter]","toJsonThrows":"[threw: toJSON]","after":2}',
  );
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  t.regex(String(tagValue(proxy)), /^\[unreadable: .*revoked/);
  t.regex(String(tagValue([proxy, 1])), /^\["\[threw: .*revoked.*\]",1\]$/);
});

test('after something that threw, the rest is read as ever', (t) => {
  const proxy = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error('no keys');
      },
    },
  );
  t.is(tagValue([proxy, { again: proxy }, 1]), '["[threw: no keys]",{"again":"[threw: no keys]"},1]');
});

test('what will be cut off is not even read', (t) => {
  let reads = 0;
  const object = {};
  for (let i = 0; i < 900; i++)
    Object.defineProperty(object, `k${i}`, {
      enumerable: true,
      get: () => {
        reads++;
        return 'y'.repeat(10_000);
      },
    });
  tagValue(object);
  t.true(reads < 10, `${reads} reads`);
});

test('an error that cannot be read does no harm', (t) => {
  const hostile = new Error('x');
  Object.defineProperty(hostile, 'message', {
    get() {
      throw hostile;
    },
  });
  t.is(tagValue(hostile), '[unreadable: nothing that could be read]');
  const thrower = {
    toJSON() {
      throw Object.create(null);
    },
  };
  t.is(tagValue(thrower), '[unreadable: nothing that could be read]');
});

test('huge values are cut, and take no time', (t) => {
  const started = performance.now();
  const deep = (levels: number): object => (levels === 0 ? {} : { next: deep(levels - 1) });
  const endless: unknown = new Proxy(
    {},
    {
      ownKeys: () => ['next'],
      get: () => endless,
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    },
  );
  const values: Record<string, unknown> = {
    text: 'x'.repeat(10_000_000),
    list: new Array(10_000_000).fill(1),
    sparse: new Array(4_000_000_000),
    set: new Set(Array.from({ length: 100_000 }, (_, i) => i)),
    map: new Map(Array.from({ length: 100_000 }, (_, i) => [i, i])),
    wide: Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, 'v'.repeat(100)])),
    texts: Array.from({ length: 900 }, () => 'y'.repeat(10_000)),
    deep: deep(5000),
    endless,
    nestedBytes: { bytes: Buffer.alloc(10_000_000) },
    floats: new Float64Array(5_000_000),
    bigint: 1n << 10_000_000n,
    function: Object.defineProperty(() => 1, 'name', { value: 'f'.repeat(100_000) }),
    symbol: Symbol('s'.repeat(100_000)),
    error: new Error('e'.repeat(100_000)),
  };
  for (const [name, value] of Object.entries(values)) {
    const text = tagValue(value);
    t.true(typeof text === 'string' && text.length <= 65_536, name);
  }
  t.is((tagValue(new Uint8Array(100_000)) as Uint8Array).length, 65_536);
  t.true(performance.now() - started < 5000, 'nothing here may take seconds');
});

test('what was left out is said', (t) => {
  t.is(tagValue('abcdef', 4), 'abc…');
  t.regex(String(tagValue(new Array(2000).fill(0))), /,0,"\[1000 more\]"\]$/);
  t.regex(
    String(tagValue(Object.fromEntries(new Array(2000).fill(0).map((_, i) => [i, 0])))),
    /"…":"\[1000 more\]"\}$/,
  );
  t.is(tagValue({ bytes: Buffer.alloc(2000) }), '{"bytes":"[2000 bytes]"}');
  t.true(String(tagValue(JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`))).includes('"[too deep]"'));
});

test('nothing at all throws', (t) => {
  const throwing = new Proxy(
    () => {},
    new Proxy(
      {},
      {
        get: () => () => {
          throw new Error('trap');
        },
      },
    ),
  );
  const values = [
    throwing,
    [throwing],
    { throwing },
    new Map([[throwing, throwing]]),
    new Set([throwing]),
    Object.create(null),
    new (class extends Map {
      override get size(): number {
        throw new Error('size');
      }
    })(),
  ];
  for (const value of values) t.notThrows(() => tagValue(value), inspect(value, { showProxy: true }));
});

test('random objects too are the JSON that JSON.stringify gives', (t) => {
  const random = createRandom(7);
  const pick = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const value = (depth: number): unknown => {
    if (depth > 0 && random() < 0.5) {
      const items = Array.from({ length: random() * 4 }, () => value(depth - 1));
      return pick<unknown>(
        items,
        Object.fromEntries(items.map((item, i) => [pick('a"', 'ß', '\ud800', `k${i}`), item])),
      );
    }
    return pick<unknown>(
      '',
      'ä\n"',
      '\udfff',
      1e21,
      -0,
      random(),
      true,
      null,
      undefined,
      new Date(1e12),
      Number.NaN,
    );
  };
  for (let i = 0; i < 2000; i++) {
    const object = [value(5)];
    t.is(tagValue(object), JSON.stringify(object));
  }
});

test('a toJSON that is async says nothing, and may fail', async (t) => {
  const rejections: unknown[] = [];
  const listener = (reason: unknown): void => void rejections.push(reason);
  process.on('unhandledRejection', listener);
  t.teardown(() => process.off('unhandledRejection', listener));
  t.is(tagValue({ toJSON: () => Promise.reject(new Error('not loaded')) }), '{}');
  await setImmediate();
  t.deepEqual(rejections, []);
});
