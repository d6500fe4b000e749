import test from 'ava';
import { waitForTrace } from '../../../jaeger/trace-command/wait-for-trace.ts';
import type { TraceTree } from '../../../jaeger/tree/trace-tree.ts';

const tree = (spanCount: number, missingParents: string[] = []) =>
  ({ spanCount, missingParents }) as TraceTree;

/** What a Jaeger shows over time: the tree that holds from each millisecond on. */
function waiting(timeline: [fromMs: number, tree: TraceTree | undefined][], waitMs = 5000) {
  let timeMs = 0;
  const found = waitForTrace({
    read: async () => timeline.findLast(([fromMs]) => fromMs <= timeMs)?.[1],
    waitMs,
    now: () => timeMs,
    sleep: async (ms) => {
      timeMs += ms;
    },
  });
  return found.then((last) => ({ last, timeMs }));
}

test('a whole trace is taken once it has not changed for 400 ms', async (t) => {
  t.deepEqual(await waiting([[0, tree(3)]]), { last: tree(3), timeMs: 400 });
});

test('a trace that is not there yet is waited for', async (t) => {
  t.deepEqual(
    await waiting([
      [0, undefined],
      [1000, tree(1)],
    ]),
    { last: tree(1), timeMs: 1400 },
  );
});

test('each span that comes begins the 400 ms anew', async (t) => {
  const timeline: [number, TraceTree][] = [
    [0, tree(1)],
    [300, tree(2)],
    [600, tree(3)],
  ];
  t.deepEqual(await waiting(timeline), { last: tree(3), timeMs: 1000 });
});

test('while a parent is missing, waiting goes on', async (t) => {
  const timeline: [number, TraceTree][] = [
    [0, tree(2, ['a'])],
    [2000, tree(3)],
  ];
  t.deepEqual(await waiting(timeline), { last: tree(3), timeMs: 2400 });
});

test('at the deadline the trace is what it is', async (t) => {
  t.deepEqual(await waiting([[0, tree(2, ['a'])]]), { last: tree(2, ['a']), timeMs: 5000 });
  t.deepEqual(await waiting([[0, undefined]], 700), { last: undefined, timeMs: 700 });
});

test('without time to wait there is one read', async (t) => {
  t.deepEqual(await waiting([[0, tree(2, ['a'])]], 0), { last: tree(2, ['a']), timeMs: 0 });
});
