/** Waits for spans that are still on their way to Jaeger. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TraceTree } from '../tree/trace-tree.ts';

/** How long to wait, and by which clock. */
export interface WaitOptions {
  /** Reads the trace once; undefined while nothing of it is there. */
  read: () => Promise<TraceTree | undefined>;
  /** After so long it is what it is; at least one read is made. */
  waitMs: number;
  /** A tree that did not change for so long is complete: Jaeger shows a span up to 200 ms after it came. @default 400 */
  settleMs?: number;
  /** @default 50 */
  pollMs?: number;
  /** @default performance.now */
  now?: () => number;
  /** @default setTimeout's */
  sleep?: (ms: number) => Promise<unknown>;
}

/**
 * Reads until the trace is there, no parent is missing in it, and it has not changed for a while; or until the time is
 * up: then the last tree, or undefined where there never was one.
 */
export async function waitForTrace(options: WaitOptions): Promise<TraceTree | undefined> {
  const { read, waitMs, settleMs = 400, pollMs = 50, now = () => performance.now(), sleep = delay } = options;
  const endMs = now() + waitMs;
  let shape = '';
  let settledMs = Number.POSITIVE_INFINITY;
  for (;;) {
    const tree = await read();
    if (tree !== undefined && shapeOf(tree) !== shape) {
      shape = shapeOf(tree);
      settledMs = now() + settleMs;
    }
    const isComplete = tree !== undefined && tree.missingParents.length === 0 && now() >= settledMs;
    if (isComplete || now() >= endMs) return tree;
    await sleep(Math.min(pollMs, endMs - now()));
  }
}

/** Changes whenever spans come: Jaeger only ever adds some. */
function shapeOf(tree: TraceTree): string {
  return `${tree.spanCount} ${tree.missingParents.join(' ')}`;
}
