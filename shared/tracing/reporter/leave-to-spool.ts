import type { Batch } from './batch.ts';
import type { Clock } from './clock.ts';
import type { DropReason, Ledger } from './ledger.ts';
import type { Payload } from './payload.ts';
import type { PayloadQueue } from './queue.ts';
import type { Spool } from './spool.ts';

/** What it takes to leave, and how long it may take. */
export interface LeaveParts {
  readonly spool: Spool | undefined;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly limitMs: number;
  readonly drop: (payload: Payload, reason: DropReason) => void;
}

/**
 * Leaves all that is in memory to the spool, without returning to the event loop, and drops what it cannot take. The
 * newest goes first: if time or room runs out, it tells most of what has happened.
 */
export function leaveToSpool(
  queue: PayloadQueue<Batch>,
  { spool, ledger, clock, limitMs, drop }: LeaveParts,
): void {
  const startedAt = clock.now();
  const isOver = () => clock.now() - startedAt > limitMs;
  const files: string[] = [];
  for (const { payload, claim } of queue.clear().reverse()) {
    if (claim?.release()) {
      ledger.respooled(payload, claim);
    } else if (spool === undefined || isOver()) {
      drop(payload, 'deadline');
    } else {
      const result = spool.writeNow(payload);
      if (result.kind === 'spooled') {
        ledger.spooled(payload);
        files.push(result.file);
      } else drop(payload, result.kind === 'full' ? 'spool_full' : 'spool_failed');
    }
  }
  for (const file of files) if (!isOver()) spool?.syncNow(file);
}
