/** How much of a span is sent: all of it, or as much as there is room for. */
import { LONGEST_VALUE } from '../tag-value.ts';
import type { ThriftWriter } from './thrift-writer.ts';

export interface Extent {
  /** Characters of a text, bytes of a binary. */
  readonly longestValue: number;
  readonly tags: boolean;
  readonly logs: boolean;
  /** What a reader of the trace is told, where something is missing. */
  readonly note?: string;
}

const WHOLE: Extent = { longestValue: LONGEST_VALUE, tags: true, logs: true };

/** Tried in this order: many short values say more than a few long ones. */
const LESS: readonly Extent[] = [
  { longestValue: 2048, tags: true, logs: true, note: 'values beyond 2048 characters' },
  { longestValue: 128, tags: true, logs: true, note: 'values beyond 128 characters' },
  { longestValue: 128, tags: true, logs: false, note: 'logs, and values beyond 128 characters' },
  { longestValue: 128, tags: false, logs: false, note: 'tags and logs' },
];

/** Lets `write` write as much as it can: it answers false where the extent is too much. False where even the least is. */
export function writeWithin(writer: ThriftWriter, write: (extent: Extent) => boolean): boolean {
  const start = writer.length;
  if (write(WHOLE)) return true;
  return LESS.some((extent) => {
    writer.truncate(start);
    return write(extent);
  });
}
