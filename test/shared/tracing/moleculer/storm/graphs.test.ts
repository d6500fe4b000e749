/** Random graphs of calls, mcalls, events and failures over three processes: the trace is the graph. */
import type { RecordedSpan } from '#shared/tracing/testing.ts';
import { natsTest } from '../../../../helpers/nats.ts';
import type { Plan } from './services.ts';
import { spansOf, startStorm } from './storm.ts';

const GRAPHS = 60;
const DEEPEST = 6;
const AT = ['graph-a', 'graph-b', 'graph-c'] as const;
const HOW = ['in turn', 'at once', 'mcall'] as const;

/** Numbers below `n` that depend on the seed alone (mulberry32). */
function randomNumbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
}

function randomPlan(random: (n: number) => number, id: string, depth = 1): Plan {
  const children = (what: string): Plan[] =>
    depth >= DEEPEST || random(10) < depth
      ? []
      : Array.from({ length: random(3) }, (_, n) => randomPlan(random, `${id}.${what}${n}`, depth + 1));
  return {
    id,
    at: AT[random(AT.length)] ?? 'graph-a',
    how: HOW[random(HOW.length)] ?? 'in turn',
    calls: children('c'),
    events: children('e'),
    fails: random(4) === 0,
  };
}

const line = (service: string, name: string, kind: string, failed: boolean, id = ''): string =>
  `${service} ${name} (${kind})${failed ? ' ERROR' : ''} ${id}`.trimEnd();

const nested = (own: string, below: readonly string[]): string => `${own}[${below.toSorted().join(' ')}]`;

/** The plan, as the trace of its execution has to be. */
function expected({ id, at, calls, events, fails }: Plan, as: 'server' | 'consumer'): string {
  const below = [
    ...calls.map((plan) =>
      nested(line(at, `${plan.at}.visit`, 'client', plan.fails), [expected(plan, 'server')]),
    ),
    ...events.map((plan) =>
      nested(line(at, `${plan.at}.told`, 'producer', false), [expected(plan, 'consumer')]),
    ),
  ];
  return nested(line(at, as === 'server' ? `${at}.visit` : `${at}.told`, as, fails, id), below);
}

/** The trace below a span, in the same form. */
function traced(span: RecordedSpan, children: Map<string | undefined, RecordedSpan[]>): string {
  const { service, operation, spanId, tags } = span;
  const own = line(
    service,
    operation,
    String(tags['span.kind']),
    tags['error'] === true,
    tags['params.id'] as string | undefined,
  );
  return nested(
    own,
    (children.get(spanId) ?? []).map((child) => traced(child, children)),
  );
}

natsTest('the trace of a random graph is the graph that was executed', async (t) => {
  const nodes = await startStorm(t, {
    caller: [],
    'a-1': ['graph-a'],
    'b-1': ['graph-b'],
    'c-1': ['graph-c'],
  });
  const plans = Array.from({ length: GRAPHS }, (_, seed) => randomPlan(randomNumbers(seed), `seed-${seed}`));
  await nodes.caller.ask('call', {
    calls: plans.map((plan) => ({ action: `${plan.at}.visit`, params: plan })),
  });
  const spans = await spansOf(Object.values(nodes));
  const children = Map.groupBy(spans, ({ parentId }) => parentId);
  const found = (children.get(undefined) ?? []).map((root) => traced(root, children));
  const wanted = plans.map((plan) =>
    nested(line('caller', `${plan.at}.visit`, 'client', plan.fails), [expected(plan, 'server')]),
  );
  t.deepEqual(found.toSorted(), wanted.toSorted());
  t.true(spans.length > 10 * GRAPHS, `only ${spans.length} spans`);
});
